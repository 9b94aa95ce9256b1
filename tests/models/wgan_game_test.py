"""The Wasserstein game against one written out in float64."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.linear_game import (
    BATCH,
    GENERATOR_LR,
    IMAGE_SHAPE,
    assert_close,
    compiled,
    fit,
    minibatches,
)
from tests.linear_game import DISCRIMINATOR_LR as CRITIC_LR
from tests.passes import passes_of
from tests.replicas import values_of
from tfgan_ref.errors import UserError
from tfgan_ref.losses import wasserstein as losses
from tfgan_ref.models import wgan
from tfgan_ref.models.wgan import ClippedGAN, PenalizedGAN

CLIP, WEIGHT = 0.3, 2.0
K = 2
WAITING = 100 // K  # Blocks per generator update, in the beginning.

both_kinds = pytest.mark.parametrize("cls", [ClippedGAN, PenalizedGAN])


@pytest.fixture
def strategy_of(two_replicas):
    """Function: how many replicas -> strategy."""
    return {1: tf.distribute.get_strategy(), 2: two_replicas}.get


def philox(shape, seed):
    """The same with XLA and without."""
    return tf.random.stateless_uniform(shape, seed, -1, 1, alg="philox")


def tiny_gan(cls, **kwargs):
    """G(z) = tanh(z W + c); f(x) = softplus(x U + b) v + e."""
    bound = {"clip": CLIP} if cls is ClippedGAN else {"penalty_weight": WEIGHT}
    kwargs = {"prior": philox} | bound | kwargs
    return cls(
        keras.Sequential(
            [
                keras.Input((3,)),
                layers.Dense(4, "tanh"),
                layers.Reshape(IMAGE_SHAPE),
            ]
        ),
        keras.Sequential(
            [
                keras.Input(IMAGE_SHAPE),
                layers.Flatten(),
                layers.Dense(5, "softplus"),
                layers.Dense(1),
                layers.Reshape(()),
            ]
        ),
        **kwargs,
    )


def real_images(steps, k=K):
    """`[steps, k, batch, ...]`, of another mean and spread in every pixel."""
    rng = np.random.default_rng(3)
    centre, spread = rng.uniform(0.1, 0.6, (2, *IMAGE_SHAPE))
    shape = (steps, k, BATCH, *IMAGE_SHAPE)
    images = centre + spread * rng.standard_normal(shape)
    return np.clip(images, -1, 1).astype(np.float32)


def train(gan, steps):
    """The metrics of the last step."""
    images = real_images(steps, gan.discriminator_steps)
    return fit(gan, steps, minibatches(images.reshape(-1, *IMAGE_SHAPE)))


def assert_all_differ(values, others):
    for one, other in zip(values, others, strict=True):
        assert (one != other).any()


def _moving(variables):
    """Without the critic's last bias, which f(x) - f(G(z)) does not have."""
    return [variable for variable in variables if variable.shape != (1,)]


class Game:
    """The same networks in float64, on one device, by hand."""

    def __init__(self, gan):
        self.cls = type(gan)
        self.generator, self.critic = (
            [tf.Variable(value, dtype=tf.float64) for value in weights]
            for weights in (
                gan.generator.get_weights(),
                gan.discriminator.get_weights(),
            )
        )

    @staticmethod
    def draw(step, number, shape, low):
        """Uniform, of the global batch; the GAN's seed is 0."""
        seed = tf.constant([0, step], tf.int64)
        seed = tf.random.experimental.stateless_fold_in(seed, number)
        drawn = tf.random.stateless_uniform(shape, seed, low, 1, alg="philox")
        return tf.cast(drawn, tf.float64)

    def sample(self, step, number):
        w, c = self.generator
        return tf.tanh(self.draw(step, number, [BATCH, 3], -1) @ w + c)

    def values(self, x):
        u, b, v, e = self.critic
        return (tf.math.log(1 + tf.exp(x @ u + b)) @ v + e)[:, 0]

    def norms(self, x):
        """Of grad f = U (sigmoid(x U + b) v), worked out."""
        u, b, v, _ = self.critic
        gradient = (v[:, 0] / (1 + tf.exp(-(x @ u + b)))) @ tf.transpose(u)
        return tf.sqrt(tf.reduce_sum(gradient**2, 1))

    @staticmethod
    def descend(variables, cost, rate):
        with tf.GradientTape() as tape:
            value = cost()
        gradients = tape.gradient(value, variables)
        for variable, gradient in zip(variables, gradients, strict=True):
            variable.assign_sub(rate * gradient)
        return value.numpy()

    def move_critic(self, real, step, number, k):
        real = tf.cast(real.reshape(BATCH, -1), tf.float64)
        if self.cls is ClippedGAN:
            for variable in self.critic:
                variable.assign(np.clip(variable.numpy(), -CLIP, CLIP))
        fake = self.sample(step, number)
        epsilon = self.draw(step, k + 1 + number, [BATCH], 0)[:, None]
        between = epsilon * real + (1 - epsilon) * fake
        logs = {"logits/real": self.values(real).numpy()}
        logs["logits/fake"] = self.values(fake).numpy()
        logs["critic/estimate"] = np.mean(logs["logits/real"]) - np.mean(
            logs["logits/fake"]
        )
        logs["loss/generator"] = -np.mean(logs["logits/fake"])
        if self.cls is PenalizedGAN:
            logs["critic/gradient_norm"] = np.mean(self.norms(between))

        def cost():
            cost = tf.reduce_mean(self.values(fake) - self.values(real))
            if self.cls is PenalizedGAN:
                penalty = WEIGHT * (self.norms(between) - 1) ** 2
                cost += tf.reduce_mean(penalty)
            return cost

        logs["loss/discriminator"] = self.descend(self.critic, cost, CRITIC_LR)
        return logs

    def block(self, step, reals, moves):
        k = len(reals)
        for number, real in enumerate(reals):
            logs = self.move_critic(real, step, number, k)
        if moves:
            logs["loss/generator"] = self.descend(
                self.generator,
                lambda: -tf.reduce_mean(self.values(self.sample(step, k))),
                GENERATOR_LR,
            )
        return logs


