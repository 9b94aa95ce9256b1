"""How well categories that were found without labels tell the classes."""

from __future__ import annotations

import numpy as np
from scipy import optimize

from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import classification
from tfgan_ref.evaluation.result import Evaluation


class CategoryEvaluation:
    """A game's categories as a classifier of a whole data set.

    Scalars `eval/accuracy/majority`, `eval/accuracy/one_to_one`, and
    `eval/error_rate/majority`; picture `categories` of how many images of each
    class are of each category. What a category stands for is read off the same
    images that are counted.

    Args:
        data: the test set, labelled.
        batch_size: int, images at a time.

    Raises:
        UserError: an example has no label.
    """

    def __init__(self, data: Images, batch_size: int = 500):
        check_labels(data)
        self._data = data
        self._batch_size = batch_size

    def __call__(self, gan) -> Evaluation:
        """Evaluates a game with `categorize` and `categories`."""
        logits = classification.predict(
            gan.categorize, self._data.images, self._batch_size
        )
        counts = contingency(
            self._data.labels, logits.argmax(-1), gan.categories
        )
        by_majority = majority(counts)
        scalars = {
            "eval/accuracy/majority": by_majority,
            "eval/accuracy/one_to_one": one_to_one(counts),
            "eval/error_rate/majority": 1.0 - by_majority,
        }
        return Evaluation(scalars, {"categories": classification.draw(counts)})


def check_labels(*sets: Images) -> None:
    """Raises `UserError` where an example has no label."""
    for data in sets:
        if data.labels.min() < 0:
            raise UserError(
                f"{data.name}: a label was expected of every example. "
                f"Received: {int(np.sum(data.labels < 0))} without"
            )


def contingency(labels, categories, count: int) -> np.ndarray:
    """How many examples of each class are of each category.

    Args:
        labels: int `[examples]`, at least 0.
        categories: int `[examples]`, in [0, count).
        count: int, of categories.

    Returns:
        int `[classes, count]`.
    """
    counts = np.zeros((int(labels.max()) + 1, count), np.int64)
    np.add.at(counts, (labels, categories), 1)
    return counts


def majority(counts: np.ndarray) -> float:
    """Share that is right where a category stands for its commonest class."""
    return float(counts.max(0).sum() / counts.sum())


def one_to_one(counts: np.ndarray) -> float:
    """Share that is right in the best matching of categories and classes.

    Each is matched once at the most: what else there is counts as wrong.
    """
    matched = optimize.linear_sum_assignment(counts, maximize=True)
    return float(counts[matched].sum() / counts.sum())
