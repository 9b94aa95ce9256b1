"""How well an encoder and a generator undo one another, and what codes tell.

The numbers are those of BiGAN's released log.

Reference:
    Donahue, Krähenbühl, Darrell (2017), Adversarial Feature Learning,
    https://arxiv.org/abs/1605.09782
"""

from __future__ import annotations

import functools

import keras
import numpy as np
import tensorflow as tf
from absl import logging
from keras import layers
from sklearn import neighbors

from tfgan_ref.data.images import Images
from tfgan_ref.evaluation.result import Evaluation

FEATURES = "features"  # The layer before an encoder's codes, if it has a name.
_MINIBATCH = 500
_STATISTICS = 2_000  # Images for an untrained encoder's normalisation.
_TESTED = 10_000


def served(gan, name: str, **inputs) -> dict[str, np.ndarray]:
    """What an endpoint gives, some rows at a time.

    Args:
        gan: `GAN` with that endpoint.
        name: of it.
        **inputs: arrays of as many rows; those of images uint8, or as the
            endpoint takes them.
    """
    function, _ = gan.endpoints()[name]
    parts = [
        function(**{key: _levels(rows) for key, rows in given.items()})
        for given in _minibatches(inputs)
    ]
    return {
        key: np.concatenate([part[key] for part in parts]) for key in parts[0]
    }


class Reconstruction:
    """The error of x -> G(E(x)), as the evaluation of a run.

    Scalars `eval/reconstruction/error`, the mean over images of the Euclidean
    norm of x - G(E(x)), pixels in [0, 1]; and `eval/reconstruction/shuffled`,
    that of x - G(E(x')), x' another image: what is not due to the image itself.

    Args:
        images: that are looked at, the first 10,000.
    """

    def __init__(self, images: Images):
        self._images = images.images[:_TESTED]

    def __call__(self, gan) -> Evaluation:
        """Evaluates a `GAN` that serves `reconstruct`."""
        made = served(gan, "reconstruct", images=self._images)["images"]
        pixels = np.asarray(self._images, np.float32) / 255.0
        order = np.random.default_rng(0).permutation(len(pixels))
        scalars = {
            "eval/reconstruction/error": _distance(pixels, made),
            "eval/reconstruction/shuffled": _distance(
                pixels[order], made[np.roll(order, 1)]
            ),
        }
        return Evaluation(scalars)


class NearestNeighbour:
    """How often the nearest training image's class is a test image's own.

    Scalars `eval/nearest_neighbour/codes`, Euclidean in the encoder's output,
    and `.../features`, in its layer of that name, if there is one; each beside
    that of the untrained encoder, `.../codes/untrained`, whose batch
    normalisation has seen as many training images.

    Args:
        gan: whose encoder is not trained yet.
        train: with labels, among which is searched.
        test: with labels, the first 10,000.
        count: int, training images, the first ones.
    """

    def __init__(self, gan, train: Images, test: Images, count: int):
        self._untrained = keras.models.clone_model(gan.encoder)
        self._untrained.set_weights(gan.encoder.get_weights())
        self._train = train.images[:count], train.labels[:count]
        self._test = test.images[:_TESTED], test.labels[:_TESTED]

    def __call__(self, gan) -> Evaluation:
        """Evaluates a `GAN` with an encoder."""
        found = self._accuracies(gan.trained("encoder"))
        before = {f"{name}/untrained": x for name, x in self._before.items()}
        return Evaluation(
            {
                f"eval/nearest_neighbour/{name}": accuracy
                for name, accuracy in (found | before).items()
            }
        )

    @functools.cached_property
    def _before(self):
        network = self._untrained
        for layer in network.layers:
            if isinstance(layer, layers.BatchNormalization):
                layer.momentum = 0.0  # Statistics are those of the next images.
        network(_scaled(self._train[0][:_STATISTICS]), training=True)
        return self._accuracies(network)

    def _accuracies(self, encoder):
        named = {layer.name for layer in encoder.layers}
        outputs = {"codes": encoder.output}
        if FEATURES in named:
            outputs[FEATURES] = encoder.get_layer(FEATURES).output
        network = keras.Model(encoder.input, outputs)
        (train, labels), (test, wanted) = self._train, self._test
        train, test = _outputs(network, train), _outputs(network, test)
        found = {}
        for name in outputs:
            search = neighbors.KNeighborsClassifier(1, algorithm="brute")
            predicted = search.fit(train[name], labels).predict(test[name])
            found[name] = float(np.mean(predicted == wanted))
        return found


def evaluations(gan, train: Images, test: Images | None, count: int) -> list:
    """What can be measured of an encoder of these images.

    Args:
        gan: as for `NearestNeighbour`.
        train: the training images.
        test: others; None: there are none.
        count: int, of `NearestNeighbour`.
    """
    found: list = [Reconstruction(train if test is None else test)]
    if test is None:
        logging.info("Reconstructions are of training images")
    elif min(train.labels.min(), test.labels.min()) < 0:
        logging.info("No neighbours are counted: images are without labels")
    else:
        found.append(NearestNeighbour(gan, train, test, count))
    return found


def _outputs(network, images):
    parts = [
        network(_scaled(given["images"]), training=False)
        for given in _minibatches({"images": images})
    ]
    # Of layers in bfloat16, which scikit-learn does not know.
    return {
        name: np.concatenate([np.float32(part[name]) for part in parts])
        for name in parts[0]
    }


def _levels(rows):
    """Of images, in [0, 1]."""
    return rows / np.float32(255) if rows.dtype == np.uint8 else rows


def _minibatches(inputs):
    count = min(map(len, inputs.values()))
    for first in range(0, count, _MINIBATCH):
        yield {k: x[first : first + _MINIBATCH] for k, x in inputs.items()}


def _scaled(images):
    return tf.cast(images, tf.float32) / 127.5 - 1.0


def _distance(a, b):
    rows = (a - b).reshape(len(a), -1)
    return float(np.linalg.norm(rows, axis=1).mean())
