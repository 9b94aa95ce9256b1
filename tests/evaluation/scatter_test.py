"""Pictures of points."""

import numpy as np

from tfgan_ref.data import mixture
from tfgan_ref.evaluation.scatter import Scatter

PAPER, MODE, SAMPLE = (255, 255, 255), (205, 205, 205), (36, 82, 204)
# Wider than high: the picture reaches from x = -2.6 to 2.6.
DATA = mixture.make([[-1.7, 0.0], [1.7, 0.5]], 0.1)


def at(picture, x, y):
    """The colour at a place of DATA's picture."""
    half = 0.65 * (2 * 1.7 + 6 * 0.1)
    column = (x + half) / (2 * half) * 400
    row = 400 - (y - 0.25 + half) / (2 * half) * 400
    return tuple(picture[round(row), round(column)].tolist())


def test_modes_are_grey_discs_and_samples_blue_dots():
    picture = Scatter(DATA)(np.array([[1.7, 0.5], [0.0, 1.5]]))
    assert (picture.shape, picture.dtype) == ((400, 400, 3), np.uint8)
    assert at(picture, 1.7, 0.5) == at(picture, 0.0, 1.5) == SAMPLE
    assert at(picture, -1.7, 0.0) == MODE
    assert at(picture, -1.7, 0.25) == MODE
    for x, y in ((-1.7, 0.35), (1.7, 0.0), (0.0, -1.5)):
        assert at(picture, x, y) == PAPER


def test_samples_far_away_or_none_at_all_are_left_out():
    scatter = Scatter(DATA)
    empty = scatter(np.zeros((0, 2)))
    away = np.array([[1e30, 0], [np.nan, 0], [0, np.inf], [-1e9, -1e9]])
    np.testing.assert_array_equal(scatter(away), empty)


def test_in_one_dimension_the_histogram_is_over_the_density():
    data = mixture.make([-1.0, 1.0], 0.5)
    picture = Scatter(data)(np.random.default_rng(0).normal(1, 0.5, (9000, 1)))
    half = 0.65 * 5

    def column(x):
        return picture[:, round((x + half) / (2 * half) * 400)]

    grey = [(column(x) == MODE).all(-1).sum() for x in (-1, 1, 3)]
    blue = [np.argmax((column(x) == SAMPLE).all(-1)) for x in (-1, 1, 3)]
    # The density is the same at both; the samples are at one of them, where
    # they are twice as dense.
    assert grey[0] > 200 and grey[2] < 5
    assert blue[0] > 390 and blue[2] > 390
    assert blue[1] < 400 - 1.7 * 0.7 * 400 * 0.5
