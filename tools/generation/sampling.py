"""Samples by seed, of a class where the model can tell."""

from __future__ import annotations

import numpy as np

from tfgan_ref.errors import UserError
from tools.generation import classes
from tools.generation.pictures import to_uint8

_CHUNK = 1024  # Samples in memory as floats.
_TRIES = 1000  # Samples looked at for each that is wanted, at most.


def choose(model, name, count: int, first: int, truncation: float = 1.0):
    """Seeds to draw, and the class to ask for with each.

    Args:
        model: `tfgan_ref.inference.Model`.
        name: of the class that all are to be of, or None: of a conditional
            model one class after another.
        count: int >= 1, how many seeds.
        first: int, the seed to begin with.
        truncation: of the samples.

    Returns:
        int64 `[count]`, and the same of what `model.asks_for`, or None.

    Raises:
        UserError: as of `classes.index` and `seeds_of_class`.
    """
    seeds = np.arange(first, first + count)
    if model.is_conditional:
        if name is None:
            return seeds, seeds % len(classes.names(model))
        return seeds, np.full(count, classes.index(model, name))
    if name is None:
        return seeds, None
    label = classes.index(model, name)
    if model.asks_for:
        return seeds, np.full(count, label)
    return seeds_of_class(model, label, count, first, truncation), None


def draw(
    model, seeds, truncation: float = 1.0, labels=None, text=None
) -> np.ndarray:
    """The samples of some seeds.

    Args:
        model: `tfgan_ref.inference.Model`.
        seeds: int64 `[count]`, count >= 1.
        truncation: in [0, 1], see `priors.Prior.truncate`.
        labels: int64 `[count]` of what `model.asks_for`, or None.
        text: of all samples, of a model that is asked for one, else None.

    Returns:
        uint8 `[count, height, width, channels]`.
    """

    def some(rows):
        asked = {} if labels is None else {model.asks_for: labels[rows]}
        if text is not None:
            asked["text"] = [text] * len(seeds[rows])
        return to_uint8(model.sample(seeds[rows], truncation, **asked))

    starts = range(0, len(seeds), _CHUNK)
    return np.concatenate([some(slice(i, i + _CHUNK)) for i in starts])


def seeds_of_class(model, label: int, count: int, first: int, truncation=1.0):
    """The first seeds whose samples the model itself takes for a class.

    Args:
        model: with a signature `classify`.
        label: int, index of the class.
        count: int >= 1, how many seeds.
        first: int, the seed to begin with.
        truncation: of the samples.

    Returns:
        int64 `[count]`.

    Raises:
        UserError: the model cannot classify, or makes hardly any such sample.
    """
    model.signature("classify")
    found: list[int] = []
    chunk = max(count, 64)
    for start in range(first, first + _TRIES * count, chunk):
        seeds = np.arange(start, start + chunk)
        images = model.sample(seeds, truncation)
        classes = model.call("classify", images=images)["classes"]
        found += seeds[classes == label].tolist()
        if len(found) >= count:
            return np.array(found[:count])
    raise UserError(
        f"{model.path}: {_TRIES * count} samples were looked at, and "
        f"{len(found)} are of class {label}; {count} were wanted"
    )
