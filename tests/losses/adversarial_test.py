import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.losses import adversarial

# Exact in bfloat16, unequal, of both signs.
REAL = [2.0, -1.0, 0.25]
FAKE = [0.5, -3.0, 7.0]

GENERATOR_LOSSES = {
    "minimax": adversarial.minimax_generator_loss,
    "non_saturating": adversarial.non_saturating_generator_loss,
    "maximum_likelihood": adversarial.maximum_likelihood_generator_loss,
}
every_generator_loss = pytest.mark.parametrize("game", GENERATOR_LOSSES)
both_precisions = pytest.mark.parametrize("dtype", ["float32", "bfloat16"])


def sigmoid(logits):
    return 1 / (1 + np.exp(-np.float64(logits)))


def discriminator_cost(real, fake, target=1.0):
    """Eq. 15 with beta = 0 on probabilities, in float64."""
    d_real, d_fake = sigmoid(real), sigmoid(fake)
    return (
        -target * np.log(d_real)
        - (1 - target) * np.log(1 - d_real)
        - np.log(1 - d_fake)
    )


def generator_cost(game, fake):
    """Eq. 10, 13 and 14 on probabilities, in float64."""
    d = sigmoid(fake)
    return {
        "minimax": np.log(1 - d),
        "non_saturating": -np.log(d),
        "maximum_likelihood": -d / (1 - d),
    }[game]


def gradient(loss, *logits):
    logits = [tf.constant(values) for values in logits]
    with tf.GradientTape() as tape:
        tape.watch(logits)
        cost = loss(*logits)
    return [g.numpy() for g in tape.gradient(cost, logits)]


@both_precisions
@pytest.mark.parametrize("target", [1.0, 0.9])
def test_discriminator_loss_is_the_sigmoid_cross_entropy(target, dtype):
    costs = adversarial.minimax_discriminator_loss(
        tf.constant(REAL, dtype), tf.constant(FAKE, dtype), real_target=target
    )
    assert costs.dtype == tf.float32
    assert costs.shape == (3,)
    np.testing.assert_allclose(
        costs, discriminator_cost(REAL, FAKE, target), rtol=1e-6
    )


def test_discriminator_loss_of_one_pair_is_known_by_hand():
    # D(x) = 3/4, D(G(z)) = 1/5: -log(3/4) - log(4/5) = log(5/3).
    costs = adversarial.minimax_discriminator_loss(
        tf.constant([np.log(3.0)], tf.float32),
        tf.constant([-np.log(4.0)], tf.float32),
    )
    np.testing.assert_allclose(costs, [np.log(5 / 3)], rtol=1e-6)


@both_precisions
@every_generator_loss
def test_generator_loss_is_its_equation(game, dtype):
    costs = GENERATOR_LOSSES[game](tf.constant(FAKE, dtype))
    assert costs.dtype == tf.float32
    assert costs.shape == (3,)
    np.testing.assert_allclose(costs, generator_cost(game, FAKE), rtol=1e-6)


@pytest.mark.parametrize("target", [1.0, 0.9])
def test_discriminator_gradients_are_the_errors_of_d(target):
    real, fake = [0.7, 30.0, -30.0], [-30.0, 0.7, 30.0]
    real_gradient, fake_gradient = gradient(
        lambda r, f: adversarial.minimax_discriminator_loss(
            r, f, real_target=target
        ),
        real,
        fake,
    )
    # sigmoid(a) - t, without its cancellation near t = 1.
    expected = (1 - target) * sigmoid(real) - target * sigmoid(
        np.negative(real)
    )
    np.testing.assert_allclose(real_gradient, expected, rtol=1e-6)
    np.testing.assert_allclose(fake_gradient, sigmoid(fake), rtol=1e-6)


@every_generator_loss
def test_generator_gradient_is_its_closed_form(game):
    logits = np.array([0.7, 30.0, -30.0])
    expected = {
        "minimax": -sigmoid(logits),  # -D: vanishes where D is sure.
        "non_saturating": -sigmoid(-logits),  # -(1 - D): does not.
        "maximum_likelihood": -np.exp(logits),
    }[game]
    (received,) = gradient(GENERATOR_LOSSES[game], np.float32(logits))
    np.testing.assert_allclose(received, expected, rtol=1e-6)


@both_precisions
@every_generator_loss
def test_generator_loss_and_gradient_stay_finite(game, dtype):
    logits = tf.constant([1e4, -1e4, 80.0, 0.0], dtype)
    assert np.isfinite(GENERATOR_LOSSES[game](logits)).all()
    # A batch's sum of the worst case is finite as well.
    assert np.isfinite(1024 * GENERATOR_LOSSES[game](logits)).all()
    (received,) = gradient(GENERATOR_LOSSES[game], logits)
    # Adam squares it.
    assert np.isfinite(np.square(np.float32(received))).all()


@both_precisions
@pytest.mark.parametrize("target", [1.0, 0.9])
def test_discriminator_loss_and_gradient_stay_finite(target, dtype):
    def loss(real_logits, fake_logits):
        return adversarial.minimax_discriminator_loss(
            real_logits, fake_logits, real_target=target
        )

    real = tf.constant([1e4, -1e4, 0.0], dtype)
    fake = tf.constant([-1e4, 1e4, -1e4], dtype)
    # What is sure and right costs the smoothing, what is sure and wrong costs
    # its logit.
    logit = np.float64(real[0])
    np.testing.assert_allclose(
        loss(real, fake),
        [(1 - target) * logit, (target + 1) * logit, np.log(2)],
        rtol=1e-6,
    )
    for received in gradient(loss, real, fake):
        assert np.isfinite(np.float64(received)).all()


def test_maximum_likelihood_loss_goes_on_along_its_tangent_above_30():
    loss = adversarial.maximum_likelihood_generator_loss
    logits = tf.constant([30.0, 35.0])
    np.testing.assert_allclose(
        loss(logits), -np.exp(30.0) * np.array([1.0, 6.0]), rtol=1e-5
    )
    (received,) = gradient(loss, logits)
    np.testing.assert_allclose(received, [-np.exp(30.0)] * 2, rtol=1e-5)


def test_smoothing_leaves_the_cost_of_the_samples_alone():
    def loss(fake, target):
        return adversarial.minimax_discriminator_loss(
            tf.constant([0.0]), tf.constant([fake]), real_target=target
        ).numpy()

    for fake in FAKE:
        # The real example costs log 2 at any target.
        np.testing.assert_allclose(
            loss(fake, 0.75) - np.log(2), -np.log(1 - sigmoid(fake)), rtol=2e-6
        )


def test_smoothed_real_cost_is_least_where_d_equals_the_target():
    def cost(d):
        logit = tf.constant([np.log(d / (1 - d))], tf.float32)
        return adversarial.minimax_discriminator_loss(
            logit, tf.constant([-1e4]), real_target=0.9
        ).numpy()[0]

    assert cost(0.9) < min(cost(0.88), cost(0.92))
    entropy = -0.9 * np.log(0.9) - 0.1 * np.log(0.1)
    np.testing.assert_allclose(cost(0.9), entropy, rtol=1e-6)
