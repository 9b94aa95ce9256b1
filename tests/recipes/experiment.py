"""What a recipe builds: its `main` is run up to `training.train`.

Recipes have flags of the same names, so that a process can import only one of
them. Here each is imported anew, beside no other, and then forgotten.
"""

import contextlib
import dataclasses
import functools
import importlib
import inspect
import sys
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from absl import flags
from absl.testing import flagsaver

from tfgan_ref import training
from tfgan_ref.data import images, origin
from tfgan_ref.data.source import Source

PLAYERS = ("generator", "discriminator")
# Of three updates, the gradients of six parameters: epsilon and its place
# show in the small ones.
GRADIENTS = np.outer(
    [1.0, 0.0, -0.3], [1.0, -1e-2, 1e-5, -1e-7, 1e-8, -1e-9]
).astype(np.float32)


@dataclasses.dataclass(frozen=True)
class Unset:
    """What a flag that is not given becomes."""

    value: Any


@dataclasses.dataclass
class Run:
    """What `training.train` got, and how it came about.

    `told` is flag -> the value that should be seen; `given` are those of the
    command line; `opened` are data sets, as (name, split, data_dir).
    """

    told: dict[str, Any]
    given: dict[str, Any]
    names: set[str]
    opened: list[tuple]
    gan: Any
    data: Any
    config: training.Config
    settings: dict[str, Any]
    free: frozenset[str]
    stream: Any
    evaluate: Any
    draw: Any
    sample_count: int

    @functools.cached_property
    def minibatch(self):
        """The stream's first minibatch, a tuple of arrays."""
        stream = self.stream(
            self.data, self.config.batch_size, seed=self.config.seed
        )
        return tuple(x.numpy() for x in tf.nest.flatten(next(iter(stream))))

    @functools.cached_property
    def moves(self):
        """Of each player, six parameters after each update of GRADIENTS."""
        return {player: self._moved(player) for player in PLAYERS}

    def _moved(self, player):
        optimizer = getattr(self.gan, f"{player}_optimizer")
        first = getattr(self.gan, player).trainable_variables[0]
        places = []
        with unchanged([first, *optimizer.variables]):
            fill([first], 0.0)
            for gradients in GRADIENTS:
                optimizer.apply([np.resize(gradients, first.shape)], [first])
                places.append(first.numpy().ravel()[: len(gradients)])
        return np.array(places)

    def rates(self, player, steps):
        """The learning rate at each of the steps."""
        optimizer = getattr(self.gan, f"{player}_optimizer")
        rates = []
        with unchanged([optimizer.iterations]):
            for step in steps:
                optimizer.iterations.assign(step)
                rates.append(tf.convert_to_tensor(optimizer.learning_rate))
        return rates

    def decay(self, player):
        """How much of the average a late step keeps; 0 without an average."""
        average = getattr(self.gan, f"ema_{player}")
        if average is None:
            return 0.0
        network = getattr(self.gan, player)
        owned = [self.gan.step, *average.variables, *network.variables]
        with unchanged(owned):
            self.gan.step.assign(10**9)
            fill(network.variables, 0.0)
            fill(average.variables, 1.0)
            self.gan.after_step()
            return float(np.mean(average.variables[0]))


@dataclasses.dataclass(frozen=True, eq=False)
class Experiment:
    """Every flag of a recipe, and where it shows in what is built.

    Attributes:
        recipe: its module.
        defaults: flag -> what is seen where it is not given.
        runs: name -> flag -> value, or `Unset`.
        checks: flag -> function of a `Run` and of the value to be seen.
        facts: name -> function of every `Run`.
        untried: flags that have no second value here.
    """

    recipe: str
    defaults: dict[str, Any]
    runs: dict[str, dict[str, Any]]
    checks: dict[str, Any]
    facts: dict[str, Any]
    untried: frozenset[str] = frozenset({"workdir"})

    @functools.cache  # noqa: B019
    def run(self, name):
        """The run of that name, built when it is first asked for."""
        return build(self.recipe, self.defaults, self.runs[name])

    def cells(self):
        """What is to be looked at: pairs of a run and a flag or fact.

        Without flags all are looked at, else those of the command line.
        """
        return [
            (name, what)
            for name, given in self.runs.items()
            for what in [*(given or self.defaults), *self.facts]
        ]

    def check(self, name, what):
        """Looks at one cell."""
        run = self.run(name)
        if what in self.facts:
            self.facts[what](run)
        else:
            self.checks[what](run, run.told[what])

    def check_complete(self):
        """Every flag is looked at, with a second value as well.

        A dry run is left out: it trains nothing, and other tests hold that.
        """
        names = self.run("defaults").names
        assert names == {*self.checks, "dry_run"}
        assert self.defaults.keys() == self.checks.keys()
        changed = {
            flag
            for given in self.runs.values()
            for flag, value in given.items()
            if value not in (self.defaults[flag], Unset(self.defaults[flag]))
        }
        assert names - changed == {*self.untried, "dry_run"}


