"""How many modes samples cover, and how evenly.

The protocols are those of PacGAN as released: 2,500 samples of a ring or grid
of Gaussians, 26,000 of Stacked MNIST. `reverse_kl` is KL(samples || data), in
nats, of the histograms over the modes: 0 if the samples are spread as the
data, log(modes) if they are all in one of as many equal modes.

References:
    Srivastava, Valkov, Russell, Gutmann, Sutton (2017), VEEGAN: Reducing Mode
    Collapse in GANs using Implicit Variational Learning,
    https://arxiv.org/abs/1705.07761
    Lin, Khetan, Fanti, Oh (2018), PacGAN: The power of two samples in
    generative adversarial networks, https://arxiv.org/abs/1712.04086
"""

from __future__ import annotations

import keras
import numpy as np
from sklearn import metrics

from tfgan_ref.data import stacked_mnist
from tfgan_ref.data.mixture import Mixture
from tfgan_ref.data.toy import MODE_RADIUS
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import classification
from tfgan_ref.evaluation.result import Evaluation
from tfgan_ref.pictures import to_uint8

GAUSSIAN_SAMPLES = 2_500
STACKED_MNIST_SAMPLES = 26_000
_MINIBATCH = 500


def measure_gaussians(samples: np.ndarray, data: Mixture) -> dict[str, float]:
    """Measures samples of a ring or a grid.

    A sample is of high quality if it is less than three standard deviations
    from the nearest mode, in that mode's deviations; a mode is captured if it
    is the nearest of one such sample at least. The histogram of `reverse_kl`
    is that of the samples of high quality, as in the released code; without
    any it is not a number.

    Args:
        samples: float `[samples, dimensions]`.
        data: what they should be samples of.

    Returns:
        dict with `modes_captured`, int; `high_quality`, float in [0, 1], a
        share of the samples; `reverse_kl`, float; `samples`, int.

    Raises:
        UserError: the samples have another shape than the data, are not
            finite, or are fewer than the modes.
    """
    samples = np.asarray(samples, np.float64)
    modes, dimensions = data.means.shape
    if samples.ndim != 2 or samples.shape[1] != dimensions:
        raise UserError(
            f"Samples of shape [samples, {dimensions}] were expected. "
            f"Received: shape {list(samples.shape)}"
        )
    _check_count(len(samples), modes)
    finite = np.isfinite(samples).all(-1)
    if not finite.all():
        raise UserError(
            "Finite samples were expected. Received: others in "
            f"{np.sum(~finite)} of {len(finite)}"
        )
    distances = metrics.pairwise_distances(samples, data.means) / data.scales
    nearest = distances.argmin(-1)
    good = distances.min(-1) < MODE_RADIUS
    counts = np.bincount(nearest[good], minlength=modes)
    return _coverage(counts, data.weights) | {
        "high_quality": float(good.mean()),
        "samples": len(samples),
    }


def measure_stacked_mnist(digits: np.ndarray) -> dict[str, float]:
    """Measures samples of Stacked MNIST, by the digits a classifier sees.

    A mode is captured if one sample is classified as it; `reverse_kl` is to
    the uniform distribution over the 1000 modes.

    Args:
        digits: int `[samples, 3]`, from 0 to 9, see `classify`.

    Returns:
        dict with `modes_captured`, int; `reverse_kl`, float; `samples`, int.

    Raises:
        UserError: these are not three digits per sample, or there are fewer
            samples than modes.
    """
    digits = np.asarray(digits)
    if digits.ndim != 2 or digits.shape[1] != 3:
        raise UserError(
            "Digits of shape [samples, 3] were expected. "
            f"Received: shape {list(digits.shape)}"
        )
    _check_count(len(digits), stacked_mnist.MODES)
    if digits.min() < 0 or digits.max() > 9:
        raise UserError(
            "Digits from 0 to 9 were expected. "
            f"Received: from {digits.min()} to {digits.max()}"
        )
    counts = np.bincount(
        stacked_mnist.mode_of(digits), minlength=stacked_mnist.MODES
    )
    shares = np.full(stacked_mnist.MODES, 1 / stacked_mnist.MODES)
    return _coverage(counts, shares) | {"samples": len(digits)}


