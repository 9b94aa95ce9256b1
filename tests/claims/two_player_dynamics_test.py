"""V(x, y) = xy, exercise 7.2 and section 8.2 of Goodfellow (2016).

GAN plays it, see tools.dev.tutorial/saddle.py: the discriminator's only
weight x is its slope, the generator's only weight y its sample.
"""

import numpy as np
import pytest
from scipy import linalg

from tests.claims.numbers import measured
from tools.dev.tutorial import saddle
from tools.dev.tutorial.saddle import START, radii
from tools.dev.tutorial_claims import fig36, fig37

RATE = 0.2
STEPS = 40


def test_continuous_time_keeps_to_a_circle():
    """Section 8.2, figure 37: the equilibrium is orbited, never reached."""
    places = saddle.continuous(np.linspace(0, 10, 201))
    np.testing.assert_allclose(radii(places), radii(START), rtol=1e-4)
    # More than once round, against the clock or with it.
    assert places[:, 0].min() < -0.9 < 0.9 < places[:, 0].max()


def test_simultaneous_steps_spiral_outwards():
    """Section 8.2: the radius grows by sqrt(1 + eta^2) at every step."""
    places = saddle.play(True, RATE, STEPS)
    ratios = radii(places[1:]) / radii(places[:-1])
    assert len(ratios) == STEPS
    np.testing.assert_allclose(ratios, np.sqrt(1 + RATE**2), rtol=1e-5)


def test_alternating_steps_keep_to_an_ellipse():
    """Section 8.2: x moves first, so x^2 + y^2 - eta x y is conserved."""
    x, y = saddle.play(False, RATE, STEPS).T
    conserved = x**2 + y**2 - RATE * x * y
    np.testing.assert_allclose(conserved, conserved[0], rtol=1e-4)
    # It does go round.
    assert x.min() < -0.5 < 0.5 < x.max()


def test_extragradient_steps_spiral_inwards():
    """Section 8.2: a look ahead shrinks the radius at every step."""
    places = saddle.extragradient(RATE, STEPS)
    ratios = radii(places[1:]) / radii(places[:-1])
    assert len(ratios) == STEPS
    np.testing.assert_allclose(
        ratios, np.sqrt(1 - RATE**2 + RATE**4), rtol=1e-5
    )


def test_figure_36_is_a_saddle():
    computed = fig36.compute()
    found = measured(computed)
    assert found["gradient"] == 0
    assert found["down"] == pytest.approx(-1)
    assert found["up"] == pytest.approx(1)
    np.testing.assert_allclose(
        computed["v"], computed["x"] * computed["y"], rtol=1e-5, atol=1e-6
    )
    np.testing.assert_allclose(radii(computed["orbit"]), radii(START), 1e-5)


def test_figure_37_has_the_paths_of_the_closed_forms():
    # Eq. (30) and (31) are the exponential of the game's matrix.
    turn = linalg.expm(1.7 * np.array([[0.0, -1.0], [1.0, 0.0]]))
    np.testing.assert_allclose(fig37.orbit(np.array([1.7]))[0], turn @ START)
    computed = fig37.compute()
    found = measured(computed)
    assert found["orbit"] < 1e-6
    assert found["continuous"] == pytest.approx(1, abs=1e-5)
    assert found["simultaneous"] == pytest.approx(np.sqrt(1.04), rel=1e-5)
    assert found["alternating"] < 1e-4
    assert found["extragradient"] == pytest.approx(
        np.sqrt(1 - 0.04 + 0.0016), rel=1e-6
    )
    # x moves first: x' = x - eta y, y' = y + eta x'.
    x, y = 0.8 + 0.2 * 0.5, -0.5 + 0.2 * 0.9
    np.testing.assert_allclose(
        computed["paths"]["alternating"][1], [x, y], rtol=1e-5
    )
