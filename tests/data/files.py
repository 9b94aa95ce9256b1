"""Pictures on the disk, and what is said of them."""

import logging

import numpy as np
from PIL import Image

# Two rows of three pixels, every value its own.
GREY = np.array([[10, 60, 110], [160, 210, 250]], np.uint8)
COLOUR = np.array(
    [
        [[250, 5, 15], [30, 240, 20], [40, 50, 230]],
        [[90, 80, 70], [200, 190, 20], [255, 0, 128]],
    ],
    np.uint8,
)


def save(path, pixels, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **options)


def noise(height, width, seed):
    """Hardly compressible: half of its file is half of its pixels."""
    return np.random.default_rng(seed).integers(
        0, 256, [height, width, 3], np.uint8
    )


def halve(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def assert_one_line(caught, *parts):
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    for part in parts:
        assert str(part) in message


def warned_of(caplog):
    """The messages of the warnings."""
    return [
        entry.getMessage()
        for entry in caplog.records
        if entry.levelno == logging.WARNING
    ]
