"""f-GAN: what the best output of each of the nine discriminators is."""

import numpy as np
import tensorflow as tf
from scipy import integrate

from tfgan_ref.data import mixture
from tfgan_ref.losses import f_divergence
from tools.dev.tutorial import gaussian, style
from tools.dev.tutorial.numbers import CLOSED_FORM, number
from tools.dev.tutorial.row import Row

HEAD = (
    "f-GAN: the outputs that win the nine games, and the divergences that they "
    "measure"
)
SIZE = (9.0, 5.4)
ROWS = (
    Row(
        "Nowozin et al. 2016",
        "f-GAN, eq. 4 to 7",
        "Each f-divergence is a game; the best output is f'(p/q). The "
        "tutorial's minimax game is one of them",
        ("tfgan_ref/losses/f_divergence.py::FDivergence",),
        (
            "tests/losses/f_divergence_test.py::test_optimal_output_recovers_"
            "the_divergence_of_two_gaussians",
            "tests/losses/f_divergence_test.py::test_the_gan_s_costs_are_the_"
            "tutorial_s",
            "tests/claims/f_gan_test.py::test_outputs_measure_the_nine_"
            "divergences",
        ),
        against="what wins is a table of outputs, one for each point; Neyman's "
        "divergence comes from tails where a network would see no example: "
        "1.21 of it within 3.6 of 0",
    ),
)
DATA = 0.4, 1.0  # Mean and scale.
MODEL = -0.3, 1.2
# To where Neyman's tail is nothing.
_X = np.linspace(-11.0, 11.0, 2201)
_SHOWN = np.abs(_X) <= 3.6
# The best logits are between. From 30 on the library's exponentials are lines.
_LOWEST, _HIGHEST, _HALVINGS = -1e9, 30.0, 90


def compute():
    """Lets a discriminator with a logit of its own for every point win."""
    p, q = (
        np.exp(gaussian.log_density(mixture.make([mean], scale), _X))
        for mean, scale in (DATA, MODEL)
    )
    ratio = tf.constant(p / q)
    closed = closed_forms()
    curves, numbers = {}, {}
    for divergence in f_divergence.DIVERGENCES:
        name = divergence.name
        logits = _win(divergence, ratio)
        output = divergence.output_activation(logits).numpy()
        paid = divergence.activated_conjugate(logits).numpy()
        best = divergence.optimal_output(ratio).numpy()
        curves[name] = output[_SHOWN], best[_SHOWN]
        of_definition = integrate.trapezoid(q * divergence.f(ratio), _X)
        numbers[name] = number(
            name.replace("_", " "),
            integrate.trapezoid(p * output - q * paid, _X),
            closed.get(name, of_definition),
            CLOSED_FORM if name in closed else "by quadrature",
        )
    return {"curves": curves, "numbers": numbers}


def closed_forms() -> dict[str, float]:
    """Of two Gaussians, where there is one."""
    kl, reverse = _kl(DATA, MODEL), _kl(MODEL, DATA)
    (m, s), (n, t) = DATA, MODEL
    spread = s**2 + t**2
    overlap = np.sqrt(2 * s * t / spread) * np.exp(-((m - n) ** 2) / 4 / spread)
    return {
        "kl": kl,
        "reverse_kl": reverse,
        "jeffreys": kl + reverse,
        "pearson_chi_squared": _chi_squared(DATA, MODEL),
        "neyman_chi_squared": _chi_squared(MODEL, DATA),
        "squared_hellinger": 2 - 2 * overlap,
    }


def _kl(one, other):
    (m, s), (n, t) = one, other
    return np.log(t / s) + (s**2 + (m - n) ** 2) / (2 * t**2) - 0.5


def _chi_squared(one, other):
    """Integral of (one - other)^2 / other."""
    (m, s), (n, t) = one, other
    spread = 2 * t**2 - s**2
    return t**2 / (s * np.sqrt(spread)) * np.exp((m - n) ** 2 / spread) - 1


def _win(divergence, ratio):
    """The logits of the largest E_p T - E_q f*(T), point by point."""

    @tf.function
    def slope(logits):
        with tf.GradientTape() as tape:
            tape.watch(logits)
            # At every point of the model's density: divided by q.
            value = tf.reduce_sum(
                divergence.activated_conjugate(logits)
                - ratio * divergence.output_activation(logits)
            )
        return tape.gradient(value, logits)

    # It falls and then rises with the logit, of which halving brackets the
    # least: the slope changes its sign there.
    low, high = (
        tf.fill(ratio.shape, tf.constant(bound, tf.float64))
        for bound in (_LOWEST, _HIGHEST)
    )
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        rising = slope(middle) > 0.0
        low, high = (
            tf.where(rising, low, middle),
            tf.where(rising, middle, high),
        )
    return (low + high) / 2.0


def draw(figure, computed):
    """Each divergence's output beside f'(p/q)."""
    axes = figure.subplots(3, 3, sharex=True)
    x = _X[_SHOWN]
    for axis, (name, (output, best)) in zip(
        axes.flat, computed["curves"].items(), strict=True
    ):
        axis.plot(x, best, color="#b8cce4", lw=5, label="f'(p/q)")
        axis.plot(x, output, "--", color=style.DISCRIMINATOR, label="T")
        axis.set_title(name.replace("_", " "), fontsize=9)
    axes[0, 0].legend(fontsize=8)
