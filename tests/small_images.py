"""Small data sets on the disk, with a test split or without."""

import gzip
import struct

import numpy as np

from tfgan_ref.data.images import Images


def bright(seed, count, side=8, classes=3):
    """Images whose rows are bright by their class; labels in turn."""
    generator = np.random.default_rng(seed)
    labels = np.arange(count) % classes
    pixels = generator.integers(0, 128, (count, side, side, 1))
    for image, label in zip(pixels, labels, strict=True):
        image[2 * label : 2 * label + 2] += 127
    return pixels.astype(np.uint8), labels.astype(np.int32)


def images(seed, count, **how):
    """The same as a data set."""
    return Images("bright", *bright(seed, count, **how), ("a", "b", "c"))


def write_idx(folder, **splits):
    """Writes pairs of pixels and labels, by `train` or `t10k`."""
    folder.mkdir(parents=True, exist_ok=True)
    for prefix, (pixels, labels) in splits.items():
        for kind, array in (
            ("images-idx3", pixels[..., 0]),
            ("labels-idx1", labels.astype(np.uint8)),
        ):
            header = struct.pack(
                f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape
            )
            path = folder / f"{prefix}-{kind}-ubyte.gz"
            path.write_bytes(gzip.compress(header + array.tobytes()))
    return f"idx:{folder}"
