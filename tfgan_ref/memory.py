"""What the C library does with the memory of large buffers."""

import ctypes
import sys

import tensorflow as tf

# Of mallopt(3): what is mapped anew, and what is given back. So much each
# grows to by itself where nobody sets them.
_MMAP_THRESHOLD, _MAPPED = -3, 32 * 2**20
_TRIM_THRESHOLD, _GIVEN_BACK = -1, 64 * 2**20


def reuse() -> None:
    """Lets large buffers take memory that others have left, as by default.

    The first input pipeline for several devices makes glibc map memory anew
    for all above 128 KB (TensorFlow 2.21, against a leak of Python 3.11). In a
    DCGAN step of 200 ms that is 7,000 page faults and 20 ms. Other C libraries
    have no such setting.
    """
    if not sys.platform.startswith("linux"):
        return
    library = ctypes.CDLL(None)
    if not hasattr(library, "mallopt"):
        return
    # TensorFlow does it once in a process: now, and not later.
    one = tf.data.Dataset.from_generator(
        lambda: iter([0]), output_signature=tf.TensorSpec((), tf.int32)
    )
    next(iter(one))
    library.mallopt(_MMAP_THRESHOLD, _MAPPED)
    library.mallopt(_TRIM_THRESHOLD, _GIVEN_BACK)
