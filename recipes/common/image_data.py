"""The flags of recipes on images, and the images that they name."""

from __future__ import annotations

from absl import flags, logging

from recipes.common import define, evaluation, image_evaluation
from recipes.common import run as common
from recipes.common.unused import refuse_unused
from tfgan_ref.errors import UserError

DATASET = flags.DEFINE_string(
    "dataset",
    "fashion_mnist",
    "digits, emoji, idx:FOLDER, folder:FOLDER, or an image data set of TFDS.",
)
_DATA_DIR = flags.DEFINE_string(
    "data_dir", None, "Where TFDS keeps its data, and emoji is."
)
_SPLIT = flags.DEFINE_string(
    "split",
    "train",
    "Split of the data set, or a part of it such as train[:80%].",
)
_IMAGE_SIZE = define.whole(
    "image_size",
    None,
    "Pixels; unset: the largest the networks have without enlarging images.",
    high=4096,
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
_AUGMENT = flags.DEFINE_string(
    "augment",
    None,
    "mirror, shift, or both between commas: changes of the images at random, "
    "which the generator learns as well.",
)
_DIFF_AUGMENT = flags.DEFINE_string(
    "diff_augment",
    None,
    "Some of color, translation, cutout between commas: DiffAugment, changes "
    "of all that the discriminator sees, of which samples show nothing.",
)
_OF_SPLITS = ("test_split", "unseen_split")
_KINDS = {
    "augment": {"mirror", "shift"},
    "diff_augment": {"color", "translation", "cutout"},
}


def _are_some(text, kinds):
    parts = text.split(",")
    return {*parts} <= kinds and len({*parts}) == len(parts)


for _name, _kinds in _KINDS.items():
    flags.register_validator(
        _name,
        lambda text, kinds=_kinds: text is None or _are_some(text, kinds),
        f"some of {', '.join(sorted(_kinds))} between commas were expected",
    )


def load(
    image_size,
    *,
    name=None,
    split=None,
    channels=None,
    labelled=None,
    label_seed=0,
):
    """Loads the data set that the flags name.

    Args:
        image_size: int, or function from the images' natural size to the size
            wanted, where --image_size is not set.
        name: another than --dataset.
        split: another than --split.
        channels: where --channels is not set; None: as the images are.
        labelled: as for `images.load`.
        label_seed: as for `images.load`.
    """
    from tfgan_ref.data import images

    _check_pictures()
    data = images.load(
        name or DATASET.value,
        split=split or _SPLIT.value,
        image_size=_IMAGE_SIZE.value or image_size,
        channels=int(_CHANNELS.value) if _CHANNELS.value else channels,
        labelled=labelled,
        label_seed=label_seed,
        data_dir=_DATA_DIR.value,
        **pictures(),
    )
    logging.info("%s: %s", data.name, data.summary)
    return data


def _check_pictures():
    """Refuses what does nothing to squares, or beside what fills them."""
    kind = DATASET.value.partition(":")[0]
    if kind == "digits":
        refuse_unused("--dataset=digits", "fit", "background")
    elif kind not in ("folder", "emoji") and _FIT.value != "pad":
        refuse_unused("without --fit=pad", "background")


def pictures() -> dict[str, str]:
    """How a folder's pictures become squares, for `images.load`."""
    return {"fit": _FIT.value, "background": _BACKGROUND.value}


def diff_augment() -> list[str]:
    """`diff_augment` of `GAN.compile`."""
    return _DIFF_AUGMENT.value.split(",") if _DIFF_AUGMENT.value else []


def train(
    gan,
    data,
    *,
    stream=None,
    arrange=None,
    evaluate=None,
    real=None,
    test_split="test",
    **how,
) -> int:
    """Trains a compiled GAN of images; returns the exit status.

    Args:
        gan: compiled.
        data: as of `load`.
        stream: of minibatches; None: `minibatches.stream`.
        arrange: function of a stream, whose images --augment has changed, that
            gives the one to train on; None: it stays.
        evaluate: of `common.train`, beside --metrics.
        real: function that gives the images that samples are compared with;
            None: they are `data`.
        test_split: a classifier that is made is tested on; None: there is
            none.
        **how: of `common.train`.
    """
    from tfgan_ref.data import augmentation, minibatches
    from tfgan_ref.evaluation.result import together

    stream = stream or minibatches.stream
    if _AUGMENT.value:
        stream = augmentation.stream(stream, _AUGMENT.value.split(","))
    if arrange:
        stream = arrange(stream)
    measured = image_evaluation.prepare(
        gan,
        _SPLIT.value,
        real or (lambda: data),
        lambda: test_images(data, test_split),
    )
    return common.train(
        gan,
        data,
        stream=stream,
        evaluate=together([x for x in (evaluate, measured) if x]),
        scored_by=measured and measured.facts,
        evaluating={
            "eval_every": evaluation.EVAL_EVERY.value,
            **image_evaluation.config(),
        },
        **how,
    )


def labelled(data):
    """The images that have a label, each once; without any it is refused."""
    from tfgan_ref.data import semi_supervised

    found = semi_supervised.labelled(data, 1)
    if left := len(data) - len(found):
        logging.info(
            "%s: %d of %d images have no label and are left out",
            data.name,
            left,
            len(data),
        )
    return found


def measured_images(data, split):
    """Those of a test split, or else of the training with all their labels.

    Args:
        data: of the training, whose labels may be hidden.
        split: as for `test_images`.
    """
    if test := test_images(data, split):
        return test
    logging.info("Images of the training are measured, with all their labels")
    return with_all_labels(data)


def with_all_labels(data):
    """The images of the training, of which no label is hidden.

    Args:
        data: as of `load`.
    """
    size, _, channels = data.image_shape
    return load(size, channels=channels)


def test_images(data, split):
    """Those of a test split; None where there are none but those of training.

    Args:
        data: of the training.
        split: name; None: there is none.

    Raises:
        UserError: the command names the split, and it cannot be read.
    """
    if split in (None, _SPLIT.value):
        return None
    size, _, channels = data.image_shape
    try:
        return load(size, split=split, channels=channels)
    except UserError as error:
        for name in _OF_SPLITS:
            is_there = name in flags.FLAGS
            if is_there and not flags.FLAGS[name].using_default_value:
                raise UserError(f"--{name}={split}: {error}") from None
        logging.info("There are no test images: %s", error)
        return None
