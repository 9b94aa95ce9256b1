"""What is measured of samples, on samples that are known."""

import types

import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.data import images, mixture, toy
from tfgan_ref.diagnosis import examples
from tfgan_ref.diagnosis.looks import Looks
from tfgan_ref.models import (
    feature_game,
    lapgan,
    next_frame,
    paired,
    srgan,
    text_game,
)
from tfgan_ref.turn import Turn


class Known:
    """A game as far as it is asked."""

    conditions = ()
    classifier = None
    is_of_examples = False

    def __init__(self, **more):
        vars(self).update(more)

    def turns(self):
        return [Turn("both", ("discriminator", "generator"))]


def look(data, samples, **game):
    return Looks(data)(Known(**game), np.float32(samples))


def noise(count, seed=0, size=8):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, size, size, 1), np.uint8)


def scaled(pixels):
    return np.float32(pixels) / 127.5 - 1


def test_images_are_as_far_apart_as_data_and_no_copies():
    labels = np.arange(90) % 3
    data = images.Images("noise", noise(90), labels)
    found = look(data, scaled(noise(20, seed=1)))
    assert found["diagnosis/spread"] == pytest.approx(1, abs=0.1)
    assert found["diagnosis/copies"] == 0
    alike = look(data, 0.1 * scaled(noise(20, seed=1)))
    assert alike["diagnosis/spread"] == pytest.approx(0.01, abs=2e-3)
    copied = np.concatenate([noise(90)[:15], noise(5, seed=2)])
    found = look(data, scaled(copied))
    assert found["diagnosis/copies"] == 0.75
    broken = np.full((20, 8, 8, 1), np.nan)
    assert not look(data, broken)


def test_samples_made_of_real_images_are_no_copies_of_these():
    data = images.Images("noise", noise(90), np.zeros(90))
    made = scaled(noise(90)[:20]) + 0.01
    assert look(data, made)["diagnosis/copies"] == 1
    found = look(data, made, is_of_examples=True)
    assert found.keys() == {"diagnosis/spread"}


@pytest.mark.parametrize(
    ("game", "is_of_examples"),
    [
        (lapgan.LaplacianGAN, True),
        (paired.PairedGAN, True),
        (srgan.SRGAN, True),
        (next_frame.NextFrameGAN, True),
        (text_game.TextGAN, False),
        (feature_game.PPGN, False),
    ],
)
def test_games_say_whether_samples_are_made_of_real_images(
    game, is_of_examples
):
    assert game.is_of_examples == is_of_examples


def test_a_generator_that_never_moves_is_not_looked_at():
    data = images.Images("noise", noise(9), np.zeros(9))
    turns = [Turn("discriminator", ("discriminator",))]
    samples = np.zeros((5, 8, 8, 1))
    assert not look(data, samples, turns=lambda: turns)
    assert look(data, samples)


def test_where_classes_are_asked_for_distances_are_within_them():
    labels = np.arange(90) % 2
    data = images.Images("noise", noise(90), labels)
    one_each = scaled(noise(2))[np.arange(20) % 2]
    conditional = {
        "conditions": {"label": None},
        "sample_inputs": lambda seeds: {"labels": tf.constant(seeds % 2)},
    }
    assert look(data, one_each, **conditional)["diagnosis/spread"] == 0
    assert look(data, one_each)["diagnosis/spread"] > 0.3


def test_a_game_s_own_classifier_tells_the_classes():
    labels = np.array([0, 1, 2, 3] * 10 + [-1] * 5)
    data = images.Images("noise", noise(45), labels)
    logits = np.eye(4)[np.arange(20) % 2]
    found = look(
        data,
        scaled(noise(20, seed=1)),
        classifier=lambda samples, training: tf.constant(logits),
    )
    assert found["diagnosis/classes"] == pytest.approx(0.5)


def test_points_are_counted_by_their_nearest_modes():
    means = [[0, 0], [0, 5], [5, 0], [5, 5]]
    data = toy.Points("square", mixture.make(means, 0.1))
    at = np.array(means)[np.arange(300) % 2] + 0.3
    found = look(data, at)
    assert found["diagnosis/modes"] == pytest.approx(0.5)
    # 2 * 6.25 is the variance of the data, 6.25 that of the samples.
    assert found["diagnosis/spread"] == pytest.approx(0.5, abs=0.05)
    assert "diagnosis/copies" not in found
    one = toy.Points("one", mixture.make([4.0], 0.5))
    found = look(one, np.linspace(3, 5, 100)[:, None])
    assert found.keys() == {"diagnosis/spread"}


def test_large_images_are_averaged_and_large_sets_not_searched(monkeypatch):
    pixels = noise(3, size=33)
    rows = examples.averaged(scaled(pixels))
    assert rows.shape == (3, 256)
    assert rows[1, 16] == pytest.approx(scaled(pixels)[1, 2:4, :2].mean())
    data = images.Images("noise", np.repeat(noise(9), 2, 0), np.zeros(18))
    assert len(examples.every(data)) == 9
    monkeypatch.setattr(examples, "_LARGEST", 18 * 64 - 1)
    assert examples.every(data) is None
    assert examples.every(types.SimpleNamespace()) is None
