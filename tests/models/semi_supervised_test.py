"""The classifier's game against one written out in float64."""

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
from tests.linear_game import (
    BATCH,
    DISCRIMINATOR_LR,
    GENERATOR_LR,
    IMAGE_SHAPE,
    Recorder,
    assert_close,
    compiled,
)
from tests.passes import passes_of
from tests.replicas import values_of
from tfgan_ref.errors import UserError
from tfgan_ref.layers.noise import Dropout, GaussianNoise
from tfgan_ref.models.semi_supervised import (
    SemiSupervisedGAN,
    SupervisedBaseline,
)


@pytest.fixture
def strategy_of(two_replicas):
    """Function: how many replicas -> strategy."""
    return {1: tf.distribute.get_strategy(), 2: two_replicas}.get


def tiny_gan(
    cls=SemiSupervisedGAN,
    *,
    drop=0.0,
    stddev=0.0,
    generator_stddev=0.0,
    **kwargs,
):
    """G(z) = tanh(z W + c); class logits softplus(x U + b) V + e."""
    return cls(
        keras.Sequential(
            [
                keras.Input((3,)),
                layers.Dense(4, "tanh"),
                layers.Reshape(IMAGE_SHAPE),
                GaussianNoise(generator_stddev),
            ]
        ),
        keras.Sequential(
            [
                keras.Input(IMAGE_SHAPE),
                layers.Flatten(),
                Dropout(drop),
                layers.Dense(5, "softplus"),
                GaussianNoise(stddev),
                layers.Dense(CLASSES),
            ]
        ),
        **kwargs,
    )


class Game:
    """The same networks in float64, on one device, with costs as printed."""

    def __init__(self, gan):
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

    def logits(self, images):
        u, b, v, e = self.discriminator
        flat = tf.reshape(tf.cast(images, tf.float64), [len(images), -1])
        return tf.math.log(1 + tf.exp(flat @ u + b)) @ v + e

    def real_odds(self, images):
        """D / (1 - D), the sum of exp(l)."""
        return tf.reduce_sum(tf.exp(self.logits(images)), 1)

    def labelled_cost(self, images, labels):
        logits = self.logits(images)
        chosen = tf.gather(logits, labels, batch_dims=1)
        total = tf.math.log(tf.reduce_sum(tf.exp(logits), 1))
        return tf.reduce_mean(total - chosen)

    def unlabelled_cost(self, images, z):
        real, fake = self.real_odds(images), self.real_odds(self.sample(z))
        return tf.reduce_mean(
            -0.5 * tf.math.log(real / (1 + real))
            - 0.5 * tf.math.log(1 - fake / (1 + fake))
        )

    def generator_cost(self, z):
        odds = self.real_odds(self.sample(z))
        return tf.reduce_mean(tf.math.log(1 - odds / (1 + odds)))

    @staticmethod
    def descend(variables, cost, rate):
        with tf.GradientTape() as tape:
            value = cost()
        for variable, gradient in zip(
            variables, tape.gradient(value, variables), strict=True
        ):
            variable.assign_sub(rate * gradient)

    def judge(self, minibatch, z):
        labelled, labels, images, _ = minibatch
        costs = (
            self.labelled_cost(labelled, labels).numpy(),
            self.unlabelled_cost(images, z).numpy(),
        )
        real = np.log(self.real_odds(images))
        fake = np.log(self.real_odds(self.sample(z)))
        right = np.argmax(self.logits(labelled), 1) == labels
        return {
            "loss/labelled": costs[0],
            "loss/unlabelled": costs[1],
            "loss/discriminator": sum(costs),
            "accuracy/labelled": np.mean(right),
            "accuracy/real": np.mean(real > 0),
            "accuracy/fake": np.mean(fake < 0),
            "logits/real": real,
            "logits/fake": fake,
        }

    def step(self, number, minibatches, generator_steps):
        for draw, minibatch in enumerate(minibatches):
            labelled, labels, images, _ = minibatch
            z = latents_of(number, draw)
            metrics = self.judge(minibatch, z)
            self.descend(
                self.discriminator,
                lambda labelled=labelled, labels=labels, images=images, z=z: (
                    self.labelled_cost(labelled, labels)
                    + self.unlabelled_cost(images, z)
                ),
                DISCRIMINATOR_LR,
            )
        for i in range(generator_steps):
            z = latents_of(number, len(minibatches) + i)
            metrics["loss/generator"] = self.generator_cost(z).numpy()
            self.descend(
                self.generator,
                lambda z=z: self.generator_cost(z),
                GENERATOR_LR,
            )
        return metrics


