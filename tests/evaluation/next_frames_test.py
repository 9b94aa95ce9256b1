"""Next frames of games that always know one answer."""

import types

import numpy as np
import pytest

from tests import small_images
from tfgan_ref.data import moving
from tfgan_ref.evaluation.next_frames import NextFrames

CLIPS = moving.some(moving.move(small_images.images(1, 9, side=28), 28), 9)
FRAMES, BOTH, FOLLOWING = (np.asarray(part) / 2 + 0.5 for part in CLIPS)
AVERAGE = BOTH.mean(-1, keepdims=True)
ONE = BOTH[..., 1:]


def evaluate(answers):
    """What is said of a game that gives these answers to these frames."""

    def function(frames):
        places = [
            next(k for k in range(9) if (FRAMES[k] == one).all())
            for one in frames
        ]
        return {"images": answers[places]}

    gan = types.SimpleNamespace(
        endpoints=lambda: {"next_frame": (function, {})}
    )
    result = NextFrames(CLIPS)(gan)
    scalars = {
        tag.removeprefix("eval/next_frame/"): value
        for tag, value in result.scalars.items()
    }
    return scalars, result.pictures["next_frames"]


def half_apart():
    """Mean distance of the average to either continuation."""
    apart = np.sqrt(np.sum((BOTH[..., 0] - BOTH[..., 1]) ** 2, (1, 2)))
    return apart.mean() / 2


def test_the_average_has_the_least_error_and_is_near_to_none():
    scalars, _ = evaluate(AVERAGE)
    half = half_apart()
    least = np.mean((BOTH[..., 0] - BOTH[..., 1]) ** 2) / 4
    assert scalars["distance/average"] == pytest.approx(0, abs=1e-6)
    assert scalars["distance/nearest"] == pytest.approx(half, rel=1e-5)
    assert scalars["distance/average_to_nearest"] == pytest.approx(half, 1e-5)
    assert scalars["share_nearest"] == 0
    assert scalars["squared_error"] == pytest.approx(least, rel=1e-5)
    assert scalars["squared_error/least"] == pytest.approx(least, rel=1e-5)


def test_one_of_both_is_near_and_sharp_and_errs_more():
    scalars, _ = evaluate(ONE)
    assert scalars["distance/average"] == pytest.approx(half_apart(), rel=1e-5)
    assert scalars["distance/nearest"] == pytest.approx(0, abs=1e-6)
    assert scalars["share_nearest"] == 1
    assert scalars["squared_error"] == pytest.approx(
        2 * scalars["squared_error/least"], rel=1e-5
    )


def test_a_share_of_them_is_counted():
    answers = np.where(np.arange(9)[:, None, None, None] < 4, ONE, AVERAGE)
    scalars, _ = evaluate(answers)
    assert scalars["share_nearest"] == pytest.approx(4 / 9)


def test_a_row_has_the_frames_the_answer_the_average_and_what_followed():
    answers = np.full_like(AVERAGE, 0.25)
    _, picture = evaluate(answers)
    assert picture.shape == (8 * 28, 7 * 28, 1)
    third = picture[56:84, :, 0].reshape(28, 7, 28).swapaxes(0, 1)
    wanted = [*np.moveaxis(FRAMES[2], -1, 0), answers[2, ..., 0]]
    wanted += [AVERAGE[2, ..., 0], FOLLOWING[2, ..., 0]]
    np.testing.assert_allclose(third, 255 * np.array(wanted), atol=0.51)
