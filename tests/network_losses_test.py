"""What layers and regularisers add to the costs, against NumPy."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.linear_game import (
    BATCH,
    IMAGE_SHAPE,
    NumPyGame,
    assert_close,
    compiled,
    fit,
    minibatches,
    real_images,
    train,
)
from tests.passes import passes_of
from tests.replicas import values_of
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.losses import adversarial
from tfgan_ref.models import dcgan, unrolled

KERNEL, ACTIVITY, ADDED = 0.3, 0.2, 0.1


class Penalised(layers.Dense):
    """Adds 0.1 of the mean square of its outputs to the cost."""

    def call(self, inputs):
        outputs = super().call(inputs)
        self.add_loss(ADDED * tf.reduce_mean(tf.square(outputs)))
        return outputs


def generator():
    """tanh(z W + c), regularised by W and by what it gives."""
    return keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(
                4,
                "tanh",
                kernel_regularizer=keras.regularizers.L2(KERNEL),
                activity_regularizer=keras.regularizers.L2(ACTIVITY),
            ),
            layers.Reshape(IMAGE_SHAPE),
        ]
    )


def discriminator(*before):
    """x v + e, regularised by v and by what it gives."""
    return keras.Sequential(
        [
            keras.Input(IMAGE_SHAPE),
            layers.Flatten(),
            *before,
            Penalised(1, kernel_regularizer=keras.regularizers.L2(KERNEL)),
            layers.Reshape(()),
        ]
    )


class RegularisedGame(NumPyGame):
    """The game of `NumPyGame`, each network's losses in its own turn."""

    def generator_cost(self, z):
        squares = (self.sample(z) ** 2).sum() / len(z)
        penalty = KERNEL * (self.w**2).sum() + ACTIVITY * squares
        return super().generator_cost(z) + penalty

    def generator_gradients(self, z):
        of_w, of_c = super().generator_gradients(z)
        images = self.sample(z)
        slopes = 2 * ACTIVITY * images * (1 - images**2) / len(z)
        return of_w + z.T @ slopes + 2 * KERNEL * self.w, of_c + slopes.sum(0)

    def discriminator_cost(self, real, z):
        """The weights once, what the layer adds once per pass."""
        penalty = KERNEL * (self.v**2).sum()
        for images in (real, self.sample(z)):
            penalty += ADDED * (self.logits(images) ** 2).mean()
        return super().discriminator_cost(real, z) + penalty

    def discriminator_gradients(self, real, z):
        of_v, of_e = super().discriminator_gradients(real, z)
        of_v = of_v + 2 * KERNEL * self.v
        for images in (real.reshape(len(real), -1), self.sample(z)):
            errors = 2 * ADDED * self.logits(images) / len(images)
            of_v, of_e = of_v + images.T @ errors, of_e + errors.sum(0)
        return of_v, of_e


@pytest.fixture
def strategy_of(two_replicas):
    """Function: how many replicas -> strategy."""
    return {1: tf.distribute.get_strategy(), 2: two_replicas}.get


@pytest.mark.parametrize("replicas", [1, 2])
@pytest.mark.parametrize("simultaneous", [True, False])
def test_they_enter_the_cost_of_the_turn_that_moves_the_network_once(
    strategy_of, replicas, simultaneous
):
    with strategy_of(replicas).scope():
        gan = compiled(
            GAN(generator(), discriminator()),
            simultaneous=simultaneous,
            run_eagerly=replicas == 1 and simultaneous,
        )
    game = RegularisedGame(gan)

    found = train(gan, 2)

    expected = game.play(2, 1, simultaneous)[-1]
    assert_close(
        values_of(gan.trainable_variables), game.weights, rtol=1e-5, atol=1e-6
    )
    for name in found:
        np.testing.assert_allclose(
            found[name], expected[name], 1e-5, 1e-6, err_msg=name
        )


def test_the_step_of_a_zero_sum_game_has_two_gradients_then():
    ends = []
    for generator_loss in (
        adversarial.minimax_generator_loss,
        lambda logits: adversarial.minimax_generator_loss(logits),
    ):
        keras.utils.set_random_seed(2)
        gan = compiled(
            GAN(generator(), discriminator()),
            generator_loss=generator_loss,
            run_eagerly=True,
        )
        assert not gan.is_zero_sum
        assert passes_of(gan) == {"generator": 3, "discriminator": 7}
        train(gan, 1)
        ends.append(gan.get_weights())
    assert_close(ends[1], ends[0], rtol=1e-6)


def test_regularised_kernels_of_convolutions_are_so_with_height_first():
    ends = []
    for spatial_first in (True, False):
        gan = dcgan.build((28, 28, 1), latent_dim=3, width=2)
        convolution = gan.discriminator.layers[1]
        convolution.kernel.regularizer = keras.regularizers.L2(KERNEL)
        gan.compile(
            keras.optimizers.SGD(0.0),
            keras.optimizers.SGD(0.0),
            spatial_first=spatial_first,
            run_eagerly=True,
        )
        images = real_images(BATCH, (28, 28, 1))
        ends.append(fit(gan, 1, minibatches(images))["loss/discriminator"])
        squares = (convolution.kernel.numpy() ** 2).sum()
        convolution.kernel.regularizer = None
        ends[-1] -= KERNEL * squares
        gan.step.assign(0)
        without = fit(gan, 1, minibatches(images))["loss/discriminator"]
        assert ends[-1] == pytest.approx(without, rel=1e-4)
        assert KERNEL * squares > 0.001
    assert ends[1] == pytest.approx(ends[0], rel=1e-4)


# What the costs could not hold.


def test_layers_losses_beside_batch_normalisation_over_replicas_are_refused(
    two_replicas,
):
    """It lets the other replica in, and Keras's layers have one list."""

    def normalisation():
        return layers.BatchNormalization(synchronized=True)

    with two_replicas.scope():
        gan = compiled(
            GAN(generator(), discriminator(normalisation())), run_eagerly=True
        )
    with pytest.raises(UserError, match="on 2 replicas"):
        train(gan, 1)
    gan = compiled(
        GAN(generator(), discriminator(normalisation())), run_eagerly=True
    )
    train(gan, 1)


@pytest.mark.parametrize("player", ["generator", "discriminator"])
@pytest.mark.parametrize("steps", [0, 1])
def test_an_unrolled_game_refuses_them(player, steps):
    plain = unrolled.build(2, latent_dim=3)
    points = keras.Input((2,))
    latents = keras.Input((3,))
    networks = {
        "generator": plain.generator,
        "discriminator": plain.discriminator,
        player: keras.Model(latents, Penalised(2)(latents))
        if player == "generator"
        else keras.Model(
            points, layers.Dense(1, kernel_regularizer="l2")(points)
        ),
    }
    gan = unrolled.UnrolledGAN(**networks, unroll_steps=steps)
    gan.compile("adam", "adam", run_eagerly=True)
    with pytest.raises(UserError, match=f"losses.*Received: a {player}"):
        train(gan, 1, (2,))
