"""How flags that recipes share show in what is built.

A check is a function of a `Run` and of the value that should be seen; the
DEFAULTS hold where a recipe says nothing else.
"""

import keras
import numpy as np
import tensorflow as tf
from scipy import stats

from tests.recipes import expected
from tests.recipes.built import PLAYERS


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


def virtual_devices(run, value):
    assert run.devices == [value]
    assert run.gan.distribute_strategy.num_replicas_in_sync == value


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


def prior(*law):
    """The check that latents have that law of `scipy.stats`."""

    def check(run):
        drawn = run.latents(3000)[:, :2].ravel()
        # U(-1, 1) and N(0, 1) are .16 apart.
        assert stats.kstest(drawn, *law).statistic < 0.03

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
    "worker_timeout": 300.0,
    "preempted_status": 0,
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
    "checkpoint_every": 250,
    "checkpoints_to_keep": 3,
    "export": False,
    "diagnose": True,
    "resume": True,
    "init_from": None,
    "lr_schedule": None,
    "lr_decay_steps": None,
    "lr_warmup_steps": None,
    "lr_final": None,
}
# Tried in files of their own: they are the same in every recipe.
ELSEWHERE = {"init_from", "lr_schedule", "lr_decay_steps", "lr_warmup_steps"}
ELSEWHERE |= {"lr_final", "worker_timeout", "preempted_status"}
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
    "checkpoint_every": 10,
    "checkpoints_to_keep": 7,
    "diagnose": False,
    "resume": False,
}
MIRRORED = {"strategy": "mirrored", "virtual_devices": 2, "batch_size": 6}
CHECKS = {
    "workdir": _config("workdir"),
    "train_steps": _config("train_steps"),
    "batch_size": seen(lambda run: len(run.minibatch[0])),
    "latent_dim": seen(lambda run: run.latents(2).shape[1]),
    "strategy": strategy,
    "virtual_devices": virtual_devices,
    "discriminator_steps": seen(lambda run: run.gan.minibatches_per_step),
    "simultaneous": seen(lambda run: run.gan.simultaneous),
    "real_target": real_target,
    "ema_decay": ema_decay("generator"),
    "precision": precision,
    "steps_per_execution": seen(lambda run: run.gan.steps_per_execution),
    "jit_compile": seen(lambda run: str(run.gan.jit_compile).lower()),
    "log_every": _config("log_every"),
    "sample_every": _config("sample_every"),
    "checkpoint_every": _config("checkpoint_every"),
    "checkpoints_to_keep": _config("checkpoints_to_keep"),
    "export": _config("export"),
    "diagnose": _config("diagnose"),
    "resume": _config("resume"),
    **{
        name: seen(lambda run, name=name: run.settings[name])
        for name in sorted(ELSEWHERE)
    },
}
eval_every = _config("eval_every")  # Of recipes that evaluate.

# What may differ when a run is resumed.
_FREE = {
    "workdir",
    "strategy",
    "virtual_devices",
    "worker_timeout",
    "preempted_status",
    "dataset",
    "data_dir",
    "train_steps",
    "steps_per_execution",
    "log_every",
    "sample_every",
    "eval_every",
    "eval_count",
    "eval_share",
    "metrics",
    "extractor",
    "keep_best",
    "evaluation",
    "checkpoint_every",
    "checkpoints_to_keep",
    "export",
    "diagnose",
    "resume",
    "dry_run",
}


# Their record says as what the data were asked for, and what XLA made of it.
_AS_ASKED = {"image_size", "channels", "jit_compile", "game"}


def record(run, fixed=()):
    """The record says what was built: the flags, filled in, and the data.

    A resumed run differs in nothing but what is free, less the `fixed`.
    """
    assert run.free == _FREE - set(fixed)
    told = {name: run.told[name] for name in run.told.keys() - _AS_ASKED}
    assert {name: run.settings[name] for name in told} == told
    asked = {name: run.given[name] for name in run.given.keys() & _AS_ASKED}
    assert {name: run.settings[name] for name in asked} == asked | {
        name: run.gan.jit_compile for name in asked if name == "jit_compile"
    }
    assert run.settings["data"] == run.data.facts