def build(recipe, defaults, given):
    """Runs a recipe in this process.

    Args:
        recipe: its module.
        defaults: flag -> what is seen where it is not given.
        given: flag -> value, or `Unset` where others decide what it becomes.
    """
    values = {
        name: value.value if isinstance(value, Unset) else value
        for name, value in given.items()
    }
    said = {n: v for n, v in given.items() if not isinstance(v, Unset)}
    arguments = [f"--{name}={value}" for name, value in said.items()]
    opened, received = [], {}

    def open_source(name, split, data_dir):
        opened.append((name, split, data_dir))
        return _source(name, split)

    def train(*args, **kwargs):
        bound = inspect.signature(trained).bind(*args, **kwargs)
        bound.apply_defaults()
        received.update(bound.arguments)

    trained = training.train
    with _alone(recipe) as module, pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "train", train)
        patch.setattr(images, "_open", open_source)
        patch.setattr(origin, "find", lambda *_: None)
        flags.FLAGS([recipe, f"--workdir={defaults['workdir']}", *arguments])
        try:
            assert module.main() == 0
        finally:
            keras.config.set_dtype_policy("float32")
        names = {flag.name for flag in _flags_of_recipes()}
    return Run(
        told=defaults | values,
        given=said,
        names=names,
        opened=opened,
        **received,
    )


def shapes(network):
    """Of the trainable weights, a list of tuples."""
    return [tuple(x.shape) for x in network.trainable_variables]


def fill(variables, value):
    for variable in variables:
        variable.assign(tf.fill(variable.shape, value))


@contextlib.contextmanager
def unchanged(variables):
    """They have their values again in the end."""
    values = [variable.numpy() for variable in variables]
    try:
        yield
    finally:
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)


@functools.cache
def examples(name, split):
    """Images and labels that stand for a data set, of 10 classes."""
    colour = name in ("cifar10", "svhn_cropped")
    count = 31 if split == "test" else 29 if colour else 510
    shape = (32, 32, 3) if colour else (28, 28, 1)
    rng = np.random.default_rng([count, len(name)])
    pixels = rng.integers(0, 256, (count, *shape), np.uint8)
    return pixels, rng.permutation(np.arange(count) % 10).astype(np.int32)


def _source(name, split):
    pixels, labels = examples(name, split)
    pairs = list(zip(pixels, labels, strict=True))
    return Source(pairs, pixels.shape[1], pixels.shape[-1], tuple("0123456789"))


@contextlib.contextmanager
def _alone(recipe):
    state = vars(flags.FLAGS)
    saved = _copy(state)
    modules = _forget_recipes()
    for flag in _flags_of_recipes():
        delattr(flags.FLAGS, flag.name)
    try:
        with flagsaver.flagsaver():
            yield importlib.import_module(recipe)
    finally:
        state.update(saved)
        _forget_recipes()
        sys.modules.update(modules)


def _forget_recipes():
    names = [x for x in sys.modules if x.partition(".")[0] == "recipes"]
    return {name: sys.modules.pop(name) for name in names}


def _flags_of_recipes():
    by_module = flags.FLAGS.flags_by_module_dict()
    return [
        flag
        for module, own in by_module.items()
        if module.startswith("recipes.")
        for flag in own
    ]


def _copy(value):
    if isinstance(value, dict):
        return {key: _copy(part) for key, part in value.items()}
    return list(value) if isinstance(value, list) else value
