import numpy as np
import pytest
from scipy import stats

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.inception_score import InceptionScore


def probabilities(count, classes=7):
    generator = np.random.default_rng(count)
    logits = 3.0 * generator.normal(size=(count, classes))
    p = np.exp(logits)
    return (p / p.sum(1, keepdims=True)).astype(np.float32)


def measured(p, batch_size, **options):
    found = InceptionScore("x", len(p), **options)
    for first in range(0, len(p), batch_size):
        found.update(p[first : first + batch_size])
    return found.score()


def defined(p, splits=10):
    """By SciPy's divergence, of each split at once."""
    ends = [k * len(p) // splits for k in range(1, splits)]
    values = [
        np.exp(stats.entropy(part, part.mean(0, keepdims=True), axis=1).mean())
        for part in np.split(p.astype(np.float64), ends)
    ]
    return np.mean(values), np.std(values)


@pytest.mark.parametrize("count, batch_size", [(103, 7), (103, 100), (40, 1)])
def test_it_is_that_of_the_definition(count, batch_size):
    p = probabilities(count)
    score = measured(p, batch_size)
    mean, deviation = defined(p)
    assert score.value == pytest.approx(mean, rel=1e-6)
    assert score.error == pytest.approx(deviation, rel=1e-5)


def test_sure_samples_of_all_classes_have_the_largest():
    p = np.eye(5)[np.arange(50) % 5]
    score = measured(p, 9)
    assert score.value == pytest.approx(5.0, rel=1e-12)
    assert score.error == pytest.approx(0.0, abs=1e-12)


def test_splits_are_consecutive():
    p = np.eye(10)[np.arange(50) // 5]  # One class in each.
    assert measured(p, 9).value == pytest.approx(1.0)
    assert measured(p, 9, splits=1).value == pytest.approx(10.0)


def test_fewer_images_than_splits_are_one_line():
    with pytest.raises(UserError, match="few: .*10 images.*Received: 9$"):
        InceptionScore("few", 9)
