import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.errors import UserError
from tfgan_ref.layers import initialization
from tfgan_ref.layers.minibatch_features import (
    MinibatchFeatures,
    PairedMinibatchFeatures,
    PaperMinibatchFeatures,
)

_LAYERS = [PaperMinibatchFeatures, MinibatchFeatures, PairedMinibatchFeatures]
_BATCH, _FEATURES, _KERNELS, _DIMENSION = 8, 4, 3, 2


def similarity(projected, b, i, j):
    return np.exp(-np.abs(projected[i, b] - projected[j, b]).sum())


def sums(projected, of, itself):
    """[rows, kernels], sums of similarities to the rows in `of`."""
    rows, kernels, _ = projected.shape
    out = np.zeros((rows, kernels))
    for i in range(rows):
        for b in range(kernels):
            for j in of:
                if itself or j != i:
                    out[i, b] += similarity(projected, b, i, j)
    return out


def paper(inputs, tensor):
    projected = np.einsum("nf,fbc->nbc", inputs, tensor)
    new = sums(projected, range(len(inputs)), itself=True)
    return np.concatenate([inputs, new], 1)


def released_projection(inputs, theta, log_scale):
    norm = np.sqrt(np.einsum("fbc,fbc->bc", theta, theta))
    weights = theta / norm * np.exp(log_scale)
    return np.einsum("nf,fbc->nbc", inputs, weights)


def released(inputs, theta, log_scale, bias):
    projected = released_projection(inputs, theta, log_scale)
    new = sums(projected, range(len(inputs)), itself=False) + bias
    return np.concatenate([inputs, new], 1)


def released_init(inputs, theta, log_scale):
    """Log-scales and bias after data-dependent initialisation."""
    projected = released_projection(inputs, theta, log_scale)
    rows, kernels, _ = projected.shape
    distances = np.empty((rows, rows, kernels))
    for i in range(rows):
        for j in range(rows):
            distances[i, j] = np.abs(projected[i] - projected[j]).sum(1)
        distances[i, i] += 1e6
    scale = 0.5 * distances.min(1).mean(0)
    bias = -np.exp(-distances / scale).sum(1).mean(0)
    return log_scale - np.log(scale)[:, None], bias


def paired(inputs, tensor, bias):
    projected = np.einsum("nf,fbc->nbc", inputs, tensor)
    projected = projected + bias.reshape(tensor.shape[1:])
    n = len(inputs) // 2
    mask = 1.0 - np.eye(2 * n)
    real = sums(projected, range(n), itself=False) / mask[:, :n].sum()
    fake = sums(projected, range(n, 2 * n), itself=False) / mask[:, n:].sum()
    return np.concatenate([inputs, real, fake], 1)


_NUMPY = {
    PaperMinibatchFeatures: paper,
    MinibatchFeatures: released,
    PairedMinibatchFeatures: paired,
}


def numbers(*shape, seed=0, scale=1.0):
    return scale * np.random.default_rng(seed).normal(size=shape)


def weights(layer_class):
    """Such that distances are near 1; none is as it was initialised."""
    tensor = numbers(_FEATURES, _KERNELS, _DIMENSION, seed=1, scale=0.3)
    if layer_class is PaperMinibatchFeatures:
        return [tensor]
    if layer_class is MinibatchFeatures:
        log_scale = numbers(_KERNELS, _DIMENSION, seed=2, scale=0.5) - 0.7
        return [tensor, log_scale, numbers(_KERNELS, seed=3)]
    return [tensor, numbers(_KERNELS * _DIMENSION, seed=4)]


def make(layer_class, **kwargs):
    layer = layer_class(_KERNELS, _DIMENSION, **kwargs)
    layer.build((None, _FEATURES))
    layer.set_weights(weights(layer_class))
    return layer


def inputs_of(seed=5):
    return numbers(_BATCH, _FEATURES, seed=seed).astype("float32")


