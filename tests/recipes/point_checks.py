"""How the flags of recipes.common.toy_data show in what is built."""

import numpy as np
from scipy import ndimage

from tests.recipes import flag_checks
from tests.recipes.built import fill, unchanged

# Data set -> means, standard deviations and weights.
_ring = np.exp(0.25j * np.pi * np.arange(8)).view(float).reshape(8, 2)
_seven = 1j * np.exp(-2j * np.pi / 7 * np.arange(7))  # From (0, 1) on.
_seven = _seven.view(float).reshape(7, 2)
_line = [-4.0, -2.0, 0.0, 2.0, 4.0]
POINTS_OF = {
    "ring": (_ring, 0.01, 1 / 8),
    "unrolled_paper_ring": (2 * _ring, 0.02, 1 / 8),
    "unrolled_notebook_ring": (_seven, 0.01, [0.25] + [0.125] * 6),
    "grid": ([(x, y) for x in _line for y in _line], 0.05, 1 / 25),
    "two_gaussians": ([[-2.0], [2.0]], 0.5, 0.5),
    "gaussian": ([[4.0]], 0.5, 1.0),
    "unequal_gaussians": (
        [[-3.0], [0.0], [2.5]],
        [0.4, 0.2, 0.6],
        [0.2, 0.5, 0.3],
    ),
}
DEFAULTS = flag_checks.DEFAULTS | {
    "dataset": "ring",
    "eval_every": 1000,
    "eval_samples": 2500,
    "ema_decay": 0.0,
    "simultaneous": False,
    "steps_per_execution": 10,
}
OTHERS = flag_checks.OTHERS | {
    "dataset": "grid",
    "eval_every": 8,
    "eval_samples": 300,
}


def _points(run, value):
    means, scales, weights = map(np.array, POINTS_OF[value])
    density = run.data.density
    for received, wanted in (
        (density.means, means),
        (density.scales, np.broadcast_to(scales, len(means))),
        (density.weights, np.broadcast_to(weights, len(means))),
    ):
        np.testing.assert_allclose(received, wanted, atol=1e-12)
    # Minibatches are such points.
    (batch,) = run.minibatch
    away = abs(batch[:, None] - means) / np.max(scales)
    assert away.max(-1).min(-1).max() < 5


def _evaluated(run, value):
    np.testing.assert_equal(len(run.evaluate.draw(run.gan)), value)


CHECKS = flag_checks.CHECKS | {
    "dataset": _points,
    "eval_every": flag_checks.eval_every,
    "eval_samples": _evaluated,
}


def evaluated_and_drawn(run):
    """Modes are counted and drawn of the density of the data."""
    means = run.data.density.means
    if means.shape[1] == 2:
        everywhere = _scalars(run, means[-1])
        share = np.ravel(POINTS_OF[run.told["dataset"]][2])[-1]
        assert everywhere["eval/modes_captured"] == 1
        assert everywhere["eval/high_quality"] == 1
        np.testing.assert_allclose(
            everywhere["eval/reverse_kl"], -np.log(share), rtol=1e-6
        )
        discs = (run.draw(np.zeros((0, 2))) < 255).any(-1)
        assert ndimage.label(discs)[1] == len(means)
    assert run.sample_count == 1000


def _scalars(run, point):
    """The evaluation of a generator that gives one point alone."""
    variables = run.gan.sampler.variables
    with unchanged(variables):
        fill(variables, 0.0)
        run.gan.sampler.layers[-1].bias.assign(point)
        return run.evaluate(run.gan).scalars
