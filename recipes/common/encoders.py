"""What the recipes share whose game has an encoder of images."""

from absl import flags

from recipes.common import define, evaluation, image_data
from recipes.common.held_out import TEST_SPLIT

_NEIGHBOURS = define.whole(
    "neighbours",
    50_000,
    "Training images among which the one of the nearest code is looked for.",
)

# A search among so many takes a minute.
flags.set_default(evaluation.EVAL_EVERY, 5000)


def train(gan, data) -> int:
    """Trains and measures as the flags say; returns the exit status.

    Args:
        gan: compiled, with an encoder that is not trained yet.
        data: images.
    """
    from tfgan_ref.evaluation import encoding
    from tfgan_ref.evaluation.result import together

    split = TEST_SPLIT.value
    test = image_data.test_images(data, split)
    evaluations = encoding.evaluations(gan, data, test, _NEIGHBOURS.value)
    return image_data.train(
        gan, data, evaluate=together(evaluations), test_split=split
    )
