import numpy as np
import pytest
from sklearn.metrics.pairwise import polynomial_kernel

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import kernel_distance


def normal(seed, count, shift=0.0, features=6):
    generator = np.random.default_rng(seed)
    return generator.normal(shift, 1.0, (count, features)).astype(np.float32)


def estimate(x, y):
    """Pair by pair, none with itself."""
    n, d = x.shape
    x, y = x.astype(np.float64), y.astype(np.float64)
    xx, yy, xy = (
        polynomial_kernel(a, b, degree=3, gamma=1 / d, coef0=1)
        for a, b in ((x, x), (y, y), (x, y))
    )
    others = ~np.eye(n, dtype=bool)
    return xx[others].mean() + yy[others].mean() - 2.0 * xy.mean()


def test_the_estimate_leaves_pairs_of_one_image_out():
    x, y = normal(1, 9), normal(2, 9, 0.5)
    assert kernel_distance.estimate(x, y).value == pytest.approx(
        estimate(x, y), rel=1e-9
    )


def test_the_score_is_the_mean_over_subsets_without_replacement():
    x, y = normal(1, 8), normal(2, 9, 1.0)
    score = kernel_distance.score(x, y, subsets=4_000, size=4)
    # Of all pairs of subsets the mean is that of the estimates, which is the
    # one of whole sets where these are equally large; here of 8 and 9.
    whole = np.mean([estimate(x, np.delete(y, k, 0)) for k in range(9)])
    assert score.value == pytest.approx(whole, rel=0.05)
    assert score.note == ""


def test_halves_of_one_set_are_at_no_distance_within_its_error():
    for seed in range(5):
        vectors = normal(seed, 800)
        order = np.random.default_rng(seed).permutation(800)
        score = kernel_distance.score(
            vectors[order[:400]], vectors[order[400:]], size=100
        )
        assert abs(score.value) < 2.0 * score.error
        assert score.error < 0.05
    moved = kernel_distance.score(normal(7, 300, 0.5), normal(8, 400))
    assert moved.value > 5.0 * moved.error
    assert moved.note == "subsets of 300 images"


@pytest.mark.parametrize("shift", [0.0, 1.0])
@pytest.mark.parametrize("size", [20, 80])
def test_its_error_is_the_spread_over_sets(shift, size):
    scores = [
        kernel_distance.score(
            normal(2 * k, 80, shift), normal(2 * k + 1, 80), size=size
        )
        for k in range(50)
    ]
    spread = np.std([score.value for score in scores], ddof=1)
    squares = np.mean([score.error**2 for score in scores])
    assert np.sqrt(squares) == pytest.approx(spread, rel=0.3)


def test_of_a_hundred_pairs_of_a_law_the_mean_is_0():
    values = [
        kernel_distance.estimate(normal(2 * k, 40), normal(2 * k + 1, 40)).value
        for k in range(100)
    ]
    assert abs(np.mean(values)) < 3.0 * np.std(values) / 10.0
    assert min(values) < 0 < max(values)


def test_the_seed_chooses_the_subsets():
    x, y = normal(1, 50), normal(2, 40)
    one = kernel_distance.score(x, y, seed=1)
    assert kernel_distance.score(x, y, seed=1) == one
    assert kernel_distance.score(x, y, seed=2) != one


def test_three_images_are_one_line():
    with pytest.raises(UserError, match="four images .*Received: 3$"):
        kernel_distance.score(normal(1, 3), normal(2, 9))
