"""Section 3.3, figure 19: arithmetic on averaged latents.

A small GAN is trained on pictures of two attributes, which stand for a man and
for glasses: the upper half is bright or dark, and so is the lower one, each by
chance. Nothing tells it so, and nothing makes its latents add up.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from tfgan_ref.models.wasserstein import PenalizedGAN

from tfgan_ref import priors
from tools.generation import arithmetic

SIDE, DIM = 4, 8
SEEDS = np.arange(1000)
SURE = 0.1  # So far from grey is bright or dark.


def pictures(count):
    """Float32 `[count, SIDE, SIDE, 1]` in about [-1, 1]."""
    rng = np.random.default_rng(1)
    man, glasses = rng.choice([-0.6, 0.6], (2, count, 1, 1))
    images = rng.normal(0, 0.1, (count, SIDE, SIDE))
    images[:, : SIDE // 2] += man
    images[:, SIDE // 2 :] += glasses
    return images[..., None].astype(np.float32)


def attributes(images):
    """How much of a man, and of one with glasses, each image [0, 1] shows."""
    halves = np.split(np.asarray(images) - 0.5, 2, axis=-3)
    return [half.mean((-3, -2, -1)) for half in halves]


def perceptron(inputs, shape, *last):
    stack = [keras.Input(inputs), layers.Flatten()]
    stack += [layers.Dense(32, "leaky_relu")]
    return keras.Sequential([*stack, *last, layers.Reshape(shape)])


class Model:
    """As `inference.Model`, but sooner done; `SEEDS` are all there are."""

    def __init__(self, gan):
        self._generator = gan.generator
        seeds = tf.constant(SEEDS, tf.int64)
        self._latents = gan.prior.of_seeds(seeds).numpy()

    def latents(self, seeds):
        return self._latents[seeds]

    def generate(self, z, label=None):
        z = np.asarray(z, np.float32)
        return (self._generator(z, training=False).numpy() + 1) / 2

    def sample(self, seeds):
        return self.generate(self.latents(seeds))


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(1)
    shape = (SIDE, SIDE, 1)
    gan = PenalizedGAN(
        perceptron((DIM,), shape, layers.Dense(SIDE * SIDE, "tanh")),
        perceptron(shape, (), layers.Dense(32, "relu"), layers.Dense(1)),
        prior=priors.Normal(DIM),
        seed=1,
    )
    gan.compile(
        keras.optimizers.Adam(3e-3, beta_1=0.0, beta_2=0.9),
        keras.optimizers.Adam(3e-3, beta_1=0.0, beta_2=0.9),
        discriminator_steps=2,
        steps_per_execution=50,
    )
    minibatches = pictures(64 * 64).reshape(64, 64, *shape)
    data = tf.data.Dataset.from_tensor_slices(minibatches).repeat()
    gan.fit(data, steps_per_epoch=600, shuffle=False, verbose=0)
    return Model(gan)


@pytest.fixture(scope="module")
def concepts(model):
    """Seeds of men with glasses, men and women without, women with them."""
    man, glasses = attributes(model.sample(SEEDS))
    return [
        SEEDS[(a * man > SURE) & (b * glasses > SURE)]
        for a, b in ((1, 1), (1, -1), (-1, -1), (-1, 1))
    ]


def choose(concepts, count, trials):
    """Seeds `[trials, 3, count]` of the three concepts that go in."""
    rng = np.random.default_rng(count)
    chosen = [rng.choice(of, (trials, count)) for of in concepts[:3]]
    return np.stack(chosen, 1)


def are_women_with_glasses(images):
    man, glasses = attributes(images)
    return (man < -SURE) & (glasses > SURE)


def test_the_result_has_the_attributes_that_no_operand_has_together(
    model, concepts
):
    """Figure 19: man with glasses - man + woman = woman with glasses."""
    # It has learnt all four kinds alike, and that few are in between.
    shares = [len(seeds) / len(SEEDS) for seeds in concepts]
    assert 0.1 < min(shares) and max(shares) < 0.35 and sum(shares) > 0.65
    results = []
    for seeds in choose(concepts, 3, trials=100):
        samples, result = arithmetic.draw(model, seeds, seed=1)
        assert result.shape == (3, 3, SIDE, SIDE, 1)
        # None of the nine that went in is one.
        expected = [model.sample(of) for of in seeds]
        np.testing.assert_allclose(samples[:, :3], expected, atol=1e-5)
        assert not are_women_with_glasses(samples[:, :3]).any()
        results.append(result)
    assert are_women_with_glasses(results).mean() > 0.5


def test_averages_of_three_are_what_makes_it_stable(model, concepts):
    """Radford et al. (2016): with single samples it was unstable."""
    every = model.latents(SEEDS)
    rates = []
    for count in (1, 3, 10):
        results = [
            arithmetic.combine(*every[seeds])
            for seeds in choose(concepts, count, trials=1000)
        ]
        rates.append(are_women_with_glasses(model.generate(results)).mean())
    assert rates[0] < rates[1] - 0.04 < rates[2] - 0.12
    assert rates[2] > 0.7
