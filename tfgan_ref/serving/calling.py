"""Calls of a signature, some rows at a time."""

from __future__ import annotations

import math
import pathlib
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from tfgan_ref.errors import UserError, reason
from tfgan_ref.serving.served import inputs_of

# Of one call, so that no request is too large for the memory: what comes in
# and goes out, which the network's own tensors are some tens of times.
_BYTES = 2**22
_ROWS = 256  # More at a time are no faster.


def call(
    path: pathlib.Path, name: str, function, given: Mapping
) -> dict[str, np.ndarray]:
    """Calls it.

    Args:
        path: where it was loaded from, for messages.
        name: of the signature.
        function: the signature.
        given: name of an input -> array, equally many rows of each.

    Returns:
        The outputs by name, as many rows.

    Raises:
        UserError: the inputs, their shapes or their types are not its own, or
            TensorFlow refuses the values.
    """
    arrays = _arrays(path, name, inputs_of(function), given)
    counts = {key: len(array) for key, array in arrays.items()}
    count, *others = set(counts.values())
    if others:
        raise UserError(
            f"{path}: equally many rows of each input of {name} were "
            f"expected. Received: {counts}"
        )
    if not count:
        return _no_rows(function)
    size = _rows_per_call(function)
    parts = []
    for first in range(0, count, size):
        rows = {
            key: tf.constant(array[first : first + size])
            for key, array in arrays.items()
        }
        parts.append(_checked(function, name, rows))
    return {
        key: np.concatenate([part[key] for part in parts]) for key in parts[0]
    }


def _arrays(path, name, specs, given):
    """What is given, as a signature takes it."""
    if given.keys() != specs.keys():
        raise UserError(
            f"{path}: {name} takes {', '.join(sorted(specs))}. "
            f"Received: {', '.join(sorted(given))}"
        )
    arrays = {
        key: _array(f"`{key}` of {name}", given[key], spec.dtype)
        for key, spec in specs.items()
    }
    for key, array in arrays.items():
        if not specs[key].shape.is_compatible_with(array.shape):
            raise UserError(
                f"{path}: `{key}` of {name} must be of shape "
                f"{specs[key].shape.as_list()}. Received: {list(array.shape)}"
            )
    return arrays


def _rows_per_call(function):
    specs = *inputs_of(function).values(), *function.structured_outputs.values()
    sizes = [
        max(spec.dtype.size, 1) * math.prod(spec.shape[1:]) for spec in specs
    ]
    return min(max(_BYTES // max(sizes), 1), _ROWS)


def _no_rows(function):
    """What a call without rows gives: many layers take none."""
    return {
        key: np.zeros([0, *spec.shape[1:]], spec.dtype.as_numpy_dtype)
        for key, spec in function.structured_outputs.items()
    }


def _array(what, given, dtype):
    """As an array of a type, which holds what was given."""
    try:
        found = np.asarray(given)
        array = np.asarray(given, dtype.as_numpy_dtype)
    except (OverflowError, TypeError, ValueError) as error:
        raise UserError(
            f"{what} must be {dtype.name}. Received: {reason(error)}"
        ) from None
    if dtype.is_integer and not np.array_equal(found, array):
        shown = " ".join(str(given).split())
        raise UserError(f"{what} must be {dtype.name}. Received: {shown:.60}")
    return array


def _checked(function, name, rows):
    try:
        outputs = function(**rows)
    except tf.errors.InvalidArgumentError as error:
        raise UserError(f"{name}: {reason(error)}") from None
    return {key: value.numpy() for key, value in outputs.items()}
