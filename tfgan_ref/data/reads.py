"""Reading in threads that are not Python's, until the interpreter ends.

A thread of TensorFlow that waits for the interpreter when that has begun to end
never goes on, and whoever deletes its data set waits for it for ever.
"""

from __future__ import annotations

import atexit
import threading
import time

import numpy as np

_QUIET_SECONDS = 0.1  # Whoever reads ahead has begun the next long before.

_active: set[int] = set()  # Threads.
_state = {"last": 0.0, "has_ended": False}


def read(array, indices: np.ndarray) -> np.ndarray:
    """`array[indices]`; zeros at the end, when nobody looks at them.

    Args:
        array: an array or `Rows`.
        indices: int `[n]`.
    """
    thread = threading.get_ident()
    _active.add(thread)
    try:
        if _state["has_ended"]:
            return np.zeros((len(indices), *array.shape[1:]), array.dtype)
        return array[indices]
    finally:
        _state["last"] = time.monotonic()
        _active.discard(thread)


@atexit.register
def _end():
    """Waits until all that are read ahead are there."""
    _state["has_ended"] = True
    while _active or time.monotonic() < _state["last"] + _QUIET_SECONDS:
        time.sleep(_QUIET_SECONDS / 10)
