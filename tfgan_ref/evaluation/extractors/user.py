"""A network of the user's own."""

from __future__ import annotations

import hashlib
import pathlib

import numpy as np
import tensorflow as tf

from tfgan_ref import inputs, safe_networks
from tfgan_ref.errors import UserError, reason
from tfgan_ref.evaluation.extractors.extractor import Features, check_shape
from tfgan_ref.literal_path import literal
from tfgan_ref.serving import safe_saved_model, served


class User:
    """A SavedModel or a file NAME.keras; see `Extractor`.

    It is given images float32 `[count, height, width, channels]` in [0, 1]:
    whatever else it needs, it does itself. It gives `[count, features]`; or,
    by name, `features` and maybe `probabilities` `[count, classes]`. Of a
    SavedModel the signature `serving_default` is called.

    Args:
        path: of the file or the folder.
        image_shape: `(height, width, channels)` of the images to come.

    Raises:
        UserError: it is missing or damaged, does more than compute, is for
            images of another shape or gives no features.
    """

    name = "user"
    resize = None

    def __init__(self, path: pathlib.Path, image_shape: tuple[int, int, int]):
        self._path = path
        load = _load_network if path.suffix == ".keras" else _load_saved_model
        self._call, self._shape = load(path)
        self.sha256 = _hash(path)
        check_shape(f"{path}", image_shape, self._shape)

    def __call__(self, images: np.ndarray) -> Features:
        """See `Extractor`."""
        check_shape(self.name, images.shape[1:], self._shape)
        try:
            given = self._call(tf.constant(np.float32(images) / 255))
        except Exception as error:
            # Whatever the network runs into.
            raise UserError(f"{self._path}: {reason(error)}") from None
        if not isinstance(given, dict):
            given = {"features": given}
        elif len(given) == 1:
            given = {"features": next(iter(given.values()))}
        found = {
            name: np.asarray(value, np.float32)
            for name, value in given.items()
            if name in ("features", "probabilities")
        }
        self._check(found, given, len(images))
        return Features(found["features"], found.get("probabilities"))

    def _check(self, found, given, count):
        wrong = {
            name: list(value.shape)
            for name, value in found.items()
            if value.ndim != 2 or len(value) != count
        }
        if "features" not in found or wrong:
            raise UserError(
                f"{self._path}: features of shape [{count}, features] were "
                f"expected. Received: {wrong or ', '.join(given)}"
            )


def _load_network(path):
    network = safe_networks.load(path)
    if len(network.inputs) != 1:
        raise UserError(
            f"{path}: a network of images alone was expected. Received: "
            f"{len(network.inputs)} inputs"
        )
    call = tf.function(lambda x: network(x, training=False), autograph=False)
    return call, tuple(network.inputs[0].shape[1:])


def _load_saved_model(path):
    safe_saved_model.check(path)
    try:
        model = tf.saved_model.load(literal(path))
        function = model.signatures["serving_default"]
    except Exception as error:
        # A damaged SavedModel raises whatever its reading runs into.
        raise UserError(f"{path} cannot be loaded: {reason(error)}") from None
    specs = served.inputs_of(function)
    if [(s.dtype, s.shape.rank) for s in specs.values()] != [(tf.float32, 4)]:
        raise UserError(
            f"{path}: a signature of images float32 of rank 4 was expected. "
            f"Received: {', '.join(map(str, specs.values()))}"
        )
    ((name, spec),) = specs.items()
    # The model lives as long as the function.
    return (
        lambda x, model=model: function(**{name: x}),
        tuple(spec.shape[1:]),
    )


def _hash(path):
    """Of a file; of a folder that of its files' names and hashes."""
    if path.is_file():
        return hashlib.sha256(inputs.read_bytes(path)).hexdigest()
    digest = hashlib.sha256()
    for file in sorted(f for f in path.rglob("*") if f.is_file()):
        own = hashlib.sha256(inputs.read_bytes(file)).hexdigest()
        digest.update(f"{file.relative_to(path).as_posix()} {own}\n".encode())
    return digest.hexdigest()
