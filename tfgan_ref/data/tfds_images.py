"""Any image data set of TensorFlow Datasets, by its registered name."""

import contextlib
import http.client
import os
import pathlib
import urllib.error
import urllib.request

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds
from absl import logging

from tfgan_ref.data import origin
from tfgan_ref.data.source import Source
from tfgan_ref.errors import UserError, own_names, reason
from tfgan_ref.literal_path import literal

# Images of one size come out of TFDS this many at a time.
_CHUNK = 1024
_TIMEOUT_SECONDS = 10


def open_source(name: str, split: str, data_dir: str | None) -> Source:
    """Opens a TFDS data set with the feature `image`, and `label` if any.

    Args:
        name: `mnist`, `fashion_mnist`, `cifar10`, `svhn_cropped`, `celeb_a`...
        split: a TFDS split, `train` or `train[:10%]`.
        data_dir: where TFDS keeps its data sets; None is its own default.

    Raises:
        UserError: the name is unknown, the data set is neither prepared nor
            can be downloaded, it has no such split, or it holds no images.
    """
    builder = _prepared(name, data_dir)
    features = dict(builder.info.features)
    image = features.get("image")
    if not isinstance(image, tfds.features.Image):
        raise UserError(f"{name} has no feature `image`: it is no image set")
    height, width, channels = image.shape
    if channels not in (None, 1, 3) or image.np_dtype != np.uint8:
        raise UserError(
            f"{name}: grey or colour images of bytes were expected. Received: "
            f"{channels} channels of {np.dtype(image.np_dtype)}"
        )
    labelled = isinstance(features.get("label"), tfds.features.ClassLabel)
    _check_split(builder, split)
    with _errors_alone():
        data = builder.as_dataset(
            split=split,
            read_config=tfds.ReadConfig(try_autocache=False),  # We keep a copy.
            decoders=tfds.decode.PartialDecoding(
                {"image": True} | ({"label": True} if labelled else {})
            ),
        )
    if height and width:
        examples = _Examples(data.batch(_CHUNK), builder.data_dir)
        natural_size = min(height, width)
    else:
        examples = _Examples(data.batch(1), builder.data_dir)
        natural_size = min(min(image.shape[:2]) for image, _ in examples)
    return Source(
        examples=examples,
        natural_size=natural_size,
        channels=channels or 3,
        class_names=tuple(features["label"].names) if labelled else (),
    )


@contextlib.contextmanager
def _errors_alone():
    """TFDS warns of an attribute of its own that it reads itself."""
    verbosity = logging.get_verbosity()
    logging.set_verbosity(logging.ERROR)
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)


def is_reachable(builder: tfds.core.DatasetBuilder) -> bool:
    """Whether the host of the data set's files answers.

    TFDS itself tries for minutes.
    """
    urls = list(builder.url_infos or {})
    if not urls:
        return True  # Not known: let TFDS find out.
    request = urllib.request.Request(urls[0], method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS):
            return True
    except urllib.error.HTTPError:
        return True
    except (OSError, http.client.HTTPException):
        return False


class _Examples:
    """Pairs (image, label) out of a batched TFDS data set."""

    def __init__(self, batched, folder):
        self._batched = batched
        self._folder = folder

    def __iter__(self):
        try:
            for batch in self._batched.as_numpy_iterator():
                images = batch["image"]
                labels = batch.get("label", np.full(len(images), -1))
                yield from zip(images, labels, strict=True)
        except tf.errors.OpError as error:
            raise UserError(
                f"{own_names(self._folder)} is damaged: {reason(error)}. "
                "Delete it and prepare it anew"
            ) from None


def _prepared(name, data_dir):
    folder = os.path.expanduser(data_dir or origin.default_data_dir())
    try:
        builder = tfds.builder(name, data_dir=literal(folder))
    except (ImportError, ValueError, AssertionError):
        # DatasetNotFoundError is a ValueError; an unknown version, a name of
        # another package's sets.
        raise UserError(
            "Unknown dataset. Expected: digits, emoji, idx:FOLDER, "
            "folder:FOLDER or the name of a TFDS image dataset. "
            f"Received: {name!r}"
        ) from None
    if builder.is_prepared():
        return builder
    cause = "its host does not answer"
    if is_reachable(builder):
        try:
            pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
            builder.download_and_prepare()
            return builder
        except Exception as error:
            # Whatever the network, the disk and a hundred data sets raise.
            cause = f"{type(error).__name__}: {reason(error)}"
    raise UserError(
        f"{name} is not prepared in {own_names(builder.data_dir)} and cannot "
        f"be downloaded ({cause}); tools/prepare_data.py knows other sources "
        "for mnist and fashion_mnist"
    )


def _check_split(builder, split):
    splits = builder.info.splits
    try:
        # tfds.testing.mock_data knows no splits, and has any.
        count = splits[split].num_examples if splits else 1
    except (KeyError, ValueError):
        count = 0
    if count < 1:
        raise UserError(
            f"{builder.name} has the splits {', '.join(splits)} and parts of "
            f"them. Received: {split!r}"
        )
