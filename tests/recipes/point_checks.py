"""How the flags of recipes.toy_data show in what is built."""

import types

import numpy as np
import tensorflow as tf
from scipy import ndimage

from tests.recipes import flag_checks

# Data set -> means, standard deviations and weights.
_ring = np.exp(0.25j * np.pi * np.arange(8)).view(float).reshape(8, 2)
_line = [-4.0, -2.0, 0.0, 2.0, 4.0]
POINTS_OF = {
    "ring": (_ring, 0.01, 1 / 8),
    "unrolled_paper_ring": (2 * _ring, 0.02, 1 / 8),
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
    "eval_samples": 2500,
    "ema_decay": 0.0,
    "simultaneous": False,
}
OTHERS = flag_checks.OTHERS | {"dataset": "grid", "eval_samples": 300}


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


CHECKS = flag_checks.CHECKS | {"dataset": _points, "eval_samples": _evaluated}


def evaluated_and_drawn(run):
    """Modes are counted and drawn of the density of the data."""
    means = run.data.density.means
    if means.shape[1] == 1:
        return
    all_but_one = np.resize(means[:-1], (run.told["eval_samples"], 2))
    stub = types.SimpleNamespace(
        prior=run.gan.prior,
        latent_dim=run.gan.latent_dim,
        seed=run.gan.seed,
        sampler=lambda latents, training: tf.constant(all_but_one),
    )
    scalars = run.evaluate(stub).scalars
    assert scalars["eval/modes_captured"] == len(means) - 1
    assert scalars["eval/high_quality"] == 1.0
    assert run.sample_count == 1000
    discs = (run.draw(np.zeros((0, 2))) < 255).any(-1)
    assert ndimage.label(discs)[1] == len(means)
