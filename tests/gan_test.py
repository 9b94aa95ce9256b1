"""GAN against a game of two linear layers, played in NumPy and float64."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.linear_game import (
    BATCH,
    DISCRIMINATOR_LR,
    EPSILON,
    IMAGE_SHAPE,
    NumPyGame,
    ScaledGame,
    assert_close,
    compiled,
    fit,
    latents_of,
    minibatches,
    normalised_gan,
    real_images,
    tiny_gan,
    train,
)
from tests.replicas import values_of
from tfgan_ref import priors
from tfgan_ref.gan import GAN
from tfgan_ref.layers import noise
from tfgan_ref.layers.weight_normalization import WeightNormalization
from tfgan_ref.models import dcgan

both_protocols = pytest.mark.parametrize(
    "simultaneous", [True, False], ids=["simultaneous", "alternating"]
)
one_and_two_minibatches = pytest.mark.parametrize("k", [1, 2])


@pytest.fixture(params=[1, 2], ids=["one_replica", "two_replicas"])
def strategy(request, two_replicas):
    return two_replicas if request.param == 2 else tf.distribute.get_strategy()


# One step, many replicas.


@both_protocols
@one_and_two_minibatches
def test_steps_are_those_of_numpy_on_any_number_of_replicas(
    strategy, simultaneous, k
):
    with strategy.scope():
        gan = compiled(
            tiny_gan(), simultaneous=simultaneous, discriminator_steps=k
        )
    game = NumPyGame(gan)

    metrics = train(gan, 3)

    expected = game.play(3, k, simultaneous)[-1]
    assert_close(
        values_of(gan.trainable_variables), game.weights, rtol=1e-5, atol=1e-6
    )
    assert metrics.keys() == expected.keys()
    for name in metrics:
        np.testing.assert_allclose(
            metrics[name], expected[name], 1e-5, 1e-6, err_msg=name
        )
    assert gan.step.numpy() == 3
    assert gan.generator_optimizer.iterations.numpy() == 3
    assert gan.discriminator_optimizer.iterations.numpy() == 3 * k


@pytest.mark.conformance
@pytest.mark.parametrize(
    "protocol",
    [
        {},
        {"simultaneous": False, "discriminator_steps": 2},
    ],
    ids=["simultaneous", "alternating"],
)
def test_two_replicas_train_dcgan_as_one_does(two_replicas, protocol):
    shape = (28, 28, 1)

    def snapshots(strategy):
        with strategy.scope():
            gan = dcgan.build(shape, latent_dim=3, width=4, ema_decay=0.9)
            gan.compile(
                keras.optimizers.SGD(0.1),
                keras.optimizers.SGD(0.05),
                **protocol,
            )
        yield values_of(gan.variables)
        for steps in (1, 2):
            train(gan, steps, shape)
            yield values_of(gan.variables)

    one = list(snapshots(tf.distribute.get_strategy()))
    two = list(snapshots(two_replicas))
    for values, expected in zip(two, one, strict=True):
        # Logits of about .1, after sums in another order.
        assert_close(values, expected, rtol=0, atol=3e-5)
    for old, new in zip(one[0], one[-1], strict=True):
        assert np.abs(new - old).max() > 1e-4


def drawn(gan, step, draw, count=BATCH):
    """What the GAN gives its generator at that step."""
    gan.step.assign(step)
    return gan.inputs(tf.zeros([count, *IMAGE_SHAPE]), draw).numpy()


def test_latents_are_a_function_of_seed_step_and_draw():
    gan = tiny_gan(seed=7)
    z = drawn(gan, step=4, draw=1)
    np.testing.assert_array_equal(z, latents_of(step=4, draw=1, seed=7))
    for other in (
        drawn(gan, step=5, draw=1),
        drawn(gan, step=4, draw=0),
        drawn(tiny_gan(seed=8), step=4, draw=1),
        drawn(tiny_gan(seed=4), step=7, draw=1),
    ):
        assert (other != z).all()


def test_replicas_share_out_the_latents_of_the_global_batch(two_replicas):
    with two_replicas.scope():
        gan = tiny_gan(seed=7)
    gan.step.assign(4)
    images = tf.zeros([BATCH // 2, *IMAGE_SHAPE])
    per_replica = two_replicas.run(
        tf.function(lambda: gan.inputs(images, draw=1))
    )
    one, two = two_replicas.experimental_local_results(per_replica)
    assert (one.numpy() != two.numpy()).all()
    np.testing.assert_array_equal(
        np.concatenate([one, two]), latents_of(step=4, draw=1, seed=7)
    )


def test_latents_come_from_the_prior_given():
    for prior in (priors.Normal(3), priors.Normal):
        assert np.abs(drawn(tiny_gan(prior=prior), 0, 0, 100)).max() > 1


# Batch normalisation.


@both_protocols
def test_real_and_fake_are_normalised_and_counted_separately(simultaneous):
    gan = compiled(normalised_gan(), simultaneous=simultaneous)
    w, c, g_mean, g_variance, d_mean, d_variance, v, e = _by_layer(gan)
    assert (g_mean == 0).all() and (d_variance == 1).all()
    real = real_images(BATCH).reshape(BATCH, -1)
    drawn = [latents_of(0, draw) for draw in range(1 if simultaneous else 2)]
    g_in = [z.astype(np.float64) @ w + c for z in drawn]
    fake = [np.tanh(_normalised(x)) for x in g_in]

    metrics = train(gan, 1)

    np.testing.assert_allclose(
        metrics["logits/real"], (_normalised(real) @ v + e)[:, 0], rtol=1e-4
    )
    np.testing.assert_allclose(
        metrics["logits/fake"], (_normalised(fake[0]) @ v + e)[:, 0], rtol=1e-4
    )
    for seen in g_in:
        g_mean = 0.9 * g_mean + 0.1 * seen.mean(0)
        g_variance = 0.9 * g_variance + 0.1 * seen.var(0)
    for seen in [real, *fake]:
        d_mean = 0.9 * d_mean + 0.1 * seen.mean(0)
        d_variance = 0.9 * d_variance + 0.1 * seen.var(0)
    _, _, *g_received = _by_layer(gan)[:4]
    d_received = _by_layer(gan)[4:6]
    assert_close(g_received, [g_mean, g_variance], rtol=1e-5)
    assert_close(d_received, [d_mean, d_variance], rtol=1e-5, atol=1e-6)


def _by_layer(gan):
    return gan.generator.get_weights() + gan.discriminator.get_weights()


def _normalised(values):
    return (values - values.mean(0)) / np.sqrt(values.var(0) + EPSILON)


# Layers that begin from data.


def gan_from_data(strategy, seed):
    """D: noise, weight normalisation with ReLU, one unit."""
    keras.utils.set_random_seed(2)
    with strategy.scope():
        images = keras.Input(IMAGE_SHAPE)
        x = noise.GaussianNoise(0.5)(layers.Flatten()(images))
        x = WeightNormalization(
            layers.Dense(3, use_bias=False), "relu", name="from_data"
        )(x)
        x = layers.Reshape(())(layers.Dense(1, name="last")(x))
        return GAN(
            tiny_gan().generator,
            keras.Model(images, x),
            discriminator_ema_decay=0.9,
            seed=seed,
        )


def test_initialize_begins_the_discriminator_from_data(strategy):
    gan = gan_from_data(strategy, seed=6)
    layer = gan.discriminator.get_layer("from_data")
    last = values_of(gan.discriminator.get_layer("last").variables)
    (kernel,) = values_of(layer.layer.variables)
    images = real_images(1000)

    gan.initialize(images)

    scale, bias = values_of([layer.scale, layer.bias])
    x = images.reshape(1000, 4) @ (kernel / np.sqrt((kernel**2).sum(0)))
    # The noise, 0.5^2 in every direction, is a part of the variance.
    expected = 1 / np.sqrt(x.var(0) + 0.25)
    np.testing.assert_allclose(scale, expected, rtol=0.1)
    np.testing.assert_allclose(bias, -expected * x.mean(0), atol=0.1)
    assert_close(values_of(layer.layer.variables), [kernel], rtol=0)
    assert_close(
        values_of(gan.discriminator.get_layer("last").variables), last, rtol=0
    )
    # The average begins where the discriminator does.
    after = values_of(gan.discriminator.variables)
    assert_close(values_of(gan.ema_discriminator.variables), after, rtol=0)
    assert gan.step.numpy() == 0


def test_initialize_draws_its_noise_from_the_seed():
    scales = []
    for seed in (6, 6, 7):
        gan = gan_from_data(tf.distribute.get_strategy(), seed)
        gan.initialize(real_images(50))
        layer = gan.discriminator.get_layer("from_data")
        scales.append(layer.scale.numpy())
    np.testing.assert_array_equal(scales[1], scales[0])
    assert (scales[2] != scales[0]).all()


def test_training_does_not_begin_anew_from_data():
    gan = compiled(gan_from_data(tf.distribute.get_strategy(), seed=6))
    gan.initialize(real_images(50))
    layer = gan.discriminator.get_layer("from_data")
    scale = layer.scale.numpy()
    train(gan, 2)
    np.testing.assert_array_equal(layer.scale.numpy(), scale)  # Not trained.


# Games.


def test_a_subclass_plays_by_its_own_costs():
    gan = compiled(tiny_gan(ScaledGame))
    _, e = gan.discriminator.get_weights()
    metrics = train(gan, 1)
    real, fake = metrics["logits/real"], metrics["logits/fake"]
    assert metrics["loss/generator"] == pytest.approx(
        3 * np.mean(fake), rel=1e-5
    )
    assert metrics["loss/discriminator"] == pytest.approx(
        np.mean(fake) - 2 * np.mean(real), rel=1e-5
    )
    # The derivative by e is 1 - 2.
    np.testing.assert_allclose(
        gan.discriminator.get_weights()[1], e + DISCRIMINATOR_LR, rtol=1e-6
    )


def test_costs_given_to_compile_replace_the_classes():
    gan = compiled(
        tiny_gan(),
        generator_loss=lambda fake: 5.0 * fake,
        discriminator_loss=lambda real, fake: 2.0 * real - fake,
    )
    metrics = train(gan, 1)
    real, fake = metrics["logits/real"], metrics["logits/fake"]
    assert metrics["loss/generator"] == pytest.approx(
        5 * np.mean(fake), rel=1e-5
    )
    assert metrics["loss/discriminator"] == pytest.approx(
        2 * np.mean(real) - np.mean(fake), rel=1e-5
    )


# Data.


def test_labels_beside_the_images_are_ignored():
    images = real_images(2 * BATCH)
    ends = []
    for data in (images, (images, np.arange(2 * BATCH))):
        keras.utils.set_random_seed(2)
        gan = compiled(tiny_gan())
        fit(gan, 2, minibatches(data))
        ends.append(gan.get_weights())
    assert_close(ends[1], ends[0], rtol=0, atol=0)


@pytest.mark.parametrize("ema_decay", [0.0, 0.2])
def test_calling_the_gan_generates_in_inference_mode(ema_decay):
    """With the averaged generator, if there is one; `predict` calls it so."""
    gan = compiled(normalised_gan(ema_decay=ema_decay))
    train(gan, 2)
    network = gan.ema_generator if ema_decay else gan.generator
    w, c, mean, variance = network.get_weights()
    z = latents_of(0, 0)
    expected = np.tanh((z @ w + c - mean) / np.sqrt(variance + EPSILON))
    for images in (gan(z), gan.predict(z, verbose=0)):
        assert images.shape == (BATCH, *IMAGE_SHAPE)
        np.testing.assert_allclose(
            np.reshape(images, expected.shape), expected, rtol=1e-4, atol=1e-6
        )
    # In training it is the generator itself.
    w, c, _, _ = gan.generator.get_weights()
    np.testing.assert_allclose(
        np.reshape(gan(z, training=True), expected.shape),
        np.tanh(_normalised(z.astype(np.float64) @ w + c)),
        rtol=1e-4,
        atol=1e-6,
    )
