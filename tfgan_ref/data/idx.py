"""`idx:FOLDER`: the four gzipped IDX files of MNIST and its kin.

The format: two zero bytes, a type code (8: unsigned byte), the number of
dimensions, each dimension as a big-endian 32-bit integer, the values.

Reference:
    LeCun, Cortes, Burges, The MNIST database of handwritten digits.
"""

import gzip
import io
import math
import pathlib
import struct
import zlib

import numpy as np

from tfgan_ref import inputs
from tfgan_ref.data.source import Source
from tfgan_ref.errors import UserError, reason

PREFIXES = {"train": "train", "test": "t10k"}
_UNSIGNED_BYTE = 8
_LIMIT = 2**32  # Bytes, unpacked.


def open_source(folder: str, split: str) -> Source:
    """Opens one split of a folder with the four files.

    Args:
        folder: holds `train-images-idx3-ubyte.gz` and its three siblings.
        split: `train` or `test`.

    Raises:
        UserError: the split is unknown, or a file is missing, cut short, not
            IDX, or at odds with its sibling.
    """
    images_path, labels_path = paths(pathlib.Path(folder), split)
    images, labels = read(images_path, rank=3), read(labels_path, rank=1)
    if len(images) != len(labels) or not len(images):
        raise UserError(
            f"{folder}: as many images as labels were expected. "
            f"Received: {len(images)} images, {len(labels)} labels"
        )
    return Source(
        examples=list(zip(images[..., None], labels, strict=True)),
        natural_size=min(images.shape[1:]),
        channels=1,
        class_names=tuple(str(k) for k in range(int(labels.max()) + 1)),
    )


def paths(folder: pathlib.Path, split: str) -> list[pathlib.Path]:
    """The files of a split: its images, its labels.

    Raises:
        UserError: the split is unknown.
    """
    if split not in PREFIXES:
        raise UserError(
            f"idx has the splits {', '.join(PREFIXES)}. Received: {split!r}"
        )
    return [
        folder / f"{PREFIXES[split]}-{kind}-ubyte.gz"
        for kind in ("images-idx3", "labels-idx1")
    ]


def read(path: pathlib.Path, rank: int) -> np.ndarray:
    """Reads one gzipped IDX file of unsigned bytes.

    Args:
        path: the file.
        rank: how many dimensions it must have.

    Returns:
        uint8 array with `rank` dimensions.

    Raises:
        UserError: the file is missing, cut short, or not such a file.
    """
    content = unpack(path)
    header = 4 + 4 * rank
    if content[:4] != bytes((0, 0, _UNSIGNED_BYTE, rank)):
        raise UserError(
            f"{path} is not an IDX file of {rank}-dimensional unsigned bytes. "
            f"Received: first bytes {content[:4].hex() or 'none'}"
        )
    if len(content) < header:
        raise UserError(f"{path} is cut short in its header")
    shape = struct.unpack(f">{rank}I", content[4:header])
    if not all(shape[1:]):
        raise UserError(
            f"{path}: images with pixels were expected. "
            f"Received: {shape[0]} of {'x'.join(map(str, shape[1:]))}"
        )
    if len(content) - header != math.prod(shape):
        raise UserError(
            f"{path}: {math.prod(shape)} values were expected. "
            f"Received: {len(content) - header}"
        )
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def unpack(path: pathlib.Path) -> bytes:
    """Returns the content of a gzipped file.

    Raises:
        UserError: it is missing, cut short, damaged, or not gzipped.
    """
    content = inputs.read_bytes(path)
    try:
        with gzip.open(io.BytesIO(content)) as file:
            unpacked = file.read(_LIMIT + 1)
    except OSError as error:  # BadGzipFile is one.
        raise UserError(f"Cannot read {path}: {reason(error)}") from None
    except (EOFError, zlib.error) as error:
        raise UserError(f"{path} is cut short or damaged: {error}") from None
    if len(unpacked) > _LIMIT:
        raise UserError(f"{path}: more than {_LIMIT:,} bytes are packed in it")
    return unpacked
