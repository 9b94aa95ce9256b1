"""Inception of 2015-12-05, the frozen graph that FID and IS are defined by.

It is classify_image_graph_def.pb of inception-2015-12-05.tgz; nothing
downloads it. Papers' numbers are of this graph, of 50,000 images, and of this
way to resize.

References:
    bioinf-jku/TTUR, fid.py; openai/improved-gan, inception_score/model.py
    Parmar, Zhang, Zhu (2022), On Aliased Resizing and Surprising Subtleties in
    GAN Evaluation, https://arxiv.org/abs/2104.11222
"""

from __future__ import annotations

import hashlib
import pathlib

import numpy as np
import tensorflow as tf
from scipy import special

from tfgan_ref import inputs
from tfgan_ref.errors import UserError, reason
from tfgan_ref.evaluation.extractors.colours import in_colour
from tfgan_ref.evaluation.extractors.extractor import Features
from tfgan_ref.serving import safe_saved_model

_IMAGES, _POOL, _LOGITS = "ExpandDims", "pool_3", "softmax/logits/MatMul"
_AT_A_TIME = 32  # Images.


class Inception2015:
    """Features of `pool_3`, and softmax of them times W; see `Extractor`.

    As in improved-gan the probabilities are without the bias. The graph is
    fed after its decoder of JPEG, which is left out, and resizes by itself.

    Args:
        path: of the frozen graph.
        image_shape: `(height, width, channels)` of the images to come, grey
            or in colour.

    Raises:
        UserError: the file is missing, damaged, another graph or one that
            does more than compute; or the images have other channels.
    """

    name = "inception2015"
    resize = "legacy_tensorflow: bilinear, without antialias, in the graph"

    def __init__(self, path: pathlib.Path, image_shape: tuple[int, int, int]):
        in_colour(self.name, np.zeros((1, *image_shape), np.uint8))
        content = inputs.read_bytes(path)
        self.sha256 = hashlib.sha256(content).hexdigest()
        definition, weights = _pruned(path, content)
        safe_saved_model.check_graph(path, definition)
        # A session and no function: the graph's own version allows operations
        # that have been removed since.
        graph = tf.Graph()
        try:
            with graph.as_default():
                tf.graph_util.import_graph_def(definition, name="")
            self._session = tf.compat.v1.Session(graph=graph)
            self._weights = self._session.run(f"{weights}:0")
        except Exception as error:
            # Whatever a graph of other contents runs into.
            raise UserError(
                f"{path} cannot be loaded: {reason(error)}"
            ) from None
        self._path = path

    def __call__(self, images: np.ndarray) -> Features:
        """See `Extractor`."""
        images = in_colour(self.name, images)
        parts = [
            self._vectors(images[first : first + _AT_A_TIME])
            for first in range(0, len(images), _AT_A_TIME)
        ]
        vectors = np.concatenate(parts)
        logits = vectors @ self._weights
        return Features(vectors, special.softmax(logits, axis=1))

    def _vectors(self, images):
        try:
            found = self._session.run(
                f"{_POOL}:0", {f"{_IMAGES}:0": images.astype(np.float32)}
            )
        except Exception as error:
            raise UserError(f"{self._path}: {reason(error)}") from None
        vectors = found.reshape(len(found), -1)
        if vectors.shape != (len(images), len(self._weights)):
            raise UserError(
                f"{self._path}: {len(self._weights)} features of each image "
                f"were expected. Received: {list(found.shape)} of "
                f"{len(images)}"
            )
        return vectors


def _pruned(path, content):
    """What leads from the images to the features; the name of W."""
    try:
        graph = tf.compat.v1.GraphDef.FromString(content)
    except Exception as error:
        raise UserError(f"{path} cannot be loaded: {reason(error)}") from None
    nodes = {node.name: node for node in graph.node}
    missing = [n for n in (_IMAGES, _POOL, _LOGITS) if n not in nodes]
    if missing or len(nodes[_LOGITS].input) != 2:
        raise UserError(
            f"{path}: Inception's frozen graph of 2015 was expected. Missing: "
            f"{', '.join(missing) or f'the weights of {_LOGITS}'}"
        )
    weights = nodes[_LOGITS].input[1].partition(":")[0]
    images = tf.compat.v1.NodeDef(name=_IMAGES, op="Placeholder")
    images.attr["dtype"].type = tf.float32.as_datatype_enum
    shape = tf.TensorShape([None, None, None, 3])
    images.attr["shape"].shape.CopyFrom(shape.as_proto())
    nodes[_IMAGES] = images
    kept = _ancestors(path, nodes, [_POOL, weights])
    pruned = tf.compat.v1.GraphDef(versions=graph.versions)
    pruned.node.extend(node for name, node in nodes.items() if name in kept)
    return pruned, weights


def _ancestors(path, nodes, names):
    kept, rest = set(), list(names)
    while rest:
        name = rest.pop().lstrip("^").partition(":")[0]
        if name not in nodes:
            raise UserError(f"{path} is damaged: the node {name} is missing")
        if name not in kept:
            kept.add(name)
            rest += nodes[name].input
    return kept
