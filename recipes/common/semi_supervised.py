"""What the recipes share whose discriminator learns from labels."""

import dataclasses

from absl import flags

from recipes.common import define, image_data
from recipes.common import run as common
from recipes.common.held_out import TEST_SPLIT
from tfgan_ref.errors import UserError

LABELS = define.whole(
    "labels",
    None,
    "Training examples that keep their label, equally many of each class.",
)
_LABEL_SEED = define.whole(
    "label_seed", 1, "Of which examples keep it.", low=0, high=2**32 - 1
)
DISCRIMINATOR_EMA_DECAY = define.number(
    "discriminator_ema_decay",
    0.0,
    "Of the discriminator's average; 0: none.",
    high=1.0,
    below=True,
)


@dataclasses.dataclass(frozen=True)
class Task:
    """A data set of which some examples have labels, and its test set."""

    data: object
    test_data: object
    classes: int


def load_task(image_size=None):
    """Loads what the flags name.

    Args:
        image_size: see `image_data.load`.

    Raises:
        UserError: the data set cannot be loaded, or a flag has no effect here.
    """
    common.refuse_unused("where labels train", "real_target")
    data = image_data.load(
        image_size, labelled=LABELS.value, label_seed=_LABEL_SEED.value
    )
    size, _, channels = data.image_shape
    try:
        test_data = image_data.load(
            size, split=TEST_SPLIT.value, channels=channels
        )
    except UserError as error:
        flag, split = TEST_SPLIT.name, flags.FLAGS["split"].value
        raise UserError(
            f"--{flag}={TEST_SPLIT.value}: {error}. --{flag}={split} counts "
            "errors on the training images"
        ) from None
    return Task(data, test_data, int(data.labels.max()) + 1)


def train(gan, task) -> int:
    """Trains and evaluates as the flags say; returns the exit status.

    Args:
        gan: compiled `SemiSupervisedGAN`.
        task: of `load_task`.
    """
    from tfgan_ref.data import semi_supervised
    from tfgan_ref.evaluation.classification import ClassificationEvaluation

    evaluate = ClassificationEvaluation(
        task.test_data, task.classes, common.BATCH_SIZE.value
    )
    return image_data.train(
        gan,
        task.data,
        stream=semi_supervised.stream,
        evaluate=evaluate,
        real=lambda: image_data.with_all_labels(task.data),
        test_split=TEST_SPLIT.value,
    )
