"""Section 3.2.3: at the start the minimax generator learns nothing."""

import numpy as np
import tensorflow as tf

from tfgan_ref.losses import adversarial
from tools.dev.tutorial import style
from tools.dev.tutorial.numbers import number
from tools.dev.tutorial.row import Row

HEAD = (
    "Section 3.2.3: the generator's gradient by its mean, with the best "
    "discriminator frozen, over the distance to the data"
)
SIZE = (6.4, 3.6)
_ADVERSARIAL = "tfgan_ref/losses/adversarial.py::"
ROWS = (
    Row(
        "3.2.3",
        "saturation at the start",
        "Where the discriminator rejects samples with high confidence, the "
        "minimax generator's gradient vanishes, and the non-saturating one is "
        "strong: so it is at the start, far from the data",
        (
            _ADVERSARIAL + "minimax_generator_loss",
            _ADVERSARIAL + "non_saturating_generator_loss",
        ),
        (
            "tests/claims/saturation_test.py::test_gradients_are_those_of_"
            "quadrature",
            "tests/claims/saturation_test.py::test_far_from_the_data_minimax_"
            "has_next_to_no_gradient",
        ),
    ),
)
GAMES = {
    "minimax": (adversarial.minimax_generator_loss, style.DISCRIMINATOR),
    "non-saturating": (adversarial.non_saturating_generator_loss, style.MODEL),
}
FAR = 8.0  # In deviations, of data and samples alike.
_Z = np.linspace(-9.0, 9.0, 1801)


def gradient(loss, distance) -> float:
    """Of the expected cost by the mean of N(-distance, 1), data of N(0, 1).

    Args:
        loss: function logits -> costs.
        distance: float.
    """
    weights = np.exp(-(_Z**2) / 2)
    weights /= weights.sum()
    mean = tf.constant(-distance, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(mean)
        x = mean + _Z
        # log p/q; frozen, the generator's mean in q is a number.
        logits = -0.5 * x**2 + 0.5 * (x + distance) ** 2
        cost = tf.reduce_sum(weights * loss(logits))
    return float(tape.gradient(cost, mean))


def compute():
    """Both gradients' sizes over the distance."""
    distances = np.linspace(0.1, FAR, 80)
    sizes = {
        name: np.abs([gradient(loss, at) for at in distances])
        for name, (loss, _) in GAMES.items()
    }
    numbers = {
        name: number(
            f"{name}, |gradient| at {FAR:g} deviations from the data", size[-1]
        )
        for name, size in sizes.items()
    }
    return {"distances": distances, "sizes": sizes, "numbers": numbers}


def draw(figure, computed):
    """The two curves."""
    axis = figure.subplots()
    for name, (_, color) in GAMES.items():
        axis.plot(
            computed["distances"],
            computed["sizes"][name],
            color=color,
            label=name,
        )
    axis.set(
        xlabel="distance of the means, deviations",
        ylabel="|gradient| by the mean",
        yscale="log",
    )
    axis.legend(fontsize=8)
    style.grid(axis)
