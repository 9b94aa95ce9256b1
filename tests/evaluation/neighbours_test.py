import itertools
import math

import numpy as np
import pytest
import sklearn
from scipy.spatial.distance import cdist

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import neighbours


def normal(seed, count, shift=0.0, features=3):
    generator = np.random.default_rng(seed)
    return generator.normal(shift, 1.0, (count, features)).astype(np.float32)


def compare(fake, real):
    return neighbours.Comparison(
        neighbours.Points("fake", fake), neighbours.Points("real", real)
    )


def radius(vectors, k):
    """To the k-th nearest other, image by image."""
    distances = cdist(vectors, vectors)
    np.fill_diagonal(distances, np.inf)
    return np.sort(distances, 1)[:, k - 1]


@pytest.fixture(scope="module", params=[(40, 25), (25, 40)])
def sets(request):
    fake, real = request.param
    return normal(1, fake, 0.7), normal(2, real)


def test_precision_and_recall_are_of_balls_to_the_third_neighbour(sets):
    fake, real = (x.astype(np.float64) for x in sets)
    distances = cdist(fake, real)
    inside_real = distances <= radius(real, 3)[None]
    inside_fake = distances <= radius(fake, 3)[:, None]
    found = compare(*sets)
    assert found.precision().value == inside_real.any(1).mean()
    assert found.recall().value == inside_fake.any(0).mean()
    assert 0.05 < found.precision().value < 1
    assert 0.05 < found.recall().value < 1


def test_density_and_coverage_are_of_balls_to_the_fifth(sets):
    fake, real = (x.astype(np.float64) for x in sets)
    inside = cdist(fake, real) < radius(real, 5)[None]
    found = compare(*sets)
    assert found.density().value == pytest.approx(inside.sum(1).mean() / 5)
    assert found.coverage().value == inside.any(0).mean()
    assert 0.05 < found.coverage().value < 1


def test_one_nearest_neighbour_is_left_out():
    fake, real = normal(1, 30, 1.0), normal(2, 30)
    both = np.concatenate([fake, real]).astype(np.float64)
    distances = cdist(both, both)
    np.fill_diagonal(distances, np.inf)
    is_fake = np.arange(60) < 30
    right = is_fake[distances.argmin(1)] == is_fake
    score = compare(fake, real).one_nn()
    assert score.value == pytest.approx(right.mean())
    assert score.note == (
        f"of generated {right[:30].mean():.3f}, of real {right[30:].mean():.3f}"
    )


def test_of_one_law_they_have_their_exact_means():
    """Over all ways to divide twelve images in two."""
    pool, n, k = normal(3, 12), 6, 5
    coverage, accuracy = [], []
    # Without scikit-learn's checks of its arguments, which take the longest.
    with sklearn.config_context(
        skip_parameter_validation=True, assume_finite=True
    ):
        for chosen in itertools.combinations(range(12), n):
            fake = np.isin(np.arange(12), chosen)
            found = compare(pool[fake], pool[~fake])
            coverage.append(found.coverage().value)
            accuracy.append(found.one_nn().value)
    missed = math.comb(2 * n - k - 1, n) / math.comb(2 * n - 1, n)
    assert np.mean(coverage) == pytest.approx(1 - missed, rel=1e-9)
    assert np.mean(accuracy) == pytest.approx((n - 1) / (2 * n - 1), rel=1e-9)


def test_sets_far_apart_and_copies_are_told():
    real = normal(4, 50)
    apart = compare(normal(5, 50, 20.0), real)
    assert apart.one_nn().value == 1.0
    for score in (apart.precision(), apart.recall(), apart.coverage()):
        assert score.value == 0.0
    assert apart.density().value == 0.0
    copies = compare(real[::-1].copy(), real)
    assert copies.one_nn().value == 0.0
    for score in (copies.precision(), copies.recall(), copies.coverage()):
        assert score.value == 1.0


def test_images_that_are_there_five_times_are_equal_and_not_about_so():
    real = np.repeat(normal(4, 20) + 5.0, 5, 0)
    found = compare(real.copy(), real)
    assert found.precision().value == found.recall().value == 1.0
    assert found.one_nn().value == 0.5  # A tie is half right.
    blank = np.full([40, 2048], 0.3)
    found = compare(blank, blank.copy())
    # Within no ball, since none has an inside.
    assert found.density().value == found.coverage().value == 0.0


def test_a_collapsed_generator_is_precise_and_covers_nothing():
    real = normal(4, 50)
    found = compare(np.repeat(real[:1] + 0.01, 50, 0), real)
    assert found.precision().value == 1.0
    assert found.recall().value < 0.05
    assert found.coverage().value < 0.5


def test_of_a_larger_set_some_are_taken():
    fake, real = normal(1, 90), normal(2, 30)
    one, other, again = (compare(fake, real).one_nn(s) for s in (1, 2, 1))
    assert one == again != other
    # Of all 90 most neighbours would be generated.
    assert 0.3 < one.value < 0.7


def test_blocks_have_no_influence(sets, monkeypatch):
    def scores():
        found = compare(*sets)
        return (
            found.precision(),
            found.recall(),
            found.density(),
            (found.coverage()),
            found.one_nn(3),
        )

    whole = scores()
    monkeypatch.setattr(neighbours, "_MEMORY", 8 * 40 * 4 / 2**20)
    assert scores() == whole


def test_copies_are_counted_by_hand():
    train = np.array([[0.0], [1.0], [4.0], [10.0]])
    # Nearest are 0, 1, 4, 10 of which others are 1, 1, 3 and 6 away.
    fake = np.array([[-0.9], [2.1], [6.9], [17.0], [4.0]])
    assert neighbours.copying(fake, train).value == 3 / 5


def test_copying_is_one_of_copies_and_less_of_new_images():
    train, new = normal(6, 200), normal(8, 90, 0.2)
    assert neighbours.copying(train[:90], train).value == 1.0
    assert neighbours.copying(normal(7, 90, 30.0), train).value == 0.0
    a, b = (x.astype(np.float64) for x in (new, train))
    distances = cdist(a, b)
    copies = distances.min(1) <= radius(b, 1)[distances.argmin(1)]
    assert neighbours.copying(new, train).value == copies.mean()
    assert 0.3 < copies.mean() < 0.7


def test_what_is_there_twice_is_copied_by_the_same_alone():
    train = np.repeat(normal(6, 30), 2, 0)
    assert neighbours.copying(train[:5], train).value == 1.0
    assert neighbours.copying(train[:5] + 1e-3, train).value == 0.0


def test_too_few_images_are_one_line():
    with pytest.raises(UserError, match="few: 6 images .*Received: 5$"):
        neighbours.Points("few", normal(1, 5))
    with pytest.raises(UserError, match="Two training .*Received: 1$"):
        neighbours.copying(normal(1, 5), normal(1, 1))
