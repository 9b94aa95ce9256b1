import numpy as np
import pytest

from tfgan_ref.data import fit
from tfgan_ref.data.source import Source

# Bands of two pixels in a width of 12, a height of 8.
BANDS = np.tile(np.repeat(np.arange(10, 70, 10), 2), [8, 1]).astype(np.uint8)


@pytest.mark.parametrize("upright", [False, True])
@pytest.mark.parametrize(
    ("method", "row"),
    [
        ("crop", [20, 20, 30, 30, 40, 40, 50, 50]),
        # Two thirds of the size, in the middle of white.
        ("pad", None),
        ("stretch", None),
    ],
)
def test_an_oblong_becomes_a_square(method, row, upright):
    image = (BANDS.T if upright else BANDS)[..., None]
    square = fit.fit(image, 8, 1, method=method)[..., 0]
    square = square.T if upright else square
    assert square.shape == (8, 8)
    if method == "crop":
        assert square.tolist() == [row] * 8
    elif method == "stretch":
        assert (square == square[0]).all()
        steps = np.diff(square[0].astype(int))
        assert (steps > 0).all() and square[0, 0] < 15 and square[0, -1] > 55
    else:
        blank = (square == 255).all(1)
        assert blank.tolist() == [True] + [False] * 5 + [True] * 2 or (
            blank.tolist() == [True] * 2 + [False] * 5 + [True]
        )
        assert square[3, 0] < 20 and square[3, -1] > 50


@pytest.mark.parametrize("method", fit.METHODS)
def test_a_line_has_a_place_in_a_square(method):
    line = np.full([1, 900, 1], 7, np.uint8)
    for image in (line, line.swapaxes(0, 1)):
        square = fit.fit(image, 4, 1, method=method)
        assert square.shape == (4, 4, 1) and (square == 7).sum() >= 4


def test_nothing_is_enlarged_to_the_natural_size():
    source = Source([], 20, 1, sizes=[(30, 20), (25, 90), (40, 41)])
    assert fit.natural_size(source, "crop") == 20
    assert fit.natural_size(source, "stretch") == 20
    assert fit.natural_size(source, "pad") == 30
    assert fit.natural_size(Source([], 20, 1), "pad") == 20


def test_margins_are_of_the_background():
    wide = np.full([2, 8, 3], 9, np.uint8)
    square = fit.fit(wide, 4, 3, method="pad", background=(50, 100, 150))
    assert square[0, 2].tolist() == square[3, 1].tolist() == [50, 100, 150]
    assert (square[[1, 2]] == 9).sum() == 12
    grey = fit.fit(wide, 4, 1, method="pad", background=(0, 255, 0))
    assert grey[0, 2, 0] == 150  # Rec. 601: 0.587 of green.


@pytest.mark.parametrize("method", fit.METHODS)
def test_a_square_is_the_same_in_every_way(method):
    image = np.random.default_rng(0).integers(0, 256, [6, 6, 3], np.uint8)
    assert fit.fit(image, 6, 3, method=method) is image
    usual = fit.fit(image, 3, 1)
    np.testing.assert_array_equal(fit.fit(image, 3, 1, method=method), usual)


def told(*sizes):
    source = Source([], 1, 1, sizes=sizes)
    fit.tell_loss(source)
    return [text for _, text in source.notes.lines]


def test_a_crop_that_loses_much_is_told():
    assert told((30, 20), (20, 30), (100, 100)) == []
    assert told((100, 66), (9, 9), (32, 128)) == [
        "2 of 3 images lose more than a third to the crop to a square, the "
        "longest, 32x128, 75%: --fit=pad and --fit=stretch keep all"
    ]
