"""Images of any shape brought to a square of one size."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageOps

from tfgan_ref.data.source import Source
from tfgan_ref.picture_files import WHITE, Colour

METHODS = ("crop", "pad", "stretch")


def fit(
    image: np.ndarray,
    size: int,
    channels: int,
    *,
    method: str = "crop",
    background: Colour = WHITE,
) -> np.ndarray:
    """Brings one image to a size, with antialiasing where it shrinks.

    Args:
        image: uint8 `[height, width, 1 or 3]`.
        size: height and width in pixels.
        channels: 1 or 3.
        method: `crop` takes the middle square, `pad` adds to the shorter
            sides, `stretch` bends the image.
        background: red, green and blue of what `pad` adds.

    Returns:
        uint8 `[size, size, channels]`.
    """
    if image.shape == (size, size, channels):
        return image
    picture = Image.fromarray(image if image.shape[-1] == 3 else image[..., 0])
    picture = picture.convert("L" if channels == 1 else "RGB")
    # Pillow widens its filter where it shrinks: that is the antialiasing.
    bicubic, shape = Image.Resampling.BICUBIC, (size, size)
    if method == "crop":
        picture = ImageOps.fit(picture, shape, bicubic)
    elif method == "stretch":
        picture = picture.resize(shape, bicubic)
    else:
        sides = (max(1, s * size // max(picture.size)) for s in picture.size)
        picture = picture.resize([*sides], bicubic)
        ground = Image.new("RGB", shape, background).convert(picture.mode)
        left, top = ((size - side) // 2 for side in picture.size)
        ground.paste(picture, (left, top))
        picture = ground
    return np.asarray(picture).reshape(size, size, channels)


def natural_size(source: Source, method: str) -> int:
    """The size in pixels that enlarges no image: in `pad` the longer sides."""
    if method != "pad" or not source.sizes:
        return source.natural_size
    return min(max(size) for size in source.sizes)


def tell_loss(source: Source) -> None:
    """Warns where the middle squares leave much of the images out."""
    # A photograph of 3:2 is not yet one.
    long = [size for size in source.sizes if 3 * min(size) < 2 * max(size)]
    if long:
        longest = max(long, key=lambda size: max(size) / min(size))
        source.notes.warn(
            f"{len(long):,} of {len(source.sizes):,} images lose more than a "
            "third to the crop to a square, the longest, "
            f"{longest[0]}x{longest[1]}, {1 - min(longest) / max(longest):.0%}:"
            " --fit=pad and --fit=stretch keep all"
        )
