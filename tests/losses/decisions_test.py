"""Decisions against the optimum of each game, found by search."""

import functools

import numpy as np
import pytest
import tensorflow as tf

from tests.linear_game import BATCH, compiled, real_images, tiny_gan, train
from tfgan_ref import metrics
from tfgan_ref.losses import (
    adversarial,
    decisions,
    f_divergence,
    hinge,
    least_squares,
)

SMOOTHED = functools.partial(
    adversarial.minimax_discriminator_loss, real_target=0.6
)
# Eq. (8) of the paper, and the two targets the other way round.
SIGNED = functools.partial(
    least_squares.least_squares_discriminator_loss,
    real_target=1.0,
    fake_target=-1.0,
)
TURNED = functools.partial(
    least_squares.least_squares_discriminator_loss,
    real_target=-1.0,
    fake_target=2.0,
)
GAMES = {
    divergence.name: divergence.discriminator_loss
    for divergence in f_divergence.DIVERGENCES
} | {
    "cross_entropy": adversarial.minimax_discriminator_loss,
    "smoothed": SMOOTHED,
    "least_squares": least_squares.least_squares_discriminator_loss,
    "least_squares_signed": SIGNED,
    "least_squares_turned": TURNED,
    "hinge": hinge.hinge_discriminator_loss,
}
every_game = pytest.mark.parametrize("loss", GAMES.values(), ids=GAMES)
# Of the data's density to the samples'.
RATIOS = np.array([0.2, 0.5, 0.9, 1.1, 2.0, 5.0])
OUTPUTS = np.linspace(-10, 10, 20001, dtype=np.float32)


def optimal_outputs(loss):
    """The output of least cost at a point of each ratio, float32 `[6]`."""
    nothing = tf.zeros_like(OUTPUTS)
    of_data = loss(OUTPUTS, nothing).numpy().astype(np.float64)
    of_samples = loss(nothing, OUTPUTS).numpy().astype(np.float64)
    costs = RATIOS[:, np.newaxis] * of_data + of_samples
    return OUTPUTS[costs.argmin(1)]


@every_game
def test_the_optimum_decides_for_what_is_denser(loss):
    decided = decisions.of(loss)(tf.constant(optimal_outputs(loss)))
    np.testing.assert_array_equal(decided, RATIOS > 1)


@every_game
def test_accuracies_count_those_decisions(loss):
    outputs = optimal_outputs(loss)
    found = metrics.discriminator(
        tf.constant(outputs[[0, 3, 4]]),
        tf.constant(outputs[[0, 1, 2, 5]]),
        decisions.of(loss),
    )
    assert float(found["accuracy/real"]) == pytest.approx(2 / 3)
    assert float(found["accuracy/fake"]) == pytest.approx(3 / 4)


def test_of_another_function_a_positive_output_says_real():
    decides = decisions.of(lambda real, fake: fake - real)
    np.testing.assert_array_equal(
        decides(tf.constant([-0.5, 0.0, 0.5])), [False, False, True]
    )


@pytest.mark.parametrize(
    ("name", "middle", "says_real"),
    [
        ("least_squares", 0.5, lambda output: output > 0.5),
        # T = -exp(v) is above f'(1) = -1.
        ("reverse_kl", 0.0, lambda output: output < 0),
    ],
)
def test_a_step_reports_the_accuracies_of_its_game(name, middle, says_real):
    gan = tiny_gan()
    outputs = gan.discriminator(real_images(BATCH))
    gan.discriminator.layers[1].bias.assign([middle - np.median(outputs)])
    compiled(gan, discriminator_loss=GAMES[name], run_eagerly=True)
    found = train(gan, 1)
    assert says_real(found["logits/real"]).sum() == BATCH / 2
    assert found["accuracy/real"] == 0.5
    assert found["accuracy/fake"] == 1 - says_real(found["logits/fake"]).mean()
