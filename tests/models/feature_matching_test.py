"""Feature matching against the same networks and costs in float64."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.classified_images import (
    CLASSES,
    latents_of,
    minibatches_of,
    train,
)
from tests.linear_game import IMAGE_SHAPE
from tests.passes import passes_of
from tests.replicas import values_of
from tfgan_ref import priors
from tfgan_ref.layers.noise import GaussianNoise
from tfgan_ref.losses import feature_matching as distances
from tfgan_ref.models import feature_matching
from tfgan_ref.models.feature_matching import FeatureMatchingGAN
from tfgan_ref.models.semi_supervised import SupervisedBaseline

GENERATOR_LR, DISCRIMINATOR_LR = 2.0, 0.25


@pytest.fixture
def strategy_of(two_replicas):
    """Function: how many replicas -> strategy."""
    return {1: tf.distribute.get_strategy(), 2: two_replicas}.get


def tiny_generator(image_shape=IMAGE_SHAPE, latent_dim=3):
    """tanh(z W + c)."""
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(math.prod(image_shape), "tanh"),
            layers.Reshape(image_shape),
        ]
    )


def tiny_discriminator(
    image_shape=IMAGE_SHAPE, classes=CLASSES, before=0.0, after=0.0
):
    """Features f = softplus(x U + b), logits f V + e; noise around f."""
    images = keras.Input(image_shape)
    x = GaussianNoise(before)(layers.Flatten()(images))
    x = layers.Dense(5, "softplus", name="features")(x)
    x = layers.Dense(classes)(GaussianNoise(after)(x))
    return keras.Model(images, x)


def tiny_gan(before=0.0, after=0.0, **kwargs):
    return FeatureMatchingGAN(
        tiny_generator(),
        tiny_discriminator(before=before, after=after),
        **kwargs,
    )


def compiled(gan, generator_lr, discriminator_lr, **protocol):
    gan.compile(
        keras.optimizers.SGD(generator_lr),
        keras.optimizers.SGD(discriminator_lr),
        **protocol,
    )
    return gan


class Game:
    """The same networks in float64, on one device, with costs as printed."""

    def __init__(self, gan, distance):
        self.distance = distance
        self.generator, self.discriminator = (
            [tf.Variable(value, dtype=tf.float64) for value in weights]
            for weights in (
                gan.generator.get_weights(),
                gan.discriminator.get_weights(),
            )
        )

    def sample(self, z):
        w, c = self.generator
        return tf.tanh(z @ w + c)

    def features(self, images):
        u, b, _, _ = self.discriminator
        flat = tf.reshape(tf.cast(images, tf.float64), [len(images), -1])
        return tf.math.log(1 + tf.exp(flat @ u + b))

    def odds(self, images):
        """exp(l) `[batch, classes]`; the sum is D / (1 - D)."""
        _, _, v, e = self.discriminator
        return tf.exp(self.features(images) @ v + e)

    def classifier_cost(self, minibatch, z):
        labelled, labels, images, _ = minibatch
        of_classes = self.odds(labelled)
        chosen = tf.gather(of_classes, labels, batch_dims=1)
        real, fake = (
            tf.reduce_sum(self.odds(x), 1) for x in (images, self.sample(z))
        )
        return tf.reduce_mean(
            -tf.math.log(chosen / tf.reduce_sum(of_classes, 1))
            - 0.5 * tf.math.log(real / (1 + real))
            - 0.5 * tf.math.log(1 / (1 + fake))
        )

    def generator_cost(self, others, z):
        real = tf.reduce_mean(self.features(others), 0)
        fake = tf.reduce_mean(self.features(self.sample(z)), 0)
        return tf.reduce_mean(self.distance(real - fake))

    @staticmethod
    def descend(variables, cost, rate):
        """Returns the cost before the step."""
        with tf.GradientTape() as tape:
            value = cost()
        for variable, gradient in zip(
            variables,
            tape.gradient(value, variables, unconnected_gradients="zero"),
            strict=True,
        ):
            variable.assign_sub(rate * gradient)
        return value.numpy()

    def step(self, number, minibatches, generator_steps):
        costs = {}
        for draw, minibatch in enumerate(minibatches):
            z = latents_of(number, draw)
            costs["loss/discriminator"] = self.descend(
                self.discriminator,
                lambda minibatch=minibatch, z=z: self.classifier_cost(
                    minibatch, z
                ),
                DISCRIMINATOR_LR,
            )
        others = minibatches[-1][3]
        for i in range(generator_steps):
            z = latents_of(number, len(minibatches) + i)
            costs["loss/generator"] = self.descend(
                self.generator,
                lambda z=z: self.generator_cost(others, z),
                GENERATOR_LR,
            )
        return costs


# The step.


CASES = {
    "without_noise": lambda: tiny_gan(seed=4, discriminator_ema_decay=0.5),
    "perceptrons": lambda: feature_matching.build((2, 2, 1), 3, latent_dim=3),
}
SLOW = {"perceptrons"}


@pytest.mark.parametrize(
    ("replicas", "k", "j", "distance", "by_hand"),
    [
        (1, 2, 3, distances.mean_absolute, abs),
        # The means are those of the global batch.
        (2, 1, 1, distances.mean_squared, tf.square),
    ],
    ids=["one_replica", "two_replicas"],
)
def test_steps_are_those_of_float64_on_any_number_of_replicas(
    strategy_of, replicas, k, j, distance, by_hand
):
    with strategy_of(replicas).scope():
        gan = compiled(
            tiny_gan(distance=distance, generator_steps=j),
            GENERATOR_LR,
            DISCRIMINATOR_LR,
            discriminator_steps=k,
        )
    game = Game(gan, by_hand)
    before = values_of(gan.generator.variables)

    metrics = train(gan, 2)

    for step in range(2):
        costs = game.step(step, minibatches_of(step, k, 2), j)
    for received, expected in zip(
        values_of(gan.trainable_variables),
        game.generator + game.discriminator,
        strict=True,
    ):
        np.testing.assert_allclose(received, expected, 1e-5, 1e-6)
    for name, cost in costs.items():
        assert metrics[name] == pytest.approx(cost, rel=1e-4), name
    for old, new in zip(before, game.generator, strict=True):
        assert np.abs(new - old).max() > 1e-2
    assert gan.step.numpy() == 2


def test_the_size_of_a_minibatch_need_not_be_static():
    # As MultiWorkerMirroredStrategy gives them.
    ends = []
    for static in (True, False):
        keras.utils.set_random_seed(2)
        gan = compiled(tiny_gan(), GENERATOR_LR, DISCRIMINATOR_LR)
        train(gan, 2, static)
        ends.append(gan.get_weights())
    for one, other in zip(*ends, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)


def test_the_generators_turn_leaves_the_discriminator_alone():
    gan = compiled(tiny_gan(), GENERATOR_LR, 0.0)
    before = gan.discriminator.get_weights()
    generator = gan.generator.get_weights()
    train(gan, 1)
    for old, new in zip(before, gan.discriminator.get_weights(), strict=True):
        np.testing.assert_array_equal(new, old)
    for old, new in zip(generator, gan.generator.get_weights(), strict=True):
        assert (new != old).any()


@pytest.mark.parametrize(("before", "after"), [(0.0, 1e3), (0.5, 0.0)])
def test_features_are_taken_with_the_noise_before_them_and_no_other(
    before, after
):
    gan = compiled(tiny_gan(before, after), 0.0, 0.0)
    game = Game(gan, tf.square)
    cost = train(gan, 1)["loss/generator"]
    ((_, _, _, others),) = minibatches_of(0, 1, 1)
    without = game.generator_cost(others, latents_of(0, 1)).numpy()
    if before:
        assert abs(cost / without - 1) > 0.01
    else:
        assert cost == pytest.approx(without, rel=1e-4)


@pytest.mark.parametrize(
    ("k", "j", "passes"),
    # Per generator update features of the others, forward, and of samples,
    # forward and input.
    [(1, 1, (1 + 3, 9, 3)), (2, 3, (2 + 9, 18, 9))],
)
def test_a_step_counts_its_passes(k, j, passes):
    gan = tiny_gan(generator_steps=j)
    counted = passes_of(compiled(gan, 0.1, 0.1, discriminator_steps=k))
    names = ("generator", "discriminator", "features")
    assert counted == dict(zip(names, passes, strict=True))


def test_a_checkpoint_holds_the_layers_up_to_the_features_once(tmp_path):
    gan = tiny_gan(discriminator_ema_decay=0.9)
    path = tf.train.Checkpoint(gan=gan).save(tmp_path / "ckpt")
    saved = {
        name: shape
        for name, shape in tf.train.list_variables(path)
        if name.startswith("gan/")
    }
    # 2 weights of G, 4 of D, 4 of its average, step.
    assert len(saved) == 2 + 4 + 4 + 1
    assert len(gan.variables) == len(saved)


# Building.


def build(**arguments):
    arguments = {
        "make_generator": tiny_generator,
        "make_discriminator": tiny_discriminator,
        "latent_dim": 7,
        "seed": 3,
    } | arguments
    return feature_matching.build(IMAGE_SHAPE, CLASSES, **arguments)


def test_build_makes_the_networks_of_the_arguments():
    gan = build(ema_decay=0.5, distance=distances.mean_absolute)
    assert type(gan) is FeatureMatchingGAN
    assert gan.prior == priors.Uniform(7, 0.0, 1.0)
    assert gan.generator.output_shape == (None, *IMAGE_SHAPE)
    assert gan.discriminator.output_shape == (None, CLASSES)
    assert gan.features.output_shape == (None, 5)
    assert gan.distance is distances.mean_absolute
    assert gan.sampler is gan.ema_generator is not None
    # As published: an average of the discriminator, 0.9999.
    assert gan.classifier is gan.ema_discriminator is not None
    assert gan.averages == {"generator": 0.5, "discriminator": 0.9999}


def test_latents_are_uniform_between_zero_and_one():
    z = build().inputs(tf.zeros([400, 1]), 0).numpy()
    assert z.min() >= 0 and z.max() <= 1
    assert z.min() < 0.01 and z.max() > 0.99


def test_the_baseline_begins_with_the_same_networks():
    gan, baseline = build(), build(supervised=True)
    assert type(baseline) is SupervisedBaseline
    for one, other in zip(
        gan.get_weights(), baseline.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(one, other)
    kernel, _ = gan.generator.get_weights()
    assert (kernel != build(seed=4).generator.get_weights()[0]).all()


def test_without_other_networks_they_are_the_perceptrons():
    gan = feature_matching.build((28, 28, 1), 10)
    hidden = (784, 1000, 500, 250, 250, 250, 10)
    kernels = [w.shape for w in gan.discriminator.get_weights() if w.ndim == 2]
    assert kernels == list(zip(hidden[:-1], hidden[1:], strict=True))
    assert gan.prior.dim == 100
    assert gan.features.output_shape == (None, 250)
