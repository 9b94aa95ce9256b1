"""How learning rates and beta_1 show in what is built."""

import numpy as np

from tests.recipes import expected
from tests.recipes.built import GRADIENTS, PLAYERS


def of_flags(update):
    """The checks of learning rates and of beta_1.

    Args:
        update: function (gradients, rate, told) -> places, see `Run.moves`.
    """

    def of(player):
        def check(run, rate):
            np.testing.assert_allclose(
                run.moves[player],
                update(GRADIENTS, rate, run.told),
                rtol=1e-4,
                err_msg=player,
            )

        return check

    def both(run, _):
        for player in PLAYERS:
            of(player)(run, run.told[f"{player}_lr"])

    names = [f"{player}_lr" for player in PLAYERS]
    return dict(zip(names, map(of, PLAYERS), strict=True)) | {"beta_1": both}


def adam(gradients, rate, told):
    """Keras's Adam with the flags' beta_1."""
    return expected.adam(gradients, rate, told["beta_1"])


def rates(factors, atol=1e-6):
    """The check that a step's rate is the flag's times the step's factor."""

    def check(run):
        for player in PLAYERS:
            rates = run.rates(player, factors)
            received = np.array(rates) / run.told[f"{player}_lr"]
            np.testing.assert_allclose(
                received, list(factors.values()), rtol=0, atol=atol
            )

    return check


rates_are_constant = rates({0: 1.0, 10: 1.0, 10**7: 1.0})
