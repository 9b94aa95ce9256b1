"""How well an encoder's categories are the classes of a data set.

Reference:
    Makhzani, Shlens, Jaitly, Goodfellow, Frey (2016), Adversarial
    Autoencoders, sections 5 and 6, https://arxiv.org/abs/1511.05644
"""

from __future__ import annotations

import numpy as np

from tfgan_ref.data.images import Images
from tfgan_ref.evaluation.categories import check_labels, contingency
from tfgan_ref.evaluation.encoding import served
from tfgan_ref.evaluation.result import Evaluation

_NAMED = 10_000  # Images of the training set that name clusters.


class ClusterErrors:
    """The share of test images whose cluster is of another class.

    A cluster is of the class of the one training image that most surely is in
    it, as in the paper, `eval/cluster_error/surest`; or of most of its training
    images, `eval/cluster_error/majority`. `eval/clusters` are those with a test
    image.

    Args:
        train: with labels, of which the first 10,000 name clusters.
        test: with labels.

    Raises:
        UserError: an image has no label.
    """

    def __init__(self, train: Images, test: Images):
        check_labels(train, test)
        self._train = train.images[:_NAMED], train.labels[:_NAMED]
        self._test = test

    def __call__(self, gan) -> Evaluation:
        """Evaluates a `GAN` whose codes have `categories`."""
        images, labels = self._train
        known = served(gan, "encode", images=images)["categories"]
        found = served(gan, "encode", images=self._test.images)["categories"]
        clusters = found.argmax(-1)
        scalars = {"eval/clusters": float(len(np.unique(clusters)))}
        for name, name_clusters in (("surest", surest), ("majority", majority)):
            classes = name_clusters(known, labels)[clusters]
            errors = float(np.mean(classes != self._test.labels))
            scalars[f"eval/cluster_error/{name}"] = errors
        return Evaluation(scalars)


class CategoryErrors:
    """The share of test images that are encoded to another class.

    Scalars `eval/errors/encoder`, how many, and `eval/error_rate/encoder`.

    Args:
        test: with labels, which are the categories.

    Raises:
        UserError: an image has no label.
    """

    def __init__(self, test: Images):
        check_labels(test)
        self._test = test

    def __call__(self, gan) -> Evaluation:
        """Evaluates a `GAN` whose codes have `categories`."""
        found = served(gan, "encode", images=self._test.images)["categories"]
        errors = int(np.sum(found.argmax(-1) != self._test.labels))
        return Evaluation(
            {
                "eval/errors/encoder": float(errors),
                "eval/error_rate/encoder": errors / len(self._test),
            }
        )


def surest(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Of each cluster the label of the image that most surely is in it.

    Args:
        probabilities: float `[count, clusters]`.
        labels: int `[count]`.

    Returns:
        int `[clusters]`.
    """
    return labels[probabilities.argmax(0)]


def majority(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Of each cluster the label of most images in it; 0 of an empty one."""
    clusters = probabilities.shape[1]
    return contingency(labels, probabilities.argmax(-1), clusters).argmax(0)
