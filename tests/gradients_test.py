"""Norms of gradients against those of a game in NumPy and float64."""

import types

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import access_order
from tests.linear_game import (
    BATCH,
    IMAGE_SHAPE,
    NumPyGame,
    ScaledGame,
    compiled,
    latents_of,
    minibatches,
    real_images,
    tiny_gan,
)
from tfgan_ref import gradients
from tfgan_ref.losses import adversarial
from tfgan_ref.models import dcgan
from tfgan_ref.models.wgan import ClippedGAN
from tfgan_ref.optimizers import FusedAdam
from tfgan_ref.turn import Turn

# XLA draws others from a seed.
LATENTS = np.linspace(-1, 1, 3 * BATCH).reshape(BATCH, 3).astype(np.float32)


@pytest.fixture
def strategy_of(two_replicas):
    """Function: how many replicas -> strategy."""
    return {1: tf.distribute.get_strategy(), 2: two_replicas}.get


class Asks(keras.callbacks.Callback):
    """Asks for the norms of some calls of the graph, and keeps what it gets."""

    def __init__(self, asked):
        super().__init__()
        self.asked = asked
        self.found = []

    def on_train_batch_begin(self, batch, logs=None):
        self.model.measure_gradients(self.asked[len(self.found)])

    def on_train_batch_end(self, batch, logs=None):
        self.found.append(self.model.last_gradient_norms)


def norms(gan, asked):
    """Of each call, and what `fit` reports of its epoch."""
    calls = Asks(asked)
    steps = len(asked) * gan.steps_per_execution
    count = steps * gan.minibatches_per_step * BATCH
    history = gan.fit(
        minibatches(real_images(count)),
        steps_per_epoch=steps,
        shuffle=False,
        verbose=0,
        callbacks=[calls],
    ).history
    return calls.found, history


def norm_of(parts):
    return np.sqrt(sum(np.sum(np.float64(part) ** 2) for part in parts))


def expected_norms(game, reals, zs, simultaneous):
    """Of a step's last updates, before it is made."""
    twin = NumPyGame.__new__(NumPyGame)
    twin.w, twin.c, twin.v, twin.e = game.weights
    for real, z in zip(reals[:-1], zs, strict=False):
        twin.move_discriminator(twin.discriminator_gradients(real, z))
    of_discriminator = twin.discriminator_gradients(reals[-1], zs[-2])
    z = zs[-2]
    if not simultaneous:
        twin.move_discriminator(of_discriminator)
        z = zs[-1]
    return {
        "gradient_norm/discriminator": norm_of(of_discriminator),
        "gradient_norm/generator": norm_of(twin.generator_gradients(z)),
    }


@pytest.mark.parametrize(
    ("replicas", "k", "simultaneous", "protocol"),
    [
        (1, 1, True, {}),
        (1, 2, False, {"run_eagerly": True}),
        (1, 1, True, {"steps_per_execution": 2}),
        (2, 2, True, {}),
        (2, 1, False, {"steps_per_execution": 2}),
    ],
)
def test_a_norm_is_that_of_the_last_gradient_over_the_global_batch(
    strategy_of, replicas, k, simultaneous, protocol
):
    with strategy_of(replicas).scope():
        gan = compiled(
            tiny_gan(),
            discriminator_steps=k,
            simultaneous=simultaneous,
            **protocol,
        )
    game = NumPyGame(gan)
    asked = [True, False, True]
    expected = []
    reals = real_images(3 * gan.steps_per_execution * k * BATCH)
    reals = reals.reshape(-1, k, BATCH, *IMAGE_SHAPE)
    for step, of_step in enumerate(reals):
        zs = [latents_of(step, draw) for draw in range(k + 1)]
        expected.append(expected_norms(game, of_step, zs, simultaneous))
        game.step(of_step, zs, simultaneous)
    # Of each call its last step.
    expected = expected[gan.steps_per_execution - 1 :: gan.steps_per_execution]

    found, history = norms(gan, asked)

    assert found[1] == {}
    for call in (0, 2):
        assert found[call] == pytest.approx(expected[call], rel=1e-4)
    assert not [name for name in history if name.startswith("gradient")]


