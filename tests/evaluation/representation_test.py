"""What features are worth, beside scikit-learn's own machine."""

import numpy as np
import pytest
from sklearn.svm import LinearSVC

from tfgan_ref.evaluation import representation

CHOICES = (1e-4, 0.02, 4.0)


def examples(seed, count):
    """Two features of the class among many of noise, of uneven scales."""
    rng = np.random.default_rng(seed)
    labels = rng.choice(3, count, p=[0.5, 0.3, 0.2])
    features = rng.normal(size=(count, 40))
    features[:, 3] += 1.5 * labels
    features[:, 7] -= 2.5 * (labels == 1)
    features[:, 5] = 6.0  # As of a border.
    features = features * 10.0 ** rng.uniform(-1, 1, 40) + 3
    return features.astype(np.float32), labels


def of_peer(train, labels, test, wanted):
    """Chosen C, its share of held-out images, and the share of test images."""
    mean, std = train.mean(0, np.float64), train.std(0, np.float64)
    train, test = (
        (x - mean) / np.where(std < 1e-6, 1, std) for x in (train, test)
    )
    kept = len(train) - len(train) // 6
    shares = [
        LinearSVC(C=c, dual=False)
        .fit(train[:kept], labels[:kept])
        .score(train[kept:], labels[kept:])
        for c in CHOICES
    ]
    best = int(np.argmax(shares))
    peer = LinearSVC(C=CHOICES[best], dual=False).fit(train, labels)
    return CHOICES[best], shares, peer.score(test, wanted)


@pytest.mark.parametrize("seed", [1, 5])
def test_c_is_chosen_on_held_out_images(seed, monkeypatch):
    monkeypatch.setattr(representation, "CHOICES", CHOICES)
    features, labels = examples(seed, 500)
    train, test = features[:120].copy(), features[120:].copy()
    c, shares, share = of_peer(train, labels[:120], test, labels[120:])
    assert min(shares) < max(shares)  # A choice is made, twice of equals.
    found = representation.measure(train, labels[:120], test, labels[120:])
    assert (found.features, found.c) == (40, c)
    assert found.held_out == pytest.approx(max(shares), abs=0.001)
    accuracy = found.accuracy
    assert accuracy.value == pytest.approx(share, abs=0.02)
    deviation = np.sqrt(accuracy.value * (1 - accuracy.value) / 380)
    assert accuracy.error == pytest.approx(deviation, rel=1e-9)
    assert 0.5 < accuracy.value < 0.95
