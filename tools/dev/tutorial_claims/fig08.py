"""Figure 8: maximum likelihood pushes up the density at the samples."""

import numpy as np
import tensorflow as tf

from tfgan_ref.data import mixture
from tools.dev.tutorial import gaussian, style
from tools.dev.tutorial.numbers import number
from tools.dev.tutorial.row import Row

HEAD = "Figure 8, eq. (4): maximum likelihood"
SIZE = (9.0, 3.2)
ROWS = (
    Row(
        "2.1",
        "eq. 1 to 4, figure 8",
        "Maximum likelihood is least KL(p_data, p_model): of a Gaussian it "
        "takes the samples' mean and biased variance, and the two have the "
        "same gradient",
        ("tfgan_ref/data/mixture.py::Mixture",),
        (
            "tests/claims/maximum_likelihood_test.py::test_the_best_gaussian_"
            "has_the_samples_mean_and_biased_variance",
            "tests/claims/maximum_likelihood_test.py::test_nll_has_the_"
            "gradient_of_kl_from_the_data_to_the_model",
            "tests/claims/maximum_likelihood_test.py::test_figure_8_is_maximum_"
            "likelihood",
        ),
    ),
)
COUNT = 12
START = -2.0, 0.6  # Mean and scale.
_DATA = mixture.make([-1.0, 2.0], [0.4, 0.7], [3.0, 1.0])
_X = np.linspace(-6.0, 7.0, 4001)
_SCALE = 1.2  # Of the models in the picture's right half.


def compute():
    """Fits a Gaussian to samples; slopes of the likelihood and of KL."""
    samples = _DATA.sample(COUNT, [1, 1]).numpy()[:, 0].astype(np.float64)
    mean, scale, _, path = gaussian.fit(
        lambda model: -tf.reduce_mean(gaussian.log_density(model, samples)),
        *START,
    )
    means = np.linspace(-2.5, 2.5, 61)
    nll, kl, slopes = _of_the_data(means)
    by_hand = (means - _DATA.weights @ _DATA.means[:, 0]) / _SCALE**2
    return {
        "samples": samples,
        "x": np.linspace(-4.0, 4.5, 300),
        "path": path,
        "means": means,
        "nll": nll,
        "kl": kl,
        "numbers": {
            "mean": number("mean of the best Gaussian", mean, samples.mean()),
            "variance": number("its variance", scale**2, np.var(samples)),
            "slope": number(
                "largest distance of the slope of -E log p_model from that of "
                "KL(p_data, p_model)",
                np.abs(slopes - by_hand).max(),
                0.0,
            ),
        },
    }


def _of_the_data(means):
    """Both costs of Gaussians of those means, and the slopes of the first."""
    log_p = gaussian.log_density(_DATA, _X)
    weights = tf.exp(log_p) * (_X[1] - _X[0])

    def nll(model):
        return -tf.reduce_sum(weights * gaussian.log_density(model, _X))

    def kl(model):
        ratio = log_p - gaussian.log_density(model, _X)
        return tf.reduce_sum(weights * ratio)

    rows = []
    for mean in means:
        theta = mean, np.log(_SCALE)
        cost, slope = gaussian.cost_and_gradient(nll, theta)
        divergence, _ = gaussian.cost_and_gradient(kl, theta)
        rows.append((cost, divergence, slope[0]))
    return np.array(rows).T


def draw(figure, computed):
    """The samples that push the density up, and the two costs."""
    left, right = figure.subplots(1, 2)
    x, samples = computed["x"], computed["samples"]
    first, *_, last = (
        np.exp(gaussian.log_density(mixture.make([m], s), x))
        for m, s in computed["path"]
    )
    left.plot(x, first, ":", color=style.MODEL, label="model at the start")
    left.plot(x, last, color=style.MODEL, label="model of most likelihood")
    mean, scale = computed["path"][-1]
    heights = np.exp(gaussian.log_density(mixture.make([mean], scale), samples))
    left.vlines(samples, 0, heights, color=style.DATA, lw=0.8)
    left.plot(samples, heights, "^", color=style.DATA, ms=4)
    left.plot(samples, 0 * samples, "o", color=style.DATA, label="samples")
    left.set(xlabel="x", ylabel="density", ylim=(-0.02, None))
    left.legend(fontsize=8)
    means = computed["means"]
    for key, line, color, label in (
        ("nll", "-", style.MODEL, "$-E_{data}\\,\\log p_{model}$"),
        ("kl", "--", style.DISCRIMINATOR, "$KL(p_{data}, p_{model})$"),
    ):
        right.plot(means, computed[key], line, color=color, label=label)
    right.legend(fontsize=8, loc="upper center")
    right.set(xlabel="mean of the model", ylabel="cost, nats", ylim=(0, None))
