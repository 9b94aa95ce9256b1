"""The theorem of the Jensen-Shannon divergence, both ways."""

import numpy as np
import tensorflow as tf

from tools.dev.tutorial import discriminator, style
from tools.dev.tutorial.numbers import number
from tools.dev.tutorial.row import Row

HEAD = (
    "The game's value at the best D is least, -log 4, if and only if the model "
    "is the data: pairs of distributions on six points"
)
SIZE = (6.4, 3.6)
ROWS = (
    Row(
        "3.2.2",
        "theorem",
        "(Goodfellow et al. 2014, theorem 1.) If p_model = p_data, the best D "
        "is 1/2 and V = -log 4; and only then: V + log 4 is between TV^2 and "
        "2 TV log 2, where TV is half the sum of |p_data - p_model|",
        ("tfgan_ref/losses/adversarial.py::minimax_discriminator_loss",),
        (
            "tests/claims/optimal_discriminator_test.py::test_at_equilibrium_"
            "nothing_is_told_apart_and_the_value_is_minus_log_4",
            "tests/claims/optimal_discriminator_test.py::test_the_theorem_"
            "holds_both_ways",
        ),
    ),
)
_POINTS = 6


def compute(pairs=1500, seed=0):
    """The value of the game of random pairs of distributions.

    Args:
        pairs: int.
        seed: int, of them.
    """
    rng = np.random.default_rng(seed)
    p, other = (rng.dirichlet(np.full(_POINTS, 0.5), pairs) for _ in range(2))
    # From nearly equal to anything.
    share = rng.uniform(0.1, 1, (pairs, 1)) ** 2
    q = (1 - share) * p + share * other
    distances = np.abs(p - q).sum(1) / 2
    excess = np.array([value(*pair) for pair in zip(p, q, strict=True)])
    excess += np.log(4)
    low, high = distances**2, 2 * np.log(2) * distances
    return {
        "distances": distances,
        "excess": excess,
        "numbers": {
            "equal": number(
                "V where the model is the data", value(p[0], p[0]), -np.log(4)
            ),
            "low": number(
                "least of (V + log 4) / TV^2, at least 1", (excess / low).min()
            ),
            "high": number(
                "largest of (V + log 4) / (2 TV log 2), at most 1",
                (excess / high).max(),
            ),
        },
    }


def value(p, q) -> float:
    """Of the game at the best discriminator's logits, by the library's cost.

    Args:
        p: float64 `[points]`, probabilities of the data.
        q: the same of the model.
    """
    tiny = np.finfo(np.float64).tiny
    logits = np.log(np.maximum(p, tiny)) - np.log(np.maximum(q, tiny))
    return -float(discriminator.cost(tf.constant(logits), p, q))


def draw(figure, computed):
    """The value over the distance, between its bounds."""
    axis = figure.subplots()
    axis.plot(
        computed["distances"],
        computed["excess"],
        ".",
        ms=3,
        color=style.DISCRIMINATOR,
        label="pairs of distributions",
    )
    line = np.linspace(0, 1, 100)
    bounds = {"TV²": line**2, "2 TV log 2": 2 * np.log(2) * line}
    for (label, bound), look in zip(bounds.items(), ("--", ":"), strict=True):
        axis.plot(line, bound, look, color=style.ALARM, label=label)
    axis.set(xlabel="total variation of data and model", ylabel="V + log 4")
    axis.legend(fontsize=8)
    style.grid(axis)
