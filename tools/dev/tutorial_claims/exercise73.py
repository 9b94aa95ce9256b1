"""Exercise 7.3: gradients of the three costs, sample by sample."""

import numpy as np
import tensorflow as tf

from tfgan_ref.data import mixture
from tools.dev.tutorial import gaussian, style
from tools.dev.tutorial.numbers import number
from tools.dev.tutorial.row import Row
from tools.dev.tutorial_claims.fig16 import GAMES

HEAD = (
    "Exercise 7.3, section 3.2.6: gradients by the mean of a Gaussian "
    "generator, with the best discriminator frozen"
)
SIZE = (9.0, 3.2)
_ADVERSARIAL = "tfgan_ref/losses/adversarial.py::"
_GRADIENTS = "tests/claims/generator_gradients_test.py::"
ROWS = (
    Row(
        "3.2.4, 7.3, 8.3",
        "eq. 14, 22 and 32 to 34, exercise 7.3",
        "At the best D, frozen, the gradient of E[-exp(logit)] is that of "
        "KL(p_data, p_model), though its value is constant. (The text of 8.3 "
        "loses a minus sign before its last line)",
        (_ADVERSARIAL + "maximum_likelihood_generator_loss",),
        (
            "tests/claims/generator_costs_test.py::test_maximum_likelihood_"
            "cost_has_the_gradient_of_kl",
            _GRADIENTS + "test_maximum_likelihood_samples_have_the_gradient_"
            "of_kl",
            _GRADIENTS + "test_exercise_73_has_the_gradient_of_kl",
        ),
        ("kl", "error"),
    ),
    Row(
        "3.2.6",
        "figure 16",
        "Of maximum likelihood's gradient nearly all comes from few samples, "
        "those near D = 1; the non-saturating cost has less variance. An "
        "effective share of 1: all samples' gradients are alike",
        (
            _ADVERSARIAL + "non_saturating_generator_loss",
            _ADVERSARIAL + "maximum_likelihood_generator_loss",
        ),
        (
            _GRADIENTS + "test_variances_are_in_the_order_of_figure_16",
            _GRADIENTS + "test_exercise_73_has_the_gradient_of_kl",
        ),
        (
            "share_non_saturating",
            "share_minimax",
            "share_maximum_likelihood",
        ),
        against="between these two Gaussians the share is a seventh, not next "
        "to nothing",
    ),
)
DATA = 0.6, 0.8  # Mean and scale.
GENERATOR = -1.2, 1.1
COUNT = 200_000


def per_sample(loss, count=COUNT, seed=0):
    """What one sample says of the generator's mean.

    Args:
        loss: function logits -> costs.
        count: int, samples.
        seed: int, of them.

    Returns:
        float64 `[count]`: the cost's slope by the mean; and by the logit.
    """
    z = tf.random.stateless_normal([count], [seed, 0], dtype=tf.float64)
    # A mean for every sample, so that each has a gradient of its own.
    means = tf.fill([count], tf.constant(GENERATOR[0], tf.float64))
    data, model = (mixture.make([m], s) for m, s in (DATA, GENERATOR))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(means)
        x = means + GENERATOR[1] * z
        logits = gaussian.log_density(data, x) - gaussian.log_density(model, x)
        costs = loss(logits)
    return tuple(np.float64(tape.gradient(costs, by)) for by in (means, logits))


def effective_share(slopes) -> float:
    """How large a part of the samples has the say, in (0, 1].

    (sum |g|)^2 / (n sum g^2): 1 where all gradients are alike, 1/n where all
    of it comes from one sample.
    """
    return np.mean(np.abs(slopes)) ** 2 / np.mean(slopes**2)


def compute(count=COUNT):
    """The gradients of all samples, and what they add up to.

    Args:
        count: int, samples.
    """
    found = {name: per_sample(game[0], count) for name, game in GAMES.items()}
    by_mean, _ = found["maximum likelihood"]
    error = by_mean.std() / np.sqrt(count)
    kl = (GENERATOR[0] - DATA[0]) / GENERATOR[1] ** 2
    numbers = {
        "kl": number(
            "mean gradient of the maximum likelihood cost, as that of "
            "KL(p_data, p_model)",
            by_mean.mean(),
            kl,
        ),
        "error": number("its standard error", error),
    }
    wanted = {"maximum likelihood": 1 / (1 + chi_squared())}
    for name, (_, by_logit) in found.items():
        key = "share_" + name.replace(" ", "_").replace("-", "_")
        numbers[key] = number(
            f"effective share of the samples, {name}",
            effective_share(by_logit),
            wanted.get(name),
        )
    slopes = {name: -by_logit for name, (_, by_logit) in found.items()}
    return {"slopes": slopes, "numbers": numbers}


def chi_squared() -> float:
    """Pearson's divergence of the data from the model, in closed form."""
    (m, s), (mean, scale) = DATA, GENERATOR
    spread = 2 * scale**2 - s**2
    factor = scale**2 / (s * np.sqrt(spread))
    return factor * np.exp((m - mean) ** 2 / spread) - 1


def draw(figure, computed):
    """How steep a sample's cost is, and who makes the gradient."""
    left, right = figure.subplots(1, 2)
    for name, (_, _, color) in GAMES.items():
        slopes = np.sort(computed["slopes"][name])[::-1]
        left.hist(
            np.log10(slopes),
            bins=np.linspace(-4, 1.5, 80),
            histtype="step",
            density=True,
            color=color,
            label=name,
        )
        shares = np.concatenate([[0], np.cumsum(slopes) / slopes.sum()])
        part = np.linspace(0, 1, len(shares))
        every = max(1, len(shares) // 400)
        right.plot(
            100 * part[::every], 100 * shares[::every], color=color, label=name
        )
    right.plot([0, 100], [0, 100], ":", color="#a0a0a0", label="all alike")
    left.set(
        xlabel="log10 of - slope by the logit", ylabel="density of samples"
    )
    left.legend(fontsize=8, loc="upper left")
    right.set(
        xlabel="steepest samples, % of all", ylabel="their part of the sum, %"
    )
    right.legend(fontsize=8, loc="lower right")
    for axis in (left, right):
        style.grid(axis)