@pytest.mark.parametrize("layer_class", _LAYERS)
def test_features_are_those_of_the_definition(layer_class):
    inputs = inputs_of()
    outputs = make(layer_class)(inputs)

    expected = _NUMPY[layer_class](inputs, *weights(layer_class))
    np.testing.assert_allclose(outputs, expected, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("layer_class", _LAYERS)
def test_gradients_are_those_of_finite_differences(layer_class):
    layer, step = make(layer_class), 1e-6
    inputs = tf.constant(inputs_of())
    upstream = numbers(*layer(inputs).shape, seed=6)

    with tf.GradientTape() as tape:
        tape.watch(inputs)
        cost = tf.reduce_sum(upstream.astype("float32") * layer(inputs))
    gradients = tape.gradient(cost, [inputs, *layer.trainable_variables])

    at = [inputs.numpy().astype("float64"), *weights(layer_class)]
    assert len(gradients) == len(at)

    def cost_at(values):
        return np.sum(upstream * _NUMPY[layer_class](*values))

    for which, gradient in enumerate(gradients):
        for entry in list(np.ndindex(at[which].shape))[::3]:
            costs = []
            for sign in (1, -1):
                moved = [value.copy() for value in at]
                moved[which][entry] += sign * step
                costs.append(cost_at(moved))
            expected = (costs[0] - costs[1]) / (2 * step)
            np.testing.assert_allclose(
                gradient.numpy()[entry], expected, rtol=1e-4, atol=1e-5
            )


def test_initialization_sets_scales_and_bias_from_the_minibatch():
    layer, inputs = make(MinibatchFeatures), inputs_of()
    theta, log_scale, _ = weights(MinibatchFeatures)

    with initialization.from_data():
        outputs = layer(inputs)

    log_scale, bias = released_init(inputs, theta, log_scale)
    np.testing.assert_allclose(layer.log_scale, log_scale, rtol=1e-4)
    np.testing.assert_allclose(layer.bias, bias, rtol=1e-4)
    np.testing.assert_allclose(layer.tensor, theta, rtol=1e-6)
    expected = released(inputs, theta, log_scale, bias)
    np.testing.assert_allclose(outputs, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(layer(inputs), expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(
        np.mean(outputs[:, _FEATURES:], 0), 0.0, atol=1e-6
    )


def test_initialization_keeps_the_scale_where_all_examples_are_alike():
    layer = make(MinibatchFeatures)
    with initialization.from_data():
        outputs = layer(np.ones((_BATCH, _FEATURES), "float32"))

    log_scale = weights(MinibatchFeatures)[1]
    np.testing.assert_allclose(layer.log_scale, log_scale, rtol=1e-6)
    np.testing.assert_allclose(layer.bias, 1.0 - _BATCH)
    np.testing.assert_allclose(outputs[:, _FEATURES:], 0.0)


@pytest.mark.parametrize(
    "layer_class", [PaperMinibatchFeatures, PairedMinibatchFeatures]
)
def test_initialization_leaves_the_other_layers_alone(layer_class):
    layer, inputs = make(layer_class), inputs_of()
    before = layer(inputs)
    with initialization.from_data():
        np.testing.assert_array_equal(layer(inputs), before)
    np.testing.assert_array_equal(layer(inputs), before)


def test_layers_start_as_published():
    started = {}
    for layer_class in _LAYERS:
        layer = layer_class(40, 5)
        layer.build((None, 30))
        started[layer_class] = [np.array(w) for w in layer.weights]
        assert len(layer.trainable_weights) == len(layer.weights)

    (tensor,) = started[PaperMinibatchFeatures]
    np.testing.assert_allclose(tensor.std(), 0.05, rtol=0.05)
    theta, log_scale, bias = started[MinibatchFeatures]
    np.testing.assert_allclose(theta.std(), 0.05, rtol=0.05)
    np.testing.assert_array_equal(log_scale, np.zeros((40, 5)))
    np.testing.assert_array_equal(bias, np.full(40, -1.0))
    tensor, bias = started[PairedMinibatchFeatures]
    np.testing.assert_allclose(tensor.std(), 0.02, rtol=0.05)
    np.testing.assert_array_equal(bias, np.zeros(200))


def test_defaults_are_the_released_sizes():
    assert MinibatchFeatures().compute_output_shape((7, 10)) == (7, 110)
    assert MinibatchFeatures().dimension == 5
    assert PairedMinibatchFeatures().compute_output_shape((8, 10)) == (8, 610)
    assert PairedMinibatchFeatures().dimension == 50


def test_an_example_is_similar_to_itself_in_the_paper_only():
    far = inputs_of()
    far[0] += 1e4  # No other example is like it.
    new = {
        layer_class: make(layer_class)(far)[0, _FEATURES:].numpy()
        for layer_class in _LAYERS
    }

    np.testing.assert_array_equal(new[PaperMinibatchFeatures], np.ones(3))
    bias = weights(MinibatchFeatures)[2].astype("float32")
    np.testing.assert_array_equal(new[MinibatchFeatures], bias)
    np.testing.assert_array_equal(new[PairedMinibatchFeatures], np.zeros(6))


@pytest.mark.parametrize("layer_class", _LAYERS)
def test_another_example_changes_the_new_features_and_nothing_else(
    layer_class,
):
    layer, inputs = make(layer_class), inputs_of()
    before = layer(inputs).numpy()
    inputs[2] += 0.5
    after = layer(inputs).numpy()

    np.testing.assert_array_equal(after[3, :_FEATURES], before[3, :_FEATURES])
    first_half = slice(_FEATURES, _FEATURES + _KERNELS)
    assert np.all(after[3, first_half] != before[3, first_half])


def test_paired_features_know_which_half_an_example_is_of():
    layer, inputs = make(PairedMinibatchFeatures), inputs_of()
    before = layer(inputs).numpy()
    inputs[-1] += 0.5  # A fake one.
    after = layer(inputs).numpy()

    real = slice(_FEATURES, _FEATURES + _KERNELS)
    fake = slice(_FEATURES + _KERNELS, None)
    np.testing.assert_array_equal(after[:-1, real], before[:-1, real])
    assert np.all(after[:-1, fake] != before[:-1, fake])


@pytest.mark.parametrize("layer_class", _LAYERS)
def test_a_batch_size_that_is_not_static_gives_the_same(layer_class):
    layer, inputs = make(layer_class), inputs_of()

    @tf.function(input_signature=[tf.TensorSpec([None, _FEATURES])])
    def dynamic(inputs):
        return layer(inputs)

    np.testing.assert_allclose(dynamic(inputs), layer(inputs), rtol=1e-5)
    with pytest.raises(tf.errors.InvalidArgumentError, match="need"):
        dynamic(inputs[:1])


def test_an_odd_batch_that_is_not_static_is_refused():
    layer = make(PairedMinibatchFeatures)
    dynamic = tf.function(
        lambda inputs: layer(inputs),
        input_signature=[tf.TensorSpec([None, _FEATURES])],
        autograph=False,
    )
    with pytest.raises(tf.errors.InvalidArgumentError, match="as fake"):
        dynamic(inputs_of()[:5])


@pytest.mark.parametrize("across_replicas", [False, True])
@pytest.mark.parametrize("layer_class", _LAYERS)
def test_models_built_in_a_strategys_scope_take_any_batch(
    layer_class, across_replicas, two_replicas
):
    with two_replicas.scope():
        images = keras.Input((_FEATURES,))
        layer = layer_class(
            _KERNELS, _DIMENSION, across_replicas=across_replicas
        )
        model = keras.Model(images, layer(images))
        model.set_weights(weights(layer_class))
        outputs = model(inputs_of())  # Outside of any replica.

    new = 2 * _KERNELS if layer_class is PairedMinibatchFeatures else _KERNELS
    assert model.output_shape == (None, _FEATURES + new)
    expected = _NUMPY[layer_class](inputs_of(), *weights(layer_class))
    np.testing.assert_allclose(outputs, expected, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("layer_class", _LAYERS)
def test_clones_have_the_same_arguments(layer_class):
    layer = make(layer_class, across_replicas=True, name="similar")
    model = keras.Sequential([keras.Input((_FEATURES,)), layer])
    clone = keras.models.clone_model(model)

    (copy,) = clone.layers
    assert type(copy) is layer_class and copy is not layer
    assert copy.get_config() == layer.get_config()
    assert (copy.kernels, copy.dimension) == (_KERNELS, _DIMENSION)
    assert copy.across_replicas and copy.name == "similar"
    clone.set_weights(model.get_weights())
    inputs = inputs_of()
    np.testing.assert_array_equal(clone(inputs), model(inputs))


def test_clones_have_the_papers_layers_initializer():
    normal = keras.initializers.RandomNormal(stddev=3.0)
    layer = PaperMinibatchFeatures(50, 4, initializer=normal)
    copy = PaperMinibatchFeatures.from_config(layer.get_config())
    copy.build((None, 20))
    np.testing.assert_allclose(np.std(copy.tensor), 3.0, rtol=0.05)


@pytest.mark.parametrize("layer_class", _LAYERS)
def test_mixed_precision_computes_in_float32(layer_class):
    keras.config.set_dtype_policy("mixed_bfloat16")
    layer = make(layer_class)
    # Large and close together: bfloat16 would not tell them apart.
    inputs = tf.cast(40.0 + inputs_of(), tf.bfloat16)
    with tf.GradientTape() as tape:
        outputs = layer(inputs)
        cost = tf.reduce_sum(tf.cast(outputs, tf.float32))
    gradients = tape.gradient(cost, layer.trainable_variables)

    assert outputs.dtype == tf.bfloat16
    assert {gradient.dtype for gradient in gradients} == {tf.float32}
    exact = inputs.numpy().astype("float64")
    expected = _NUMPY[layer_class](exact, *weights(layer_class))
    np.testing.assert_allclose(
        outputs.numpy().astype("float64"), expected, rtol=2**-8
    )


@pytest.mark.parametrize("layer_class", _LAYERS)
@pytest.mark.parametrize("name", ["kernels", "dimension"])
def test_sizes_below_one_are_refused(layer_class, name):
    sizes = {"kernels": 3, "dimension": 2, name: 0}
    with pytest.raises(UserError, match=f"`{name}` .*Received: 0$"):
        layer_class(**sizes)


@pytest.mark.parametrize("layer_class", _LAYERS)
@pytest.mark.parametrize(
    "shape, message",
    [
        ((1, 4), r"need .*\. Received: 1 in all"),
        ((8, 2, 2), r"need .*\. Received: shape \(8, 2, 2\)"),
        ((8,), r"need .*\. Received: shape \(8,\)"),
    ],
)
def test_unfit_inputs_are_refused_in_one_line(layer_class, shape, message):
    inputs = np.zeros(shape, "float32")
    with pytest.raises(UserError) as error:
        layer_class(_KERNELS, _DIMENSION)(inputs)
    assert "\n" not in str(error.value)
    error.match(f"^minibatch features {message}$")

    with pytest.raises(UserError, match=message):  # Keras adds lines.
        make(layer_class)(inputs)


def test_an_odd_joint_batch_is_refused():
    inputs = inputs_of()[:7]
    with pytest.raises(
        UserError, match="as fake examples. Received: 7 in all$"
    ):
        PairedMinibatchFeatures(_KERNELS, _DIMENSION)(inputs)
    with pytest.raises(UserError, match="as fake examples. Received: 7 in all"):
        make(PairedMinibatchFeatures)(inputs)


def outputs_and_gradients(layer, inputs, upstream):
    inputs = tf.convert_to_tensor(inputs)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = layer(inputs)
        cost = tf.reduce_sum(upstream * outputs)
    to_inputs, *others = tape.gradient(
        cost, [inputs, *layer.trainable_variables]
    )
    return outputs, to_inputs, others


def rows_of_replicas(layer_class):
    """Half of the minibatch each, or half of each of its halves."""
    rows = np.arange(_BATCH)
    if layer_class is not PairedMinibatchFeatures:
        return rows.reshape(2, -1)
    return rows.reshape(2, 2, -1).swapaxes(0, 1).reshape(2, -1)


def parity(strategy, layer_class, across_replicas):
    """Outputs and gradients on one replica, those on two; and the rows."""
    inputs = inputs_of()
    layer = make(layer_class)
    upstream = numbers(*layer(inputs).shape, seed=6).astype("float32")
    one = outputs_and_gradients(layer, inputs, upstream)

    rows = rows_of_replicas(layer_class)
    with strategy.scope():
        layer = make(layer_class, across_replicas=across_replicas)

    @tf.function
    def replica():
        context = tf.distribute.get_replica_context()
        own = tf.constant(rows)[context.replica_id_in_sync_group]
        return outputs_and_gradients(
            layer, tf.gather(inputs, own), tf.gather(upstream, own)
        )

    *of_examples, of_variables = tf.nest.map_structure(
        strategy.experimental_local_results, strategy.run(replica)
    )
    back = np.argsort(rows.reshape(-1))
    two = [np.concatenate(values)[back] for values in of_examples]
    two.append([sum(values).numpy() for values in of_variables])
    return one, two, rows


@pytest.mark.parametrize("layer_class", _LAYERS)
def test_xla_gives_the_same(layer_class):
    layer, inputs = make(layer_class), inputs_of()
    upstream = numbers(*layer(inputs).shape, seed=6).astype("float32")

    def step():
        return outputs_and_gradients(layer, inputs, upstream)

    for value, expected in zip(
        tf.nest.flatten(tf.function(step, jit_compile=True)()),
        tf.nest.flatten(step()),
        strict=True,
    ):
        np.testing.assert_allclose(value, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("layer_class", _LAYERS)
def test_two_replicas_that_gather_equal_one(layer_class, two_replicas):
    one, two, _ = parity(two_replicas, layer_class, across_replicas=True)

    for expected, value in zip(
        [*one[:2], *one[2]], [*two[:2], *two[2]], strict=True
    ):
        np.testing.assert_allclose(value, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("layer_class", _LAYERS)
def test_by_default_a_replica_sees_its_own_minibatch(layer_class, two_replicas):
    one, two, rows = parity(two_replicas, layer_class, across_replicas=False)

    for own in rows:
        expected = _NUMPY[layer_class](inputs_of()[own], *weights(layer_class))
        np.testing.assert_allclose(two[0][own], expected, rtol=2e-5, atol=1e-6)
    assert np.max(np.abs(one[0] - two[0])) > 0.1
    assert np.max(np.abs(one[2][0] - two[2][0])) > 0.1
