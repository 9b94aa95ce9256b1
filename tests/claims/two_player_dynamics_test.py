"""V(x, y) = xy, exercise 7.2 and section 8.2 of Goodfellow (2016).

GAN plays it, see tools/dev/tutorial_figures/saddle.py: the discriminator's only
weight x is its slope, the generator's only weight y its sample.
"""

import numpy as np

from tools.dev.tutorial_figures import saddle
from tools.dev.tutorial_figures.saddle import START, radii

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
