"""Section 5.1.1, eq. (16) and (17): which player is optimal inside."""

import numpy as np
import tensorflow as tf
from scipy import special

from tfgan_ref.losses import adversarial
from tools.dev.tutorial import discriminator, style
from tools.dev.tutorial.numbers import claimed, number
from tools.dev.tutorial.row import Row

HEAD = (
    "Section 5.1.1, eq. (16) and (17): min max and max min of one game on four "
    "points"
)
SIZE = (9.0, 2.8)
_DIVERGENCES = "tests/claims/divergences_test.py::"
ROWS = (
    Row(
        "5.1.1",
        "eq. 16 and 17",
        "Min max recovers the data; max min puts all mass on the point that "
        "the discriminator believes most, and goes from one to another",
        ("tfgan_ref/losses/adversarial.py::minimax_generator_loss",),
        (
            _DIVERGENCES + "test_min_max_recovers_the_data",
            _DIVERGENCES + "test_max_min_puts_all_mass_where_the_discriminator_"
            "is_most_deceived",
            _DIVERGENCES + "test_both_orders_are_those_of_closed_forms",
        ),
    ),
)
DATA = np.array([0.4, 0.1, 0.3, 0.2])
_START = np.array([0.3, -0.2, 0.1, 0.0])  # The model's logits.
_FIRST = special.logit([0.55, 0.3, 0.6, 0.45])  # The discriminator's.


def compute(steps=1500, turns=12):
    """Plays it in both orders.

    Args:
        steps: int, of the generator where the discriminator is inside.
        turns: int, of the discriminator where the generator is.
    """
    path, logits = [], _START.copy()
    for _ in range(steps):
        q = special.softmax(logits)
        path.append(q)
        # The best discriminator of this model.
        gradient = _costs(special.logit(DATA / (DATA + q)))
        logits = logits - q * (gradient - np.sum(q * gradient))
    chosen, logits = [], _FIRST.copy()
    for _ in range(turns):
        # All mass where the cost is least: no other model costs less.
        q = np.eye(4)[_costs(logits).argmin()]
        chosen.append(q)
        logits = _ascend(logits, q)
    visited = {int(q.argmax()) for q in chosen}
    return {
        "path": np.array(path),
        "chosen": np.array(chosen),
        "numbers": {
            "min_max": number(
                "min max, largest |p_model - p_data|",
                np.abs(path[-1] - DATA).max(),
                0,
                claimed("5.1.1"),
            ),
            "max_min": number(
                "max min, points with mass at a time",
                max(np.sum(q > 0) for q in chosen),
                1,
                claimed("5.1.1"),
            ),
            "visited": number("points that it has been at", len(visited)),
        },
    }


def _costs(logits):
    """log(1 - D) at every point."""
    return np.float64(
        adversarial.minimax_generator_loss(tf.constant(logits, tf.float64))
    )


def _ascend(logits, q):
    """The discriminator's logits after a step up the value."""
    logits = tf.constant(logits)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        cost = discriminator.cost(logits, DATA, q)
    return (logits - tape.gradient(cost, logits)).numpy()


def draw(figure, computed):
    """The model's four probabilities on the way, in either order."""
    left, right = figure.subplots(1, 2)
    colors = style.DATA, style.MODEL, style.DISCRIMINATOR, style.THIRD
    steps = np.arange(1, 1 + len(computed["path"]))
    for k, color in enumerate(colors):
        left.plot(steps, computed["path"][:, k], color=color)
        left.axhline(DATA[k], ls=":", lw=0.8, color=color)
        turns = np.flatnonzero(computed["chosen"][:, k])
        right.plot(1 + turns, np.full(len(turns), k + 1), "o", color=color)
    left.set(
        title="min max: to the data (dotted)",
        xlabel="updates of the generator",
        ylabel="p_model",
        xscale="log",
    )
    right.set(
        title="max min: one point at a time",
        xlabel="updates of the discriminator",
        ylabel="point with all mass",
        yticks=range(1, 5),
    )
