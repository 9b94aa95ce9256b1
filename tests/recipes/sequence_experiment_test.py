"""What recipes.sequence builds, flag by flag."""

import pathlib
import tempfile

import numpy as np
from keras.initializers import GlorotUniform

from tests.recipes import built, experiment, token_checks
from tests.recipes import flag_checks as checks
from tests.recipes.experiment import Unset
from tfgan_ref.data import strings

FOLDER = tempfile.TemporaryDirectory()
RULES = pathlib.Path(FOLDER.name) / "rules.txt"
RULES.write_text("S -> a | aSb")
DEFAULTS = checks.DEFAULTS | {
    "task": "grammar",
    "dataset": "arithmetic",
    "length": None,
    "strings": None,
    "vocabulary": 50,
    "oracle_seed": 0,
    "estimator": "reinforce",
    "rollouts": 0,
    "temperature": 0.2,
    "baseline": True,
    "reward": "logit",
    "pretrain_steps": 250,
    "pretrain_lr": 5e-3,
    "units": 32,
    "embedding_dim": 32,
    "discriminator": "lstm",
    "discriminator_units": 64,
    "eval_samples": 2000,
    "eval_every": 250,
    "train_steps": 1000,
    "batch_size": 256,
    "generator_lr": 3e-4,
    "discriminator_lr": 3e-3,
    "ema_decay": 0.0,
    "simultaneous": False,
}
SMALL = {"units": 3, "embedding_dim": 2, "discriminator_units": 4}
SMALL |= {"eval_samples": 6, "length": 4, "strings": 25}
# Of two tokens, six of which are what `built` moves.
OTHERS = {k: v for k, v in checks.OTHERS.items() if k != "latent_dim"}
OTHERS["strings"] = 25
RUNS = {
    "defaults": {},
    "others": SMALL
    | OTHERS
    | {
        "dataset": str(RULES),
        "estimator": "gumbel_softmax",
        "temperature": 0.5,
        "reward": "log_d",
        "pretrain_steps": 5,
        "pretrain_lr": 2e-2,
        "discriminator": "convolution",
        "eval_every": 8,
        "real_target": 0.8,
        "simultaneous": True,
        "discriminator_steps": 3,
        "export": True,
    },
    "oracle": SMALL
    | {
        "task": "oracle",
        "vocabulary": 7,
        "oracle_seed": 3,
        "reward": "d",
        "rollouts": 2,
        "pretrain_steps": 0,
    },
    "weights": SMALL
    | {"estimator": "boundary_seeking", "baseline": False}
    | {"reward": Unset(None)},
    "oracle by itself": {
        "task": "oracle",
        "estimator": "straight_through",
        "eval_samples": 3,
        "reward": Unset("log_d"),
    },
    "mirrored": SMALL | checks.MIRRORED,
}


def length(run):
    usual = 8 if run.told["task"] == "oracle" else 12
    return run.told["length"] or usual


def data(run, _):
    is_oracle = run.told["task"] == "oracle"
    count = run.told["strings"] or (10_000 if is_oracle else 5000)
    assert run.data.tokens.shape == (count, length(run))
    texts = strings.write(strings.one_hot(run.data), run.data.symbols)
    (rows,) = run.minibatch
    assert {*strings.write(rows, run.data.symbols)} <= {*texts}
    if is_oracle:
        tokens = run.told["vocabulary"]
        assert run.data.symbols == tuple(f" {k}" for k in range(tokens))
    elif run.told["dataset"] == "arithmetic":
        assert all(text[::2] == "x" * len(text[::2]) for text in texts)
        assert run.data.symbols == ("", "*", "+", "-", "/", "x")
    else:
        assert {*texts} == {"a", "aab"}


def oracle_seed(run, value):
    """Its weights are from N(0, 1), of that seed."""
    if run.told["task"] != "oracle":
        return
    again = experiment.build(
        EXPERIMENT.recipe, DEFAULTS, run.given | {"oracle_seed": value + 1}
    )
    assert (again.data.tokens != run.data.tokens).any()


def networks(run, _):
    symbols, units = len(run.data.symbols), run.told["units"]
    dim, judge = run.told["embedding_dim"], run.told["discriminator_units"]
    lstm = [(dim, 4 * units), (units, 4 * units), (4 * units,)]
    last = [(units, symbols), (symbols,)]
    made = [(symbols, dim), *lstm, *last]
    assert built.shapes(run.gan.generator) == made
    found = built.shapes(run.gan.discriminator)
    if run.told["discriminator"] == "convolution":
        runs = [x for k in (1, 2, 3, 4) for x in [(k, 32, judge), (judge,)]]
        wanted = [(symbols, 32), *runs, (4 * judge, 1), (1,)]
    else:
        wanted = [(symbols, 4 * judge), (judge, 4 * judge), (4 * judge,)]
        wanted += [(judge, 1), (1,)]
    assert found == wanted
    shape = (None, length(run), symbols)
    assert run.gan.generator.output_shape == shape


def draw(run, _):
    token_checks.draw(run.gan.writer.draw, run)


def rollouts(run, value):
    assert getattr(run.gan, "rollouts", value) == value


def pretrain_lr(run, value):
    """Up to the last of the first steps."""
    last = run.told["pretrain_steps"] - 1
    if last >= 0:
        rates = run.rates("generator", [0, last, last + 1])
        wanted = [value, value, run.told["generator_lr"]]
        np.testing.assert_allclose(rates, wanted, rtol=1e-6)


def eval_samples(run, value):
    scores = run.evaluate(run.gan).scalars
    judged = "eval/oracle_nll" if run.told["task"] == "oracle" else "eval/valid"
    assert {"eval/nll", judged} <= scores.keys()
    if judged == "eval/valid":
        share = scores[judged] * value
        np.testing.assert_allclose(share, np.rint(share), atol=1e-6)
    picture = run.draw(run.gan.sample(range(4)).numpy())
    assert picture.dtype == np.uint8 and run.sample_count == 64


def precision(run, value):
    """Of the discriminator; the generator's tokens are float32."""
    first = next(x for x in run.gan.discriminator.layers if x.weights)
    assert first.compute_dtype == value.removeprefix("mixed_")
    assert run.gan.writer.compute_dtype == "float32"


CHECKS = checks.CHECKS | {
    "latent_dim": token_checks.unused,
    "seed": checks.seed(GlorotUniform),
    "precision": precision,
    "generator_lr": token_checks.rate("generator"),
    "discriminator_lr": token_checks.rate("discriminator"),
    "beta_1": token_checks.beta_1,
    "eval_every": checks.eval_every,
    "task": data,
    "dataset": data,
    "length": networks,
    "strings": data,
    "vocabulary": data,
    "oracle_seed": oracle_seed,
    "estimator": draw,
    "rollouts": rollouts,
    "temperature": draw,
    "baseline": token_checks.baseline,
    "reward": token_checks.reward,
    "pretrain_steps": checks.seen(lambda run: run.gan.pretrain_steps),
    "pretrain_lr": pretrain_lr,
    "units": networks,
    "embedding_dim": networks,
    "discriminator": networks,
    "discriminator_units": networks,
    "eval_samples": eval_samples,
}
FACTS = {"record": checks.record}
EXPERIMENT = experiment.Experiment(
    "recipes.sequence",
    DEFAULTS,
    RUNS,
    CHECKS,
    FACTS,
    untried=frozenset({"workdir", "latent_dim"}),
)
(
    test_what_is_built,
    test_other_flags_are_as_by_default,
    test_no_flag_is_left_out,
) = EXPERIMENT.tests()
