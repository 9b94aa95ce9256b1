"""The flags of recipes on images, and the images that they name."""

from __future__ import annotations

from absl import flags, logging

DATASET = flags.DEFINE_string(
    "dataset",
    "fashion_mnist",
    "digits, idx:FOLDER, folder:FOLDER, or an image data set of TFDS.",
)
_DATA_DIR = flags.DEFINE_string("data_dir", None, "Where TFDS keeps its data.")
_SPLIT = flags.DEFINE_string(
    "split",
    "train",
    "Split of the data set, or a part of it such as train[:80%].",
)
_IMAGE_SIZE = flags.DEFINE_integer(
    "image_size",
    None,
    "Pixels; unset: the largest the networks have without enlarging images.",
    lower_bound=1,
)
_CHANNELS = flags.DEFINE_enum(
    "channels", None, ["1", "3"], "Grey or colour; unset: as the images are."
)
_FIT = flags.DEFINE_enum(
    "fit",
    "crop",
    ["crop", "pad", "stretch"],
    "How images become square: by their middle, by margins, by bending.",
)
_BACKGROUND = flags.DEFINE_string(
    "background",
    "white",
    "Under what is transparent in a folder's images, and of margins: a name "
    "or #rrggbb.",
)


def load(image_size, *, split=None, channels=None, labelled=None, label_seed=0):
    """Loads the data set that the flags name.

    Args:
        image_size: int, or function from the images' natural size to the size
            wanted, where --image_size is not set.
        split: another than --split.
        channels: where --channels is not set; None: as the images are.
        labelled: as for `images.load`.
        label_seed: as for `images.load`.
    """
    from tfgan_ref.data import images

    data = images.load(
        DATASET.value,
        split=split or _SPLIT.value,
        image_size=_IMAGE_SIZE.value or image_size,
        channels=int(_CHANNELS.value) if _CHANNELS.value else channels,
        labelled=labelled,
        label_seed=label_seed,
        data_dir=_DATA_DIR.value,
        fit=_FIT.value,
        background=_BACKGROUND.value,
    )
    logging.info("%s: %s", data.name, data.summary)
    return data
