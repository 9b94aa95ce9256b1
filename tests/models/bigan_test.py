"""A BiGAN against a game of three linear layers, in NumPy."""

import functools
import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.replicas import values_of
from tfgan_ref import flop, priors
from tfgan_ref.errors import UserError
from tfgan_ref.layers.weight_normalization import WeightNormalization
from tfgan_ref.losses import (
    adversarial,
    discrete,
    f_divergence,
    hinge,
    least_squares,
    wasserstein,
)
from tfgan_ref.models import bigan
from tfgan_ref.models.bigan import BiGAN

LATENTS = np.float32([[0.3, -1.2], [0.8, 0.1], [-0.5, 0.9], [1.1, -0.4]])
IMAGES = np.random.default_rng(3).uniform(-0.2, 1, (4, 3, 1, 1))
IMAGES = IMAGES.astype(np.float32)
DECAY = 0.03


def linear(units, x):
    regularizer = keras.regularizers.L2(DECAY)
    return layers.Dense(units, use_bias=False, kernel_regularizer=regularizer)(
        x
    )


def linear_gan(**kwargs):
    """G(z) = z W, E(x) = x U, logit a(x, z) = [x z] v, each with decay."""
    z = keras.Input((2,), name="latents")
    images = keras.Input((3, 1, 1), name="images")
    pixels = layers.Flatten()(images)
    pair = {"images": images, "latents": z}
    joint = layers.Concatenate()([pixels, z])
    gan = BiGAN(
        keras.Model(z, layers.Reshape((3, 1, 1))(linear(3, z))),
        keras.Model(pair, linear(1, joint)),
        encoder=keras.Model(images, linear(2, pixels)),
        prior=priors.FromFunction(2, lambda shape, seed: tf.constant(LATENTS)),
        **kwargs,
    )
    rng = np.random.default_rng(5)
    for variable in gan.trainable_variables:
        variable.assign(rng.normal(0.3, 0.5, variable.shape))
    return gan


def test_layers_begin_from_images_and_what_the_encoder_makes_of_them():
    game = linear_gan()
    images = keras.Input((3, 1, 1), name="images")
    z = keras.Input((2,), name="latents")
    joint = layers.Concatenate()([layers.Flatten()(images), z])
    layer = WeightNormalization(layers.Dense(3, use_bias=False))
    pair = {"images": images, "latents": z}
    judge = keras.Model(pair, layers.Dense(1)(layer(joint)))
    gan = BiGAN(game.generator, judge, encoder=game.encoder)
    (kernel,) = values_of(layer.layer.weights)
    gan.initialize(IMAGES)
    x = np.float64(IMAGES.reshape(4, 3))
    (u,) = values_of(game.encoder.weights)
    outputs = np.concatenate([x, x @ u], 1) @ (
        kernel / np.sqrt((kernel**2).sum(0))
    )
    np.testing.assert_allclose(
        values_of([layer.scale])[0], 1 / outputs.std(0), rtol=1e-4
    )


def weights_of(gan):
    """W, v, U."""
    networks = (gan.generator, gan.discriminator, gan.encoder)
    return [np.float64(*values_of(net.weights)) for net in networks]


def compiled(gan, **protocol):
    gan.compile(
        keras.optimizers.SGD(0.5), keras.optimizers.SGD(0.25), **protocol
    )
    return gan


def softplus(a):
    return np.logaddexp(0, a)


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def logits(w, v, u):
    """Pairs of images and of samples, and what v makes of them."""
    x = np.float64(IMAGES.reshape(4, 3))
    real = np.concatenate([x, x @ u], 1)
    fake = np.concatenate([LATENTS @ w, LATENTS], 1)
    return real, fake, real @ v, fake @ v


def expected_step(w, v, u):
    """Costs of the two turns and the weights after a simultaneous step."""
    real, fake, a, b = logits(w, v, u)
    costs = (
        np.mean(softplus(-a) + softplus(b)) + DECAY * np.sum(v**2),
        np.mean(softplus(a) + softplus(-b))
        + DECAY * (np.sum(w**2) + np.sum(u**2)),
    )
    of_v = (real.T @ -sigmoid(-a) + fake.T @ sigmoid(b)) / 4
    of_w = LATENTS.T @ (-sigmoid(-b) @ v[:3].T) / 4
    of_u = IMAGES.reshape(4, 3).T @ (sigmoid(a) @ v[3:].T) / 4
    after = [
        w - 0.5 * (of_w + 2 * DECAY * w),
        v - 0.25 * (of_v + 2 * DECAY * v),
        u - 0.5 * (of_u + 2 * DECAY * u),
    ]
    return costs, after


