"""Networks run behind height and width, against their own call."""

import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tfgan_ref import averaging, runtime
from tfgan_ref.layers.reference_normalization import (
    ReferenceBatchNormalization,
)
from tfgan_ref.layers.weight_normalization import WeightNormalization
from tfgan_ref.models import dcgan
from tfgan_ref.spatial_first import network as spatial_first

# No kink and no dead unit: a rounding moves the gradients by no more.
SMOOTH = "softplus"


def chain(*middle, shape=(8, 4, 3)):
    keras.utils.set_random_seed(3)
    first = keras.Input(shape)
    x = first
    for layer in middle:
        x = layer(x)
    network = keras.Model(first, x)
    rng = np.random.default_rng(4)
    network.set_weights(
        [
            weight + rng.uniform(0.1, 0.5, weight.shape)
            for weight in network.get_weights()
        ]
    )
    return network


def sequential(network):
    """The same layers with the same weights, as `keras.Sequential` has them."""
    stack = [
        type(layer).from_config(layer.get_config())
        for layer in network.layers[1:]
    ]
    made = keras.Sequential([keras.Input(network.input_shape[1:]), *stack])
    made.set_weights(network.get_weights())
    return made


def loaded(network):
    """A `keras.Sequential` whose layers came one by one."""
    made = keras.Sequential.from_config(sequential(network).get_config())
    made.set_weights(network.get_weights())
    return made


def without_input(network):
    """A `keras.Sequential` that a minibatch has told its shape."""
    made = keras.Sequential(sequential(network).layers)
    made(inputs_of(network, batch=2))
    return made


def discriminator_of_rectangles():
    return chain(
        layers.Conv2D(16, 5, 2, "same"),
        layers.Activation(SMOOTH),
        layers.Conv2D(20, 4, 2, "same", use_bias=False),
        layers.BatchNormalization(momentum=0.7, epsilon=1e-2),
        layers.Activation(SMOOTH),
        layers.Flatten(),
        layers.Dense(3, use_bias=False),
        layers.BatchNormalization(momentum=0.6),
        layers.Dense(1),
        layers.Reshape(()),
    )


def generator_of_rectangles():
    return chain(
        layers.Dense(4 * 2 * 18),
        layers.Reshape((4, 2, 18)),
        layers.BatchNormalization(momentum=0.8, epsilon=1e-2),
        layers.Activation(SMOOTH),
        layers.Conv2DTranspose(17, 4, 2, "same", use_bias=False),
        layers.BatchNormalization(momentum=0.9, epsilon=1e-3),
        layers.Activation(SMOOTH),
        layers.Conv2DTranspose(3, 5, 2, "same"),
        layers.Activation("tanh"),
        shape=(6,),
    )


def perceptron():
    return chain(
        layers.Dense(5, use_bias=False),
        layers.BatchNormalization(momentum=0.7, epsilon=1e-2),
        layers.Activation(SMOOTH),
        layers.Dense(2),
        shape=(3,),
    )


def inputs_of(network, batch=7):
    rng = np.random.default_rng(5)
    shape = (batch, *network.input_shape[1:])
    return tf.constant(rng.uniform(-1, 1, shape), tf.float32)


def pass_and_gradients(network, forward, inputs):
    """Outputs, gradients of weights and inputs, weights afterwards."""
    before = network.get_weights()

    @tf.function
    def compute():
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = forward(inputs)
            weights = np.linspace(0.5, 2.0, outputs.shape.num_elements())
            flat = tf.cast(tf.reshape(outputs, [-1]), tf.float32)
            cost = tf.reduce_sum(flat * tf.constant(weights, tf.float32))
        variables = [v.value for v in network.trainable_variables]
        return outputs, tape.gradient(cost, [*variables, inputs])

    outputs, gradients = compute()
    after = network.get_weights()
    network.set_weights(before)
    return outputs, gradients, after


KINDS = {
    "functional": lambda network: network,
    "sequential": sequential,
    "loaded": loaded,
    "without_input": without_input,
    "averaged": lambda network: averaged(sequential(network)),
}


