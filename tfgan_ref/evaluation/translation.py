"""How near pictures that are made of others are to their targets, how sharp.

Reference:
    Isola, Zhu, Zhou, Efros (2017), Image-to-Image Translation with Conditional
    Adversarial Networks, https://arxiv.org/abs/1611.07004: L1 alone is blurred
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from tfgan_ref.data.pairs import Pairs
from tfgan_ref.evaluation import kernel_distance
from tfgan_ref.evaluation.encoding import served
from tfgan_ref.evaluation.extractors.extractor import Extractor
from tfgan_ref.evaluation.result import Evaluation
from tfgan_ref.evaluation.sharpness import gradient_magnitude
from tfgan_ref.pictures import to_uint8

_MINIBATCH = 250
_TESTED = 2_000


class Translation:
    """Outputs of a `PairedGAN` against targets, as the evaluation of a run.

    Of the averaged generator if there is one, dropout on, as released. Scalars
    `eval/translation/` and

    - `l1`: the mean of |y - G(x, z)|, pixels in [0, 1];
    - `kid/EXTRACTOR`: the kernel distance of outputs and targets;
    - `gradient`: `gradient_magnitude` of the outputs, and `gradient/real` that
      of the targets: less of it is blurred.

    Args:
        pairs: that are looked at, the first 2,000.
        load: function of nothing that gives the extractor, called once, with
            the first evaluation or before.
    """

    def __init__(self, pairs: Pairs, load: Callable[[], Extractor]):
        count = min(_TESTED, len(pairs))
        self._targets = pairs.images[:count]
        self._sources = pairs.sources[:count]
        self._load = load

    def prepare(self) -> None:
        """Loads the extractor, which may take minutes to make."""
        self._seen  # noqa: B018

    def __call__(self, gan) -> Evaluation:
        """Evaluates."""
        made = outputs(gan, self._sources)
        targets = np.asarray(self._targets, np.float32) / 255.0
        by, of_targets = self._seen
        vectors = _vectors(by, to_uint8(2.0 * made - 1.0))
        scores = {
            "l1": np.abs(made - targets).mean(),
            f"kid/{by.name}": kernel_distance.score(vectors, of_targets).value,
            "gradient": gradient_magnitude(made),
            "gradient/real": gradient_magnitude(targets),
        }
        return Evaluation(
            {f"eval/translation/{key}": float(x) for key, x in scores.items()}
        )

    @functools.cached_property
    def _seen(self):
        """The extractor, and the targets' features."""
        by = self._load()
        return by, _vectors(by, self._targets)


def outputs(gan, sources) -> np.ndarray:
    """What a `PairedGAN` makes of images, those of the seeds 0, 1, 2...

    Args:
        gan: that serves `translate_noisy`.
        sources: uint8 `[count, height, width, channels]`.

    Returns:
        float32 `[count, height, width, channels]` in [0, 1].
    """
    seeds = np.arange(len(sources))
    made = served(gan, "translate_noisy", images=sources, seed=seeds)
    return made["images"]


def _vectors(by, images):
    parts = [
        by(np.asarray(images[first : first + _MINIBATCH])).vectors
        for first in range(0, len(images), _MINIBATCH)
    ]
    return np.concatenate(parts)
