import numpy as np
import pytest
from scipy import signal

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import ms_ssim

WEIGHTS = np.array([0.0448, 0.2856, 0.3001])


def images(seed, count=6, size=28, channels=1):
    """Pairs, alike in part."""
    generator = np.random.default_rng(seed)
    one = generator.integers(0, 256, (count, 1, size, size, channels))
    other = generator.integers(0, 256, one.shape)
    share = np.linspace(0, 1, count)[:, None, None, None, None]
    pairs = np.concatenate([one, share * one + (1 - share) * other], 1)
    return pairs.astype(np.uint8)


def by_hand(x, y, weights):
    """Of two grey images, in float64."""
    taps = np.exp(-np.square(np.arange(-5, 6)) / (2 * 1.5**2))
    window = np.outer(taps, taps) / taps.sum() ** 2

    def blur(z):
        return signal.convolve2d(z, window, "valid")

    x, y, result = x / 255.0, y / 255.0, 1.0
    for k, weight in enumerate(weights):
        a, b = blur(x), blur(y)
        xx, yy, xy = (blur(p) for p in (x * x, y * y, x * y))
        contrast = (2 * (xy - a * b) + 0.03**2) / (
            xx + yy - a * a - b * b + 0.03**2
        )
        if k == len(weights) - 1:
            contrast *= (2 * a * b + 0.01**2) / (a * a + b * b + 0.01**2)
        result *= max(contrast.mean(), 0.0) ** weight
        x, y = (z.reshape(len(z) // 2, 2, -1, 2).mean((1, 3)) for z in (x, y))
    return result


@pytest.mark.parametrize("size, scales", [(28, 2), (32, 2), (64, 3)])
def test_it_is_that_of_the_definition(size, scales):
    pairs = images(1, size=size)
    weights = WEIGHTS[:scales] / WEIGHTS[:scales].sum()
    values = [by_hand(*pair[..., 0], weights) for pair in pairs]
    score = ms_ssim.score(pairs)
    assert 0.2 < score.value < 0.9
    assert score.value == pytest.approx(np.mean(values), rel=1e-4)
    assert score.error == pytest.approx(
        np.std(values, ddof=1) / np.sqrt(6), rel=1e-3
    )


def test_equal_images_are_as_alike_as_can_be():
    pairs = images(2, 120, channels=3)
    pairs[:, 1] = pairs[:, 0]
    assert ms_ssim.score(pairs).value == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    "size, scales",
    [(11, 1), (20, 1), (21, 2), (28, 2), (32, 2), (64, 3), (161, 5), (999, 5)],
)
def test_there_are_as_many_scales_as_there_is_room_for(size, scales):
    assert ms_ssim.scales((size, size + 5, 3)) == scales
    pairs = np.zeros((1, 2, size, size, 1), np.uint8)
    if size < 200:
        assert np.isfinite(ms_ssim.score(np.tile(pairs, (2, 1, 1, 1, 1))).value)


def test_smaller_images_are_one_line():
    with pytest.raises(UserError, match=r"11 pixels .*: \[28, 10, 1\]$"):
        ms_ssim.scales((28, 10, 1))


def test_pairs_are_two_images_of_one_class():
    labels = np.array([3, 0, 3, 0, 0, 5, 5])
    pairs = ms_ssim.pairs("x", 7, labels, seed=1)
    assert pairs.shape == (3, 100, 2)
    for found, label in zip(pairs, (0, 3, 5), strict=True):
        assert (labels[found] == label).all()
        assert (found[:, 0] != found[:, 1]).all()
        assert set(found.ravel()) == set(np.flatnonzero(labels == label))
    assert (pairs == ms_ssim.pairs("x", 7, labels, seed=1)).all()
    assert (pairs != ms_ssim.pairs("x", 7, labels, seed=2)).any()


def test_without_labels_there_are_a_thousand_pairs():
    (pairs,) = ms_ssim.pairs("x", 4, None)
    assert pairs.shape == (1000, 2)
    assert (pairs[:, 0] != pairs[:, 1]).all()
    assert set(pairs.ravel()) == {0, 1, 2, 3}


def test_a_class_of_one_image_is_one_line():
    with pytest.raises(UserError, match="x, class 4: two .*Received: 1$"):
        ms_ssim.pairs("x", 3, np.array([1, 4, 1]))