def averaged(network):
    copied = averaging.frozen_copy(network)
    copied.trainable = True
    return copied


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize(
    "make",
    [discriminator_of_rectangles, generator_of_rectangles, perceptron],
)
def test_it_computes_what_the_network_does(make, kind):
    network = kind(make())
    assert spatial_first.supports(network)
    inputs = inputs_of(network)
    outputs, gradients, after = pass_and_gradients(
        network, lambda x: spatial_first.run(network, x), inputs
    )
    expected = pass_and_gradients(
        network, lambda x: network(x, training=True), inputs
    )
    np.testing.assert_allclose(outputs, expected[0], rtol=1e-4, atol=1e-5)
    for one, other in zip(gradients, expected[1], strict=True):
        assert np.abs(other).max() > 0
        assert np.linalg.norm(one - other) < 1e-4 * np.linalg.norm(other)
    for one, other in zip(after, expected[2], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", [KINDS["functional"], sequential, loaded])
@pytest.mark.parametrize("size", [4, 5])
@pytest.mark.parametrize("channels", [1, 3])
def test_samples_are_those_of_the_network(size, channels, kind):
    keras.utils.set_random_seed(6)
    network = dcgan.generator((28, 28, channels), 5, 16, kernel_size=size)
    network = kind(network)
    inputs = inputs_of(network, batch=8)
    network.set_weights([8 * weight + 0.1 for weight in network.get_weights()])
    infer = tf.function(lambda x: spatial_first.infer(network, x))
    samples = infer(inputs).numpy()
    assert samples.std() > 0.01
    expected = network(inputs, training=False)
    np.testing.assert_allclose(samples, expected, rtol=1e-5, atol=1e-6)
    # The last one is a matrix product.
    plain = tf.function(lambda x: network(x, training=False))
    kinds = [
        [operation.type for operation in graph_of(function, inputs)].count(
            "Conv2DBackpropInput"
        )
        for function in (infer, plain)
    ]
    assert kinds == [1, 2]
    # Each is a function of its own row, to the last bit, but for the last two
    # without AVX-512.
    order = np.array([3, 5, 0, 1, 4, 2, 7, 6])
    moved = infer(tf.gather(inputs, order)).numpy()
    np.testing.assert_array_equal(moved[:6], samples[order[:6]])


def graph_of(function, inputs):
    return function.get_concrete_function(inputs).graph.get_operations()


def test_samples_of_other_networks_are_their_own_call():
    network = branched()
    inputs = inputs_of(network)
    np.testing.assert_array_equal(
        spatial_first.infer(network, inputs), network(inputs, training=False)
    )


@pytest.mark.parametrize(
    "make", [discriminator_of_rectangles, generator_of_rectangles]
)
def test_in_bfloat16_it_rounds_no_more_than_the_network_does(make, monkeypatch):
    exact = passes_of(make())[1]
    keras.config.set_dtype_policy("mixed_bfloat16")
    network = make()
    monkeypatch.setattr(runtime, "has_bfloat16", lambda: False)
    assert not spatial_first.supports(network)
    monkeypatch.setattr(runtime, "has_bfloat16", lambda: True)
    assert spatial_first.supports(network)
    if "avx512f" not in runtime._cpu_flags(runtime._CPUINFO):
        pytest.skip("oneDNN computes bfloat16 with AVX-512")
    fast, own = passes_of(network)
    assert fast[0].dtype == own[0].dtype == "bfloat16"
    for one, other, right in zip(*map(flat, (fast, own, exact)), strict=True):
        allowed = 1.5 * np.linalg.norm(other - right)
        allowed += 0.01 * np.linalg.norm(right)
        assert np.linalg.norm(one - right) <= allowed


def passes_of(network):
    """Outputs, gradients and weights, spatial first and by itself."""
    inputs = inputs_of(network)
    return [
        pass_and_gradients(network, forward, inputs)
        for forward in (
            lambda x: spatial_first.run(network, x),
            lambda x: network(x, training=True),
        )
    ]


def flat(found):
    outputs, gradients, weights = found
    assert {gradient.dtype for gradient in gradients} == {tf.float32}
    return [np.float32(value) for value in (outputs, *gradients, *weights)]


@pytest.mark.parametrize("size, channels", [(28, 1), (32, 3), (64, 1)])
@pytest.mark.parametrize("kernel_size", [2, 4, 5])
def test_every_dcgan_is_supported(size, channels, kernel_size):
    gan = dcgan.build((size, size, channels), width=2, kernel_size=kernel_size)
    for network in (gan.generator, gan.discriminator):
        assert spatial_first.supports(network)


def test_two_replicas_share_their_batch_normalisation(two_replicas):
    with two_replicas.scope():
        network = chain(
            layers.Conv2D(16, 4, 2, "same"),
            layers.BatchNormalization(synchronized=True),
            layers.Flatten(),
            layers.Dense(1),
        )
    inputs = inputs_of(network, batch=8)

    def outputs_of(forward):
        def replica():
            here = tf.distribute.get_replica_context().replica_id_in_sync_group
            return forward(inputs[4 * here : 4 * here + 4])

        parts = tf.function(lambda: two_replicas.run(replica))()
        return np.concatenate(two_replicas.experimental_local_results(parts))

    received = outputs_of(lambda x: spatial_first.run(network, x))
    expected = network(inputs, training=True)
    np.testing.assert_allclose(received, expected, rtol=1e-4, atol=1e-4)


def branched():
    images = keras.Input((8, 8, 3))
    x = layers.Conv2D(16, 4, 2, "same")(images)
    y = layers.Conv2D(16, 4, 2, "same")(images)
    return keras.Model(images, layers.Add()([x, y]), name="branched")


UNSUPPORTED = {
    "neither convolution nor normalisation": lambda: chain(
        layers.Flatten(), layers.Dense(1)
    ),
    "padding": lambda: chain(layers.Conv2D(4, 4, 2, "valid")),
    "odd": lambda: chain(layers.Conv2D(4, 4, 2, "same"), shape=(7, 8, 3)),
    "any size": lambda: chain(
        layers.Conv2D(4, 4, 2, "same"), shape=(None, None, 3)
    ),
    "two strides": lambda: chain(layers.Conv2D(4, 4, (2, 1), "same")),
    "two sizes": lambda: chain(layers.Conv2D(4, (4, 2), 2, "same")),
    "smaller than the stride": lambda: chain(layers.Conv2D(4, 1, 2, "same")),
    "dilated": lambda: chain(layers.Conv2D(4, 4, 1, "same", dilation_rate=2)),
    "groups": lambda: chain(layers.Conv2D(3, 4, 2, "same", groups=3)),
    "activation": lambda: chain(
        layers.Conv2D(4, 4, 2, "same", activation="relu")
    ),
    "activity regulariser": lambda: chain(
        layers.Conv2D(4, 4, 2, "same", activity_regularizer="l2")
    ),
    "bfloat16 weights": lambda: chain(
        layers.Conv2D(4, 4, 2, "same", dtype="bfloat16")
    ),
    "another axis": lambda: chain(
        layers.Conv2D(4, 4, 2, "same"), layers.BatchNormalization(axis=1)
    ),
    "no gain": lambda: chain(
        layers.Conv2D(4, 4, 2, "same"), layers.BatchNormalization(scale=False)
    ),
    "dropout": lambda: chain(
        layers.Conv2D(4, 4, 2, "same"), layers.Dropout(0.5)
    ),
    "weight normalisation": lambda: chain(
        WeightNormalization(layers.Conv2D(4, 4, 2, "same", use_bias=False))
    ),
    "reference batch": lambda: dcgan.generator(
        (28, 28, 1),
        3,
        2,
        normalization=ReferenceBatchNormalization,
        reference_latents=tf.ones([4, 3]),
    ),
    "branches": branched,
}


@pytest.mark.parametrize("make", UNSUPPORTED.values(), ids=UNSUPPORTED)
def test_other_networks_are_left_to_themselves(make):
    network = make()
    assert not spatial_first.supports(network)
    if network.name != "branched":
        assert not spatial_first.supports(sequential(network))


def test_a_sequential_without_a_shape_or_of_two_is_left_to_itself():
    network = keras.Sequential([layers.Conv2D(4, 4, 2, "same")])
    assert not spatial_first.supports(network)
    network(tf.zeros([2, 8, 4, 3]))
    assert spatial_first.supports(network)
    # Its first input is that of another network, of odd sides.
    layer = layers.Conv2D(4, 4, 2, "same")
    keras.Sequential([keras.Input((7, 7, 3)), layer])
    network = keras.Sequential([keras.Input((8, 8, 3)), layer])
    assert not spatial_first.supports(network)
    assert not spatial_first.supports(keras.Sequential())


@pytest.mark.conformance
def test_without_onednn_nothing_is_supported():
    code = (
        "import os; os.environ['TF_ENABLE_ONEDNN_OPTS'] = '0'\n"
        "from tfgan_ref.models import dcgan\n"
        "from tfgan_ref.spatial_first import network\n"
        "gan = dcgan.build((28, 28, 1), width=2)\n"
        "print(network.supports(gan.discriminator))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert done.stdout == "False\n", done.stderr


def test_a_model_of_ones_own_call_is_not_supported():
    class Shifted(keras.Model):
        def call(self, x, training=None, mask=None):
            return 100.0 + super().call(x, training=training)

    inputs = keras.Input((8, 8, 3))
    outputs = layers.Conv2D(4, 4, 2, "same")(inputs)
    assert spatial_first.supports(keras.Model(inputs, outputs))
    assert not spatial_first.supports(Shifted(inputs, outputs))