# One step, many replicas.


@pytest.mark.parametrize(
    ("replicas", "k", "j"), [(1, 1, 1), (1, 2, 3), (2, 1, 2)]
)
def test_steps_are_those_of_float64_on_any_number_of_replicas(
    strategy_of, replicas, k, j
):
    with strategy_of(replicas).scope():
        gan = compiled(tiny_gan(generator_steps=j), discriminator_steps=k)
    game = Game(gan)

    metrics = train(gan, 2)

    for step in range(2):
        expected = game.step(step, minibatches_of(step, k, 2), j)
    assert_close(
        values_of(gan.trainable_variables),
        game.generator + game.discriminator,
        rtol=1e-5,
        atol=1e-6,
    )
    assert metrics.keys() == expected.keys()
    for name in metrics:
        np.testing.assert_allclose(
            metrics[name], expected[name], 1e-5, 1e-6, err_msg=name
        )
    assert gan.step.numpy() == 2
    assert gan.generator_optimizer.iterations.numpy() == 2 * j
    assert gan.discriminator_optimizer.iterations.numpy() == 2 * k


def test_the_size_of_a_minibatch_need_not_be_static():
    # As MultiWorkerMirroredStrategy gives them.
    ends = []
    for static in (True, False):
        keras.utils.set_random_seed(2)
        gan = compiled(tiny_gan())
        train(gan, 2, static)
        ends.append(gan.get_weights())
    assert_close(ends[1], ends[0], rtol=1e-6)


def test_the_generator_may_play_another_game():
    gan = tiny_gan()
    gan.compile(
        keras.optimizers.SGD(GENERATOR_LR),
        keras.optimizers.SGD(0.0),
        generator_loss=lambda logits: 5.0 * logits,
    )
    game = Game(gan)
    metrics = train(gan, 1)
    logits = np.log(game.real_odds(game.sample(latents_of(0, 1))))
    assert metrics["loss/generator"] == pytest.approx(
        5 * np.mean(logits), rel=1e-5
    )


@pytest.mark.parametrize(("replicas", "k"), [(1, 2), (2, 1)])
def test_the_baseline_learns_from_the_labelled_examples_alone(
    strategy_of, replicas, k
):
    with strategy_of(replicas).scope():
        gan = compiled(tiny_gan(SupervisedBaseline), discriminator_steps=k)
    game = Game(gan)
    generator = gan.generator.get_weights()

    metrics = train(gan, 2)

    for step in range(2):
        for labelled, labels, _, _ in minibatches_of(step, k, 2):
            cost = game.labelled_cost(labelled, labels).numpy()
            right = np.argmax(game.logits(labelled), 1) == labels
            game.descend(
                game.discriminator,
                lambda labelled=labelled, labels=labels: game.labelled_cost(
                    labelled, labels
                ),
                DISCRIMINATOR_LR,
            )
    assert metrics == pytest.approx(
        {
            "loss/discriminator": cost,
            "loss/labelled": cost,
            "accuracy/labelled": np.mean(right),
        },
        rel=1e-5,
    )
    assert_close(
        values_of(gan.discriminator.variables), game.discriminator, atol=1e-6
    )
    assert_close(values_of(gan.generator.variables), generator, rtol=0)
    assert gan.step.numpy() == 2
    assert gan.generator_optimizer.iterations.numpy() == 0


# Noise.


