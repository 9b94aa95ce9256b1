"""How flags that recipes of tokens share show in what is built."""

import numpy as np
from scipy import special

from tests.recipes import expected, optimizer_checks
from tests.recipes.built import PLAYERS

# Reward -> the cost, its negative.
COSTS = {
    "logit": lambda a: -a,
    "log_d": lambda a: np.logaddexp(0, -a),
    "d": lambda a: -special.expit(a),
}


def unused(run, value):
    """z is noise of each category: there is no other."""
    assert run.told["latent_dim"] == value == 100


def reward(run, value):
    if run.told["estimator"] == "boundary_seeking":
        assert "generator_loss" not in vars(run.gan)
        return
    received = run.gan.generator_loss(np.float32(expected.FAKE))
    wanted = COSTS[value](expected.FAKE)
    np.testing.assert_allclose(received, wanted, rtol=1e-5)


def baseline(run, value):
    if run.told["estimator"] in ("reinforce", "boundary_seeking"):
        assert run.gan.baseline == value


def draw(layer, run):
    """The layer that draws is the estimator's."""
    kinds = {
        "reinforce": "Scored",
        "boundary_seeking": "Scored",
        "gumbel_softmax": "GumbelSoftmax",
        "straight_through": "StraightThrough",
        "embedding": "Nearest",
    }
    estimator = run.told["estimator"]
    assert type(layer).__name__ == kinds[estimator]
    if estimator in ("gumbel_softmax", "straight_through"):
        assert layer.temperature == run.told["temperature"]
    games = {"reinforce": "Reinforce", "boundary_seeking": "BoundarySeeking"}
    assert type(run.gan).__name__.startswith(games.get(estimator, ""))


def rate(player):
    """A late step has the flag's learning rate."""

    def check(run, value):
        (late,) = run.rates(player, [10**6])
        np.testing.assert_allclose(late, value, rtol=1e-6)

    return check


def beta_1(run, value):
    assert [
        getattr(run.gan, f"{player}_optimizer").beta_1 for player in PLAYERS
    ] == [value, value]
    moves = optimizer_checks.of_flags(optimizer_checks.adam)
    rate = run.told["discriminator_lr"]
    moves["discriminator_lr"](run, rate)
