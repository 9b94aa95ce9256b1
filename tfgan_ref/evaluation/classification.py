"""How well the discriminator of n + 1 classes classifies.

Reference:
    Salimans, Goodfellow, Zaremba, Cheung, Radford, Chen (2016), Improved
    Techniques for Training GANs, section 5, https://arxiv.org/abs/1606.03498
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
import tensorflow as tf
from PIL import Image, ImageDraw
from sklearn import metrics

from tfgan_ref.data.images import Images
from tfgan_ref.data.rows import Rows
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.result import Evaluation

_CELL = 40  # Pixels of a confusion matrix's cell.


class ClassificationEvaluation:
    """Errors on a whole data set, with the raw and the averaged weights.

    Scalars `eval/errors/raw` (how many), `eval/error_rate/raw` (share) and,
    where the discriminator's weights are averaged, the same of `averaged`;
    picture `confusion_matrix` of the averaged, else of the raw weights.

    Args:
        data: the test set, labelled.
        classes: int, how many the discriminator knows.
        batch_size: int, images at a time; it matters to a discriminator with
            minibatch features.

    Raises:
        UserError: an example has no label, or one outside the classes.
    """

    def __init__(self, data: Images, classes: int, batch_size: int = 500):
        low, high = data.labels.min(), data.labels.max()
        if low < 0 or high >= classes:
            raise UserError(
                f"{data.name}: a label in [0, {classes}) was expected of every "
                f"test example. Received: labels in [{low}, {high}]"
            )
        self._data = data
        self._classes = classes
        self._batch_size = batch_size

    def __call__(self, gan) -> Evaluation:
        """Evaluates a `SemiSupervisedGAN`."""
        networks = {"raw": gan.discriminator}
        if gan.ema_discriminator is not None:
            networks["averaged"] = gan.ema_discriminator
        scalars: dict[str, float] = {}
        for name, network in networks.items():
            outputs = predict(network, self._data.images, self._batch_size)
            predicted = outputs.argmax(-1)
            errors = int(np.sum(predicted != self._data.labels))
            scalars[f"eval/errors/{name}"] = errors
            scalars[f"eval/error_rate/{name}"] = errors / len(self._data)
        matrix = metrics.confusion_matrix(
            self._data.labels, predicted, labels=range(self._classes)
        )
        return Evaluation(scalars, {"confusion_matrix": draw(matrix)})


def predict(
    network: Callable, images: np.ndarray | Rows, batch_size: int = 500
) -> np.ndarray:
    """Outputs of a network in inference mode, noise off.

    Args:
        network: `keras.Model` or function of tensors that takes `training`,
            images `[batch, height, width, channels]` in [-1, 1] ->
            `[batch, classes]`.
        images: uint8 `[count, height, width, channels]`.
        batch_size: int, images at a time.

    Returns:
        float `[count, classes]`.
    """
    call, outputs = _in_graph(network), []
    for first in range(0, len(images), batch_size):
        # The last minibatch is full as well: it begins with images seen before.
        start = max(0, min(first, len(images) - batch_size))
        minibatch = images[start : start + batch_size]
        minibatch = tf.cast(minibatch, tf.float32) / 127.5 - 1.0
        output = call(minibatch).numpy()
        outputs.append(output[first - start :])
    return np.concatenate(outputs)


@functools.lru_cache(maxsize=2)  # A discriminator and its average.
def _in_graph(network):
    """Its inference as one graph, not layer by layer."""
    return tf.function(
        lambda images: network(images, training=False), autograph=False
    )


def draw(matrix: np.ndarray) -> np.ndarray:
    """Draws a confusion matrix: true classes down, predicted ones across.

    Args:
        matrix: int `[classes, predicted]`, counts.

    Returns:
        uint8 `[height, width, 1]`; the darker a cell, the larger its share of
        its row.
    """
    classes, predicted = matrix.shape
    size = (predicted + 1) * _CELL, (classes + 1) * _CELL
    picture = Image.new("L", size, 255)
    pen = ImageDraw.Draw(picture)
    shares = matrix / np.maximum(matrix.sum(1, keepdims=True), 1)
    for j in range(predicted):
        pen.text(((j + 1.5) * _CELL, _CELL / 2), str(j), 0, anchor="mm")
    for i in range(classes):
        pen.text((_CELL / 2, (i + 1.5) * _CELL), str(i), 0, anchor="mm")
        for j in range(predicted):
            x, y = (j + 1) * _CELL, (i + 1) * _CELL
            shade = round(255 * (1 - shares[i, j]))
            pen.rectangle((x, y, x + _CELL - 1, y + _CELL - 1), shade)
            pen.text(
                (x + _CELL / 2, y + _CELL / 2),
                str(matrix[i, j]),
                0 if shade > 127 else 255,
                anchor="mm",
            )
    return np.asarray(picture)[..., None]