@pytest.mark.parametrize("network", ["generator", "discriminator"])
def test_noise_is_another_one_in_every_step_replica_and_call(
    two_replicas, network
):
    stddev = "stddev" if network == "discriminator" else "generator_stddev"
    with two_replicas.scope():
        gan = tiny_gan(**{stddev: 1.0})
        gan.compile(
            keras.optimizers.SGD(0.0),
            keras.optimizers.SGD(0.0),
            run_eagerly=True,  # Sooner done.
        )
    w, c = gan.generator.get_weights()
    gan.generator.set_weights([0 * w, 0 * c])  # Samples are 0, as all images.
    zeros = np.zeros((3 * BATCH, *IMAGE_SHAPE), np.float32)
    data = (zeros, np.zeros(len(zeros), np.int32), zeros, zeros)
    data = tf.data.Dataset.from_tensor_slices(data)
    seen = Recorder()
    gan.fit(
        data.batch(BATCH, drop_remainder=True),
        shuffle=False,
        verbose=0,
        callbacks=[seen],
    )
    real, fake, costs = (
        [step[name] for step in seen.steps]
        for name in ("logits/real", "logits/fake", "loss/generator")
    )
    assert len(np.unique(fake)) == 3 * BATCH
    assert len(np.unique(costs)) == 3
    if network == "discriminator":
        assert len(np.unique([real, fake])) == 2 * 3 * BATCH
    else:
        assert np.ptp(real) < 1e-6


def test_the_baseline_is_trained_with_the_noise():
    gan = compiled(tiny_gan(SupervisedBaseline, stddev=1.0))
    game = Game(gan)
    cost = train(gan, 1)["loss/labelled"]
    ((labelled, labels, _, _),) = minibatches_of(0, 1, 1)
    without = game.labelled_cost(labelled, labels).numpy()
    assert abs(cost / without - 1) > 0.01


@pytest.mark.conformance
def test_a_restored_run_goes_on_bit_for_bit_with_noise_and_dropout(
    tmp_path, two_replicas
):
    def new_gan():
        with two_replicas.scope():
            gan = tiny_gan(
                drop=0.3,
                stddev=0.5,
                ema_decay=0.9,
                discriminator_ema_decay=0.8,
                seed=3,
            )
            return compiled(gan, keras.optimizers.Adam)

    gan = new_gan()
    train(gan, 2)
    path = tf.train.Checkpoint(gan=gan).save(tmp_path / "ckpt")
    before = values_of(gan.variables)
    train(gan, 3)

    restored = new_gan()
    tf.train.Checkpoint(gan=restored).restore(path).assert_consumed()
    train(restored, 3)

    assert restored.step.numpy() == 5
    ends = [
        values_of(
            one.variables
            + one.generator_optimizer.variables
            + one.discriminator_optimizer.variables
        )
        for one in (gan, restored)
    ]
    assert_close(ends[1], ends[0], rtol=0, atol=0)
    for old, new in zip(before, values_of(gan.variables), strict=True):
        assert (old != new).any()


# The parts.


def test_the_classifier_is_the_average_where_there_is_one():
    gan = tiny_gan()
    assert gan.classifier is gan.discriminator
    gan = tiny_gan(discriminator_ema_decay=0.9)
    assert gan.classifier is gan.ema_discriminator is not None
    assert gan.ema_generator is None


@pytest.mark.parametrize(
    ("cls", "k", "j", "passes"),
    [
        # k samples; three minibatches forward, to weights and to inputs.
        # Then per generator update forward, weights, input; through the
        # discriminator forward and input.
        (SemiSupervisedGAN, 1, 1, (1 + 3, 9 + 2)),
        (SemiSupervisedGAN, 2, 3, (2 + 9, 18 + 6)),
        (SupervisedBaseline, 1, 1, (None, 3)),
        (SupervisedBaseline, 2, 3, (None, 6)),
    ],
)
def test_a_step_counts_its_passes(cls, k, j, passes):
    gan = compiled(tiny_gan(cls, generator_steps=j), discriminator_steps=k)
    counted = passes_of(gan)
    assert (counted.get("generator"), counted["discriminator"]) == passes


# Mistakes.


@pytest.mark.parametrize("cls", [SemiSupervisedGAN, SupervisedBaseline])
def test_simultaneous_updates_are_refused(cls):
    with pytest.raises(UserError, match="Received: simultaneous=True"):
        compiled(tiny_gan(cls), simultaneous=True)
    assert compiled(tiny_gan(cls), simultaneous=False).simultaneous is False


@pytest.mark.parametrize("generator_steps", [0, -1])
def test_fewer_than_one_generator_step_is_refused(generator_steps):
    with pytest.raises(
        UserError, match=f"`generator_steps`.*Received: {generator_steps}"
    ):
        tiny_gan(generator_steps=generator_steps)
