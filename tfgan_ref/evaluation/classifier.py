"""A small classifier of images, to look at what a GAN generates.

It is kept as NAME.keras and, beside it, NAME.json, which says which file it
is, what it was trained on and how well it does.
"""

from __future__ import annotations

import dataclasses
import hashlib
import pathlib
import tempfile
from collections.abc import Mapping

import keras
import numpy as np
from keras import layers

from tfgan_ref import documents, inputs, provenance, safe_networks
from tfgan_ref.data import minibatches
from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError, reason
from tfgan_ref.evaluation import classification, keras_file
from tfgan_ref.outputs import check_writable, write_bytes, write_json

_LEARNING_RATE = 1e-3  # At the first step; it falls to zero at the last.
_RECORD = {
    "sha256": str,
    "dataset": str,
    "image_shape": [documents.COUNT],
    "classes": documents.COUNT,
    "test_accuracy": float,
}
_TEST_MINIBATCH = 500  # Images; of no influence on the result.


@dataclasses.dataclass(frozen=True, eq=False)
class Classifier:
    """A classifier as it was saved.

    Attributes:
        network: images `[batch, height, width, channels]` in [-1, 1] ->
            probabilities float32 `[batch, classes]`.
        record: what its JSON file says, see `save`.
    """

    network: keras.Model
    record: dict


def build(
    image_shape: tuple[int, int, int], classes: int, seed: int = 0
) -> keras.Model:
    """Builds the network, untrained.

    Args:
        image_shape: `(height, width, channels)`, of any size.
        classes: int >= 2.
        seed: of the weights and of dropout.

    Returns:
        Functional model, images `[batch, *image_shape]` in [-1, 1] ->
        probabilities float32 `[batch, classes]`; its layer `logits` gives
        their logits.
    """
    keras.utils.set_random_seed(seed)
    images = keras.Input(image_shape, name="images")
    # Keras's own names count what the process has built before.
    x = _convolution(images, 16, "first")
    x = _convolution(x, 32, "second")
    x = layers.MaxPooling2D(padding="same", name="second_pooled")(x)
    x = _convolution(x, 64, "third")
    x = layers.MaxPooling2D(padding="same", name="third_pooled")(x)
    x = layers.Flatten(name="flat")(x)
    x = layers.Dropout(0.25, name="flat_dropped")(x)
    x = layers.Dense(128, activation="relu", name="hidden")(x)
    x = layers.Dropout(0.25, name="hidden_dropped")(x)
    x = layers.Dense(classes, name="logits")(x)
    probabilities = layers.Softmax(dtype="float32", name="probabilities")(x)
    return keras.Model(images, probabilities, name="classifier")


def train(
    data: Images,
    *,
    epochs: int,
    batch_size: int,
    seed: int = 0,
    verbose: int = 2,
) -> keras.Model:
    """Builds the network and trains it with Adam on the cross-entropy.

    Args:
        data: the training set, labelled.
        epochs: int >= 1; of whole minibatches.
        batch_size: examples per minibatch.
        seed: of the weights, of dropout and of the order of the data.
        verbose: of Keras's `fit`.

    Returns:
        The trained network, see `build`.

    Raises:
        UserError: the labels are not those of classes, or `batch_size` does
            not fit the data.
    """
    classes = count_classes(data)
    stream = minibatches.stream(data, batch_size, seed=seed, with_labels=True)
    steps = len(data) // batch_size
    network = build(data.image_shape, classes, seed)
    # Shares the layers; so the file holds neither loss nor optimizer.
    logits = keras.Model(network.inputs, network.get_layer("logits").output)
    logits.compile(
        keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(
                _LEARNING_RATE, epochs * steps
            )
        ),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=False,  # On a CPU, XLA is slower than oneDNN.
    )
    logits.fit(
        stream,
        epochs=epochs,
        steps_per_epoch=steps,
        verbose=verbose,
        shuffle=False,
    )
    return network


def accuracy(network: keras.Model, data: Images) -> float:
    """The share of the images whose most probable class is their label.

    Args:
        network: see `build`.
        data: the test set, labelled.

    Raises:
        UserError: a label is not one of the network's classes, or the images
            have another shape.
    """
    if data.image_shape != network.input_shape[1:]:
        raise UserError(
            f"{data.name}: images of shape {list(network.input_shape[1:])} "
            f"were expected. Received: {list(data.image_shape)}"
        )
    check_labels(data, network.output_shape[-1])
    predicted = classification.predict(
        network, data.images, _TEST_MINIBATCH
    ).argmax(-1)
    return float(np.mean(predicted == data.labels))


