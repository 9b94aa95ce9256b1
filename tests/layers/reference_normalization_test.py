"""Both normalisations against the released formulas in NumPy and float64."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.layers.reference_normalization import (
    PrependReference,
    ReferenceBatchNormalization,
    RemoveReference,
    VirtualBatchNormalization,
)
from tfgan_ref.serving import export, safe_saved_model

CLASSES = [ReferenceBatchNormalization, VirtualBatchNormalization]
both = pytest.mark.parametrize("cls", CLASSES)
DENSE, CONVOLUTIONAL = (4,), (3, 2, 4)  # One input.
both_shapes = pytest.mark.parametrize("shape", [DENSE, CONVOLUTIONAL])
REFERENCE, LIVE, CHANNELS = 5, 3, 2
IMAGE = (8, 6, 2)


def random(*shape, seed=0):
    """Neither centred nor of variance 1."""
    return 0.7 + 1.8 * np.random.default_rng(seed).normal(size=shape)


def expected(cls, reference, live, weights, gain, bias):
    """The live outputs, example by example, as the code was released."""
    reference, live = reference @ weights, live @ weights
    spatial = tuple(range(live.ndim - 2))
    mean = reference.mean((0, *(axis + 1 for axis in spatial)))
    squares = (reference**2).mean((0, *(axis + 1 for axis in spatial)))
    c = 1 / (len(reference) + 1) if cls is VirtualBatchNormalization else 0.0
    outputs = []
    for x in live:
        m = c * x.mean(spatial) + (1 - c) * mean
        s = c * (x**2).mean(spatial) + (1 - c) * squares
        outputs.append(gain * (x - m) / np.sqrt(1e-5 + s - m**2) + bias)
    return np.stack(outputs)


def values(shape):
    """reference, live, weights, gain, bias."""
    return [
        random(REFERENCE, *shape, seed=1),
        random(LIVE, *shape, seed=2) - 0.4,
        random(shape[-1], CHANNELS, seed=3),
        random(CHANNELS, seed=4),
        random(CHANNELS, seed=5),
    ]


def network(cls, reference, *stack):
    """Normalises what the stack makes of the joint batch."""
    dtype = keras.config.dtype_policy().variable_dtype
    inputs = keras.Input(reference.shape[1:], dtype=dtype, name="latents")
    prepend = PrependReference(reference.shape)
    x = prepend(inputs)
    prepend.reference.assign(reference)
    for layer in stack:
        x = layer(x)
    x = RemoveReference(len(reference))(cls(len(reference))(x))
    return keras.Model(inputs, x)


def in_float64(cls, shape):
    """A linear layer and a normalisation with the weights of `values`."""
    keras.config.set_dtype_policy("float64")
    reference, live, weights, gain, bias = values(shape)
    linear = layers.Dense(CHANNELS, use_bias=False)
    model = network(cls, reference, linear)
    linear.kernel.assign(weights)
    norm = model.layers[-2]
    norm.gain.assign(gain)
    norm.bias.assign(bias)
    return model, live, [linear.kernel, norm.gain, norm.bias]


def small_generator(cls=VirtualBatchNormalization, seed=0, image=IMAGE):
    reference = np.float32(random(4, 3, seed=seed))
    height, width, channels = image
    return network(
        cls,
        reference,
        layers.Dense(height // 2 * width // 2 * 5),
        layers.Reshape((height // 2, width // 2, 5)),
        cls(4),
        layers.Conv2DTranspose(channels, 3, strides=2, padding="same"),
    )


def small_discriminator(cls=VirtualBatchNormalization, seed=0, image=IMAGE):
    images = keras.Input(image)
    prepend = PrependReference((6, *image))
    x = prepend(images)
    prepend.reference.assign(random(6, *image, seed=seed))
    x = layers.Conv2D(4, 3, strides=2, padding="same", use_bias=False)(x)
    x = layers.LeakyReLU(0.2)(cls(6)(x))
    x = layers.Dense(5, use_bias=False)(layers.Flatten()(x))
    x = layers.LeakyReLU(0.2)(cls(6)(x))
    x = layers.Dense(1)(RemoveReference(6)(x))
    return keras.Model(images, layers.Reshape(())(x))


def latents_for(model, count=4, seed=9):
    return np.float32(random(count, *model.input_shape[1:], seed=seed))


# The formulas.


@both
@both_shapes
def test_live_examples_are_normalised_as_released(cls, shape):
    model, live, _ = in_float64(cls, shape)
    outputs = model(live, training=True)
    assert outputs.shape == (LIVE, *shape[:-1], CHANNELS)
    np.testing.assert_allclose(
        outputs, expected(cls, *values(shape)), rtol=1e-10
    )


@both
@both_shapes
def test_the_reference_is_normalised_by_itself(cls, shape):
    reference, live = values(shape)[:2]
    norm = cls(REFERENCE)
    outputs = norm(np.float32(np.concatenate([reference, live])))[:REFERENCE]
    axes = tuple(range(reference.ndim - 1))
    normalised = reference - reference.mean(axes)
    normalised /= np.sqrt(reference.var(axes) + 1e-5)
    np.testing.assert_allclose(
        (outputs - norm.bias) / norm.gain, normalised, rtol=1e-4, atol=1e-6
    )


@both
@both_shapes
def test_gradients_are_finite_differences(cls, shape):
    """W.r.t. the inputs, the layer before, which makes the statistics, and us.

    A gradient that stops at the reference's statistics is another.
    """
    model, live, variables = in_float64(cls, shape)
    upstream = random(*expected(cls, *values(shape)).shape, seed=6)
    with tf.GradientTape() as tape:
        live = tf.Variable(live)
        cost = tf.reduce_sum(upstream * model(live, training=True))
    sources = [live, *(variable.value for variable in variables)]
    for i, gradient in enumerate(tape.gradient(cost, sources), start=1):
        np.testing.assert_allclose(
            gradient,
            differences(cls, values(shape), i, upstream),
            rtol=1e-6,
            atol=1e-7,
        )


def differences(cls, arguments, i, upstream, step=1e-5):
    """The derivative of the cost w.r.t. argument i."""
    gradient = np.zeros_like(arguments[i])
    for index in np.ndindex(gradient.shape):
        costs = []
        for sign in (1, -1):
            moved = [argument.copy() for argument in arguments]
            moved[i][index] += sign * step
            costs.append((upstream * expected(cls, *moved)).sum())
        gradient[index] = (costs[0] - costs[1]) / (2 * step)
    return gradient


def test_second_derivatives_are_finite_differences_of_the_first():
    model, live, _ = in_float64(VirtualBatchNormalization, CONVOLUTIONAL)
    upstream = random(LIVE, *CONVOLUTIONAL[:-1], CHANNELS, seed=6)
    direction = random(LIVE, *CONVOLUTIONAL, seed=7)

    def slope(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            cost = tf.reduce_sum(upstream * model(x, training=True))
        return tf.reduce_sum(tape.gradient(cost, x) * direction)

    x = tf.constant(live)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = slope(x)
    second = tf.reduce_sum(tape.gradient(value, x) * direction)
    step = 1e-5
    difference = slope(x + step * direction) - slope(x - step * direction)
    np.testing.assert_allclose(second, difference / (2 * step), rtol=1e-6)


@both
def test_a_large_mean_leaves_no_negative_variance(cls):
    # In float32 the mean of squares less the squared mean is off by 10.
    x = 1e4 + np.random.default_rng(0).normal(size=(20, 3, 3, 1)) * 0.1
    outputs = cls(16)(np.float32(x)).numpy()
    assert np.isfinite(outputs).all()
    assert 0.8 < outputs[16:].std() < 1.2


def test_the_gain_begins_near_1_and_the_bias_at_0():
    norm = VirtualBatchNormalization(2)
    norm.build((None, 2000))
    assert norm.gain.numpy().mean() == pytest.approx(1, abs=0.002)
    assert norm.gain.numpy().std() == pytest.approx(0.02, rel=0.1)
    assert not norm.bias.numpy().any()
    assert norm.epsilon == 1e-5
    assert not norm.non_trainable_variables  # No moving averages.


def test_in_bfloat16_statistics_are_float32():
    rounded = tf.cast(random(20, 4, 4, 3) + 3, tf.bfloat16)
    outputs = []
    for dtype in ("mixed_bfloat16", "float32"):
        keras.utils.set_random_seed(2)
        norm = VirtualBatchNormalization(16, dtype=dtype)
        outputs.append(norm(rounded))
        assert norm.gain.dtype == "float32"
    assert outputs[0].dtype == tf.bfloat16
    np.testing.assert_array_equal(outputs[0], tf.cast(outputs[1], tf.bfloat16))


def test_networks_run_in_bfloat16():
    keras.config.set_dtype_policy("mixed_bfloat16")
    model = small_generator()
    assert model.layers[1].reference.dtype == "float32"
    images = model(latents_for(model), training=True)
    assert images.dtype == tf.bfloat16
    assert np.isfinite(tf.cast(images, tf.float32)).all()


# Independence.


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("cls", [*CLASSES, None])
def test_logits_depend_on_batch_mates_only_with_batch_normalisation(
    cls, training
):
    model = small_discriminator(
        cls or (lambda reference_size: layers.BatchNormalization())
    )
    images = latents_for(model)
    others = np.concatenate([images[:1], latents_for(model, 3, seed=8)])
    one = model(images, training=training).numpy()
    other = model(others, training=training).numpy()
    assert (one[1:] != other[1:]).all()
    assert (one[0] == other[0]) == (cls is not None or not training)


@both
def test_training_and_inference_mode_are_the_same(cls):
    for model in (small_generator(cls), small_discriminator(cls)):
        x = latents_for(model)
        before = model.get_weights()
        np.testing.assert_array_equal(
            model(x, training=True), model(x, training=False)
        )
        for a, b in zip(before, model.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)


@both
@pytest.mark.parametrize("make", [small_generator, small_discriminator])
def test_another_reference_gives_other_outputs(make, cls):
    model = make(cls)
    x = latents_for(model)
    before = model(x).numpy()
    prepend = model.layers[1]
    prepend.reference.assign(random(*prepend.reference.shape, seed=7))
    assert np.abs(model(x) - before).max() > 1e-2


# Saving.


def test_the_reference_is_a_weight_that_is_not_trained():
    model = small_generator(seed=3)
    reference = model.layers[1].reference
    assert [v.path for v in model.non_trainable_variables] == [reference.path]
    np.testing.assert_array_equal(reference, np.float32(random(4, 3, seed=3)))


@both
@pytest.mark.parametrize("make", [small_generator, small_discriminator])
def test_a_clone_with_the_same_weights_is_the_same(make, cls):
    model = make(cls)
    clone = keras.models.clone_model(model)
    assert not clone.layers[1].reference.numpy().any()
    clone.set_weights(model.get_weights())
    x = latents_for(model)
    np.testing.assert_array_equal(clone(x), model(x))


def test_a_clone_keeps_epsilon():
    norm = VirtualBatchNormalization(3, epsilon=0.5)
    assert type(norm).from_config(norm.get_config()).epsilon == 0.5


@both
def test_a_checkpoint_restores_the_reference(cls, tmp_path):
    saved, other = small_generator(cls), small_generator(cls, seed=5)
    x = latents_for(saved)
    assert np.abs(saved(x) - other(x)).max() > 1e-2
    path = tf.train.Checkpoint(network=saved).save(tmp_path / "ckpt")
    tf.train.Checkpoint(network=other).restore(path).assert_consumed()
    np.testing.assert_array_equal(other(x), saved(x))


@both
def test_a_saved_model_has_the_reference(cls, tmp_path):
    model = small_generator(cls)
    gan = GAN(model, small_discriminator(cls))
    path = export.export_gan(gan, tmp_path, 1)
    safe_saved_model.check(path)
    generate = tf.saved_model.load(str(path)).signatures["generate"]
    x = latents_for(model)
    for count in (1, 4):
        np.testing.assert_allclose(
            generate(latents=tf.constant(x[:count]))["images"],
            np.clip((model(x)[:count] + 1) / 2, 0, 1),
            atol=1e-5,
        )


@both
def test_a_keras_file_is_read_in_safe_mode(cls, tmp_path):
    model = small_discriminator(cls)
    model.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras", safe_mode=True)
    x = latents_for(model)
    np.testing.assert_allclose(loaded(x), model(x), rtol=1e-6)


# tf.distribute and XLA.


def trained(strategy):
    """A GAN with references on both sides after three steps."""
    keras.utils.set_random_seed(3)
    with strategy.scope():
        gan = GAN(small_generator(), small_discriminator(), ema_decay=0.5)
        # Adam would hide a gradient that is too large by a factor.
        gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
    images = tf.data.Dataset.from_tensors(np.float32(random(8, *IMAGE)))
    images = images.unbatch().batch(8, drop_remainder=True).repeat(3)
    gan.fit(images, shuffle=False, verbose=0)
    return gan


@pytest.mark.conformance
def test_two_replicas_equal_one(two_replicas):
    one = trained(tf.distribute.get_strategy())
    two = trained(two_replicas)
    start = small_generator().layers[1].reference.numpy()
    for gan in (one, two):
        for model in (gan.generator, gan.ema_generator):
            np.testing.assert_array_equal(model.layers[1].reference, start)
    for a, b in zip(one.variables, two.variables, strict=True):
        np.testing.assert_allclose(
            a.numpy(), b.numpy(), rtol=1e-4, atol=1e-5, err_msg=a.path
        )
    reference = two.generator.layers[1].reference.value
    copies = two_replicas.experimental_local_results(reference)
    assert len(copies) == 2
    for copy in copies:
        np.testing.assert_array_equal(copy, start)


@both
def test_xla_computes_the_same(cls):
    model = small_discriminator(cls)
    x = latents_for(model)
    compiled = tf.function(lambda x: model(x, training=True), jit_compile=True)
    np.testing.assert_allclose(compiled(x), model(x), rtol=1e-4, atol=1e-5)


# Mistakes.


@pytest.mark.parametrize("size", [1, 0, -3])
def test_a_reference_batch_of_fewer_than_2_is_refused(size):
    for make in (
        lambda: PrependReference((size, 7)),
        lambda: ReferenceBatchNormalization(size),
        lambda: VirtualBatchNormalization(size),
        lambda: RemoveReference(size),
    ):
        with pytest.raises(UserError, match="reference batch") as error:
            make()
        assert str(error.value).endswith(f"Received: {size}")


def test_examples_of_another_shape_are_refused():
    with pytest.raises(UserError, match=r"\(7,\). Received: \(6,\)"):
        PrependReference((2, 6))(keras.Input((7,)))
