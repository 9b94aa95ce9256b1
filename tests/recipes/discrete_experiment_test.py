"""What recipes.discrete builds, flag by flag."""

import keras
import numpy as np

from tests.recipes import built, experiment, optimizer_checks, token_checks
from tests.recipes import flag_checks as checks
from tests.recipes.experiment import Unset

DEFAULTS = checks.DEFAULTS | {
    "dataset": "zipf",
    "categories": 10,
    "estimator": "reinforce",
    "temperature": 1.0,
    "baseline": True,
    "reward": "logit",
    "units": 64,
    "estimates": 1000,
    "eval_every": 500,
    "train_steps": 3000,
    "generator_lr": 1e-2,
    "discriminator_lr": 3e-2,
    "ema_decay": 0.0,
    "simultaneous": False,
    "steps_per_execution": 10,
}
OTHERS = {k: v for k, v in checks.OTHERS.items() if k != "latent_dim"}
RUNS = {
    "defaults": {},
    "others": OTHERS
    | {
        "dataset": "geometric",
        "categories": 7,
        "estimator": "gumbel_softmax",
        "temperature": 0.5,
        "reward": "log_d",
        "estimates": 5,
        "eval_every": 8,
        "real_target": 0.8,
        "simultaneous": True,
        "discriminator_steps": 3,
        "export": True,
    },
    "even": {"estimator": "straight_through", "dataset": "even", "reward": "d"},
    "weights": {"estimator": "boundary_seeking", "baseline": False},
    "points": {"estimator": "embedding", "units": 5}
    | {"generator_lr": Unset(1e-3), "discriminator_lr": Unset(1e-3)},
    "mirrored": checks.MIRRORED,
}
LAWS = {
    "zipf": lambda k: 1 / k,
    "geometric": lambda k: 0.5**k,
    "even": np.ones_like,
}


def law(run, value):
    weights = LAWS[value](np.arange(1.0, run.told["categories"] + 1))
    wanted = weights / weights.sum()
    np.testing.assert_allclose(run.data.probabilities, wanted, rtol=1e-9)
    (rows,) = run.minibatch
    assert rows.shape[1] == run.told["categories"]
    np.testing.assert_array_equal(rows.sum(-1), 1)
    # The bars show them.
    picture = run.draw(np.eye(len(wanted))[:1])
    assert (picture == 205).all(-1).any() and run.sample_count == 1000


def networks(run, _):
    count, units = run.told["categories"], run.told["units"]
    judge, made = [(count, 1), (1,)], [(count,)]
    if run.told["estimator"] == "embedding":
        hidden = [(count, units), (units,), (units, units), (units,)]
        judge = [*hidden, (units, 1), (1,)]
        made = [*hidden, (units, count), (count,)]
    assert built.shapes(run.gan.discriminator) == judge
    assert built.shapes(run.gan.generator) == made
    assert run.gan.symbols == tuple(map(str, range(count)))


def first_weights(run, value):
    """The first that are drawn; theta begins at 0."""
    keras.utils.set_random_seed(value)
    points = run.told["estimator"] == "embedding"
    network = run.gan.generator if points else run.gan.discriminator
    first = np.array(network.trainable_variables[0])
    wanted = keras.initializers.GlorotUniform()(first.shape)
    np.testing.assert_allclose(first, wanted, atol=1e-6)
    assert run.gan.seed == run.config.seed == value


def precision(run, value):
    """Of what is before the logits, which are float32."""
    layer = run.gan.generator.layers[1]
    assert layer.compute_dtype == value.removeprefix("mixed_")
    assert run.gan.discriminator.layers[-1].compute_dtype == "float32"


def draw(run, _):
    token_checks.draw(run.gan.generator.get_layer("tokens"), run)


def estimates(run, value):
    measured = vars(run.evaluate)
    assert measured["_repeats"] == value
    assert measured["_batch_size"] == run.told["batch_size"]


UPDATES = optimizer_checks.of_flags(optimizer_checks.adam)
CHECKS = (
    checks.CHECKS
    | UPDATES
    | {
        "latent_dim": token_checks.unused,
        "seed": first_weights,
        "precision": precision,
        "eval_every": checks.eval_every,
        "dataset": law,
        "categories": networks,
        "estimator": draw,
        "temperature": draw,
        "baseline": token_checks.baseline,
        "reward": token_checks.reward,
        "units": networks,
        "estimates": estimates,
    }
)
FACTS = {
    "constant rates": optimizer_checks.rates_are_constant,
    "record": checks.record,
}
EXPERIMENT = experiment.Experiment(
    "recipes.discrete",
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
