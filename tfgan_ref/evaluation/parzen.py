"""The log-likelihood of test images under Gaussians around samples.

A warning. Theis, van den Oord and Bethge (2016) show that such an estimate is
far from the likelihood, even of small images and millions of samples, and puts
models in a wrong order: the centroids of k-means get more than samples of the
data's own law. It is here to be compared with what papers printed.

References:
    Goodfellow et al. (2014), Generative Adversarial Networks, section 5,
    https://arxiv.org/abs/1406.2661; code goodfeli/adversarial, parzen_ll.py.
    Theis, van den Oord, Bethge (2016), A note on the evaluation of generative
    models, https://arxiv.org/abs/1511.01844
"""

from __future__ import annotations

import math

import numpy as np
from sklearn import metrics

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.scores import Score

SAMPLES = 10_000  # And test images, at most.
VALIDATION = 1_000  # The first of the last 10,000 training images.
WIDTHS = np.logspace(-1.0, 0.0, 10)
_AT_A_TIME = 500  # Images.


def score(fake: np.ndarray, validation: np.ndarray, test: np.ndarray) -> Score:
    """Nats per image, of pixels in [0, 1], with their standard error.

    The width is that of ten from 0.1 to 1, equally far apart as logarithms,
    under which the validation images are most likely.

    Args:
        fake: uint8 `[samples, height, width, channels]`.
        validation: the same, images that are not among `test`.
        test: the same.

    Raises:
        UserError: there are none of one.
    """
    if not (len(fake) and len(validation) and len(test)):
        raise UserError(
            "Samples, validation and test images were expected. Received: "
            f"{len(fake)}, {len(validation)} and {len(test)}"
        )
    samples = _flat(fake)
    tried = log_likelihoods(samples, validation, WIDTHS).mean(1)
    best = int(np.argmax(tried))
    (found,) = log_likelihoods(samples, test, WIDTHS[best : best + 1])
    note = f"width {WIDTHS[best]:.3f}, of {len(validation)} validation images"
    if best in (0, len(WIDTHS) - 1):
        note += ", at the end of the range"
    return Score(
        float(found.mean()), float(found.std() / math.sqrt(len(found))), note
    )


def log_likelihoods(
    samples: np.ndarray, images: np.ndarray, widths: np.ndarray
) -> np.ndarray:
    """log mean exp(-|x - s|^2 / 2 width^2) - d log(width sqrt(2 pi)).

    Args:
        samples: float64 `[samples, d]`, s, in [0, 1].
        images: uint8 `[count, ...]`, d values of each, x after / 255.
        widths: float64 `[widths]`, positive.

    Returns:
        float64 `[widths, count]`, in nats.
    """
    blocks = (
        metrics.pairwise.euclidean_distances(
            _flat(images[first : first + _AT_A_TIME]), samples, squared=True
        )
        for first in range(0, len(images), _AT_A_TIME)
    )
    sums = np.concatenate(
        [[_log_sum(squared, width) for width in widths] for squared in blocks],
        1,
    )
    scale = np.log(widths * math.sqrt(2.0 * math.pi))[:, None]
    return sums - math.log(len(samples)) - samples.shape[1] * scale


def _flat(images):
    return images.reshape(len(images), -1) / 255.0


def _log_sum(squared, width):
    """scipy.special.logsumexp of each row, in half the time."""
    terms = squared / (-2.0 * width**2)
    largest = terms.max(1, keepdims=True)
    terms -= largest
    return largest[:, 0] + np.log(np.exp(terms, out=terms).sum(1))