def classify(network: keras.Model, images: np.ndarray) -> np.ndarray:
    """The digit of each channel, by a classifier of single digits.

    Args:
        network: images `[batch, height, width, 1]` in [-1, 1] -> `[batch, 10]`.
        images: uint8 `[samples, height, width, 3]`.

    Returns:
        int `[samples, 3]`, red first.
    """
    channels = [images[..., k : k + 1] for k in range(3)]
    return np.stack(
        [classification.predict(network, c).argmax(-1) for c in channels], -1
    )


def _check_count(samples: int, modes: int) -> None:
    if samples < modes:
        raise UserError(
            f"At least as many samples as the {modes} modes were expected. "
            f"Received: {samples}"
        )


def _coverage(counts: np.ndarray, shares: np.ndarray) -> dict[str, float]:
    """Modes captured and KL of the counts to the data's shares."""
    captured = counts > 0
    found = counts[captured] / max(counts.sum(), 1)
    ratios = found / shares[captured]
    return {
        "modes_captured": int(captured.sum()),
        "reverse_kl": (
            float(np.sum(found * np.log(ratios)))
            if captured.any()
            else float("nan")
        ),
    }


class ModeCoverage:
    """The coverage of a GAN's samples, as the evaluation of a run.

    Scalars `eval/modes_captured`, `eval/high_quality` and, where there is one,
    `eval/reverse_kl`.

    Args:
        density: of the data.
        samples: int, how many are drawn, of the seeds 0, 1, 2...
    """

    def __init__(self, density: Mixture, samples: int = GAUSSIAN_SAMPLES):
        _check_count(samples, len(density.means))
        self._density = density
        self._samples = samples

    def __call__(self, gan) -> Evaluation:
        """Evaluates a `GAN` of points."""
        return _scalars(measure_gaussians(self.draw(gan), self._density))

    def draw(self, gan) -> np.ndarray:
        """Samples of the averaged generator, if any, in inference mode."""
        return gan.sample(np.arange(self._samples)).numpy()


class StackedModeCoverage:
    """The same of a GAN of stacked digits: no `eval/high_quality`.

    Args:
        network: classifier of single digits, as for `classify`.
        image_shape: of the stacked images, `(height, width, 3)`.
        samples: int, how many are drawn, of the seeds 0, 1, 2...

    Raises:
        UserError: the network is none of ten classes of grey images of that
            size, or there are fewer samples than modes.
    """

    def __init__(
        self,
        network: keras.Model,
        image_shape: tuple[int, int, int],
        samples: int = STACKED_MNIST_SAMPLES,
    ):
        _check_count(samples, stacked_mnist.MODES)
        expected = (*image_shape[:2], 1), 10
        received = network.input_shape[1:], network.output_shape[-1]
        if received != expected:
            raise UserError(
                f"A classifier of images {list(expected[0])} and 10 digits was "
                f"expected. Received: images {list(received[0])}, "
                f"{received[1]} classes"
            )
        self._network = network
        self._samples = samples

    def __call__(self, gan) -> Evaluation:
        """Evaluates a `GAN` of images in [-1, 1]."""
        seeds = np.arange(self._samples)
        digits = []
        for first in range(0, self._samples, _MINIBATCH):
            images = gan.sample(seeds[first : first + _MINIBATCH]).numpy()
            digits.append(classify(self._network, to_uint8(images)))
        return _scalars(measure_stacked_mnist(np.concatenate(digits)))


def _scalars(measured):
    return Evaluation(
        {
            f"eval/{name}": float(value)
            for name, value in measured.items()
            if name != "samples" and np.isfinite(value)
        }
    )
