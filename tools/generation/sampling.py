"""Samples by seed, of a class where the model can tell."""

from __future__ import annotations

import numpy as np

from tfgan_ref.errors import UserError
from tools.generation.pictures import to_uint8

_CHUNK = 1024  # Samples in memory as floats.
_TRIES = 1000  # Samples looked at for each that is wanted, at most.


def draw(model, seeds, truncation: float = 1.0) -> np.ndarray:
    """The samples of some seeds.

    Args:
        model: `tfgan_ref.inference.Model`.
        seeds: int64 `[count]`, count >= 1.
        truncation: in [0, 1], see `priors.Prior.truncate`.

    Returns:
        uint8 `[count, height, width, channels]`.
    """
    return np.concatenate(
        [
            to_uint8(model.sample(seeds[i : i + _CHUNK], truncation))
            for i in range(0, len(seeds), _CHUNK)
        ]
    )


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


def index_of_class(model, name: str) -> int:
    """The index of a class by its name, or by the index itself.

    Raises:
        UserError: there is no such class.
    """
    outputs = model.signature("classify").structured_outputs
    count = outputs["probabilities"].shape[-1]
    if name in model.class_names:
        return model.class_names.index(name)
    if name.isdecimal() and int(name) < count:
        return int(name)
    known = ", ".join(model.class_names) or f"0 to {count - 1}"
    raise UserError(f"There is no class {name}. There are: {known}")