CASES = {
    "perceptrons": lambda: bigan.build(
        (4, 4, 1), latent_dim=3, units=5, ema_decay=0.5
    )
}


def assert_close(values, expected):
    for value, one in zip(values, expected, strict=True):
        np.testing.assert_allclose(value, one, rtol=1e-5)


def test_a_step_is_that_of_three_linear_layers_in_numpy():
    gan = compiled(linear_gan())
    costs, after = expected_step(*weights_of(gan))
    data = tf.data.Dataset.from_tensors(IMAGES)
    logs = gan.fit(data, shuffle=False, verbose=0).history
    assert logs["loss/discriminator"] == pytest.approx([costs[0]], rel=1e-6)
    assert logs["loss/generator"] == pytest.approx([costs[1]], rel=1e-6)
    assert_close(weights_of(gan), after)


def test_the_encoder_moves_in_the_generators_turn_and_only_there():
    gan = compiled(linear_gan(), simultaneous=False)
    w, v, u = weights_of(gan)
    discriminator, generator = gan.turns()

    gan.play([discriminator], tf.constant(IMAGES), draw=0)
    _, (_, v, _) = expected_step(w, v, u)
    assert_close(weights_of(gan), [w, v, u])

    gan.play([generator], tf.constant(IMAGES), draw=1)
    _, (after_w, _, after_u) = expected_step(w, v, u)
    assert_close(weights_of(gan), [after_w, v, after_u])
    # Each to where its pairs are taken for the other's.
    _, _, real, fake = logits(w, v, u)
    _, _, real_after, fake_after = logits(after_w, v, after_u)
    assert real_after.mean() < real.mean() and fake_after.mean() > fake.mean()


SIGMOID = adversarial.minimax_discriminator_loss
GAMES = {
    "minimax": (SIGMOID, adversarial.minimax_generator_loss),
    "non_saturating": (SIGMOID, adversarial.non_saturating_generator_loss),
    "maximum_likelihood": (
        SIGMOID,
        adversarial.maximum_likelihood_generator_loss,
    ),
    "sigmoid": (SIGMOID, discrete.sigmoid_generator_loss),
    "hinge": (hinge.hinge_discriminator_loss, hinge.hinge_generator_loss),
    "wasserstein": (
        wasserstein.wasserstein_critic_loss,
        wasserstein.wasserstein_generator_loss,
    ),
    "least_squares": (
        least_squares.least_squares_discriminator_loss,
        least_squares.least_squares_generator_loss,
    ),
    "partial": (
        functools.partial(
            least_squares.least_squares_discriminator_loss, fake_target=-0.5
        ),
        functools.partial(
            least_squares.least_squares_generator_loss, target=0.5
        ),
    ),
}
for one in f_divergence.DIVERGENCES:
    GAMES |= {
        one.name: (one.discriminator_loss, one.generator_loss),
        f"{one.name} heuristic": (
            one.discriminator_loss,
            one.non_saturating_generator_loss,
        ),
    }


@pytest.mark.parametrize("game", GAMES)
def test_games_where_data_and_samples_cannot_change_places_are_refused(game):
    discriminator_loss, generator_loss = GAMES[game]
    real, fake = tf.constant([2.0, -0.5, 0.3]), tf.constant([-0.25, 1.5, 0.0])
    cost = discriminator_loss(real, fake)
    changed = discriminator_loss(-fake, -real)
    costs = {
        "generator_loss": generator_loss,
        "discriminator_loss": discriminator_loss,
    }
    if np.allclose(cost, changed, rtol=1e-5):
        compiled(linear_gan(), **costs)
        return
    assert game.split()[0] in {
        "least_squares",
        "partial",
        "kl",
        "reverse_kl",
        "pearson_chi_squared",
        "neyman_chi_squared",
        "jeffreys",
    }
    gan = linear_gan()
    with pytest.raises(UserError, match="symmetric .* Received: ") as caught:
        compiled(gan, **costs)
    assert "\n" not in str(caught.value)
    assert not gan.compiled


def test_a_cost_of_ones_own_is_taken_at_its_word():
    gan = compiled(linear_gan(), generator_loss=lambda logits: -3.0 * logits)
    round = gan.round_class(gan, tf.constant(IMAGES), 0)
    _, _, real, fake = logits(*weights_of(gan))
    received = gan.generator_cost(round)
    np.testing.assert_allclose(received[0], -3 * fake[:, 0], rtol=1e-5)
    np.testing.assert_allclose(received[1], 3 * real[:, 0], rtol=1e-5)


