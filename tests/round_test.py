"""What a round computes, how often, and with which noise."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.linear_game import (
    BATCH,
    IMAGE_SHAPE,
    NumPyGame,
    compiled,
    latents_of,
    real_images,
    tiny_gan,
)
from tfgan_ref.gan import GAN
from tfgan_ref.layers.noise import GaussianNoise
from tfgan_ref.round import Round, flat, quantity

QUANTITIES = ("real", "inputs", "fake", "real_logits", "fake_logits")


def passes_of(round):
    return [one.name for one in round.passes]


# What is computed.


def test_its_quantities_are_those_of_numpy():
    gan = compiled(tiny_gan())
    game = NumPyGame(gan)
    images = real_images(BATCH)
    round = Round(gan, (images, np.arange(BATCH)), draw=3)
    z = latents_of(0, 3)
    expected = [
        images,
        z,
        game.sample(z).reshape(BATCH, *IMAGE_SHAPE),
        game.logits(images)[:, 0],
        game.logits(game.sample(z))[:, 0],
    ]
    for name, value in zip(QUANTITIES, expected, strict=True):
        np.testing.assert_allclose(
            getattr(round, name), value, 1e-5, 1e-6, err_msg=name
        )
    assert round.size == BATCH


def test_a_quantity_is_computed_once_and_only_when_asked_for():
    gan = compiled(tiny_gan())
    round = Round(gan, real_images(BATCH), draw=0)
    assert not vars(round).keys() & set(QUANTITIES)
    logits = round.fake_logits
    assert passes_of(round) == ["generator", "discriminator"]
    assert vars(round).keys() & set(QUANTITIES) == {
        "inputs",
        "fake",
        "fake_logits",
    }
    for name in (*QUANTITIES, *QUANTITIES):
        assert getattr(round, name) is getattr(round, name)
    assert round.fake_logits is logits
    assert passes_of(round) == ["generator", "discriminator", "discriminator"]


class Counted(Round):
    """Tells how often each was computed, whatever its value."""

    def __init__(self, *args):
        super().__init__(*args)
        self.counts = {"several": 0, "nothing": 0}

    @quantity
    def several(self):
        """Two of them."""
        self.counts["several"] += 1
        return self.real_logits, self.fake_logits

    @quantity
    def nothing(self):
        """None."""
        self.counts["nothing"] += 1

    first = quantity(lambda self: self.several[0])
    second = quantity(lambda self: self.several[1])


def test_one_quantity_may_yield_several():
    round = Counted(compiled(tiny_gan()), real_images(BATCH), 0)
    for _ in range(2):
        assert round.first is round.real_logits
        assert round.second is round.fake_logits
        assert round.nothing is None
    assert round.counts == {"several": 1, "nothing": 1}
    assert Counted.several.__doc__ == "Two of them."
    assert isinstance(Counted.first, quantity)


class Seen(GAN):
    """Keeps its rounds."""

    def play(self, turns, minibatch, draw):
        self.seen = getattr(self, "seen", [])
        self.round_class = type(
            "Kept",
            (Round,),
            {"__init__": self._kept(self.round_class.__init__)},
        )
        logs = super().play(turns, minibatch, draw)
        del self.round_class
        return logs

    def _kept(self, initialize):
        def keep(round, *args, **kwargs):
            initialize(round, *args, **kwargs)
            self.seen.append(round)

        return keep


def test_a_turn_has_no_pass_that_its_cost_does_not_ask_for():
    gan = compiled(
        tiny_gan(Seen),
        simultaneous=False,
        discriminator_steps=2,
        run_eagerly=True,
    )
    gan.train_step([real_images(BATCH), real_images(BATCH)])
    of_discriminator = ["discriminator", "discriminator", "generator"]
    *others, of_generator = gan.seen
    for round in others:
        assert sorted(passes_of(round)) == of_discriminator
    assert passes_of(of_generator) == ["generator", "discriminator"]
    assert "real_logits" not in vars(of_generator)


def test_costs_of_a_simultaneous_step_share_their_passes():
    gan = compiled(tiny_gan(Seen), run_eagerly=True)
    gan.train_step([real_images(BATCH)])
    (round,) = gan.seen
    assert sorted(passes_of(round)) == [
        "discriminator",
        "discriminator",
        "generator",
    ]


def test_logits_are_flat():
    logits = np.float32([[1.0], [-2.0]])
    np.testing.assert_array_equal(flat(tf.constant(logits)), [1.0, -2.0])
    np.testing.assert_array_equal(flat(tf.constant(logits[:, 0])), [1.0, -2.0])


# Noise.


def noisy_gan(**kwargs):
    """Both networks give nothing but noise."""
    images = keras.Input(IMAGE_SHAPE)
    latents = keras.Input((3,))
    x = layers.Flatten()(images)
    x = layers.Dense(1, kernel_initializer="zeros")(x)
    logits = layers.Reshape(())(GaussianNoise(1.0)(x))
    made = layers.Dense(4, kernel_initializer="zeros")(latents)
    made = layers.Reshape(IMAGE_SHAPE)(GaussianNoise(1.0)(made))
    return compiled(
        GAN(keras.Model(latents, made), keras.Model(images, logits), **kwargs)
    )


def noise_of(gan, names, draw=0, step=0, cls=Round):
    """Name -> noise, asked for in this order."""
    gan.step.assign(step)
    round = cls(gan, tf.zeros([BATCH, *IMAGE_SHAPE]), draw)
    return {name: np.array(getattr(round, name)) for name in names}


def test_the_order_of_asking_changes_no_noise():
    gan = noisy_gan(seed=3)
    names = ("fake", "real_logits", "fake_logits")
    one = noise_of(gan, names)
    for other in (
        noise_of(gan, names[::-1]),
        noise_of(gan, ("fake_logits", "fake", "real_logits")),
    ):
        for name in names:
            np.testing.assert_array_equal(one[name], other[name], name)


class Longer(Round):
    """Asks for a pass more, in the midst of another quantity."""

    @quantity
    def twice(self):
        """Of the real images."""
        return flat(self.forward("discriminator", self.real))

    @quantity
    def fake_logits(self):
        """After the pass more."""
        self.twice  # noqa: B018
        return flat(self.forward("discriminator", self.fake))


def test_another_quantity_changes_no_noise():
    gan = noisy_gan(seed=3)
    names = ("fake", "real_logits", "fake_logits")
    one = noise_of(gan, names)
    other = noise_of(gan, ("twice", *names), cls=Longer)
    for name in names:
        np.testing.assert_array_equal(one[name], other[name], name)
    assert (other["twice"] != other["real_logits"]).all()


def test_noise_is_another_one_in_every_step_draw_and_quantity():
    names = ("real_logits", "fake_logits")
    seen = [
        noise_of(noisy_gan(seed=seed), names, draw, step)[name]
        for seed, step, draw in (
            (3, 0, 0),
            (3, 0, 1),
            (3, 1, 0),
            (3, 2, 0),
            (4, 0, 0),
        )
        for name in names
    ]
    assert np.shape(seen) == (10, BATCH)
    assert len(np.unique(seen)) == 10 * BATCH
    np.testing.assert_array_equal(
        noise_of(noisy_gan(seed=3), names, 0, 1)["real_logits"], seen[4]
    )


def test_noise_is_another_one_on_every_replica_and_call(two_replicas):
    with two_replicas.scope():
        gan = noisy_gan(seed=3)

    class Called(Round):
        @quantity
        def logits(self):
            """Of two passes."""
            return [self.forward("discriminator", self.real) for _ in range(2)]

    @tf.function
    def draw():
        images = tf.zeros([BATCH, *IMAGE_SHAPE])
        return two_replicas.run(lambda: Called(gan, images, 0).logits)

    per_replica = two_replicas.experimental_local_results(draw())
    assert len(np.unique(per_replica)) == 2 * 2 * BATCH
    # The first replica's is that of one alone.
    np.testing.assert_array_equal(
        per_replica[0][0],
        Called(noisy_gan(seed=3), tf.zeros([BATCH, *IMAGE_SHAPE]), 0).logits[0],
    )


@pytest.mark.parametrize("training", [True, False])
def test_noise_is_for_training(training):
    round = Round(noisy_gan(), real_images(BATCH), 0, training)
    assert np.any(round.real_logits) == np.any(round.fake) == training
