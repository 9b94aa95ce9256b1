"""Figure 16: what the generator pays for a sample, in three games."""

import numpy as np
import tensorflow as tf

from tfgan_ref.losses import adversarial
from tools.dev.tutorial import style
from tools.dev.tutorial.numbers import number
from tools.dev.tutorial.row import Row

HEAD = "Figure 16, eq. (10), (13) and (14): the generator's three costs"
SIZE = (9.0, 3.4)
_ADVERSARIAL = "tfgan_ref/losses/adversarial.py::"
_COSTS = "tests/claims/generator_costs_test.py::"
ROWS = (
    Row(
        "3.2.2",
        "eq. 10 to 12, figure 16",
        "The minimax generator's gradient vanishes where samples are rejected: "
        "its slope by the logit is -D",
        (_ADVERSARIAL + "minimax_generator_loss",),
        (
            _COSTS + "test_minimax_generator_s_gradient_vanishes_where_samples_"
            "are_rejected",
            _COSTS + "test_figure_16_has_the_slopes_of_the_equations",
        ),
        ("minimax_rejected", "minimax_accepted"),
    ),
    Row(
        "3.2.3",
        "eq. 13, figure 16",
        "The non-saturating cost is steep where samples are rejected: its "
        "slope is -(1 - D)",
        (_ADVERSARIAL + "non_saturating_generator_loss",),
        (
            _COSTS + "test_non_saturating_gradient_is_strong_where_samples_are_"
            "rejected",
        ),
        ("non-saturating_rejected", "non-saturating_accepted"),
    ),
    Row(
        "3.2.6",
        "figure 16",
        "Where samples are rejected, both minimax and maximum likelihood have "
        "very little gradient",
        (_ADVERSARIAL + "maximum_likelihood_generator_loss",),
        (
            _COSTS + "test_curves_of_figure_16_keep_their_order",
            _COSTS + "test_maximum_likelihood_gradient_comes_from_the_best_"
            "samples",
        ),
        ("maximum likelihood_rejected", "maximum likelihood_accepted"),
    ),
)
# Name -> cost, the slope that the tutorial's equation has, colour.
GAMES = {
    "minimax": (
        adversarial.minimax_generator_loss,
        lambda d: -d,
        style.DISCRIMINATOR,
    ),
    "non-saturating": (
        adversarial.non_saturating_generator_loss,
        lambda d: d - 1,
        style.MODEL,
    ),
    "maximum likelihood": (
        adversarial.maximum_likelihood_generator_loss,
        lambda d: -d / (1 - d),
        style.ALARM,
    ),
}
REJECTED, ACCEPTED = 0.001, 0.95


def cost_and_slope(loss, d):
    """A cost, and its slope by the logit, where D(G(z)) = d.

    Args:
        loss: function logits -> costs.
        d: float `[points]`, in (0, 1).

    Returns:
        Two of float64 `[points]`.
    """
    d = np.float64(d)
    logits = tf.constant(np.log(d) - np.log1p(-d), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        costs = loss(logits)
    slopes = tape.gradient(costs, logits)
    return np.float64(costs), np.float64(slopes)


def compute():
    """Each cost and its slope over D, and the slopes at two of them."""
    logits = np.linspace(-8.0, 5.0, 400)
    d = 1 / (1 + np.exp(-logits))
    costs, slopes, numbers = {}, {}, {}
    for name, (loss, slope, _) in GAMES.items():
        costs[name], slopes[name] = cost_and_slope(loss, d)
        ends = np.array([REJECTED, ACCEPTED])
        _, measured = cost_and_slope(loss, ends)
        for place, at, value in zip(
            ("rejected", "accepted"), ends, measured, strict=True
        ):
            numbers[f"{name}_{place}"] = number(
                f"{name}, slope at D = {at:g}", value, slope(at)
            )
    errors = [
        np.abs(slopes[name] / slope(d) - 1).max()
        for name, (_, slope, _) in GAMES.items()
    ]
    numbers["error"] = number(
        "largest relative error of any slope", max(errors), 0.0
    )
    return {"d": d, "costs": costs, "slopes": slopes, "numbers": numbers}


def draw(figure, computed):
    """The costs as the tutorial draws them, and how steep they are."""
    left, right = figure.subplots(1, 2)
    d = computed["d"]
    for name, (_, _, color) in GAMES.items():
        left.plot(d, computed["costs"][name], color=color, label=name)
        right.plot(d, -computed["slopes"][name], color=color, label=name)
    left.set(xlabel="D(G(z))", ylabel="cost of one sample", ylim=(-20, 7))
    left.legend(fontsize=8, loc="lower left")
    right.set(
        xlabel="D(G(z))",
        ylabel="- slope by the logit",
        xscale="logit",
        yscale="log",
    )
    right.axhline(1, color="#c0c0c0", lw=0.8, zorder=0)
    right.minorticks_off()
    right.legend(fontsize=8, loc="lower right")
