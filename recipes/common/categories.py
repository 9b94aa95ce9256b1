"""What the recipes share whose games find categories without labels."""

from __future__ import annotations

from absl import flags, logging

from recipes.common import define, image_data
from recipes.common.unused import refuse_unused

CATEGORIES = define.width("categories", 10, "K, how many there are.", low=2)


def evaluation(data, split="test"):
    """That of the categories as a classifier of the test images.

    Args:
        data: as of `image_data.load`, that of the training.
        split: of the test images.

    Returns:
        `CategoryEvaluation`; None where nobody knows the test images' classes.

    Raises:
        UserError: so that --eval_every has no effect, which was set.
    """
    from tfgan_ref.evaluation.categories import CategoryEvaluation

    test_data = image_data.test_images(data, split)
    if test_data is not None and test_data.labels.min() >= 0:
        return CategoryEvaluation(test_data)
    logging.info("No labelled test images: categories are not evaluated")
    if not flags.FLAGS["metrics"].value:
        refuse_unused("without labelled test images", "eval_every")
    return None
