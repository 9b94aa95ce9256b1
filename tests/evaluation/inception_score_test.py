import numpy as np
import pytest

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


def released(p, splits=10):
    """As in openai/improved-gan, in float64."""
    scores, count = [], len(p)
    p = p.astype(np.float64)
    for i in range(splits):
        part = p[i * count // splits : (i + 1) * count // splits]
        kl = part * (np.log(part) - np.log(part.mean(0, keepdims=True)))
        scores.append(np.exp(kl.sum(1).mean()))
    return np.mean(scores), np.std(scores)


@pytest.mark.parametrize("count, batch_size", [(103, 7), (103, 100), (40, 1)])
def test_it_is_that_of_the_released_code(count, batch_size):
    p = probabilities(count)
    score = measured(p, batch_size)
    mean, deviation = released(p)
    assert score.value == pytest.approx(mean, rel=1e-12)
    assert score.error == pytest.approx(deviation, rel=1e-9)


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
