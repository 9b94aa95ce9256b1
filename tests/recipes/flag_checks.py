"""How flags that recipes share show in what is built.

A check is a function of a `Run` and of the value that should be seen; the
DEFAULTS hold where a recipe says nothing else.
"""

import types

import keras
import numpy as np
import tensorflow as tf
from scipy import ndimage, stats

from tests.recipes import expected
from tests.recipes.experiment import GRADIENTS, PLAYERS, examples
from tfgan_ref.callbacks import samples
from tfgan_ref.data import minibatches
from tfgan_ref.layers import noise


def seen(function):
    """The check that what the function of a run gives is the value."""
    return lambda run, value: np.testing.assert_equal(function(run), value)


def _config(name):
    return seen(lambda run: getattr(run.config, name))


def strategy(run, value):
    kind = {"one_device": tf.distribute.Strategy}.get(
        value, tf.distribute.MirroredStrategy
    )
    assert isinstance(run.gan.distribute_strategy, kind)
    for player in PLAYERS:  # Made in its scope.
        optimizer = getattr(run.gan, f"{player}_optimizer")
        for owner in (getattr(run.gan, player), optimizer):
            (first, *_) = owner.variables
            mirrored = hasattr(first.value, "values")
            np.testing.assert_equal(mirrored, value == "mirrored")


def precision(run, value):
    for player in PLAYERS:
        network = getattr(run.gan, player)
        first = next(x for x in network.layers if x.trainable_weights)
        np.testing.assert_equal(
            first.compute_dtype, value.removeprefix("mixed_")
        )
        assert {x.dtype for x in network.trainable_variables} == {"float32"}


def ema_decay(player):
    """A late step keeps that share of the average."""

    def check(run, value):
        np.testing.assert_allclose(
            1 - run.decay(player), 1 - value, rtol=1e-3, err_msg=player
        )

    return check


def real_target(run, value):
    """The tutorial's cost of the discriminator, smoothed."""
    received = run.gan.discriminator_loss(expected.REAL, expected.FAKE)
    cost = expected.cross_entropy(expected.REAL, expected.FAKE, value)
    np.testing.assert_allclose(received, cost, rtol=1e-6)


def generator_cost(run, game):
    received = run.gan.generator_loss(expected.FAKE)
    cost = expected.GENERATOR_COSTS[game](expected.FAKE)
    np.testing.assert_allclose(received, cost, rtol=1e-6)


def discriminator_cost(run, game):
    received = run.gan.discriminator_loss(expected.REAL, expected.FAKE)
    cost = expected.DISCRIMINATOR_COSTS[game](expected.REAL, expected.FAKE)
    np.testing.assert_allclose(received, cost, rtol=1e-6)


def seed(initializer):
    """The first weights are its first draw; all else has the same seed."""

    def check(run, value):
        keras.utils.set_random_seed(value)
        first = run.gan.generator.trainable_variables[0]
        received = np.array(first)
        np.testing.assert_allclose(
            received, initializer()(received.shape), atol=1e-6
        )
        assert run.gan.seed == run.config.seed == value

    return check


def optimizers(update):
    """The checks of learning rates and of beta_1.

    Args:
        update: function (gradients, rate, told) -> places, see `Run.moves`.
    """

    def of(player):
        def check(run, rate):
            np.testing.assert_allclose(
                run.moves[player],
                update(GRADIENTS, rate, run.told),
                rtol=1e-4,
                err_msg=player,
            )

        return check

    def both(run, _):
        for player in PLAYERS:
            of(player)(run, run.told[f"{player}_lr"])

    names = [f"{player}_lr" for player in PLAYERS]
    return dict(zip(names, map(of, PLAYERS), strict=True)) | {"beta_1": both}


def adam(gradients, rate, told):
    """Keras's Adam with the flags' beta_1."""
    return expected.adam(gradients, rate, told["beta_1"])


def rates(factors, atol=1e-6):
    """The check that a step's rate is the flag's times the step's factor."""

    def check(run):
        for player in PLAYERS:
            rates = run.rates(player, factors)
            received = np.array(rates) / run.told[f"{player}_lr"]
            np.testing.assert_allclose(
                received, list(factors.values()), rtol=0, atol=atol
            )

    return check


rates_are_constant = rates({0: 1.0, 10: 1.0, 10**7: 1.0})


