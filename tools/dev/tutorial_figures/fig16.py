"""Figure 16: what the generator pays for a sample, in three games."""

import numpy as np
import tensorflow as tf

from tfgan_ref.losses import adversarial
from tools.dev.tutorial_figures import style
from tools.dev.tutorial_figures.claims import claim

HEAD = "Figure 16, eq. (10), (13) and (14): the generator's three costs"
SIZE = (9.0, 3.4)
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
    costs, slopes, claims = {}, {}, {}
    for name, (loss, slope, _) in GAMES.items():
        costs[name], slopes[name] = cost_and_slope(loss, d)
        ends = np.array([REJECTED, ACCEPTED])
        _, measured = cost_and_slope(loss, ends)
        for place, at, value in zip(
            ("rejected", "accepted"), ends, measured, strict=True
        ):
            claims[f"{name}_{place}"] = claim(
                f"{name}, slope at D = {at:g}", value, slope(at)
            )
    errors = [
        np.abs(slopes[name] / slope(d) - 1).max()
        for name, (_, slope, _) in GAMES.items()
    ]
    claims["error"] = claim(
        "largest relative error of any slope", max(errors), 0.0
    )
    return {"d": d, "costs": costs, "slopes": slopes, "claims": claims}


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
