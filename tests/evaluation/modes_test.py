import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from tfgan_ref.data import mixture, toy
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import modes


def around(centre, *offsets):
    """Points that far to the right of a centre."""
    return [[centre[0] + offset, centre[1]] for offset in offsets]


# Rings and grids.


def test_the_numbers_are_those_worked_out_by_hand():
    data = mixture.make([[0, 0], [10, 0], [0, 10], [10, 10]], 1.0)
    samples = (
        around([0, 0], 0.0, 2.9, -2.9)  # Of high quality.
        + around([10, 0], 1.0)
        + around([0, 10], -3.1, -4.0)  # Near a mode, but not enough.
        + around([50, 50], 0.0, 1.0)
    )
    measured = modes.measure_gaussians(np.array(samples), data)
    assert measured == {
        "modes_captured": 2,
        "high_quality": 0.5,
        # 3/4 ln(3/4 / (1/4)) + 1/4 ln(1/4 / (1/4)).
        "reverse_kl": pytest.approx(0.75 * np.log(3), rel=1e-12),
        "samples": 8,
    }


@pytest.mark.parametrize(
    ("make", "count"),
    [(toy.ring, 8), (toy.unrolled_paper_ring, 8), (toy.grid, 25)],
)
def test_the_data_itself_captures_every_mode_evenly(make, count):
    samples = make().sample(modes.GAUSSIAN_SAMPLES, [1, 1]).numpy()
    measured = modes.measure_gaussians(samples, make())
    assert measured["modes_captured"] == count
    assert measured["samples"] == 2500
    # In two dimensions exp(-9/2) = 1.1 % are further away than 3 deviations.
    share = 1 - np.exp(-4.5)
    error = np.sqrt(share * (1 - share) / 2500)
    assert abs(measured["high_quality"] - share) < 4 * error
    # 2 n KL is chi^2 with count - 1 degrees of freedom.
    degrees = count - 1
    assert 0 < measured["reverse_kl"] < stats.chi2(degrees).ppf(0.9999) / 5000


def test_one_mode_alone_has_the_largest_reverse_kl():
    samples = np.tile(toy.ring().means[3], [30, 1])
    measured = modes.measure_gaussians(samples, toy.ring())
    assert measured["modes_captured"] == 1
    assert measured["high_quality"] == 1.0
    assert measured["reverse_kl"] == pytest.approx(np.log(8), rel=1e-12)


def test_deviations_are_those_of_the_nearest_mode():
    # 1.9 is 3.8 deviations from the left mode and half of one from the right.
    data = mixture.make([[0.0], [4.0]], [0.5, 4.0])
    measured = modes.measure_gaussians(np.array([[1.9], [0.1]]), data)
    assert measured["modes_captured"] == 2
    assert measured["high_quality"] == 1.0


def test_reverse_kl_is_to_the_weights_of_the_data():
    data = mixture.make([[0.0], [10.0]], 1.0, [3.0, 1.0])
    samples = np.array([[0.0]] * 3 + [[10.0]])
    measured = modes.measure_gaussians(samples, data)
    assert measured["reverse_kl"] == pytest.approx(0.0, abs=1e-12)
    samples = np.array([[0.0]] + [[10.0]] * 3)
    measured = modes.measure_gaussians(samples, data)
    # 1/4 ln(1/3) + 3/4 ln 3.
    assert measured["reverse_kl"] == pytest.approx(np.log(3) / 2, rel=1e-12)


def test_without_a_sample_of_high_quality_there_is_no_divergence():
    measured = modes.measure_gaussians(np.full([9, 2], 77.0), toy.ring())
    assert measured["modes_captured"] == 0
    assert measured["high_quality"] == 0.0
    assert np.isnan(measured["reverse_kl"])


def test_fewer_samples_than_modes_are_refused():
    samples = toy.grid().sample(24, [0, 0]).numpy()
    with pytest.raises(UserError, match="25 modes.* Received: 24"):
        modes.measure_gaussians(samples, toy.grid())
    samples = toy.grid().sample(25, [0, 0]).numpy()
    assert modes.measure_gaussians(samples, toy.grid())["samples"] == 25


@pytest.mark.parametrize("shape", [(30,), (30, 3), (5, 6, 2)])
def test_samples_of_another_shape_are_refused(shape):
    with pytest.raises(UserError) as caught:
        modes.measure_gaussians(np.zeros(shape), toy.ring())
    assert str(caught.value).endswith(f"Received: shape {list(shape)}")


def test_samples_that_are_not_finite_are_counted():
    samples = np.zeros([12, 2])
    samples[3] = np.nan
    samples[7, 1] = np.inf
    with pytest.raises(UserError, match="others in 2 of 12"):
        modes.measure_gaussians(samples, toy.ring())


# Stacked MNIST.