def prior(*law):
    """The check that latents have that law of `scipy.stats`."""

    def check(run):
        drawn = np.array(run.gan.prior([3000, 2], [3, 4]))
        # Of equal laws 1 in 1e9 is so far apart.
        assert stats.kstest(drawn.ravel(), *law).statistic < 0.045

    return check


UNIFORM = ("uniform", (-1, 2))
UNIT_UNIFORM = ("uniform", (0, 1))
NORMAL = ("norm",)

DEFAULTS = {
    "workdir": "nowhere",
    "train_steps": 1500,
    "batch_size": 64,
    "latent_dim": 100,
    "seed": 0,
    "strategy": "one_device",
    "virtual_devices": 1,
    "discriminator_steps": 1,
    "simultaneous": True,
    "real_target": 1.0,
    "beta_1": 0.5,
    "ema_decay": 0.999,
    "precision": "float32",
    "steps_per_execution": 1,
    "jit_compile": "false",
    "log_every": 50,
    "sample_every": 250,
    "eval_every": 1000,
    "checkpoint_every": 250,
    "checkpoints_to_keep": 3,
    "export": False,
    "resume": True,
}
# A second value of each that goes with one device.
OTHERS = {
    "train_steps": 42,
    "batch_size": 12,
    "latent_dim": 7,
    "seed": 5,
    "generator_lr": 3e-3,
    "discriminator_lr": 5e-4,
    "beta_1": 0.3,
    "ema_decay": 0.9,
    "precision": "mixed_bfloat16",
    "steps_per_execution": 2,
    "jit_compile": "true",
    "log_every": 4,
    "sample_every": 6,
    "eval_every": 8,
    "checkpoint_every": 10,
    "checkpoints_to_keep": 7,
    "resume": False,
}
MIRRORED = {"strategy": "mirrored", "virtual_devices": 2, "batch_size": 6}
COMMON = {
    "workdir": _config("workdir"),
    "train_steps": _config("train_steps"),
    "batch_size": seen(lambda run: len(run.minibatch[0])),
    "latent_dim": seen(lambda run: run.gan.latents(2).shape[1]),
    "strategy": strategy,
    "virtual_devices": seen(
        lambda run: run.gan.distribute_strategy.num_replicas_in_sync
    ),
    "discriminator_steps": seen(lambda run: run.gan.minibatches_per_step),
    "simultaneous": seen(lambda run: run.gan.simultaneous),
    "real_target": real_target,
    "ema_decay": ema_decay("generator"),
    "precision": precision,
    "steps_per_execution": seen(lambda run: run.gan.steps_per_execution),
    "jit_compile": seen(lambda run: str(run.gan.jit_compile).lower()),
    "log_every": _config("log_every"),
    "sample_every": _config("sample_every"),
    "eval_every": _config("eval_every"),
    "checkpoint_every": _config("checkpoint_every"),
    "checkpoints_to_keep": _config("checkpoints_to_keep"),
    "export": _config("export"),
    "resume": _config("resume"),
}

IMAGE_DEFAULTS = DEFAULTS | {
    "dataset": "fashion_mnist",
    "data_dir": None,
    "split": "train",
    "image_size": 28,
    "channels": "1",
}
IMAGE_OTHERS = OTHERS | {
    "dataset": "mnist",
    "data_dir": "/data",
    "split": "test",
    "image_size": 32,
    "channels": "3",
    "export": True,
}


def _split(run, value):
    name = run.opened[0][0]
    pixels, labels = examples(name, value)
    assert run.opened[0][1] == value
    np.testing.assert_equal(len(run.data), len(pixels))
    if run.data.image_shape == pixels.shape[1:]:
        np.testing.assert_array_equal(run.data.images, pixels)


IMAGES = COMMON | {
    "dataset": seen(lambda run: run.opened[0][0]),
    "data_dir": seen(lambda run: run.opened[0][2]),
    "split": _split,
    "image_size": seen(lambda run: run.gan.generator.output_shape[1]),
    "channels": seen(lambda run: str(run.gan.generator.output_shape[3])),
}


# What may differ when a run is resumed.
_FREE = {
    "workdir",
    "dataset",
    "data_dir",
    "train_steps",
    "steps_per_execution",
    "log_every",
    "sample_every",
    "eval_every",
    "checkpoint_every",
    "checkpoints_to_keep",
    "export",
    "resume",
    "dry_run",
}


