"""Section 4.2: smoothed targets, of networks that are trained."""

import numpy as np
import pytest
from scipy import stats

from tests.claims.numbers import expected, measured
from tools.dev.tutorial_claims import fig35, smoothing


@pytest.fixture(scope="module")
def computed():
    return smoothing.compute(steps=800, relu_steps=400)


def test_networks_go_to_the_optima_of_eq_15(computed):
    x = fig35.X
    p = stats.norm.pdf(x)
    q = 0.7 * stats.norm(1, 0.8).pdf(x) + 0.3 * stats.norm(4.5, 0.4).pdf(x)
    seen = p + q > 0.02
    assert set(computed["outputs"]) == {(1.0, 0.0), (0.9, 0.0), (0.9, 0.2)}
    for (alpha, beta), d in computed["outputs"].items():
        best = (alpha * p + beta * q) / (p + q)
        np.testing.assert_allclose(d[seen], best[seen], atol=0.1)
    found, wanted = measured(computed), expected(computed)
    assert found["two_sided"] == pytest.approx(0.2, abs=0.02)
    # Of one side what is left is the data's tail.
    at, densities = 4.5, stats.norm.pdf(4.5)
    of_model = 0.7 * stats.norm(1, 0.8).pdf(at) + 0.3 / 0.4 * stats.norm.pdf(0)
    assert wanted["one_sided"] == pytest.approx(
        0.9 * densities / (densities + of_model), rel=0.02
    )
    ratio = found["one_sided"] / wanted["one_sided"]
    assert found["factor"] == pytest.approx(ratio)


def test_logits_are_bounded_where_there_are_data(computed):
    """At the data's mean they go to log 9; without smoothing to the ratio."""
    found, wanted = measured(computed), expected(computed)
    ratio = stats.norm(-1.5, 0.6).logpdf(-1.5) - stats.norm(1.5, 0.6).logpdf(
        -1.5
    )
    assert wanted["plain_at_data"] == pytest.approx(ratio)
    assert wanted["smoothed_at_data"] == pytest.approx(np.log(0.9 / 0.1))
    assert found["smoothed_at_data"] == pytest.approx(np.log(9), abs=0.1)
    assert found["plain_at_data"] > 8
    # Beyond all data both go on, the smoothed one by far less.
    assert found["plain_beyond"] > 3 * abs(found["smoothed_beyond"])
    assert found["samples_beyond"] < -20