# One block, many replicas.


@both_kinds
@pytest.mark.parametrize(("replicas", "k"), [(1, K), (2, K), (1, 1)])
def test_blocks_are_those_of_float64_on_any_number_of_replicas(
    strategy_of, cls, replicas, k
):
    with strategy_of(replicas).scope():
        gan = compiled(tiny_gan(cls), discriminator_steps=k)
    first = 100 // k - 2  # Of the critic alone, the generator's, alone.
    gan.step.assign(first)
    game = Game(gan)
    for images in real_images(3, k).reshape(1, 3, k, BATCH, *IMAGE_SHAPE):
        expected = [
            game.block(first + i, images[i], cls is PenalizedGAN or i == 1)
            for i in range(3)
        ]

    metrics = train(gan, 3)

    assert_close(
        values_of(gan.trainable_variables),
        game.generator + game.critic,
        rtol=1e-5,
        atol=1e-6,
    )
    assert metrics.keys() == expected[-1].keys()
    for name in metrics:
        np.testing.assert_allclose(
            metrics[name], expected[-1][name], 1e-4, 1e-5, err_msg=name
        )
    assert gan.step.numpy() == first + 3
    moved = 3 if cls is PenalizedGAN else 1
    assert gan.generator_optimizer.iterations.numpy() == moved
    assert gan.discriminator_optimizer.iterations.numpy() == 3 * k


@pytest.mark.parametrize(
    ("replicas", "protocol"),
    [
        (1, {"run_eagerly": True}),
        (2, {"steps_per_execution": 2}),
    ],
    ids=["one_eagerly", "two_twice_at_once"],
)
def test_a_block_without_the_generator_leaves_it_and_its_optimizer(
    strategy_of, replicas, protocol
):
    with strategy_of(replicas).scope():
        gan = compiled(
            tiny_gan(ClippedGAN),
            keras.optimizers.Adam,
            discriminator_steps=K,
            **protocol,
        )

    def snapshot():
        return [
            values_of(owner)
            for owner in (
                gan.generator.variables + gan.generator_optimizer.variables,
                _moving(gan.discriminator.variables),
            )
        ]

    states = [snapshot()]
    for first in (WAITING - 3, WAITING - 1):  # 3 blocks alone of these 4.
        gan.step.assign(first)
        train(gan, 2)
        states.append(snapshot())
    (start, critic), (alone, critic_alone), (after, critic_after) = states
    assert_close(alone, start, rtol=0, atol=0)
    assert_all_differ(critic, critic_alone)
    assert_all_differ(critic_alone, critic_after)
    assert gan.generator_optimizer.iterations.numpy() == 1
    # All but the learning rate.
    moved = [np.ndim(value) > 0 for value in start]
    assert sum(moved) == 3 * 2
    assert_all_differ(
        itertools.compress(alone, moved), itertools.compress(after, moved)
    )


@pytest.mark.conformance
@both_kinds
def test_xla_makes_the_same_block(cls, monkeypatch):
    # Which draws other seeds from a seed.
    def drawn(shape, seed):
        return philox(shape, [5, 6])

    monkeypatch.setattr(losses, "draw_epsilon", lambda *x: abs(drawn(*x)))
    ends = []
    for jit_compile in (False, True):
        keras.utils.set_random_seed(2)
        gan = tiny_gan(cls, prior=drawn)
        compiled(gan, discriminator_steps=1, jit_compile=jit_compile)
        gan.step.assign(98)
        train(gan, 2)
        moved = 1 if cls is ClippedGAN else 2
        assert gan.generator_optimizer.iterations.numpy() == moved
        ends.append(gan.get_weights())
    assert_close(ends[1], ends[0], rtol=1e-4, atol=1e-5)


