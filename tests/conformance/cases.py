"""The small builds of every model, which the models' tests define.

`tests/models/foo_test.py` has `CASES`: name -> function without arguments that
builds a small GAN of `tfgan_ref/models/foo.py`, not compiled. Those that it
names in `SLOW` are for `make conformance` alone.
"""

import ast
import importlib
import pathlib

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.replicas import values_of
from tfgan_ref import models
from tfgan_ref.layers import noise

BATCH = 6
_MODELS = pathlib.Path(models.__file__).parent
_TESTS = pathlib.Path(__file__).parents[1] / "models"


def names():
    """The modules of models/ that build a GAN."""
    return sorted(
        path.stem for path in _MODELS.glob("*.py") if _builds(path.read_text())
    )


def _builds(source):
    return any(
        isinstance(node, ast.FunctionDef) and node.name.startswith("build")
        for node in ast.parse(source).body
    )


def cases_of(name):
    """The `CASES` of a module of models/, empty if there are none."""
    if not (_TESTS / f"{name}_test.py").exists():
        return {}
    module = importlib.import_module(f"tests.models.{name}_test")
    return getattr(module, "CASES", {})


def _marks(name, case):
    module = importlib.import_module(f"tests.models.{name}_test")
    is_slow = case in getattr(module, "SLOW", ())
    return [pytest.mark.conformance] if is_slow else []


def every():
    """All cases of all models, for `pytest.mark.parametrize` and fixtures."""
    return [
        pytest.param(build, id=f"{name}-{case}", marks=_marks(name, case))
        for name in names()
        for case, build in cases_of(name).items()
    ]


def in_both_ways():
    """All cases and whether steps are eager, which takes less time.

    Those in graphs are for `make conformance`.
    """
    return [
        pytest.param(
            (*case.values, is_eager),
            id=case.id + "-eager" * is_eager,
            marks=[
                *case.marks,
                *([] if is_eager else [pytest.mark.conformance]),
            ],
        )
        for case in every()
        for is_eager in (True, False)
    ]


def compiled(build, **protocol):
    """The GAN of a case with Adam, whose first steps do not magnify rounding.

    Without a large epsilon they would be the gradients' signs.
    """
    gan = build()
    adam = {"learning_rate": 0.01, "beta_1": 0.5, "epsilon": 0.01}
    optimizers = {
        name: keras.optimizers.Adam(**adam) for name in gan.optimizer_names
    }
    gan.compile(**optimizers, **protocol)
    return gan


def minibatches(gan, steps, first=0):
    """Those of some steps, each a function of its number.

    Args:
        gan: compiled.
        steps: int.
        first: int, of which step they begin.

    Returns:
        `tf.data.Dataset` that ends.
    """
    k = gan.minibatches_per_step
    drawn = [_minibatch(gan, k * first + i) for i in range(k * steps)]
    rows = tf.nest.map_structure(lambda *parts: np.concatenate(parts), *drawn)
    return tf.data.Dataset.from_tensor_slices(rows).batch(
        BATCH, drop_remainder=True
    )


def _minibatch(gan, number):
    """Images or points in [-1, 1], darker from row to row; labels 0 and 1."""
    rng = np.random.default_rng(number)

    def draw(spec):
        if spec.dtype.is_integer:
            return rng.integers(0, 2, spec.shape, spec.dtype.as_numpy_dtype)
        low = np.linspace(-1, 0.2, BATCH).reshape(
            -1, *[1] * (spec.shape.rank - 1)
        )
        return np.float32(rng.uniform(low, 1, spec.shape))

    return tf.nest.map_structure(draw, gan.minibatch_spec(BATCH))


def fit(gan, steps):
    """The steps after those that were made; the means of all metrics."""
    history = gan.fit(
        # Workers ask each other before each step of data that end.
        minibatches(gan, steps, int(gan.step.numpy())).repeat(),
        steps_per_epoch=steps,
        shuffle=False,
        verbose=0,
    )
    return {name: values[-1] for name, values in history.history.items()}


def state_of(gan):
    """Values of all variables, those of the optimizers too, by path."""
    variables = list(gan.variables)
    for name in sorted(gan.optimizer_names):
        variables += getattr(gan, name).variables
    return values_of(variables)


def is_noisy(gan):
    """Whether a layer draws noise, which is another one on each replica."""
    return any(
        isinstance(layer, (noise.GaussianNoise, noise.Dropout))
        for network in gan.networks.values()
        for layer in network._flatten_layers()
    )
