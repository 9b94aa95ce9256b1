import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tfgan_ref.errors import UserError
from tfgan_ref.layers import initialization
from tfgan_ref.layers.weight_normalization import (
    WeightNormalization,
    norms_kept,
)

UNITS = 5
# Kind -> what wraps it, and the shape of its inputs.
KINDS = {
    "dense": (lambda **kwargs: layers.Dense(UNITS, **kwargs), (7, 4)),
    "dense_of_rows": (
        lambda **kwargs: layers.Dense(UNITS, **kwargs),
        (7, 2, 4),
    ),
    "conv": (
        lambda **kwargs: layers.Conv2D(
            UNITS, (3, 2), strides=2, padding="same", **kwargs
        ),
        (7, 4, 3, 2),
    ),
    "transposed_conv": (
        lambda **kwargs: layers.Conv2DTranspose(
            UNITS, (2, 3), strides=2, padding="same", **kwargs
        ),
        (7, 2, 3, 4),
    ),
}
every_kind = pytest.mark.parametrize("kind", KINDS)


def normalised(kind, **kwargs):
    """Built, with weights of no particular length."""
    make, shape = KINDS[kind]
    layer = WeightNormalization(make(use_bias=False), **kwargs)
    layer.build(shape)
    rng = np.random.default_rng(6)
    for variable in (layer.layer.kernel, layer.scale, layer.bias):
        variable.assign(rng.normal(0.3, 1.5, variable.shape))
    return layer


def inputs(kind, seed=7):
    """Of other means and spreads than 0 and 1."""
    _, shape = KINDS[kind]
    rng = np.random.default_rng(seed)
    return rng.normal(0.4, 1.3, shape).astype(np.float32)


def unit(kind, kernel, number):
    """The weights into one unit; Conv2DTranspose has them before its inputs."""
    if kind == "transposed_conv":
        return kernel[:, :, number, :]
    return kernel[..., number]


def weights(kind, v, g):
    """Eq. (2) in float64."""
    kernel = np.array(v, np.float64)
    for number in range(UNITS):
        weights_of_unit = unit(kind, kernel, number)
        length = np.sqrt(np.sum(weights_of_unit**2))
        weights_of_unit *= np.float64(g)[number] / length
    return kernel


class Reference:
    """Keras's layer in float64 with weights of eq. (2)."""

    def __init__(self, kind, activation=None):
        make, shape = KINDS[kind]
        self.kind = kind
        self.layer = make(activation=activation, dtype="float64")
        self.layer.build(shape)

    def __call__(self, x, v, g, b):
        self.layer.kernel.assign(weights(self.kind, v, g))
        self.layer.bias.assign(b)
        return self.layer(np.float64(x)).numpy()


def variables_of(layer):
    return [
        variable.numpy()
        for variable in (layer.layer.kernel, layer.scale, layer.bias)
    ]


def initialised(layer, x):
    with initialization.from_data():
        return layer(x).numpy()


def preactivations(kind, x, v):
    """t = x v / ||v|| in float64, `[everything else, units]`."""
    outputs = Reference(kind)(x, v, np.ones(UNITS), np.zeros(UNITS))
    return outputs.reshape(-1, UNITS)


# The definition.


@every_kind
@pytest.mark.parametrize("activation", [None, "relu"])
@pytest.mark.parametrize("compiled", [False, True], ids=["eager", "graph"])
def test_outputs_are_those_of_the_normalised_weights(
    kind, activation, compiled
):
    layer, x = normalised(kind, activation=activation), inputs(kind)
    outputs = (tf.function(layer) if compiled else layer)(x)
    assert outputs.dtype == tf.float32
    expected = Reference(kind, activation)(x, *variables_of(layer))
    np.testing.assert_allclose(outputs, expected, rtol=1e-5, atol=1e-6)


def test_one_unit_is_known_by_hand():
    layer = WeightNormalization(layers.Dense(1, use_bias=False), "relu")
    layer.build((2, 2))
    layer.layer.kernel.assign([[3.0], [-4.0]])  # Of length 5.
    layer.scale.assign([10.0])
    layer.bias.assign([0.5])
    # 10/5 (3 - 2 * 4) + 0.5 < 0; 10/5 (3 * 2 + 4) + 0.5 = 20.5.
    outputs = layer(np.array([[1.0, 2.0], [2.0, -1.0]], np.float32))
    np.testing.assert_allclose(outputs, [[0.0], [20.5]], rtol=1e-6)


@every_kind
def test_scale_begins_at_one_and_bias_at_zero(kind):
    make, shape = KINDS[kind]
    layer = WeightNormalization(make(use_bias=False))
    outputs = layer(inputs(kind))
    np.testing.assert_array_equal(layer.scale, np.ones(UNITS))
    np.testing.assert_array_equal(layer.bias, np.zeros(UNITS))
    expected = preactivations(kind, inputs(kind), layer.layer.kernel.numpy())
    np.testing.assert_allclose(
        outputs.numpy().reshape(-1, UNITS), expected, rtol=1e-5, atol=1e-6
    )


