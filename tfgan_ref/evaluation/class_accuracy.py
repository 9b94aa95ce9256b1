"""Whether images are of the class that was asked for, as a classifier sees it.

Reference:
    Odena, Olah, Shlens (2017), Conditional Image Synthesis with Auxiliary
    Classifier GANs, section 4.1, https://arxiv.org/abs/1610.09585
"""

from __future__ import annotations

import numpy as np

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.scores import Score


def score(name: str, probabilities: np.ndarray, labels: np.ndarray) -> Score:
    """The share of images whose most probable class is their label's.

    Of real images it is how often the classifier is right, and what samples
    can be expected to have. It says nothing of diversity within a class.

    Args:
        name: of the images.
        probabilities: float `[count, classes]`, count >= 1.
        labels: int `[count]`, at least 0.

    Returns:
        `Score` in [0, 1], its error that of a share of independent images.

    Raises:
        UserError: a label is none of the classes.
    """
    count, classes = probabilities.shape
    if labels.max() >= classes:
        raise UserError(
            f"{name}: labels below {classes} were expected, the classes of "
            f"the classifier. Received: {labels.max()}"
        )
    share = float(np.mean(probabilities.argmax(-1) == labels))
    return Score(share, float(np.sqrt(share * (1 - share) / count)))