def record(run, fixed=()):
    """The run records what it was told, and the data; resumed, it differs
    in nothing but what is free."""
    assert run.free == _FREE - set(fixed)
    for name, value in run.given.items():
        text = str(run.settings[name])
        assert text in (str(value), str(value).capitalize()), name
    for player in PLAYERS:
        name = f"{player}_lr"
        assert run.settings[name] == run.told[name]
    assert run.settings["data"] == run.data.facts
    assert run.names <= set(run.settings)


def stream_of_images(run):
    """Minibatches are images of the data, in [-1, 1]."""
    assert run.stream is minibatches.stream
    assert (run.draw, run.sample_count) == (samples.draw_images, 64)
    (batch,) = run.minibatch
    known = {x.tobytes() for x in run.data.images}
    pixels = np.rint(batch * 127.5 + 127.5).astype(np.uint8)
    assert {x.tobytes() for x in pixels} <= known


# Data set -> means, standard deviations and weights.
_ring = np.exp(0.25j * np.pi * np.arange(8)).view(float).reshape(8, 2)
_line = [-4.0, -2.0, 0.0, 2.0, 4.0]
POINTS_OF = {
    "ring": (_ring, 0.01, 1 / 8),
    "unrolled_paper_ring": (2 * _ring, 0.02, 1 / 8),
    "grid": ([(x, y) for x in _line for y in _line], 0.05, 1 / 25),
    "two_gaussians": ([[-2.0], [2.0]], 0.5, 0.5),
    "gaussian": ([[4.0]], 0.5, 1.0),
    "unequal_gaussians": (
        [[-3.0], [0.0], [2.5]],
        [0.4, 0.2, 0.6],
        [0.2, 0.5, 0.3],
    ),
}
POINT_DEFAULTS = DEFAULTS | {
    "dataset": "ring",
    "eval_samples": 2500,
    "ema_decay": 0.0,
    "simultaneous": False,
}
POINT_OTHERS = OTHERS | {"dataset": "grid", "eval_samples": 300}


def _points(run, value):
    means, scales, weights = map(np.array, POINTS_OF[value])
    density = run.data.density
    for received, wanted in (
        (density.means, means),
        (density.scales, np.broadcast_to(scales, len(means))),
        (density.weights, np.broadcast_to(weights, len(means))),
    ):
        np.testing.assert_allclose(received, wanted, atol=1e-12)
    # Minibatches are such points.
    (batch,) = run.minibatch
    away = abs(batch[:, None] - means) / np.max(scales)
    assert away.max(-1).min(-1).max() < 5


def _evaluated(run, value):
    np.testing.assert_equal(len(run.evaluate.draw(run.gan)), value)


POINTS = COMMON | {"dataset": _points, "eval_samples": _evaluated}


def points_are_evaluated_and_drawn(run):
    """Modes are counted and drawn of the density of the data."""
    means = run.data.density.means
    if means.shape[1] == 1:
        return
    all_but_one = np.resize(means[:-1], (run.told["eval_samples"], 2))
    stub = types.SimpleNamespace(
        prior=run.gan.prior,
        latent_dim=run.gan.latent_dim,
        seed=run.gan.seed,
        sampler=lambda latents, training: tf.constant(all_but_one),
    )
    scalars = run.evaluate(stub).scalars
    assert scalars["eval/modes_captured"] == len(means) - 1
    assert scalars["eval/high_quality"] == 1.0
    assert run.sample_count == 1000
    discs = (run.draw(np.zeros((0, 2))) < 255).any(-1)
    assert ndimage.label(discs)[1] == len(means)


def minibatch_features(run, first, kind="released", is_from_data=True):
    """The layer gives what the definition says, on the first minibatch."""
    network = run.gan.discriminator
    (layer,) = (x for x in network.layers if hasattr(x, "tensor"))
    with noise.seeded([run.gan.seed, -1]):
        inputs, outputs = keras.Model(
            network.input, [layer.input, layer.output]
        )(first, training=True)
    inputs = np.float64(inputs)
    weights = [np.float64(x) for x in layer.trainable_weights]
    new = outputs[:, inputs.shape[1] :]
    wanted, nearest = expected.MINIBATCH_FEATURES[kind](inputs, *weights)
    np.testing.assert_allclose(new, wanted, rtol=1e-3, atol=1e-3)
    if kind == "released" and is_from_data:
        np.testing.assert_allclose(np.mean(new, 0), 0.0, atol=1e-3)
        np.testing.assert_allclose(nearest, 2.0, rtol=1e-3)
    elif kind == "released":
        _, log_scale, bias = weights
        assert (log_scale == 0).all() and (bias == -1).all()
