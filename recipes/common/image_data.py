"""The flags of recipes on images, and the images that they name."""

from __future__ import annotations

from absl import flags, logging

from recipes.common import define

DATASET = flags.DEFINE_string(
    "dataset",
    "fashion_mnist",
    "digits, idx:FOLDER, folder:FOLDER, or an image data set of TFDS.",
)
_DATA_DIR = flags.DEFINE_string("data_dir", None, "Where TFDS keeps its data.")
_SPLIT = flags.DEFINE_string("split", "train", "Split of the data set.")
_IMAGE_SIZE = define.whole(
    "image_size",
    None,
    "Pixels; unset: the largest the networks have without enlarging images.",
    high=4096,
)
_CHANNELS = flags.DEFINE_enum(
    "channels", None, ["1", "3"], "Grey or colour; unset: as the images are."
)


def load(image_size, *, split=None, labelled=None, label_seed=0):
    """Loads the data set that the flags name.

    Args:
        image_size: int, or function from the images' natural size to the size
            wanted, where --image_size is not set.
        split: another than --split.
        labelled: as for `images.load`.
        label_seed: as for `images.load`.
    """
    from tfgan_ref.data import images

    data = images.load(
        DATASET.value,
        split=split or _SPLIT.value,
        image_size=_IMAGE_SIZE.value or image_size,
        channels=int(_CHANNELS.value) if _CHANNELS.value else None,
        labelled=labelled,
        label_seed=label_seed,
        data_dir=_DATA_DIR.value,
    )
    logging.info("%s: %s", data.name, data.summary)
    return data
