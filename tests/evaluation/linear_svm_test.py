"""Linear machines beside scikit-learn's."""

import numpy as np
import pytest
from sklearn.svm import LinearSVC

from tfgan_ref.evaluation import linear_svm


@pytest.fixture(scope="module")
def examples():
    """Three classes that overlap, far from equally many, off the origin."""
    rng = np.random.default_rng(2)
    labels = rng.choice(3, 160, p=[0.6, 0.3, 0.1])
    centres = 1.5 * rng.normal(size=(3, 7))
    features = centres[labels] + rng.normal(0.4, 1.0, (160, 7))
    return features.astype(np.float32), labels


def cost_of(weights, features, labels, c):
    """In float64, one class after the other."""
    total = 0.0
    for k in range(weights.shape[1]):
        w, b = weights[:-1, k], weights[-1, k]
        margin = np.where(labels == k, 1, -1) * (np.float64(features) @ w + b)
        hinge = np.maximum(0, 1 - margin) ** 2
        total += (w @ w + b * b) / 2 + c * hinge.sum()
    return total


@pytest.mark.parametrize("c", [1e-3, 0.03, 1.0])
def test_the_machine_is_scikit_learns(c, examples):
    features, labels = examples
    peer = LinearSVC(C=c, dual=False, tol=1e-8).fit(features, labels)
    best = np.vstack([peer.coef_.T, peer.intercept_])
    least = cost_of(best, features, labels, c)
    found = linear_svm.fit(features, labels, 3, c)
    assert found.weights.shape == (8, 3)
    cost = cost_of(found.weights, features, labels, c)
    assert least <= cost < 1.01 * least
    assert found.cost == pytest.approx(cost, rel=1e-5)
    np.testing.assert_allclose(found.weights, best, atol=0.05 * abs(best).max())
    same = found.predict(features) == peer.predict(features)
    assert same.mean() > 0.98
    # Another start comes to the same end.
    other = linear_svm.fit(features, labels, 3, 10 * c)
    warm = linear_svm.fit(features, labels, 3, c, other)
    assert least <= cost_of(warm.weights, features, labels, c) < 1.01 * least


def test_a_class_without_examples_is_never_the_surest(examples):
    features, labels = examples
    found = linear_svm.fit(features, 2 * labels, 5, 1.0)
    assert set(found.predict(features)) <= {0, 2, 4}
