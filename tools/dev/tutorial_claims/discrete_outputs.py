"""Section 5.3: what a generator of tokens can learn from."""

import numpy as np

from tfgan_ref.evaluation import gradient_estimates
from tools.dev.tutorial import style
from tools.dev.tutorial.numbers import number
from tools.dev.tutorial.row import Row

HEAD = (
    "Section 5.3: estimates of the gradient of a law of ten categories, each "
    "of a minibatch of 64, over the length of the exact one"
)
SIZE = (6.4, 3.2)
_CLAIMS = "tests/claims/discrete_outputs_test.py::"
_GRAMMAR = "grammar_reinforce_seed{}:evaluations:{}:eval/valid"
_ORACLE = "oracle_{}_seed0:evaluations:-1:eval/{}"
ROWS = (
    Row(
        "5.3",
        "discrete outputs",
        "A generator of tokens has no gradient by its samples. The tutorial "
        "names three ways out: REINFORCE, the Gumbel-softmax distribution, "
        "and continuous numbers that are decoded to tokens",
        (
            "tfgan_ref/losses/discrete.py::reinforce",
            "tfgan_ref/losses/discrete.py::boundary_seeking",
            "tfgan_ref/layers/draws.py::GumbelSoftmax",
            "tfgan_ref/layers/draws.py::StraightThrough",
            "tfgan_ref/layers/draws.py::Nearest",
        ),
        (
            _CLAIMS + "test_weights_exp_logit_give_the_gradient_of_kl_of_data_"
            "to_samples",
            _CLAIMS + "test_reward_logit_gives_minus_the_gradient_of_kl_of_"
            "samples_to_data",
            _CLAIMS + "test_the_greatest_of_logits_and_gumbel_noise_is_of_the_"
            "softmax",
            "tests/evaluation/gradient_estimates_test.py::test_reinforce_has_"
            "no_bias_and_a_known_variance",
        ),
        against="the relaxed estimates vary least, and are biased, by a "
        "quarter of the exact gradient. Boundary-seeking ones are a little, "
        "since their weights are normalised within the minibatch",
    ),
    Row(
        "5.3",
        "strings",
        "Strings are within reach of REINFORCE: the share of those of a "
        "grammar, which a parser decides, grows in the game",
        (
            "tfgan_ref/models/strings.py::build",
            "tfgan_ref/losses/discrete.py::mean_of_others",
        ),
        (
            "tests/claims/discrete_outputs_test.py::test_the_mean_of_the_"
            "others_is_a_baseline",
        ),
        numbers=(),
        records=(
            *(
                (f"seed {seed}, valid {words}", _GRAMMAR.format(seed, place))
                for seed in (0, 1)
                for words, place in (("before the game", 0), ("after", -1))
            ),
            (
                "SeqGAN's experiment with an oracle of our own, nats a token "
                "of samples after the game",
                _ORACLE.format("game", "oracle_nll"),
            ),
            (
                "after as many steps of likelihood alone",
                _ORACLE.format("likelihood", "oracle_nll"),
            ),
            (
                "the oracle's own, the floor",
                _ORACLE.format("game", "oracle_nll/floor"),
            ),
            (
                "held-out strings under the generator, before the game",
                "oracle_game_seed0:evaluations:7:eval/nll",
            ),
            ("after it", _ORACLE.format("game", "nll")),
            (
                "after likelihood alone",
                _ORACLE.format("likelihood", "nll"),
            ),
        ),
        against="samples become more probable to the oracle, held-out strings "
        "no more probable to the generator: its law has become sharper",
    ),
)
_CATEGORIES, _BATCH, _MINIBATCHES = 10, 64, 1000
_DEFAULT_TEMPERATURE = 1.0


def compute(minibatches=_MINIBATCHES):
    """Bias and deviation of each, where q is even and D the best one.

    Args:
        minibatches: int > 1, whose gradients are taken.
    """
    p = 1.0 / np.arange(1, _CATEGORIES + 1)  # Zipf's law.
    found = gradient_estimates.compare(
        p / p.sum(),
        _BATCH,
        minibatches,
        temperature=_DEFAULT_TEMPERATURE,
        temperatures=(),
    )
    rows = {
        name: {key: value / row["exact"] for key, value in row.items()}
        for name, row in found.items()
        if name != "embedding"  # Its generator has no law to compare with.
    }
    numbers = {}
    for name, row in rows.items():
        words, key = name.replace("_", " "), name.replace(", ", "_")
        chance = f", by chance {row['bias_by_chance']:.2g}"
        numbers[f"bias_{key}"] = number(
            f"{words}, bias{chance}",
            row["bias"],
            0.0 if name.startswith("reinforce") else None,
        )
        numbers[f"deviation_{key}"] = number("deviation", row["deviation"])
    return {"rows": rows, "numbers": numbers}


def draw(figure, computed):
    """Both over the estimators."""
    axis, rows = figure.subplots(), computed["rows"]
    shown = [*rows][::-1]
    for shift, key, color in (
        (0.2, "bias", style.ALARM),
        (-0.2, "deviation", style.DISCRIMINATOR),
    ):
        places = np.arange(len(shown)) + shift
        values = [rows[name][key] for name in shown]
        axis.barh(places, values, 0.4, color=color, label=key)
    axis.set_yticks(range(len(shown)), [n.replace("_", " ") for n in shown])
    axis.set(xscale="log", xlabel="over the exact gradient's length")
    axis.legend(fontsize=8)
    style.grid(axis)
