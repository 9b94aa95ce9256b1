"""Pairs of pictures: one that is given, and one that is to be made of it.

The given one is made of the other by a degradation, or is a picture of the same
file name in another folder.
"""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

from tfgan_ref.data import folder as picture_folder
from tfgan_ref.data import minibatches
from tfgan_ref.data.degradations import KINDS
from tfgan_ref.data.images import Images
from tfgan_ref.data.notes import shown
from tfgan_ref.data.rows import Rows
from tfgan_ref.errors import UserError
from tfgan_ref.picture_files import parse_colour


@dataclasses.dataclass(frozen=True, eq=False)
class Pairs(Images):
    """A data set of targets, `images`, and beside each its source.

    Attributes:
        sources: uint8 `[count, height, width, channels]`, an array or `Rows`,
            what the images are to be made of; as high and wide.
        pair: what the sources are: the name of a degradation, or the SHA-256
            of pictures.
    """

    sources: np.ndarray | Rows = dataclasses.field(kw_only=True)
    pair: str = dataclasses.field(kw_only=True)

    @property
    def facts(self) -> dict[str, object]:
        """As of `Images`, and what the sources are."""
        return super().facts | {"pair": self.pair}

    @property
    def joined(self) -> Images:
        """Images of the channels of the targets, and then of the sources."""
        *size, channels = self.images.shape
        shape = (*size, channels + self.sources.shape[-1])

        def read(places):
            return np.concatenate(
                [self.images[places], self.sources[places]], -1
            )

        return Images(self.name, Rows(shape, read), self.labels)

    def some(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Targets and sources of some pairs, always the same.

        Args:
            count: int, how many; all where there are fewer.

        Returns:
            Two of float32 `[count, height, width, channels]` in [-1, 1].
        """
        order = np.random.default_rng(0).permutation(len(self))
        places = np.sort(order[:count])
        targets, sources = (
            np.asarray(images[places], np.float32) / 127.5 - 1.0
            for images in (self.images, self.sources)
        )
        return targets, sources


def degraded(data: Images, kind: str) -> Pairs:
    """Pairs whose sources are what a degradation leaves of the images.

    They are made when they are read.

    Args:
        data: the targets.
        kind: of `degradations.KINDS`.

    Raises:
        UserError: there is no such degradation, or none of these images.
    """
    if kind not in KINDS:
        raise UserError(
            f"A pair is one of {', '.join(KINDS)}. Received: {kind}"
        )
    degrade = KINDS[kind]
    try:
        channels = degrade(data.images[:1]).shape[-1]
    except UserError as error:
        raise UserError(f"{data.name}, pair {kind}: {error}") from None
    shape = (*data.images.shape[:3], channels)
    sources = Rows(shape, lambda places: degrade(data.images[places]))
    return _beside(data, sources, kind)


def of_files(data: Images, sources: Images, files: Sequence[str]) -> Pairs:
    """Pairs of the pictures of two folders.

    Args:
        data: the targets.
        sources: as high and wide.
        files: of `file_names`, those of both.

    Raises:
        UserError: one of them cannot be decoded.
    """
    for images in (data, sources):
        if len(images) != len(files):
            raise UserError(
                f"{images.name}: {len(files):,} pictures were expected, those "
                "with a match, of which none is damaged. Received: "
                f"{len(images):,}"
            )
    return _beside(data, sources.images, sources.fingerprint)


def file_names(
    targets: str, sources: str, split: str, background: str = "white"
) -> Sequence[str]:
    """The names of the pictures that two folders have in common, all of them.

    Args:
        targets: path of a folder, see `folder.open_source`.
        sources: path of another.
        split: of both.
        background: a colour.

    Returns:
        The names within the folders, in the order in which they are read.

    Raises:
        UserError: a picture has no match of its name, the first is named; or
            as of `open_source`.
    """
    both = {
        path: _names(path, split, background) for path in (targets, sources)
    }
    for here, there in ((targets, sources), (sources, targets)):
        known = set(both[there])
        alone = sorted(name for name in both[here] if name not in known)
        if alone:
            raise UserError(
                f"Pictures of equal file names were expected. Received: "
                f"{shown(alone[0])} in {here}, which has no match in {there} "
                f"that can be read, the first of {len(alone):,} such files"
            )
    return both[targets]


def stream(make_stream: Callable) -> Callable:
    """A stream of pairs, of one of images whose channels are both.

    Args:
        make_stream: as `minibatches.stream`, or that with augmented images,
            which so are changed alike.

    Returns:
        A function as `make_stream`, of `Pairs`, which gives pairs of targets
        and sources.
    """

    def of_pairs(data, batch_size, **how):
        channels = data.image_shape[-1]

        @tf.autograph.experimental.do_not_convert
        def split(images):
            return images[..., :channels], images[..., channels:]

        dataset = make_stream(data.joined, batch_size, **how).map(split)
        return minibatches.endless(dataset)

    return of_pairs


def _beside(data, sources, pair):
    own = {
        field.name: getattr(data, field.name)
        for field in dataclasses.fields(Images)
    }
    pairs = Pairs(**own, sources=sources, pair=pair)
    if "fingerprint" in vars(data):  # Of the cache, which had it.
        vars(pairs)["fingerprint"] = data.fingerprint
    return pairs


def _names(path, split, background):
    folder = str(pathlib.Path(path).expanduser())
    colour = parse_colour(background)
    # What is to be told is told where the pictures are loaded.
    return picture_folder.open_source(
        folder, split, colour, is_told=False
    ).files