@pytest.mark.conformance
@both_kinds
def test_a_restored_run_goes_on_bit_for_bit(tmp_path, cls):
    def new_gan():
        gan = tiny_gan(cls, ema_decay=0.9, seed=3)
        return compiled(gan, keras.optimizers.Adam, discriminator_steps=K)

    gan = new_gan()
    gan.step.assign(WAITING - 2)
    train(gan, 1)
    path = tf.train.Checkpoint(gan=gan).save(tmp_path / "ckpt")
    before = values_of(_moving(gan.variables))
    train(gan, 2)

    restored = new_gan()
    tf.train.Checkpoint(gan=restored).restore(path).assert_consumed()
    train(restored, 2)

    ends = [
        values_of(
            one.variables
            + one.generator_optimizer.variables
            + one.discriminator_optimizer.variables
        )
        for one in (gan, restored)
    ]
    assert_close(ends[1], ends[0], rtol=0, atol=0)
    assert_all_differ(before, values_of(_moving(gan.variables)))


# What bounds the critic.


def test_the_critic_is_clipped_before_its_update_and_not_after():
    gan = compiled(tiny_gan(ClippedGAN), discriminator_steps=1)
    critic = gan.discriminator
    critic.layers[1].kernel.assign(tf.fill([4, 5], 7.0))
    train(gan, 1)
    kernel = critic.layers[1].kernel.numpy()
    move = np.abs(kernel - CLIP).max()
    assert 1e-4 < move < 0.2


def test_the_penalty_brings_the_slope_to_one():
    def gradient_norm(weight):
        keras.utils.set_random_seed(2)
        gan = tiny_gan(PenalizedGAN)
        gan.penalty_weight = weight
        gan.compile(
            keras.optimizers.SGD(0.0),
            keras.optimizers.SGD(0.05),
            discriminator_steps=1,
        )
        return train(gan, 100)["critic/gradient_norm"]

    assert gradient_norm(10.0) == pytest.approx(1.0, abs=0.1)
    assert gradient_norm(0.0) > 1.5


def test_second_derivatives_are_right_with_height_and_width_first():
    images = np.random.default_rng(4).uniform(-1, 1, (16, 28, 28, 1))
    data = tf.data.Dataset.from_tensor_slices(images.astype(np.float32))
    ends = []
    for spatial_first in (True, False):
        gan = wgan.build((28, 28, 1), latent_dim=3, width=4, seed=1)
        start = gan.discriminator.get_weights()
        gan.discriminator_loss = lambda real, fake: 0.0 * real  # Penalty only.
        gan.compile(
            keras.optimizers.SGD(0.0),
            keras.optimizers.SGD(0.1),
            discriminator_steps=1,
            spatial_first=spatial_first,
        )
        fast = id(gan.discriminator) in gan._spatial_first
        if spatial_first and not fast:
            pytest.skip("here TensorFlow's own order of dimensions is used")
        assert fast == spatial_first
        gan.fit(data.batch(16), steps_per_epoch=1, verbose=0, shuffle=False)
        end = gan.discriminator.get_weights()
        ends.append([new - old for new, old in zip(end, start, strict=True)])
    assert_close(ends[0], ends[1], rtol=1e-3, atol=1e-6)
    kernels = [move for move in ends[0] if move.ndim > 1]
    assert len(kernels) == 3
    for move in kernels:
        assert np.abs(move).max() > 1e-4


@pytest.mark.parametrize(
    ("cls", "passes"),
    [
        # A sample and 6 per update of the critic; then forward, weights and
        # input, and through the critic forward and input.
        (ClippedGAN, {"generator": K + 3, "discriminator": 6 * K + 2}),
        # Forward, input; of that weights and input.
        (
            PenalizedGAN,
            {"generator": K + 3, "discriminator": 6 * K + 2 + 4 * K},
        ),
    ],
)
def test_a_block_counts_its_passes(cls, passes):
    gan = compiled(tiny_gan(cls), discriminator_steps=K)
    assert passes_of(gan) == passes


# Mistakes.


@both_kinds
def test_simultaneous_updates_are_refused(cls):
    with pytest.raises(UserError, match="Received: simultaneous=True"):
        compiled(tiny_gan(cls), simultaneous=True)
    assert compiled(tiny_gan(cls), simultaneous=False).simultaneous is False
