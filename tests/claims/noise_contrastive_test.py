"""GAN, noise-contrastive estimation and maximum likelihood, section 3.4.

All three play the game of telling data from samples; in the estimators the
discriminator is a function of the model's density, D = p_model / (p_model + q),
with q the density of the samples.
"""

import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from tfgan_ref.data import mixture
from tfgan_ref.losses import adversarial
from tools.dev.tutorial_claims import fig20

MEAN, LOG_SCALE = 0.4, 0.1  # Of the model, a Gaussian.
DATA = mixture.make([-1.0, 2.0], [0.4, 0.7], [3.0, 1.0])
MODEL = mixture.make([MEAN], np.exp(LOG_SCALE))
POINTS = np.linspace(-7, 8, 3001)
STEP = POINTS[1] - POINTS[0]


def density(of):
    return np.exp(of.log_prob(POINTS[:, np.newaxis]).numpy())


def gradient_of_the_game(samples, data=DATA):
    """Of the discriminator's expected cost, by the model's parameters."""
    parameters = [tf.Variable(MEAN), tf.Variable(LOG_SCALE)]
    x = tf.constant(POINTS, tf.float32)
    log_q = tf.cast(samples.log_prob(POINTS[:, np.newaxis]), tf.float32)
    with tf.GradientTape() as tape:
        mean, log_scale = parameters
        log_model = (
            -0.5 * tf.square((x - mean) / tf.exp(log_scale))
            - log_scale
            - 0.5 * np.log(2 * np.pi)
        )
        logits = log_model - log_q
        sure = tf.fill(logits.shape, 1e4)
        loss = adversarial.minimax_discriminator_loss
        cost = STEP * tf.reduce_sum(
            density(data).astype(np.float32) * loss(logits, -sure)
            + density(samples).astype(np.float32) * loss(sure, logits)
        )
    return np.float64(tape.gradient(cost, parameters))


def gradient_of_the_nll():
    """In closed form, from the data's two moments."""
    mean, second = -0.25, 0.75 * (1 + 0.16) + 0.25 * (4 + 0.49)
    variance = np.exp(2 * LOG_SCALE)
    spread = second - 2 * MEAN * mean + MEAN**2
    return np.array([(MEAN - mean) / variance, 1 - spread / variance])


def test_self_contrast_has_half_the_gradient_of_maximum_likelihood():
    """Section 3.4, figure 20: samples of a copy of the model itself."""
    np.testing.assert_allclose(
        gradient_of_the_game(MODEL), 0.5 * gradient_of_the_nll(), rtol=1e-4
    )


@pytest.mark.parametrize("scale", [1.5, 3.0])
def test_noise_contrast_has_another_gradient_but_the_same_optimum(scale):
    """Section 3.4: with fixed noise, no step is maximum likelihood's."""
    noise = mixture.make([0.0], scale)
    received = gradient_of_the_game(noise)
    assert np.abs(received / gradient_of_the_nll() - 0.5).max() > 0.05
    # Where the model is the data's distribution, neither moves it.
    optimum = gradient_of_the_game(noise, data=MODEL)
    np.testing.assert_allclose(optimum, [0.0, 0.0], atol=1e-4)


def test_figure_20_has_half_the_gradient_at_the_model_itself():
    own, wide = fig20.compute()["numbers"].values()
    assert own["measured"] == pytest.approx(0.5, rel=1e-6)
    # With wide noise, by quadrature: D = p_model / (p_model + q), and the
    # cost's slope by the mean is the integral of (q D - p (1 - D)) score.
    x = np.linspace(-12, 13, 20001)
    p = 0.75 * stats.norm(-1, 0.4).pdf(x) + 0.25 * stats.norm(2, 0.7).pdf(x)
    model, q = stats.norm(0.4, 1.1).pdf(x), stats.norm(0.4, 6.0).pdf(x)
    d = model / (model + q)
    slope = np.sum((q * d - p * (1 - d)) * (x - 0.4) / 1.21) * (x[1] - x[0])
    assert wide["measured"] == pytest.approx(slope / (0.65 / 1.21), rel=1e-3)