@every_kind
def test_length_of_v_does_not_matter(kind):
    layer, x = normalised(kind), inputs(kind)
    outputs = layer(x).numpy()
    for factor in (1e-3, 1e3):
        layer.layer.kernel.assign(layer.layer.kernel * factor)
        np.testing.assert_allclose(layer(x), outputs, rtol=1e-5, atol=1e-5)


@every_kind
def test_gradients_are_the_finite_differences(kind):
    layer = normalised(kind, activation="tanh", train_scale=True)
    x = tf.constant(inputs(kind)[:2])
    variables = [layer.layer.kernel, layer.scale, layer.bias]
    upstream = np.random.default_rng(8).normal(0.2, 1, layer(x).shape)
    with tf.GradientTape() as tape:
        tape.watch(x)
        cost = tf.reduce_sum(layer(x) * upstream.astype(np.float32))
    received = tape.gradient(cost, [x, *(v.value for v in variables)])

    reference = Reference(kind, "tanh")
    points = [np.float64(x), *map(np.float64, variables_of(layer))]
    step = 1e-5
    for index, gradient in enumerate(received):
        expected = np.empty_like(points[index])
        for place in np.ndindex(expected.shape):

            def cost_at(by, index=index, place=place):
                moved = [np.array(point) for point in points]
                moved[index][place] += by
                return np.sum(reference(*moved) * upstream)

            expected[place] = (cost_at(step) - cost_at(-step)) / (2 * step)
        np.testing.assert_allclose(gradient, expected, rtol=1e-4, atol=1e-5)


@every_kind
def test_gradient_of_v_is_orthogonal_to_v(kind):
    layer, x = normalised(kind), inputs(kind)
    kernel = layer.layer.kernel
    with tf.GradientTape() as tape:
        cost = tf.reduce_sum(layer(x) ** 2)
    gradient = tape.gradient(cost, kernel.value).numpy()
    for number in range(UNITS):
        one = unit(kind, gradient, number)
        other = unit(kind, kernel.numpy(), number)
        cosine = np.sum(one * other) / (
            np.linalg.norm(one) * np.linalg.norm(other)
        )
        assert abs(cosine) < 1e-5


@pytest.mark.parametrize("train_scale", [False, True])
def test_scale_is_trained_if_asked_for(train_scale):
    layer = normalised("conv", train_scale=train_scale)
    trained = {id(variable) for variable in layer.trainable_variables}
    expected = [layer.layer.kernel, layer.bias]
    if train_scale:
        expected.append(layer.scale)
    assert trained == {id(variable) for variable in expected}
    assert len(layer.trainable_variables) == len(expected)
    assert len(layer.variables) == 3


def test_scale_is_fixed_unless_asked_for():
    assert normalised("dense").scale.trainable is False


# Initialisation from data.


