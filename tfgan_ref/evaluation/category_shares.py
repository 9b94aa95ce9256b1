"""How often a GAN's samples are of each category, beside the data's."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from tfgan_ref.evaluation import gradient_estimates
from tfgan_ref.evaluation.result import Evaluation

_SAMPLES = 10_000
_SIZE, _MARGIN = 400, 20  # Pixels.
_PAPER, _DATA, _SAMPLE = (255, 255, 255), (205, 205, 205), (36, 82, 204)


class CategoryShares:
    """The evaluation of a GAN of categories of known probability.

    Scalars `eval/reverse_kl`, KL of the samples' shares to the data's in nats,
    and `eval/total_variation`; of a generator whose law is known, that of
    `models.categorical`, they are exact. There are then `eval/gradient/...`:
    the length of the exact gradient, and bias and deviation of what the GAN
    learns from.

    Args:
        probabilities: float `[K]`, of the data.
        batch_size: int, samples of an estimate.
        repeats: int > 1, estimates of the gradient.
    """

    def __init__(self, probabilities, batch_size, repeats):
        self._p = np.asarray(probabilities, np.float64)
        self._batch_size, self._repeats = batch_size, repeats

    def __call__(self, gan) -> Evaluation:
        """Evaluates a `TokenGAN`."""
        if not is_known(gan):
            samples = gan.sample(np.arange(_SAMPLES)).numpy()
            return Evaluation(self._shares(samples.mean(0)))
        theta = gradient_estimates.theta_of(gan)
        q = np.exp(theta - np.logaddexp.reduce(theta))
        measured = gradient_estimates.measure(
            gan, self._batch_size, self._repeats
        )
        named = measured.numbers.items()
        gradients = {f"eval/gradient/{name}": x for name, x in named}
        return Evaluation(self._shares(q) | gradients)

    def _shares(self, q):
        there = q > 0
        kl = np.sum(q[there] * np.log(q[there] / self._p[there]))
        return {
            "eval/reverse_kl": float(kl),
            "eval/total_variation": float(np.abs(q - self._p).sum() / 2),
        }


def is_known(gan) -> bool:
    """Whether the generator's law is the softmax of a layer `logits`."""
    return any(layer.name == "logits" for layer in gan.generator.layers)


class Bars:
    """Draws samples' shares over the data's, `draw` of `WriteSamples`.

    Args:
        probabilities: float `[K]`, of the data.
    """

    def __init__(self, probabilities):
        self._p = np.asarray(probabilities, np.float64)

    def __call__(self, samples: np.ndarray) -> np.ndarray:
        """Float `[count, K]` -> uint8 `[400, 400, 3]`."""
        chosen = np.argmax(samples, -1)
        shares = np.bincount(chosen, minlength=len(self._p)) / len(chosen)
        picture = Image.new("RGB", (_SIZE, _SIZE), _PAPER)
        pen = ImageDraw.Draw(picture)
        width = (_SIZE - 2 * _MARGIN) / len(self._p)
        scale = (_SIZE - 2 * _MARGIN) / max(self._p.max(), shares.max())
        bottom = _SIZE - _MARGIN
        for k, (p, share) in enumerate(zip(self._p, shares, strict=True)):
            left = _MARGIN + k * width
            data = (left, bottom - p * scale, left + 0.9 * width, bottom)
            pen.rectangle(data, _DATA)
            middle = left + 0.3 * width
            top = bottom - share * scale
            pen.rectangle((middle, top, middle + 0.3 * width, bottom), _SAMPLE)
        return np.asarray(picture)