def count_classes(data: Images) -> int:
    """How many classes a labelled data set has.

    Raises:
        UserError: it has no labels, fewer than two classes, or an example
            whose label is none of the classes.
    """
    highest = int(data.labels.max())
    if highest < 0:
        raise UserError(f"{data.name} has no labels")
    classes = len(data.class_names) or highest + 1
    if classes < 2:
        raise UserError(
            f"{data.name}: two classes at least were expected. "
            f"Received: {classes}"
        )
    check_labels(data, classes)
    return classes


def check_labels(data: Images, classes: int) -> None:
    """Raises `UserError` unless every label is in [0, classes)."""
    low, high = data.labels.min(), data.labels.max()
    if low < 0 or high >= classes:
        raise UserError(
            f"{data.name}: a label in [0, {classes}) was expected of every "
            f"example. Received: labels in [{low}, {high}]"
        )


def check_target(path: pathlib.Path) -> None:
    """Checks before the training that its result can be saved.

    Raises:
        UserError: the name does not end in .keras, is a folder's, or it or
            its JSON file cannot be written.
    """
    if path.suffix != ".keras" or path.is_dir():
        raise UserError(
            f"A file with a name in .keras was expected. Received: {path}"
        )
    check_writable(path, _record_path(path))


def save(
    network: keras.Model,
    path: pathlib.Path,
    *,
    data: Images,
    test_accuracy: float,
    settings: Mapping[str, object],
) -> dict:
    """Writes NAME.keras and NAME.json, each whole or not at all.

    Args:
        network: trained on `data`.
        path: NAME.keras.
        data: the training set.
        test_accuracy: share of the test set that is classified right.
        settings: what else is to be told of the training, JSON values.

    Returns:
        The content of NAME.json: `sha256` of NAME.keras, `dataset`, its
        `fingerprint`, `image_shape`, `classes`, `class_names`,
        `test_accuracy`, `settings`, and what `provenance.describe` gives.

    Raises:
        UserError: a file cannot be written, see `check_target` too.
    """
    check_target(path)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            file = pathlib.Path(scratch) / path.name
            network.save(file)
            content = keras_file.reproducible(file.read_bytes())
    except OSError as error:
        raise UserError(f"Cannot write {path}: {reason(error)}") from None
    record = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "dataset": data.name,
        "fingerprint": data.fingerprint,
        "image_shape": list(data.image_shape),
        "classes": network.output_shape[-1],
        "class_names": list(data.class_names),
        "test_accuracy": test_accuracy,
        "settings": dict(settings),
    } | provenance.describe()
    # Between the two, `load` refuses the pair.
    write_bytes(path, content)
    write_json(_record_path(path), record)
    return record


def load(path: pathlib.Path) -> Classifier:
    """Loads NAME.keras, without running code out of it, and NAME.json.

    Raises:
        UserError: a file is missing or damaged, NAME.keras is not the file
            that NAME.json describes, or its network is not one of
            `safe_networks`.
    """
    record_path = _record_path(path)
    record = documents.read(record_path, _RECORD, "train the classifier")
    received = hashlib.sha256(inputs.read_bytes(path)).hexdigest()
    if received != record["sha256"]:
        raise UserError(
            f"{path} is not the file that {record_path} describes. Expected: "
            f"sha256 {record['sha256']}. Received: {received}"
        )
    network = safe_networks.load(path)
    expected = (None, *record["image_shape"]), (None, record["classes"])
    if (network.input_shape, network.output_shape) != expected:
        raise UserError(
            f"{record_path} says images {record['image_shape']} -> "
            f"{record['classes']} classes. Received: a network "
            f"{network.input_shape} -> {network.output_shape}"
        )
    return Classifier(network, record)


def _convolution(x, filters, name):
    x = layers.Conv2D(
        filters, 3, padding="same", use_bias=False, name=f"{name}_convolution"
    )(x)
    # Keras's own momentum would take longer than a short training.
    x = layers.BatchNormalization(momentum=0.9, name=f"{name}_normalized")(x)
    return layers.ReLU(name=name)(x)


def _record_path(path):
    return path.with_suffix(".json")
