"""Figure 14: a Gaussian fitted to two, by either direction of KL."""

import numpy as np
import tensorflow as tf

from tfgan_ref.data import mixture, toy
from tools.dev.tutorial import gaussian, style
from tools.dev.tutorial.numbers import number
from tools.dev.tutorial.row import Row

HEAD = "Figure 14: one Gaussian fitted to two"
SIZE = (9.0, 2.9)
ROWS = (
    Row(
        "3.2.5",
        "figure 14",
        "KL(data, model) is least where the model covers both modes, "
        "KL(model, data) where it chooses one",
        ("tfgan_ref/data/toy.py::two_gaussians",),
        (
            "tests/claims/divergences_test.py::test_kl_from_data_to_model_"
            "covers_both_modes",
            "tests/claims/divergences_test.py::test_kl_from_model_to_data_"
            "chooses_one_mode",
            "tests/claims/divergences_test.py::test_figure_14_has_the_optima",
        ),
    ),
)
_X = np.linspace(-10.0, 10.0, 4001)
_STEP = _X[1] - _X[0]
_ALONE = "the mode alone"


def compute():
    """The best Gaussian by KL(data, model), and both by KL(model, data)."""
    data = toy.two_gaussians()
    log_p = gaussian.log_density(data, _X)

    def forward(model):
        ratio = log_p - gaussian.log_density(model, _X)
        return _STEP * tf.reduce_sum(tf.exp(log_p) * ratio)

    def reverse(model):
        log_q = gaussian.log_density(model, _X)
        return _STEP * tf.reduce_sum(tf.exp(log_q) * (log_q - log_p))

    wide = gaussian.fit(forward, 0.7, 0.8)
    sides = [gaussian.fit(reverse, side * 1.2, 0.8) for side in (-1, 1)]
    return {
        "x": _X[(_X > -5) & (_X < 5)],
        "forward": wide[:2],
        "reverse": [found[:2] for found in sides],
        "numbers": _numbers(wide, sides, data),
    }


def _numbers(wide, sides, data):
    scale = np.sqrt(np.mean(data.scales**2 + data.means[:, 0] ** 2))
    p = np.exp(gaussian.log_density(data, _X).numpy())
    entropy = -_STEP * np.sum(p * np.log(p))
    # The cross entropy to the Gaussian of the data's own two moments.
    kl = 0.5 * np.log(2 * np.pi * np.e * scale**2) - entropy
    return {
        "forward_mean": number("KL(data, model) is least at mean", wide[0], 0),
        "forward_scale": number("its sigma", wide[1], scale),
        "forward_kl": number("its KL", wide[2], kl),
        # Nearly those of the mode alone, of which half the data are.
        "reverse_left": number(
            "KL(model, data) has minima at mean", sides[0][0], -2, _ALONE
        ),
        "reverse_right": number("and at mean", sides[1][0], 2, _ALONE),
        "reverse_scale": number("their sigma", sides[1][1], 0.5, _ALONE),
        "reverse_kl": number("their KL", sides[1][2], np.log(2), _ALONE),
    }


def draw(figure, computed):
    """The data, and what each direction makes of them."""
    axes = figure.subplots(1, 2, sharey=True)
    x = computed["x"]
    fits = [computed["forward"]], computed["reverse"]
    titles = "KL(data, model)", "KL(model, data)"
    for axis, title, found in zip(axes, titles, fits, strict=True):
        data = np.exp(gaussian.log_density(toy.two_gaussians(), x))
        axis.plot(x, data, color=style.DATA, label="p, the data")
        for i, (mean, scale) in enumerate(found):
            q = np.exp(gaussian.log_density(mixture.make([mean], scale), x))
            label = "q*, the model" if i == 0 else "the other minimum"
            line = "--" if i == 0 else ":"
            axis.plot(x, q, line, color=style.MODEL, label=label)
        axis.set(title=f"least {title}", xlabel="x", ylim=(0, 1.1))
        axis.legend(fontsize=8, loc="upper left", ncols=3)
    axes[0].set_ylabel("density")