def test_a_network_that_did_not_move_has_none():
    gan = ClippedGAN(*tiny_gan().networks.values())
    compiled(gan, discriminator_steps=2)
    gan.step.assign(48)  # Of 50 blocks before the generator's first update.
    found, _ = norms(gan, [True, True, True])
    alone = {"gradient_norm/discriminator"}
    assert [one.keys() for one in found] == [
        alone,
        alone | {"gradient_norm/generator"},
        alone,
    ]


def test_xla_takes_the_same_norms():
    found = []
    for jit_compile in (False, True):
        keras.utils.set_random_seed(2)
        gan = tiny_gan(prior=lambda shape, seed: tf.constant(LATENTS))
        compiled(gan, jit_compile=jit_compile)
        found.append(norms(gan, [False, True])[0])
    assert found[0][0] == found[1][0] == {}
    assert found[1][1] == pytest.approx(found[0][1], rel=1e-5)
    assert len(found[0][1]) == 2


def test_a_turn_of_two_networks_has_two_norms_and_rows_are_added_first():
    gan = types.SimpleNamespace(
        generator=types.SimpleNamespace(trainable_variables=[0, 0]),
        encoder=types.SimpleNamespace(trainable_variables=[0, 0]),
        frozen=types.SimpleNamespace(trainable_variables=[0]),
    )
    rows = tf.IndexedSlices([[3.0], [1.0]], [1, 1], dense_shape=[2, 1])
    given = [tf.constant([3.0, 0.0]), rows, tf.constant(-2.0), None, None]
    turn = Turn("generator", ("generator", "encoder", "frozen"))
    found = gradients.by_network(gan, turn, given)
    strategy = tf.distribute.get_strategy()
    assert {
        name: float(gradients.norm(strategy, own, tf.constant(True)))
        for name, own in found.items()
    } == {"gradient_norm/generator": 5.0, "gradient_norm/encoder": 2.0}


@pytest.mark.parametrize("cls", [ScaledGame, ClippedGAN])
def test_weights_of_a_linear_cost_move_after_the_passes(cls):
    # Of the last layer, whose gradients need nothing of what it gives.
    critic = keras.Sequential(
        [
            keras.Input(IMAGE_SHAPE),
            keras.layers.Flatten(),
            keras.layers.Dense(3, "tanh"),
            keras.layers.Dense(1),
        ]
    )
    gan = compiled(cls(tiny_gan().generator, critic), simultaneous=False)
    norms(gan, [False])
    assert not access_order.lost(gan.step_graph)


def collectives(gan):
    """Reductions of a step, by how many numbers, of one replica."""
    found = [
        int(np.prod(op.inputs[0].shape))
        for op in gan.step_graph.get_operations()
        if op.type.startswith("Collective")
    ]
    return sorted(found[::2])


@pytest.mark.parametrize("zero_sum", [False, True])
def test_replicas_tell_each_other_what_the_step_needs_and_no_more(
    two_replicas, zero_sum
):
    with two_replicas.scope():
        gan = dcgan.build((32, 32, 3), width=2)
        loss = adversarial.minimax_generator_loss if zero_sum else None
        gan.compile(FusedAdam(), FusedAdam(), generator_loss=loss)
    data = tf.data.Dataset.from_tensors(tf.zeros([2, 32, 32, 3])).repeat()
    gan.fit(
        two_replicas.distribute_datasets_from_function(lambda _: data),
        steps_per_epoch=1,
        shuffle=False,
        verbose=0,
    )
    # Mean and variance of each channel, in each direction of each pass. One
    # backward pass through D(G(z)) is enough for both where the sum is zero.
    of_generator, of_discriminator = [2 * 8, 2 * 4, 2 * 2], [2 * 4, 2 * 8]
    backwards = 2 if zero_sum else 3
    normalization = [*2 * of_generator, *(2 + backwards) * of_discriminator]
    gradients = [
        sum(int(np.prod(v.shape)) for v in network.trainable_variables)
        for network in gan.networks.values()
    ]
    report = 4 + 4 + 4  # Two costs, two accuracies, 4 logits of each kind.
    assert collectives(gan) == sorted([*normalization, *gradients, report])
