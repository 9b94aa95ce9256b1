"""What a recipe builds: its `main` is run up to `training.train`."""

import dataclasses
import functools
import inspect
from typing import Any

import keras
import numpy as np
import pytest
from absl import flags

from tests.recipes import alone, flag_checks
from tests.recipes.built import Run
from tfgan_ref import runtime
from tfgan_ref.data import images, origin
from tfgan_ref.data.source import Source
from tfgan_ref.training import run as training


@dataclasses.dataclass(frozen=True)
class Unset:
    """What a flag that is not given becomes."""

    value: Any


class _Built(Exception):
    """What follows is training, and no matter here."""


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

        The flags of a command line, or all if it has none.
        """
        return [
            (name, what)
            for name, given in self.runs.items()
            for what in [*(given or self.defaults), *self.facts]
        ]

    def tests(self):
        """The three tests of a recipe, to be named in its file."""

        @pytest.mark.parametrize(("run", "what"), self.cells())
        def what_is_built(run, what):
            self.check(run, what)

        @pytest.mark.parametrize("run", self.runs)
        def other_flags_are_as_by_default(run):
            self.check_others(run)

        def no_flag_is_left_out():
            self.check_complete()

        return what_is_built, other_flags_are_as_by_default, no_flag_is_left_out

    def check(self, name, what):
        """Looks at one cell."""
        run = self.run(name)
        if what in self.facts:
            self.facts[what](run)
        else:
            self.checks[what](run, run.told[what])

    def check_others(self, name):
        """Looks at the flags that are not of the run's command line."""
        for flag in self.checks.keys() - self.runs[name].keys():
            try:
                self.check(name, flag)
            except Exception as error:
                raise AssertionError(f"--{flag} is not as it was") from error

    def check_complete(self):
        """Every flag is looked at, with a second value as well.

        A dry run is left out: it trains nothing, and other tests hold that;
        so are several seeds, which are several runs.
        """
        names = self.run("defaults").names - {"seeds"}
        assert names == {*self.checks, "dry_run"}
        assert self.defaults.keys() == self.checks.keys()
        changed = {
            flag
            for given in self.runs.values()
            for flag, value in given.items()
            if value not in (self.defaults[flag], Unset(self.defaults[flag]))
        }
        untried = {*self.untried, *flag_checks.ELSEWHERE, "dry_run"}
        assert names - changed == untried


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
    opened, loaded, devices, received = [], [], [], {}

    def open_source(name, split, data_dir, background):
        opened.append((name, split, data_dir))
        return _source(name, split)

    def load(name, **how):
        loaded.append(how)
        return loaded_before(name, **how)

    def make_strategy(name="one_device", virtual_devices=1, *timeout):
        devices.append(virtual_devices)
        return made(name, virtual_devices, *timeout)

    def train(*args, **kwargs):
        bound = inspect.signature(trained).bind(*args, **kwargs)
        bound.apply_defaults()
        received.update(bound.arguments)
        raise _Built

    trained, made = training.train, runtime.make_strategy
    loaded_before = images.load
    with (
        alone.imported(recipe) as module,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(training, "train", train)
        patch.setattr(runtime, "make_strategy", make_strategy)
        patch.setattr(images, "_open", open_source)
        patch.setattr(images, "load", load)
        patch.setattr(origin, "find", lambda *_: None)
        flags.FLAGS([recipe, f"--workdir={defaults['workdir']}", *arguments])
        try:
            with pytest.raises(_Built):
                module.main()
        finally:
            keras.config.set_dtype_policy("float32")
        names = {flag.name for flag in alone.flags_of_recipes()}
    return Run(
        told=defaults | values,
        given=said,
        names=names,
        opened=opened,
        loaded=loaded,
        devices=devices,
        **received,
    )


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
    return Source(
        list(zip(pixels, labels, strict=True)),
        pixels.shape[1],
        pixels.shape[-1],
        tuple("0123456789"),
        captions=[f"a {k}, {n % 7} days old" for n, k in enumerate(labels)],
    )