def test_likelihoods_cost_makes_the_encoders_pairs_those_of_the_generator():
    """Where D is best its gradient is that of KL(p, q), q the encoder's."""
    theta = tf.constant([0.5, -1.0, 0.25])
    p = tf.constant([0.2, 0.5, 0.3])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(theta)
        q = tf.nn.softmax(theta)
        best = tf.stop_gradient(tf.math.log(q / p))
        loss = adversarial.maximum_likelihood_generator_loss
        cost = tf.reduce_sum(q * loss(-best))
        divergence = tf.reduce_sum(p * tf.math.log(p / q))
    np.testing.assert_allclose(
        tape.gradient(cost, theta),
        tape.gradient(divergence, theta),
        rtol=1e-5,
    )


def test_the_networks_are_those_released():
    gan = bigan.build((28, 28, 1))
    networks = gan.generator, gan.encoder, gan.discriminator
    # Kernels, and the two moving statistics of 1024 that follow them.
    assert [network.count_params() for network in networks] == [
        50 * 1024 + 2048 + (1024 + 50) * 1024 + 2048 + 1024 * 784,
        784 * 1024 + 1024 * 1024 + 2048 + 1024 * 50,
        784 * 1024 + (1024 + 50) * 1024 + 2048 + 1024,
    ]
    kernels = gan.trainable_variables
    assert len(kernels) == 9 and all(len(k.shape) == 2 for k in kernels)
    *normal, last = kernels[:3] + kernels[6:] + kernels[3:6]
    assert last.shape == (1024, 1) and not last.numpy().any()
    for kernel in normal:
        assert kernel.numpy().std() == pytest.approx(0.02, rel=0.02)
    for kernel in kernels:
        assert float(kernel.regularizer.l2) == pytest.approx(2.5e-5)
    assert gan.prior == priors.Uniform(50)
    assert gan.minibatch_spec(7) == tf.TensorSpec([7, 28, 28, 1])
    # Pixels are in [0, 1]: black ones, without a bias, excite nothing.
    black = tf.fill([1, 28, 28, 1], -1.0)
    assert not gan.encoder(black, training=False).numpy().any()
    images = gan.generator(gan.prior.draw(3, [0, 0]), training=True)
    assert images.shape == (3, 28, 28, 1) and images.dtype == "float32"
    codes = gan.encoder(tf.sign(images), training=True).numpy()
    assert codes.shape == (3, 50) and 0.1 < np.abs(codes).max() < 1


def test_a_step_counts_the_encoders_passes():
    gan = compiled(linear_gan())
    (turns,) = gan.schedule()
    counted = flop.passes(gan, turns, tf.zeros([4, 3, 1, 1]))
    of = {
        name: [n for network, _, n in counted if network is one]
        for name, one in gan.networks.items()
    }
    # Forward, for its own gradient, for the others' through it.
    assert of == {"generator": [3], "encoder": [3], "discriminator": [4, 4]}


def test_what_is_served_encodes_and_reconstructs_by_the_averages():
    gan = linear_gan(averages={"generator": 0.5, "encoder": 0.5})
    # Other weights than those of the networks that are trained.
    (w,) = gan.ema_generator.get_weights()
    (u,) = gan.ema_encoder.get_weights()
    served = {
        name: tf.function(function)
        for name, (function, _) in gan.endpoints().items()
    }
    images = np.random.default_rng(2).uniform(0, 1, (5, 3, 1, 1))
    images = images.astype(np.float32)
    codes = (2 * images.reshape(5, 3) - 1) @ u
    found = served["encode"](images=images)["latents"]
    np.testing.assert_allclose(found, codes, rtol=1e-5, atol=1e-6)
    found = served["reconstruct"](images=images)["images"]
    expected = np.clip(0.5 + 0.5 * codes @ w, 0, 1).reshape(5, 3, 1, 1)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert 0 < expected.min() < expected.max() < 1
    with pytest.raises(tf.errors.InvalidArgumentError, match="images"):
        served["encode"](images=images * np.float32("nan"))


def test_a_configuration_makes_the_same_game():
    gan = bigan.build((3, 2, 1), latent_dim=4, units=5, ema_decay=0.5, seed=4)
    config = json.dumps(gan.get_config())
    again = BiGAN.from_config(json.loads(config))
    assert json.dumps(again.get_config()) == config
    assert again.networks.keys() == {"generator", "discriminator", "encoder"}
    assert again.ema_encoder is not None and again.ema_discriminator is None
    again.set_weights(gan.get_weights())
    np.testing.assert_array_equal(again.sample([8, 3]), gan.sample([8, 3]))
    images = tf.fill([2, 3, 2, 1], 0.3)
    for one in ("encode", "reconstruct"):
        for found, expected in zip(
            *(
                game.endpoints()[one][0](images=images).values()
                for game in (again, gan)
            ),
            strict=True,
        ):
            np.testing.assert_array_equal(found, expected)
