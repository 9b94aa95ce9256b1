"""How well a linear machine tells classes by features that knew no labels.

Reference:
    Radford, Metz, Chintala (2016), Unsupervised Representation Learning with
    Deep Convolutional Generative Adversarial Networks, section 5,
    https://arxiv.org/abs/1511.06434
"""

from __future__ import annotations

import dataclasses

import numpy as np
from sklearn import preprocessing

from tfgan_ref.evaluation import linear_svm
from tfgan_ref.evaluation.scores import Score

# The released code has seven from 1e-4 to 1e-2, for 1,000 images.
CHOICES = (1e-5, 1e-4, 1e-3, 1e-2)
_HELD_OUT = 6  # One image in so many: 10,000 of MNIST's.


@dataclasses.dataclass(frozen=True)
class Representation:
    """What features are worth.

    Attributes:
        features: int, numbers of an image.
        c: of the machine, of `CHOICES`.
        held_out: the share of held-out training images that is right, by
            which C was chosen.
        accuracy: `Score`, the share of test images that is right.
    """

    features: int
    c: float
    held_out: float
    accuracy: Score


def measure(
    train: np.ndarray,
    labels: np.ndarray,
    test: np.ndarray,
    wanted: np.ndarray,
) -> Representation:
    """Chooses C, trains on all training images and tests.

    Each feature is brought to mean 0 and deviation 1 over the training images.
    The last sixth of them is held out while C is chosen, the smallest of the
    best.

        found = measure(train, labels, test, wanted)
        print(found.accuracy.value)

    Args:
        train: float32 `[count, features]`, count >= 2, in random order; it is
            overwritten, since it may be large.
        labels: int `[count]`, at least 0.
        test: float32 `[tested, features]`, overwritten as well.
        wanted: int `[tested]`.
    """
    scaler = preprocessing.StandardScaler(copy=False)
    train = scaler.fit_transform(train)
    test = scaler.transform(test)
    classes = int(labels.max()) + 1
    kept = len(train) - max(1, len(train) // _HELD_OUT)
    machines: list[linear_svm.LinearSVM] = []
    shares: list[float] = []
    for c in CHOICES:
        start = machines[-1] if machines else None
        machines.append(
            linear_svm.fit(train[:kept], labels[:kept], classes, c, start)
        )
        shares.append(_share(machines[-1], train[kept:], labels[kept:]))
    best = int(np.argmax(shares))
    machine = linear_svm.fit(
        train, labels, classes, CHOICES[best], machines[best]
    )
    right = _share(machine, test, wanted)
    error = float(np.sqrt(right * (1 - right) / len(test)))
    return Representation(
        train.shape[1], CHOICES[best], shares[best], Score(right, error)
    )


def _share(machine, features, labels):
    return float(np.mean(machine.predict(features) == labels))
