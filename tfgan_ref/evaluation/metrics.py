"""What is known of each metric before it is measured."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Metric:
    """What is known of a metric.

    Attributes:
        source: where it comes from.
        by_extractor: whether it is one of features; else one of pixels.
        better: `low`, `high`, or `real`: as real images have it.
        needs: of `probabilities` and `train`, what it cannot do without.
        per_class: whether classes can be measured by themselves as well.
    """

    source: str
    by_extractor: bool = True
    better: str = "high"
    needs: tuple[str, ...] = ()
    per_class: bool = True


METRICS = {
    "fid": Metric("Heusel et al. (2017)", better="low"),
    "kid": Metric("Binkowski et al. (2018)", better="low"),
    "inception_score": Metric(
        "Salimans et al. (2016)", needs=("probabilities",), per_class=False
    ),
    "precision": Metric("Kynkaanniemi et al. (2019)"),
    "recall": Metric("Kynkaanniemi et al. (2019)"),
    "density": Metric("Naeem et al. (2020)"),
    "coverage": Metric("Naeem et al. (2020)"),
    "one_nn": Metric("Lopez-Paz, Oquab (2017)", better="real"),
    "copying": Metric(
        "Alaa et al. (2022)", better="real", needs=("train",), per_class=False
    ),
    "swd": Metric(
        "Karras et al. (2018)", False, better="low", per_class=False
    ),
    "ms_ssim": Metric("Odena et al. (2017)", False, better="real"),
    "parzen": Metric("Goodfellow et al. (2014)", False, per_class=False),
}
