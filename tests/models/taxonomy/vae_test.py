"""The VAE's bound, against the likelihood summed over a line of z."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import special, stats

from tfgan_ref.models.taxonomy.family import over_draws
from tfgan_ref.models.taxonomy.vae import VAE

BITS = np.array([[0, 1, 1, 0], [1, 1, 0, 0], [0, 0, 0, 1]], float)


def _random():
    model = VAE(4, 1, 8, seed=5)
    rng = np.random.default_rng(2)
    for variable in model.trainable_variables:
        variable.assign(rng.normal(0, 0.5, variable.shape))
    # Not far from the prior, so that draws of it find where z is likely.
    for variable in model.encoder.layers[-1].variables:
        variable.assign(0.3 * variable)
    return model


def _exact(model, x):
    """log of the integral of p(x | z) p(z), float64 `[count]`."""
    z = np.linspace(-8, 8, 4001)
    p = special.expit(model.decoder(z[:, None]).numpy())[:, None]
    joint = (x * np.log(p) + (1 - x) * np.log1p(-p)).sum(-1)
    joint += stats.norm.logpdf(z)[:, None]
    return special.logsumexp(joint, 0) + np.log(z[1] - z[0])


def test_the_bound_is_below_what_many_draws_come_to(float64):
    model = _random()
    exact = _exact(model, BITS)
    weights = over_draws(lambda seed: model.log_weight(BITS, seed), 9, 600)
    # The gap is KL(q, p(z | x)), of each example another.
    gap = exact - weights.mean(0)
    assert (gap > -4 * weights.std(0) / np.sqrt(600)).all()
    assert gap.max() > 0.1
    many = special.logsumexp(weights, 0) - np.log(600)
    np.testing.assert_allclose(many, exact, atol=0.1)
    # What the model itself says, of fewer draws.
    bound = model.log_density(BITS)
    spread = weights.std(0) / np.sqrt(20)
    assert (abs(bound - weights.mean(0)) < 4 * spread).all()
    few = model.importance_weighted(BITS, 50)
    assert bound.mean() < few.mean() < exact.mean() + 0.3


def test_samples_have_the_law_that_the_line_gives():
    model = _random()
    model.decoder.layers[-1].bias.assign([1.0, -1.0, 0.5, 0.0])
    states = np.indices([2] * 4).reshape(4, -1).T.astype(float)
    law = np.exp(_exact(model, states))
    np.testing.assert_allclose(law.sum(), 1.0, rtol=1e-5)
    samples = model.sample(20_000, seed=1).astype(int)
    found = np.bincount(samples @ [8, 4, 2, 1], minlength=16) / 20_000
    np.testing.assert_allclose(found, law, atol=4 * np.sqrt(0.1 / 20_000))


def test_training_raises_the_bound():
    data = np.float32(np.repeat(BITS, [5, 1, 2], 0))
    model = VAE(4, 1, 8, seed=0)
    model.compile(optimizer=keras.optimizers.Adam(0.02))
    before = model.log_density(data).mean()
    batches = tf.data.Dataset.from_tensors(data).repeat()
    history = model.fit(batches, steps_per_epoch=100).history
    (loss,) = history["loss"]
    entropy = -np.sum([p * np.log(p) for p in (5 / 8, 1 / 8, 2 / 8)])
    assert before + 0.5 < model.log_density(data).mean() < -entropy
    # Of the last minibatch, and of other draws.
    assert loss == pytest.approx(-model.log_density(data).mean(), abs=0.3)
