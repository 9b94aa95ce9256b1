"""Figure 35: a discriminator between two known densities."""

import numpy as np

from tfgan_ref.data import mixture
from tools.dev.tutorial import discriminator, style
from tools.dev.tutorial.numbers import number
from tools.dev.tutorial.row import Row

HEAD = "Figure 35, eq. (25) and (9): a discriminator trained to the end"
SIZE = (9.0, 3.2)
_COST = "tfgan_ref/losses/adversarial.py::minimax_discriminator_loss"
_OPTIMAL = "tests/claims/optimal_discriminator_test.py::"
ROWS = (
    Row(
        "3.2.1, 7.1, 8.1",
        "eq. 8, 18 and 23 to 25, figure 35, exercise 7.1",
        "The discriminator's cost is the sigmoid cross-entropy in all games, "
        "and the best D is p_data / (p_data + p_model)",
        (_COST,),
        (
            "tests/losses/adversarial_test.py::test_discriminator_loss_is_the_"
            "sigmoid_cross_entropy",
            _OPTIMAL + "test_training_goes_to_data_over_data_plus_model",
            _OPTIMAL + "test_training_between_known_densities_goes_to_the_"
            "ratio",
            _OPTIMAL + "test_figure_35_is_the_ratio_of_the_densities",
        ),
        ("error",),
    ),
    Row(
        "3.2.1",
        "eq. 9",
        "A trained discriminator estimates the ratio p_data / p_model: it is "
        "exp of the logit",
        (_COST,),
        (_OPTIMAL + "test_figure_35_is_the_ratio_of_the_densities",),
        ("ratio", "ratio_rare"),
        against="where one of the two has few examples the ratio is off by a "
        "factor, though D is not",
    ),
    Row(
        "3.2.2",
        "eq. 10 to 12, equilibrium",
        "The zero-sum game minimises what resembles the Jensen-Shannon "
        "divergence: at the best D it is V = 2 JSD - log 4 (without eq. 8's "
        "factor 1/2)",
        (
            _COST,
            "tfgan_ref/losses/adversarial.py::minimax_generator_loss",
        ),
        (
            _OPTIMAL + "test_value_at_the_optimum_is_twice_the_jensen_shannon_"
            "less_log_4",
            "tests/claims/generator_costs_test.py::test_minimax_cost_has_the_"
            "gradient_of_twice_the_jensen_shannon",
        ),
        ("value",),
    ),
)
DATA = mixture.make([0.0], 1.0)
# Samples are, where no data are: the second mode of the model.
SPURIOUS = 4.5
MODEL = mixture.make([1.0, SPURIOUS], [0.8, 0.4], [7.0, 3.0])
X = np.linspace(-3.0, 6.0, 451)
_RARE = 0.01  # Of either density.


def compute(steps=4000):
    """Trains a network.

    Args:
        steps: int, of Adam on the expected cost.
    """
    p, q = (discriminator.density(of, X) for of in (DATA, MODEL))
    logits_at, cost = discriminator.train(X, p, q, steps=steps)
    logits = logits_at(X)
    d, best = 1 / (1 + np.exp(-logits)), p / (p + q)
    middle = (p + q) / 2
    divergence = np.sum(p * np.log(p / middle) + q * np.log(q / middle))
    divergence *= X[1] - X[0]
    # As factors: 1 where the estimate is right.
    factors = np.exp(np.abs(logits - np.log(p / q)))
    rare = np.minimum(p, q) < _RARE
    return {
        "p": p,
        "q": q,
        "d": d,
        "best": best,
        "ratio": np.exp(logits),
        "rare": rare,
        "numbers": {
            "error": number("largest |D - p/(p+q)|", np.abs(d - best).max(), 0),
            "ratio": number(
                "largest factor between exp(logit) and p/q, where both p and "
                f"q are above {_RARE:g}",
                factors[~rare].max(),
                1,
            ),
            "ratio_rare": number("elsewhere", factors[rare].max(), 1),
            "value": number(
                "V, twice the Jensen-Shannon divergence less log 4",
                -cost,
                divergence - np.log(4),
            ),
        },
    }


def draw(figure, computed):
    """The densities with D; the ratio and its estimate."""
    left, right = figure.subplots(1, 2)
    left.plot(X, computed["p"], ":", color=style.DATA, label="data, p")
    left.plot(X, computed["q"], color=style.MODEL, label="model, q")
    wide = {"color": "#b8cce4", "lw": 5, "zorder": 0}
    dashed = {"ls": "--", "color": style.DISCRIMINATOR}
    left.plot(X, computed["best"], label="p / (p + q)", **wide)
    left.plot(X, computed["d"], label="D, trained", **dashed)
    left.set(xlabel="x", ylabel="density; D(x)", ylim=(0, 1.4))
    right.plot(X, computed["p"] / computed["q"], label="p / q", **wide)
    right.plot(X, computed["ratio"], label="exp(logit), trained", **dashed)
    right.fill_between(
        X,
        0,
        1,
        where=computed["rare"],
        transform=right.get_xaxis_transform(),
        color="#f4e6e6",
        zorder=-1,
        label="few examples of one",
    )
    right.set(xlabel="x", ylabel="ratio", yscale="log")
    left.legend(fontsize=8, loc="upper right", ncols=2)
    right.legend(fontsize=8, loc="lower left")
