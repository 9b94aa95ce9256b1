"""Any image data set of TensorFlow Datasets, by its registered name."""

import urllib.error
import urllib.request

import numpy as np
import tensorflow_datasets as tfds

from tfgan_ref.data.source import Source
from tfgan_ref.errors import UserError

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
    labelled = isinstance(features.get("label"), tfds.features.ClassLabel)
    try:
        data = builder.as_dataset(
            split=split,
            decoders=tfds.decode.PartialDecoding(
                {"image": True} | ({"label": True} if labelled else {})
            ),
        )
    except ValueError:
        raise UserError(
            f"{name} has the splits {', '.join(builder.info.splits)}. "
            f"Received: {split!r}"
        ) from None
    height, width, channels = image.shape
    if height and width:
        examples = _Examples(data.batch(_CHUNK))
        natural_size = min(height, width)
    else:
        examples = _Examples(data.batch(1))
        natural_size = min(min(image.shape[:2]) for image, _ in examples)
    return Source(
        examples=examples,
        natural_size=natural_size,
        channels=channels or 3,
        class_names=tuple(features["label"].names) if labelled else (),
    )


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
    except OSError:
        return False


class _Examples:
    """Pairs (image, label) out of a batched TFDS data set."""

    def __init__(self, batched):
        self._batched = batched

    def __iter__(self):
        for batch in self._batched.as_numpy_iterator():
            images = batch["image"]
            labels = batch.get("label", np.full(len(images), -1))
            yield from zip(images, labels, strict=True)


def _prepared(name, data_dir):
    try:
        builder = tfds.builder(name, data_dir=data_dir)
    except (tfds.core.DatasetNotFoundError, ValueError):
        raise UserError(
            "Unknown dataset. Expected: digits, idx:FOLDER, folder:FOLDER or "
            f"the name of a TFDS image dataset. Received: {name!r}"
        ) from None
    if builder.is_prepared():
        return builder
    reason = "its host does not answer"
    if is_reachable(builder):
        try:
            builder.download_and_prepare()
            return builder
        except Exception as error:
            # Whatever the network, the disk and a hundred data sets raise.
            reason = f"{type(error).__name__}: {str(error).splitlines()[0]}"
    raise UserError(
        f"{name} is not prepared in {builder.data_dir} and cannot be "
        f"downloaded ({reason}); tools/prepare_data.py knows other sources "
        "for mnist and fashion_mnist"
    )
