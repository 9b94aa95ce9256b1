"""The metrics of a GAN's images, as the evaluation of a run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tfgan_ref.evaluation import image_source, measuring
from tfgan_ref.evaluation.extractors.extractor import Extractor
from tfgan_ref.evaluation.real_images import RealImages
from tfgan_ref.evaluation.real_scores import real_scores
from tfgan_ref.evaluation.result import Evaluation


class ImageEvaluation:
    """Measures samples of the seeds 0, 1, 2... against real images.

    Scalars `eval/METRIC/EXTRACTOR`, such as `eval/fid/classifier`, and
    `eval/METRIC/EXTRACTOR/real`, the same of one half of the real images
    against the other. Both halves and the real images are looked at once.
    Samples are of the averaged generator if there is one, in inference mode,
    so that nothing in the GAN changes; those of a conditional one are of one
    class after another.

    Args:
        names: of `measuring.METRICS`.
        real: what they are compared with; as many samples are drawn.
        extractor: as for `measuring.Judge`.

    Raises:
        UserError: as of `measuring.Judge`.
    """

    def __init__(
        self,
        names: Sequence[str],
        real: RealImages,
        extractor: Extractor | None,
    ):
        self._real = real
        self._extractor = extractor
        self._judge = measuring.Judge(
            names, real.chosen, extractor, train=real.train
        )
        # What cannot be measured of these cannot of samples.
        halves = real_scores(names, real, extractor, strict=True)
        self._of_real = halves["real"]

    @property
    def facts(self) -> dict[str, object]:
        """What makes two scores comparable, JSON values."""
        by = self._extractor
        return {
            "extractor": by and by.name,
            "sha256": by and by.sha256,
            "resize": by and by.resize,
            "eval_count": self._real.count,
            "data": self._real.data.fingerprint,
        }

    def __call__(self, gan) -> Evaluation:
        """Evaluates a `GAN` of images in [-1, 1]."""

        def draw(seeds):
            return 0.5 * np.clip(gan.sample(seeds).numpy(), -1.0, 1.0) + 0.5

        step = int(gan.step.numpy())
        scores = self._judge.measure(
            image_source.of_function(
                f"Samples at step {step}",
                self._real.count,
                draw,
                labels=_labels(gan, self._real.count),
            )
        )
        scalars = {f"eval/{key}": score.value for key, score in scores.items()}
        for key in scores.keys() & self._of_real.keys():
            scalars[f"eval/{key}/real"] = self._of_real[key].value
        return Evaluation(scalars)


def _labels(gan, count):
    """What a conditional GAN is asked for with the first seeds, else None."""
    if "label" not in gan.conditions:
        return None
    return np.arange(count) % gan.classes
