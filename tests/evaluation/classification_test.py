"""Errors counted against networks whose answers are known."""

import types

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import classification
from tfgan_ref.evaluation.classification import ClassificationEvaluation
from tfgan_ref.layers.noise import Dropout, GaussianNoise

# The answer of a network is the brightest of three pixels, put through a
# table; the images' brightest pixels, and what they should be taken for.
BRIGHTEST = [0, 0, 1, 2, 2, 1, 0]
LABELS = [0, 1, 1, 2, 0, 1, 1]


def bright(places):
    """Images `[count, 1, 3, 1]` with one bright pixel each."""
    pixels = np.full((len(places), 1, 3, 1), 20, np.uint8)
    pixels[np.arange(len(places)), 0, places, 0] = 230
    return pixels


def network(table, *noise):
    """Logits whose largest is `table[brightest pixel]`."""
    model = keras.Sequential(
        [
            keras.Input((1, 3, 1)),
            *noise,
            layers.Flatten(),
            layers.Dense(3, use_bias=False),
        ]
    )
    model.set_weights([4.0 * np.eye(3)[list(table)]])
    return model


def gan_of(raw, averaged=None):
    return types.SimpleNamespace(discriminator=raw, ema_discriminator=averaged)


@pytest.fixture
def data():
    return Images("bright", bright(BRIGHTEST), np.array(LABELS, np.int32))


def shade_of(picture, row, column, classes=3):
    """The grey of a cell, in its corner, where no digit is."""
    height, width, channels = picture.shape
    assert height == width and channels == 1
    cell = height // (classes + 1)
    return picture[(row + 1) * cell + 2, (column + 1) * cell + 2, 0]


# Errors.


@pytest.mark.parametrize("batch_size", [1, 3, 500])
def test_errors_are_counted_with_raw_and_with_averaged_weights(
    data, batch_size
):
    evaluate = ClassificationEvaluation(data, 3, batch_size)
    # As it is: wrong are 1, 4 and 6. With 0 and 1 swapped: 0, 2, 4 and 5.
    evaluation = evaluate(gan_of(network([0, 1, 2]), network([1, 0, 2])))
    assert evaluation.scalars == {
        "eval/errors/raw": 3,
        "eval/error_rate/raw": pytest.approx(3 / 7),
        "eval/errors/averaged": 4,
        "eval/error_rate/averaged": pytest.approx(4 / 7),
    }


def test_without_an_average_there_are_the_raw_weights_alone(data):
    evaluation = ClassificationEvaluation(data, 3)(gan_of(network([1, 0, 2])))
    assert evaluation.scalars == {
        "eval/errors/raw": 4,
        "eval/error_rate/raw": pytest.approx(4 / 7),
    }


def test_noise_and_dropout_are_off(data):
    noisy = network([0, 1, 2], GaussianNoise(1e3), Dropout(0.9))
    evaluation = ClassificationEvaluation(data, 3)(gan_of(noisy))
    assert evaluation.scalars["eval/errors/raw"] == 3


def test_outputs_are_those_of_the_images_in_order_at_the_range_of_training():
    pixels = np.array([0, 51, 255, 102, 204], np.uint8).reshape(5, 1, 1, 1)
    identity = keras.Sequential([keras.Input((1, 1, 1)), layers.Flatten()])
    outputs = classification.predict(identity, pixels, batch_size=2)
    np.testing.assert_allclose(
        outputs, [[-1.0], [-0.6], [1.0], [-0.2], [0.6]], atol=1e-6
    )


def test_a_network_is_traced_once_and_its_later_weights_count():
    scale, calls = tf.Variable(1.0), []

    def scaled(images, training):
        calls.append(training)
        return scale * images[:, 0, 0]

    pixels = np.array([0, 51, 255], np.uint8).reshape(3, 1, 1, 1)
    before = classification.predict(scaled, pixels, batch_size=1)
    scale.assign(-3.0)
    after = classification.predict(scaled, pixels, batch_size=1)
    assert calls == [False]
    np.testing.assert_allclose(before, [[-1.0], [-0.6], [1.0]], atol=1e-6)
    np.testing.assert_allclose(after, [[3.0], [1.8], [-3.0]], atol=1e-6)


# The confusion matrix.


def test_rows_are_true_classes_and_columns_predicted_ones(data):
    picture = ClassificationEvaluation(data, 3)(
        gan_of(network([0, 1, 2]))
    ).pictures["confusion_matrix"]
    assert picture.dtype == np.uint8
    # Of two zeros one is taken for a 2; of four ones two for a 0.
    shares = [[1 / 2, 0, 1 / 2], [2 / 4, 2 / 4, 0], [0, 0, 1]]
    for row in range(3):
        for column in range(3):
            expected = 255 * (1 - shares[row][column])
            shade = shade_of(picture, row, column)
            assert abs(shade - expected) <= 1, (row, column)


def test_the_matrix_is_the_averaged_weights(data):
    averaged = network([1, 0, 2])
    evaluate = ClassificationEvaluation(data, 3)
    (picture,) = evaluate(
        gan_of(network([0, 1, 2]), averaged)
    ).pictures.values()
    (expected,) = evaluate(gan_of(averaged)).pictures.values()
    (raw,) = evaluate(gan_of(network([0, 1, 2]))).pictures.values()
    np.testing.assert_array_equal(picture, expected)
    assert (picture != raw).any()


def test_counts_are_written_into_their_cells():
    empty = classification.draw(np.zeros((2, 2), int))
    picture = classification.draw(np.array([[0, 0], [7, 0]]))
    changed = np.argwhere(picture[..., 0] != empty[..., 0])
    cell = len(picture) // 3
    # Nothing but the cell of true class 1 and predicted class 0.
    assert changed[:, 0].min() >= 2 * cell and changed[:, 0].max() < 3 * cell
    assert changed[:, 1].min() >= cell and changed[:, 1].max() < 2 * cell
    # All of that row is there: black, with a count in white.
    assert shade_of(picture, 1, 0, classes=2) == 0
    within = picture[2 * cell : 3 * cell, cell : 2 * cell]
    assert within.max() > 127
    # A class without examples is white, its counts black.
    assert shade_of(picture, 0, 0, classes=2) == 255
    assert picture[cell : 2 * cell, cell : 2 * cell].min() < 127


def test_a_class_that_the_test_set_lacks_has_its_row():
    data = Images("bright", bright([0, 1]), np.array([0, 1], np.int32))
    evaluation = ClassificationEvaluation(data, 3)(gan_of(network([0, 1, 2])))
    picture = evaluation.pictures["confusion_matrix"]
    assert shade_of(picture, 1, 1) == 0
    assert shade_of(picture, 2, 2) == 255


# Mistakes.


@pytest.mark.parametrize(
    ("labels", "classes"), [([0, 2, 3, 1], 3), ([1, -1, 2, 0], 3)]
)
def test_a_label_outside_of_the_classes_is_refused(labels, classes):
    data = Images("odd", bright([0, 1, 2, 0]), np.array(labels, np.int32))
    with pytest.raises(UserError) as caught:
        ClassificationEvaluation(data, classes)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert "odd" in message and "[0, 3)" in message
    assert f"[{min(labels)}, {max(labels)}]" in message
