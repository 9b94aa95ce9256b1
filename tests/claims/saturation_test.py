"""Section 3.2.3: where samples are rejected, who still learns."""

import numpy as np
import pytest
from scipy import integrate, special, stats

from tests.claims.numbers import measured
from tools.dev.tutorial_claims import saturation


def by_quadrature(slope, distance):
    """E of the slope by the logit, times the logit's slope by x.

    The logit of N(0, 1) over N(-distance, 1) is d x + d^2 / 2, of slope d.
    """

    def integrand(x):
        logit = distance * x + distance**2 / 2
        return stats.norm(-distance, 1).pdf(x) * slope(logit) * distance

    return integrate.quad(integrand, -distance - 9, 9, limit=200)[0]


@pytest.mark.parametrize("distance", [0.5, 3.0, saturation.FAR])
def test_gradients_are_those_of_quadrature(distance):
    for name, slope in (
        ("minimax", lambda a: -special.expit(a)),
        ("non-saturating", lambda a: -special.expit(-a)),
    ):
        loss, _ = saturation.GAMES[name]
        np.testing.assert_allclose(
            saturation.gradient(loss, distance),
            by_quadrature(slope, distance),
            rtol=1e-6,
        )


def test_far_from_the_data_minimax_has_next_to_no_gradient():
    found = measured(saturation.compute())
    assert found["non-saturating"] == pytest.approx(saturation.FAR, rel=1e-4)
    assert found["minimax"] < 1e-4 * found["non-saturating"]
