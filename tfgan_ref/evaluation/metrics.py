"""What is known of each metric before it is measured."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Metric:
    """What is known of a metric.

    Attributes:
        source: where it comes from.
        better: `lower`, `higher`, or None: as real images have it.
        by_extractor: whether it is one of features; else one of pixels.
        needs_probabilities: whether the extractor must classify.
        needs_train: whether the training images must be given.
        per_class: whether classes can be measured by themselves as well.
        needs_labels: whether images must be of classes that are known, and
            the extractor the classifier of the data.
    """

    source: str
    better: str | None
    by_extractor: bool = True
    needs_probabilities: bool = False
    needs_train: bool = False
    per_class: bool = False
    needs_labels: bool = False


METRICS = {
    "fid": Metric("Heusel et al. (2017)", "lower", per_class=True),
    "kid": Metric("Binkowski et al. (2018)", "lower", per_class=True),
    "inception_score": Metric(
        "Salimans et al. (2016)", "higher", needs_probabilities=True
    ),
    "precision": Metric("Kynkaanniemi et al. (2019)", "higher", per_class=True),
    "recall": Metric("Kynkaanniemi et al. (2019)", "higher", per_class=True),
    "density": Metric("Naeem et al. (2020)", "higher", per_class=True),
    "coverage": Metric("Naeem et al. (2020)", "higher", per_class=True),
    "one_nn": Metric("Lopez-Paz, Oquab (2017)", None, per_class=True),
    "copying": Metric("Alaa et al. (2022)", None, needs_train=True),
    "classes_covered": Metric(
        "diversity.py", "higher", needs_probabilities=True
    ),
    "class_entropy": Metric("diversity.py", None, needs_probabilities=True),
    "confidence": Metric("diversity.py", None, needs_probabilities=True),
    "class_accuracy": Metric(
        "Odena et al. (2017)",
        "higher",
        needs_probabilities=True,
        per_class=True,
        needs_labels=True,
    ),
    "swd": Metric("Karras et al. (2018)", "lower", by_extractor=False),
    "ms_ssim": Metric(
        "Odena et al. (2017)", None, by_extractor=False, per_class=True
    ),
    "parzen": Metric("Goodfellow et al. (2014)", "higher", by_extractor=False),
}
