"""All metrics of generated images against real ones, in one pass of each."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from tfgan_ref.evaluation.extractors.extractor import Extractor
from tfgan_ref.evaluation.image_source import ImageSource
from tfgan_ref.evaluation.scores import Score


@dataclasses.dataclass(frozen=True)
class Metric:
    """What is known of a metric before it is measured.

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


class Judge:
    """Real images, looked at once, for generated ones to be measured against.

    Args:
        names: of `METRICS`.
        real: the images to be compared with.
        extractor: of features; None will do for metrics of pixels.
        train: what the model was trained on; `copying` needs it, `parzen`
            chooses its width on a part of it.
        seed: int, of everything that is drawn.
        per_class: whether the classes are measured by themselves as well.

    Raises:
        UserError: a name is unknown, or what a metric needs is missing; the
            images do not fit, see `image_source.rebatched`; too few of them.
    """

    def __init__(
        self,
        names: Iterable[str],
        real: ImageSource,
        extractor: Extractor | None,
        *,
        train: ImageSource | None = None,
        seed: int = 0,
        per_class: bool = False,
    ):
        raise NotImplementedError

    def measure(self, fake: ImageSource) -> dict[str, Score]:
        """Measures generated images, in one pass.

        Args:
            fake: with labels where classes are measured by themselves.

        Returns:
            Scores by keys such as `fid/classifier`, `swd`, `ms_ssim_2`, and of
            classes `fid/classifier/class_3`.

        Raises:
            UserError: as above, or a class is without images.
        """
        raise NotImplementedError


def measure(
    names: Iterable[str],
    fake: ImageSource,
    real: ImageSource,
    extractor: Extractor | None,
    *,
    train: ImageSource | None = None,
    seed: int = 0,
    per_class: bool = False,
) -> dict[str, Score]:
    """Measures generated images once, see `Judge`."""
    judge = Judge(
        names, real, extractor, train=train, seed=seed, per_class=per_class
    )
    return judge.measure(fake)
