"""How often the nearest training image has another label.

Reference:
    Radford, Metz, Chintala (2016), Unsupervised Representation Learning with
    Deep Convolutional Generative Adversarial Networks, section 8.1,
    https://arxiv.org/abs/1511.06434; Newmu/dcgan_code
"""

from __future__ import annotations

import numpy as np
from sklearn import neighbors

from tfgan_ref.evaluation.image_source import ImageSource
from tfgan_ref.evaluation.scores import Score


def error(train: ImageSource, test: ImageSource) -> Score:
    """The error of the nearest neighbour's label, Euclidean in pixels.

    Generated images, labelled by the class that was asked for, stand for the
    training set; the error on real test images is near that of as many real
    training images if they are like them, each class in its variety.

        found = error(drawn.source(model, 50000), image_source.of_images(test))
        print(f"{found.value:.2%}")

    Args:
        train: with labels, at least one image.
        test: with labels, of the same shape.

    Returns:
        `Score` in [0, 1], its error that of a share of independent images.
    """
    search = neighbors.KNeighborsClassifier(1, algorithm="brute")
    search.fit(_rows(train), train.labels)
    wrong = float(np.mean(search.predict(_rows(test)) != test.labels))
    return Score(wrong, float(np.sqrt(wrong * (1 - wrong) / test.count)))


def _rows(source):
    """Levels as float32 `[count, features]`, which holds them exactly."""
    images = np.concatenate([*source.batches()])
    return images.reshape(len(images), -1).astype(np.float32)
