"""The networks of WGAN and WGAN-GP, and the released schedule."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tfgan_ref import priors
from tfgan_ref.errors import UserError
from tfgan_ref.models import dcgan, wgan
from tfgan_ref.models.wgan import ClippedGAN, PenalizedGAN

SHAPE = (32, 32, 3)


def normalisations(network):
    return [
        layer
        for layer in network.layers
        if isinstance(layer, layers.BatchNormalization)
    ]


CASES = {
    "clipped": lambda: wgan.build_toy(3, clip=0.02, units=5),
    "penalized": lambda: wgan.build_toy(3, units=5, ema_decay=0.5),
}
SLOW = {"penalized"}


@pytest.mark.parametrize("clip", [None, 0.02])
def test_images_are_made_by_dcgans_generator(clip):
    gan = wgan.build(SHAPE, clip=clip, latent_dim=3, width=2, seed=5)
    expected = dcgan.build(SHAPE, latent_dim=3, width=2, seed=5).generator
    for one, other in zip(
        gan.generator.get_weights(), expected.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(one, other)
    assert gan.prior == priors.Normal(3)


def test_with_clipping_the_critic_is_dcgans_discriminator():
    gan = wgan.build(SHAPE, clip=0.02, latent_dim=3, width=2, seed=5)
    expected = dcgan.build(SHAPE, latent_dim=3, width=2, seed=5).discriminator
    assert type(gan) is ClippedGAN
    assert gan.clip == 0.02
    assert len(normalisations(gan.discriminator)) == 2
    for one, other in zip(
        gan.discriminator.get_weights(), expected.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_with_the_penalty_the_critic_judges_each_image_alone():
    gan = wgan.build(SHAPE, penalty_weight=3.0, latent_dim=3, width=2)
    assert type(gan) is PenalizedGAN
    assert gan.penalty_weight == 3.0
    assert not normalisations(gan.discriminator)
    # Kernels and biases of three convolutions, and of the last layer.
    count = (75 * 2 + 2) + (50 * 4 + 4) + (100 * 8 + 8) + (16 * 8 + 1)
    assert gan.discriminator.count_params() == count
    batch = np.random.default_rng(1).uniform(-1, 1, (4, *SHAPE))
    batch = batch.astype(np.float32)
    together = gan.discriminator(batch, training=True).numpy()
    alone = gan.discriminator(batch[1:2], training=True).numpy()
    assert np.ptp(together) > 1e-6
    np.testing.assert_allclose(alone, together[1:2], rtol=1e-4)


@pytest.mark.parametrize("clip", [None, 0.02])
def test_points_are_played_with_by_three_hidden_layers_of_512(clip):
    gan = wgan.build_toy(2, clip=clip)
    shapes = [(2, 512), (512,)] + 2 * [(512, 512), (512,)]
    for network, outputs in ((gan.generator, 2), (gan.discriminator, 1)):
        assert [weight.shape for weight in network.get_weights()] == [
            *shapes,
            (512, outputs),
            (outputs,),
        ]
    assert gan.discriminator.output_shape == (None,)
    assert gan.prior == priors.Normal(2)


def test_the_toy_networks_are_those_written_out():
    for network in (wgan.generator(3, 2, units=4), wgan.critic(3, units=4)):
        rng = np.random.default_rng(2)
        network.set_weights(
            [rng.normal(size=w.shape) for w in network.get_weights()]
        )
        *hidden, kernel, bias = network.get_weights()
        given = rng.normal(size=(5, *network.input_shape[1:]))
        x = given = given.astype(np.float32)
        for matrix, shift in zip(hidden[::2], hidden[1::2], strict=True):
            x = np.maximum(x @ matrix + shift, 0)
        np.testing.assert_allclose(
            network(given, training=True),
            np.reshape(x @ kernel + bias, (5, *network.output_shape[1:])),
            rtol=1e-4,
            atol=1e-5,
        )


def test_a_seed_gives_the_same_networks_and_another_one_others():
    one, same, other = (
        wgan.build_toy(2, units=4, seed=seed).get_weights()
        for seed in (1, 1, 2)
    )
    for first, second, third in zip(one, same, other, strict=True):
        np.testing.assert_array_equal(first, second)
        if np.ndim(first) == 2:
            assert (first != third).all()


def test_the_generator_finds_two_points():
    """Data at +1 and -1: the averages of a linear game would be 0."""
    gan = wgan.build_toy(1, units=32, latent_dim=1, seed=4)
    gan.compile(
        keras.optimizers.Adam(2e-3, beta_1=0.0, beta_2=0.9),
        keras.optimizers.Adam(2e-3, beta_1=0.0, beta_2=0.9),
        discriminator_steps=2,
        steps_per_execution=50,
    )
    before = distance(gan)
    points = tf.data.Dataset.from_tensors(np.float32([[1.0], [-1.0]] * 32))
    gan.fit(points.repeat(), steps_per_epoch=300, shuffle=False, verbose=0)
    assert before > 0.4
    assert distance(gan) < before / 3, (before, distance(gan))


def distance(gan):
    """The earth mover's from samples to the data, in one dimension."""
    samples = np.sort(gan.sample(np.arange(1000)).numpy()[:, 0])
    return np.mean(np.abs(samples - np.repeat([-1.0, 1.0], 500)))


