"""How the flags of recipes.common.encoders show in what is built."""

import inspect

from tests.recipes.flag_checks import seen
from tfgan_ref.evaluation import encoding

DEFAULTS = {
    "eval_every": 5000,
    "test_split": "test",
    "neighbours": 50_000,
}
# Of image_checks.OTHERS, which trains on the test split.
OTHERS = {"test_split": "train", "neighbours": 40}


def parts(evaluate):
    """The evaluations that one of `result.together` is of."""
    if not inspect.isfunction(evaluate):
        return [evaluate]
    inner = inspect.getclosurevars(evaluate).nonlocals["evaluations"]
    return [one for each in inner for one in parts(each)]


def kinds(run):
    return {type(one) for one in parts(run.evaluate)}


def neighbours(run, value):
    """So many of the training images, or all."""
    (one,) = (
        one
        for one in parts(run.evaluate)
        if isinstance(one, encoding.NearestNeighbour)
    )
    images, labels = one._train
    assert len(images) == len(labels) == min(value, len(run.data))


def evaluation(run):
    """Reconstructions and neighbours, of another split."""
    assert {encoding.Reconstruction, encoding.NearestNeighbour} <= kinds(run)
    assert run.config.highest == (run.config.keep_best == "recall/pixels")


CHECKS = {
    "test_split": seen(lambda run: run.opened[1][1]),
    "neighbours": neighbours,
}
