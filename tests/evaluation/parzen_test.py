import numpy as np
import pytest
from scipy import stats

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import parzen

WIDTHS = 0.1 * 10 ** (np.arange(10) / 9)


def images(seed, count, low=0, high=256):
    generator = np.random.default_rng(seed)
    return generator.integers(low, high, (count, 1, 3, 1)).astype(np.uint8)


def by_hand(fake, points, width):
    """Nats of each point, from the densities themselves."""
    fake, points = (x.reshape(len(x), 3) / 255.0 for x in (fake, points))
    densities = [
        stats.multivariate_normal(s, width**2).pdf(points) for s in fake
    ]
    return np.log(np.mean(densities, 0))


def test_it_is_the_likelihood_under_gaussians_around_samples():
    fake, validation, test = images(1, 9), images(2, 6), images(3, 11, 40)
    tried = [by_hand(fake, validation, width).mean() for width in WIDTHS]
    width = WIDTHS[np.argmax(tried)]
    expected = by_hand(fake, test, width)
    score = parzen.score(fake, validation, test)
    assert score.value == pytest.approx(expected.mean(), rel=1e-9)
    assert score.error == pytest.approx(expected.std() / np.sqrt(11), rel=1e-9)
    assert score.note == f"width {width:.3f}, of 6 validation images"


def test_the_width_is_chosen_on_the_validation_images():
    fake = images(1, 9)
    near = np.clip(fake.astype(int) + 2, 0, 255).astype(np.uint8)
    narrow = parzen.score(fake, near, images(3, 5))
    wide = parzen.score(fake[:1], 255 - near, near)
    assert narrow.note == (
        "width 0.100, of 9 validation images, at the end of the range"
    )
    assert float(wide.note.split(",")[0].split()[1]) > 0.3


def test_no_test_images_are_one_line():
    with pytest.raises(UserError, match="Received: 4, 1 and 0$"):
        parzen.score(images(1, 4), images(2, 1), images(3, 0))


def test_blocks_have_no_influence(monkeypatch):
    sets = images(1, 9), images(2, 6), images(3, 11)
    whole = parzen.score(*sets)
    monkeypatch.setattr(parzen, "_AT_A_TIME", 4)
    parts = parzen.score(*sets)
    assert parts.value == pytest.approx(whole.value, rel=1e-12)
    assert parts.error == pytest.approx(whole.error, rel=1e-9)


def test_far_away_nothing_underflows():
    fake, test = np.zeros((2, 1600)), np.full((3, 40, 40, 1), 255, np.uint8)
    found = parzen.log_likelihoods(fake, test, np.array([0.1]))
    expected = -1600 / 0.02 - 1600 * np.log(0.1 * np.sqrt(2 * np.pi))
    np.testing.assert_allclose(found, np.full((1, 3), expected), rtol=1e-12)
