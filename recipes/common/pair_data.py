"""The flags of recipes on pairs of pictures, and the pairs that they name."""

from __future__ import annotations

from absl import flags, logging

from recipes.common import image_data
from recipes.common.held_out import TEST_SPLIT
from tfgan_ref.errors import UserError

# Of tfgan_ref.data.degradations, which needs more than is there so early.
_KINDS = ("edges", "grey", "mask", "lowres")
_FOLDER = "folder:"

PAIR = flags.DEFINE_string(
    "pair",
    "edges",
    f"{', '.join(_KINDS)}: what is left of a picture, for it to be made of; or "
    "folder:FOLDER, with a picture for each file name of --dataset=folder:...",
)
_KID_EXTRACTOR = flags.DEFINE_string(
    "kid_extractor",
    None,
    "What their kernel distance sees pictures by, as --extractor; unset: a "
    "classifier where they have labels, else pixels.",
)

flags.register_validator(
    "pair",
    lambda text: (
        text in _KINDS or (text.startswith(_FOLDER) and text != _FOLDER)
    ),
    f"one of {', '.join(_KINDS)}, or folder:FOLDER, was expected",
)


def load(image_size):
    """The pairs that the flags name, to train on and to test.

    Args:
        image_size: as for `image_data.load`.

    Returns:
        Two of `Pairs`; the second is the first where no others are there.

    Raises:
        UserError: as of `image_data.load` and `pairs.file_names`.
    """
    data = _pairs(image_data.load(image_size), None)
    test = image_data.test_images(data, TEST_SPLIT.value)
    if test is None:
        logging.info("None is held out: pairs of the training are measured")
        return data, data
    return data, _pairs(test, TEST_SPLIT.value)


def evaluation(data, test):
    """That of held-out pairs.

    Args:
        data: `Pairs` of the training.
        test: of `load`.

    Raises:
        UserError: the extractor cannot be loaded, or is to be a classifier of
            images without labels.
    """
    from tfgan_ref.evaluation import made_classifier, translation

    text, is_labelled = _KID_EXTRACTOR.value, data.labels.max() >= 0
    if text is None and not is_labelled:
        logging.info("Without labels, pixels are what the distances are of")
    text = text or ("classifier" if is_labelled else "pixels")
    if text == "classifier":
        if not is_labelled:
            raise UserError(
                "--kid_extractor=classifier is of labelled images. Received: "
                f"{data.name}, without labels"
            )
        others = None if test is data else test
        return translation.Translation(
            test, lambda: made_classifier.extractor(text, data, others)
        )
    extractor = made_classifier.extractor(text, data, None)
    return translation.Translation(test, lambda: extractor)


def _pairs(data, split):
    from tfgan_ref.data import pairs

    if not PAIR.value.startswith(_FOLDER):
        return pairs.degraded(data, PAIR.value)
    if not data.name.startswith(_FOLDER):
        raise UserError(
            f"--pair={PAIR.value} goes with --dataset=folder:FOLDER. "
            f"Received: --dataset={data.name}"
        )
    targets, sources = (
        x.removeprefix(_FOLDER) for x in (data.name, PAIR.value)
    )
    split = split or flags.FLAGS["split"].value
    background = image_data.pictures()["background"]
    files = pairs.file_names(targets, sources, split, background)
    size = data.image_shape[0]
    others = image_data.load(size, name=PAIR.value, split=split)
    return pairs.of_files(data, others, files)
