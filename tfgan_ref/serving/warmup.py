"""Requests that TensorFlow Serving answers before it serves a model.

The first request of a shape is the slowest. They are a TFRecord of
`PredictionLog` messages in the SavedModel's `assets.extra`.
"""

from __future__ import annotations

import os
import pathlib

import numpy as np
import tensorflow as tf
from absl import logging

from tfgan_ref.literal_path import literal
from tfgan_ref.serving.served import inputs_of

FILE = "tf_serving_warmup_requests"


def write(folder: pathlib.Path, signatures, words=()) -> None:
    """Writes one request, of one row, for each signature.

    Without the extra `serving`, which has the messages, none is written, and
    the log says so.

    Args:
        folder: the SavedModel's `assets.extra`.
        signatures: name -> concrete function.
        words: that texts may have, of functions of texts.
    """
    try:
        from tensorflow_serving.apis import prediction_log_pb2
    except ImportError:
        logging.info("No warm-up requests: the extra `serving` is missing")
        return
    path = os.path.join(literal(folder), FILE)
    with tf.io.TFRecordWriter(path) as writer:
        for name, function in signatures.items():
            log = prediction_log_pb2.PredictionLog()
            request = log.predict_log.request
            request.model_spec.signature_name = name
            for key, spec in inputs_of(function).items():
                row = _row(spec, words)
                request.inputs[key].CopyFrom(tf.make_tensor_proto(row))
            writer.write(log.SerializeToString())


def _row(spec, words):
    """A word, or a row of a 1 and then 0: of one-hot ones as well."""
    if spec.dtype == tf.string:
        return list(words[:1])
    row = np.zeros([1, *spec.shape[1:]], spec.dtype.as_numpy_dtype)
    row.flat[0] = 1
    return row
