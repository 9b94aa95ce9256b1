import numpy as np
import pytest
from scipy import linalg

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import frechet


def moments(vectors, *ends):
    """Of vectors in parts that end there."""
    found = frechet.Moments(vectors.shape[1])
    for part in np.split(vectors, ends):
        found.update(part)
    return found


def gaussian(mean, covariance, count=50):
    """Vectors whose sample mean and covariance are exactly these."""
    mean = np.asarray(mean, np.float64)
    noise = np.random.default_rng(count).normal(size=(count, len(mean)))
    noise -= noise.mean(0)
    white = noise @ np.linalg.inv(np.linalg.cholesky(np.cov(noise.T))).T
    return mean + white @ np.linalg.cholesky(covariance).T


def random_covariance(seed, size):
    root = np.random.default_rng(seed).normal(size=(size, size))
    return root @ root.T + 0.1 * np.eye(size)


def test_gaussians_along_the_axes_are_as_far_apart_as_worked_out_by_hand():
    a = gaussian([1.0, -2.0, 0.5], np.diag([4.0, 0.25, 9.0]))
    b = gaussian([0.0, 1.0, 0.5], np.diag([1.0, 2.25, 4.0]), count=33)
    # 1 + 9 + 0, and (2 - 1)^2 + (0.5 - 1.5)^2 + (3 - 2)^2.
    assert frechet.distance(moments(a), moments(b)) == pytest.approx(
        13.0, abs=1e-6
    )


def test_any_two_gaussians_are_as_far_apart_as_by_a_general_root():
    first, second = (random_covariance(seed, 6) for seed in (1, 2))
    shift = np.arange(6.0)
    expected = shift @ shift + np.trace(
        first + second - 2.0 * linalg.sqrtm(first @ second).real
    )
    a = gaussian(np.zeros(6), first, count=40)
    b = gaussian(shift, second, count=70)
    found = frechet.distance(moments(a), moments(b))
    assert found == pytest.approx(expected, abs=1e-6)
    assert found == pytest.approx(
        frechet.distance(moments(b), moments(a)), abs=1e-9
    )


def test_a_set_is_at_no_distance_from_itself():
    vectors = np.random.default_rng(0).normal(size=(30, 40)) * 100
    assert 0 <= frechet.distance(moments(vectors), moments(vectors)) < 1e-6


def test_parts_and_merges_give_the_moments_of_all():
    vectors = np.random.default_rng(3).normal(5.0, 2.0, (100, 4))
    vectors = vectors.astype(np.float32)
    streamed = moments(vectors[:60], 1, 8, 40)
    streamed.merge(moments(vectors[60:], 30))
    streamed.merge(frechet.Moments(4))
    exact = vectors.astype(np.float64)
    assert streamed.count == 100
    np.testing.assert_allclose(streamed.mean, exact.mean(0), rtol=1e-12)
    np.testing.assert_allclose(
        streamed.covariance, np.cov(exact.T), rtol=1e-11, atol=1e-12
    )


def test_far_from_zero_nothing_is_lost():
    vectors = np.random.default_rng(4).normal(1e6, 1.0, (500, 2))
    np.testing.assert_allclose(
        moments(vectors, 7, 77).covariance, np.cov(vectors.T), rtol=1e-9
    )


def test_fewer_images_than_features_are_told_of():
    generator = np.random.default_rng(5)
    a, b = generator.normal(size=(8, 12)), generator.normal(size=(9, 12))
    score = frechet.score(moments(a), moments(b))
    assert score.note == (
        "too large: 8 against 9 images for 12 features have a singular "
        "covariance"
    )
    # Of a general root, as of the eigenvalues of the product.
    product = np.cov(a.T) @ np.cov(b.T)
    roots = np.sqrt(np.maximum(np.linalg.eigvals(product).real, 0)).sum()
    expected = (
        np.sum((a.mean(0) - b.mean(0)) ** 2)
        + np.trace(np.cov(a.T) + np.cov(b.T))
        - 2.0 * roots
    )
    assert score.value == pytest.approx(expected, rel=1e-4)
    enough = generator.normal(size=(14, 12))
    assert "14 against 9" in frechet.score(moments(enough), moments(b)).note
    assert not frechet.score(moments(enough), moments(enough + 1)).note


def test_one_image_has_no_covariance():
    one = moments(np.ones((1, 3)))
    with pytest.raises(UserError, match="Two images .*Received: 1$"):
        frechet.distance(one, moments(np.eye(3)))