def every_mode():
    numbers = np.arange(1000)
    return np.stack([numbers // 100, numbers // 10 % 10, numbers % 10], -1)


def test_every_mode_as_often_as_the_others_is_perfect():
    digits = np.tile(every_mode(), [2, 1])
    assert modes.measure_stacked_mnist(digits) == {
        "modes_captured": 1000,
        "reverse_kl": pytest.approx(0.0, abs=1e-12),
        "samples": 2000,
    }


def test_the_modes_that_are_captured_decide_the_divergence():
    digits = np.array([[1, 2, 3]] * 600 + [[3, 2, 1]] * 200 + [[3, 1, 2]] * 200)
    measured = modes.measure_stacked_mnist(digits)
    assert measured["modes_captured"] == 3
    expected = stats.entropy(
        [600, 200, 200] + [0] * 997, np.full(1000, 1 / 1000)
    )
    assert measured["reverse_kl"] == pytest.approx(expected, rel=1e-12)


def test_fewer_samples_than_a_thousand_are_refused():
    with pytest.raises(UserError, match="1000 modes.* Received: 999"):
        modes.measure_stacked_mnist(every_mode()[1:])


@pytest.mark.parametrize("shape", [(3000,), (1000, 2), (1000, 1, 3)])
def test_what_is_not_three_digits_is_refused(shape):
    with pytest.raises(UserError) as caught:
        modes.measure_stacked_mnist(np.zeros(shape, int))
    assert str(caught.value).endswith(f"Received: shape {list(shape)}")


@pytest.mark.parametrize(("digit", "received"), [(-1, "-1 to 9"), (10, "0 to")])
def test_what_is_no_digit_is_refused(digit, received):
    digits = every_mode()
    digits[5, 1] = digit
    with pytest.raises(UserError, match=f"Received: from {received}"):
        modes.measure_stacked_mnist(digits)


def test_each_channel_is_classified_alone_and_red_comes_first():
    network = brightness_classifier()
    digits = np.array([[1, 2, 3], [9, 0, 4], [5, 5, 8]])
    pixels = np.uint8(255 * (digits * 10 + 5) / 100)
    pictures = np.broadcast_to(pixels[:, None, None], [3, 4, 4, 3])
    received = modes.classify(network, pictures)
    np.testing.assert_array_equal(received, digits)


def brightness_classifier(size=4, channels=1, classes=10):
    """The class of an image is a tenth of its mean on a scale of 0 to 100."""
    images = keras.Input([size, size, channels])
    mean = keras.ops.mean(images, axis=[1, 2, 3], keepdims=True)[:, 0, 0]
    centres = 2 * (np.arange(classes) * 10 + 5) / 100 - 1
    return keras.Model(images, -keras.ops.abs(mean - centres))


class ThreeModes:
    """A GAN whose images are 123, 904 or, of every other seed, 558."""

    def __init__(self):
        self.asked = []

    def sample(self, seeds):
        assert len(seeds) <= 500
        self.asked += list(seeds)
        modes = tf.constant([[1, 2, 3], [5, 5, 8], [9, 0, 4], [5, 5, 8]])
        chosen = tf.cast(tf.gather(modes, seeds % 4), tf.float32)
        centres = 2 * (chosen * 10 + 5) / 100 - 1
        return tf.tile(centres[:, None, None], [1, 4, 4, 1])


def test_stacked_modes_are_counted_of_a_gan():
    gan = ThreeModes()
    evaluate = modes.StackedModeCoverage(
        brightness_classifier(), (4, 4, 3), samples=1100
    )
    scalars = evaluate(gan).scalars
    assert gan.asked == list(range(1100))
    assert scalars["eval/modes_captured"] == 3
    # Shares 1/4, 1/4 and 1/2 of 1000 equal modes.
    assert scalars["eval/reverse_kl"] == pytest.approx(
        np.log(1000) - 1.5 * np.log(2), abs=1e-6
    )
    assert "eval/high_quality" not in scalars


@pytest.mark.parametrize(
    ("classifier", "samples", "said"),
    [
        ({"size": 5}, 1000, r"images \[4, 4, 1\] .* images \[5, 5, 1\]"),
        ({"channels": 3}, 1000, r"Received: images \[4, 4, 3\]"),
        ({"classes": 9}, 1000, "9 classes"),
        ({}, 999, "1000 modes .*Received: 999"),
    ],
)
def test_a_classifier_of_something_else_is_refused(classifier, samples, said):
    with pytest.raises(UserError, match=said):
        modes.StackedModeCoverage(
            brightness_classifier(**classifier), (4, 4, 3), samples
        )


def test_what_is_measured_can_be_written_as_json():
    samples = toy.ring().sample(50, [0, 0]).numpy()
    for measured in (
        modes.measure_gaussians(samples, toy.ring()),
        modes.measure_stacked_mnist(every_mode()),
    ):
        assert json.loads(json.dumps(measured)) == measured
        assert type(measured["modes_captured"]) is int