@every_kind
def test_initialised_units_have_mean_zero_and_variance_one(kind):
    layer, x = normalised(kind), inputs(kind)
    initialised(layer, x)
    units = np.float64(layer(x)).reshape(-1, UNITS)
    np.testing.assert_allclose(units.mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(units.var(0), 1, rtol=1e-5)


@every_kind
def test_scale_and_bias_are_those_of_eq_6(kind):
    layer, x = normalised(kind), inputs(kind)
    kernel = layer.layer.kernel.numpy()
    t = preactivations(kind, x, kernel)
    initialised(layer, x)
    # Whatever the scale was before, were it negative.
    g = np.abs(layer.scale.numpy())
    np.testing.assert_allclose(g, 1 / t.std(0), rtol=1e-5)
    np.testing.assert_allclose(
        layer.bias, -t.mean(0) * layer.scale.numpy(), rtol=1e-4, atol=1e-5
    )
    np.testing.assert_array_equal(layer.layer.kernel, kernel)


@every_kind
@pytest.mark.parametrize("activation", [None, "relu"])
def test_initialisation_gives_what_the_layer_gives_afterwards(kind, activation):
    layer = normalised(kind, activation=activation)
    x = inputs(kind)
    outputs = initialised(layer, x)
    np.testing.assert_allclose(layer(x), outputs, rtol=1e-4, atol=1e-5)
    # Before the nonlinearity.
    t = preactivations(kind, x, layer.layer.kernel.numpy())
    expected = (t - t.mean(0)) / t.std(0) * np.sign(layer.scale.numpy())
    if activation == "relu":
        expected = np.maximum(expected, 0)
    np.testing.assert_allclose(
        outputs.reshape(-1, UNITS), expected, rtol=1e-4, atol=1e-5
    )


def test_later_data_initialises_anew():
    layer, x = normalised("conv"), inputs("conv")
    initialised(layer, x)
    expected = variables_of(layer)
    initialised(layer, 3 * inputs("conv", seed=9) - 2)
    assert (layer.scale.numpy() != expected[1]).all()
    initialised(layer, x)
    for one, other in zip(variables_of(layer), expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_layers_are_initialised_one_after_the_other():
    model = keras.Sequential(
        [
            keras.Input((4,)),
            WeightNormalization(layers.Dense(6, use_bias=False), "relu"),
            layers.Dense(3),  # Has nothing to initialise.
            WeightNormalization(layers.Dense(UNITS, use_bias=False)),
        ]
    )
    plain = model.layers[1].get_weights()
    x = np.random.default_rng(4).normal(1, 2, (64, 4)).astype(np.float32)
    outputs = initialised(model, x)
    units = np.float64(model(x))
    np.testing.assert_allclose(units, outputs, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(units.mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(units.var(0), 1, rtol=1e-5)
    for one, other in zip(model.layers[1].get_weights(), plain, strict=True):
        np.testing.assert_array_equal(one, other)


@every_kind
def test_a_unit_without_inputs_keeps_its_scale(kind):
    layer = normalised(kind)
    scale = layer.scale.numpy()
    outputs = initialised(layer, np.zeros_like(inputs(kind)))
    np.testing.assert_array_equal(layer.scale, scale)
    np.testing.assert_array_equal(layer.bias, np.zeros(UNITS))
    np.testing.assert_array_equal(outputs, np.zeros_like(outputs))


@pytest.mark.parametrize("batch", [7, 100])
@pytest.mark.parametrize("value", [0.1, 1.7])
def test_a_unit_that_is_constant_keeps_its_scale(value, batch):
    layer = WeightNormalization(layers.Dense(UNITS, use_bias=False))
    layer.build((batch, 3))
    # The sums of equal numbers are rounded: the variance is not quite 0.
    outputs = initialised(layer, np.full((batch, 3), value, np.float32))
    np.testing.assert_array_equal(layer.scale, np.ones(UNITS))
    np.testing.assert_allclose(outputs, np.zeros((batch, UNITS)), atol=1e-5)


def test_one_constant_unit_leaves_the_others_alone():
    layer = WeightNormalization(layers.Dense(2, use_bias=False))
    layer.build((64, 2))
    layer.layer.kernel.assign([[1.0, 0.0], [0.0, 1.0]])
    x = np.random.default_rng(4).normal(1, 2, (64, 2)).astype(np.float32)
    x[:, 1] = 0.0
    initialised(layer, x)
    np.testing.assert_allclose(
        layer.scale, [1 / np.float64(x[:, 0]).std(), 1], rtol=1e-5
    )


def test_nothing_is_initialised_outside_of_the_scope():
    layer, x = normalised("dense"), inputs("dense")
    expected = variables_of(layer)
    with pytest.raises(KeyError), initialization.from_data():
        assert initialization.is_active()
        raise KeyError
    assert not initialization.is_active()
    layer(x)
    for one, other in zip(variables_of(layer), expected, strict=True):
        np.testing.assert_array_equal(one, other)


# Norms that are kept.


@every_kind
def test_kept_norms_change_no_output_and_no_gradient(kind):
    layer, xs = normalised(kind), [inputs(kind), inputs(kind, seed=9)]
    layer.scale.assign([0.5, -2.0, 3.0, 1.0, -0.25])
    found = []
    for norms in (None, {}):  # None: a scope in which nothing is kept.
        with tf.GradientTape() as tape:
            outputs = []
            for x in xs:
                with norms_kept(norms):
                    outputs.append(layer(x))
            cost = tf.reduce_sum(outputs[0] ** 3) - tf.reduce_sum(outputs[1])
        of_variables = tape.gradient(cost, [layer.layer.kernel, layer.bias])
        found.append([*outputs, *of_variables])
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


def test_kept_norms_are_computed_once_and_no_longer_than_the_scope():
    layer, x = normalised("dense"), inputs("dense")

    def roots_of(*counts):
        """How many norms are computed in so many passes per dict."""

        def step():
            for count in counts:
                norms = {}
                for _ in range(count):
                    with norms_kept(norms):
                        layer(x)

        function = tf.function(step, autograph=False)
        nodes = function.get_concrete_function().graph.get_operations()
        return [node.type for node in nodes].count("Sqrt")

    assert roots_of(3) == 1
    assert roots_of(2, 2) == 2
    # The tensors of a branch are its own.
    expected = layer(x)
    norms = {}

    @tf.function(autograph=False)
    def with_branch(branch):
        with norms_kept(norms):
            return tf.cond(branch, lambda: layer(x), lambda: 1.0 - layer(x)), (
                layer(x)
            )

    for outputs in with_branch(tf.constant(True)):
        np.testing.assert_allclose(outputs, expected, rtol=1e-6)
    layer.layer.kernel.assign(layer.layer.kernel * [1.0, 2.0, 3.0, 4.0, 5.0])
    # v is another, w the same.
    with norms_kept({}):
        np.testing.assert_allclose(layer(x), expected, rtol=1e-5)


# In company.


@every_kind
@pytest.mark.parametrize("train_scale", [False, True])
def test_clone_with_the_same_weights_gives_the_same(kind, train_scale):
    layer = normalised(kind, activation="relu", train_scale=train_scale)
    x = inputs(kind)
    model = keras.Sequential([keras.Input(x.shape[1:]), layer])
    clone = keras.models.clone_model(model)
    assert clone.layers[0].layer is not layer.layer
    assert clone.layers[0].scale.trainable is train_scale
    clone.set_weights(model.get_weights())
    np.testing.assert_array_equal(clone(x), model(x))


@every_kind
def test_mixed_precision_computes_in_bfloat16_and_keeps_float32(kind):
    keras.config.set_dtype_policy("mixed_bfloat16")
    layer, x = normalised(kind), inputs(kind)
    outputs = layer(x)
    assert outputs.dtype == tf.bfloat16
    assert {variable.dtype for variable in layer.variables} == {"float32"}
    expected = Reference(kind)(x, *variables_of(layer))
    error = np.float64(outputs) - expected
    assert np.abs(error).max() < 0.02 * np.abs(expected).max()


@every_kind
def test_mixed_precision_initialises_from_data(kind):
    keras.config.set_dtype_policy("mixed_bfloat16")
    layer, x = normalised(kind), inputs(kind)
    outputs = initialised(layer, x)
    assert outputs.dtype == tf.bfloat16
    for units in (outputs, layer(x)):
        units = np.float64(units).reshape(-1, UNITS)
        np.testing.assert_allclose(units.mean(0), 0, atol=0.03)
        np.testing.assert_allclose(units.var(0), 1, rtol=0.05)


def test_all_replicas_are_initialised_and_give_the_same(two_replicas):
    alone, x = normalised("conv"), inputs("conv")
    outputs = initialised(alone, x)
    with two_replicas.scope():
        layer = normalised("conv")
    received = initialised(layer, x)
    np.testing.assert_allclose(received, outputs, rtol=1e-5, atol=1e-6)
    for variable, expected in zip(
        (layer.layer.kernel, layer.scale, layer.bias),
        variables_of(alone),
        strict=True,
    ):
        copies = two_replicas.experimental_local_results(variable.value)
        assert len(copies) == 2
        for copy in copies:
            np.testing.assert_allclose(copy, expected, rtol=1e-5, atol=1e-6)

    @tf.function
    def step():
        return two_replicas.run(lambda: layer(x))

    for replica in two_replicas.experimental_local_results(step()):
        np.testing.assert_allclose(replica, alone(x), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "layer, name",
    [
        (lambda: layers.Dense(3, name="with_bias"), "Dense with_bias"),
        (
            lambda: layers.Conv2DTranspose(
                3, 2, activation="relu", use_bias=False, name="own"
            ),
            "Conv2DTranspose own",
        ),
        (
            lambda: layers.Conv1D(3, 2, use_bias=False, name="of_rank_1"),
            "Conv1D of_rank_1",
        ),
        (lambda: layers.Flatten(name="flatten"), "Flatten flatten"),
    ],
    ids=["bias", "activation", "conv1d", "no_kernel"],
)
def test_other_layers_are_refused(layer, name):
    with pytest.raises(UserError, match=f"Received: {name}"):
        WeightNormalization(layer())


def test_the_norm_is_float32_under_mixed_precision():
    keras.config.set_dtype_policy("mixed_bfloat16")
    layer = WeightNormalization(layers.Dense(3, use_bias=False))
    x = np.eye(4, dtype=np.float32)
    layer(x)
    rng = np.random.default_rng(5)
    # In bfloat16 the third number of each unit would be lost.
    kernel = rng.normal(size=(4, 3)).astype(np.float32)
    layer.layer.kernel.assign(kernel)
    assert layer.scale.dtype == "float32"
    given = np.float64(tf.cast(layer(x), tf.float32))
    rounded = np.float64(tf.cast(tf.cast(kernel, tf.bfloat16), tf.float32))
    expected = rounded / np.linalg.norm(np.float64(kernel), axis=0)
    # Each output is rounded three times to 8 bits, and not by the norm's error.
    np.testing.assert_allclose(given, expected, rtol=2**-7)