# The schedule, against the released loop, run.


def released_schedule(updates, block):
    """The released loop, in blocks: whether the generator follows each."""
    for made in range(updates):
        critic_updates = 100 if made < 25 or made % 500 == 0 else 5
        blocks = -(-critic_updates // block) if critic_updates == 100 else 1
        yield from [False] * (blocks - 1) + [True]


@pytest.mark.parametrize("block", [5, 7, 100, 1])
def test_the_generator_moves_as_in_the_released_loop(block):
    expected = list(released_schedule(5200, block))
    moves = wgan.generator_moves(np.arange(len(expected)), block)
    np.testing.assert_array_equal(moves, expected)
    assert np.sum(moves) == 5200
    received = [
        wgan.generator_updates(blocks, block)
        for blocks in range(0, len(expected), 13)
    ]
    counted = np.cumsum([0, *expected])[:-1:13]
    np.testing.assert_array_equal(received, counted)


def test_the_critic_s_updates_between_the_generator_s_are_those_released():
    moves = wgan.generator_moves(np.arange(2500)).numpy()
    ends = np.flatnonzero(moves)
    critic_updates = 5 * np.diff(ends, prepend=-1)
    assert set(critic_updates) == {5, 100}
    long = np.flatnonzero(critic_updates == 100)
    np.testing.assert_array_equal(long, [*range(25), 500, 1000, 1500])


# Mistakes.


@pytest.mark.parametrize(
    ("build", "arguments", "message"),
    [
        (wgan.build_toy, {"units": 0}, "`units`.*Received: 0"),
        (wgan.build_toy, {"latent_dim": 0}, "`latent_dim`.*Received: 0"),
        (wgan.build, {"width": 0}, "`width`.*Received: 0"),
        (wgan.build, {"kernel_size": 1}, "`kernel_size`.*Received: 1"),
    ],
)
def test_sizes_out_of_range_are_refused(build, arguments, message):
    shape = 2 if build is wgan.build_toy else SHAPE
    with pytest.raises(UserError, match=message):
        build(shape, **arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"clip": 0.0}, "`clip`.*positive. Received: 0.0"),
        ({"clip": -0.01}, "`clip`.*positive. Received: -0.01"),
        ({"clip": float("nan")}, "`clip`.*Received: nan"),
        ({"clip": float("inf")}, "`clip`.*Received: inf"),
        ({"penalty_weight": -1.0}, "`penalty_weight`.*Received: -1.0"),
        ({"penalty_weight": float("nan")}, "`penalty_weight`.*Received: nan"),
        ({"penalty_weight": float("inf")}, "`penalty_weight`.*Received: inf"),
    ],
)
def test_a_bound_out_of_range_is_refused(arguments, message):
    with pytest.raises(UserError, match=message):
        wgan.build_toy(2, units=3, **arguments)
