"""What the recipes share whose discriminator learns from labels."""

import dataclasses

from absl import flags

from recipes.common import evaluation, image_data
from recipes.common import run as common

LABELS = flags.DEFINE_integer(
    "labels",
    None,
    "Training examples that keep their label, equally many of each class.",
    lower_bound=1,
)
_LABEL_SEED = flags.DEFINE_integer(
    "label_seed", 1, "Of which examples keep it.", lower_bound=0
)
_TEST_SPLIT = flags.DEFINE_string(
    "test_split", "test", "Split of the data set to evaluate on."
)
DISCRIMINATOR_EMA_DECAY = flags.DEFINE_float(
    "discriminator_ema_decay",
    0.0,
    "Of the discriminator's average; 0: none.",
    lower_bound=0.0,
    upper_bound=1.0,
)
flags.register_validator(
    "discriminator_ema_decay",
    lambda decay: decay < 1,
    "less than 1 was expected",
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
    test_data = image_data.load(
        size, split=_TEST_SPLIT.value, channels=channels
    )
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
    return common.train(
        gan,
        task.data,
        stream=semi_supervised.stream,
        evaluate=evaluate,
        eval_every=evaluation.EVAL_EVERY.value,
    )
