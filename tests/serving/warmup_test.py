"""Requests that warm a server up."""

import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models import text_game_test
from tests.small_gan import around
from tests.small_run import make
from tfgan_ref.serving import export, warmup


def networks():
    generator = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(8),
            keras.layers.Reshape((2, 4, 1)),
        ]
    )
    classifier = keras.Sequential(
        [
            keras.Input((2, 4, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(2),
        ]
    )
    return generator, classifier


@pytest.mark.parametrize(
    "kind", ["classifier", "conditional", "infogan", "texts"]
)
def test_every_signature_is_asked_what_it_can_answer(kind, tmp_path):
    prediction_log_pb2 = pytest.importorskip(
        "tensorflow_serving.apis.prediction_log_pb2"
    )
    if kind == "texts":
        gan = text_game_test.tuned()
    else:
        gan = around(*networks()) if kind == "classifier" else make(kind)
    path = export.export_gan(gan, tmp_path, 1)
    model = tf.saved_model.load(str(path))
    answered = []
    # TensorFlow Serving's name for it.
    file = path / "assets.extra" / "tf_serving_warmup_requests"
    for record in tf.data.TFRecordDataset([str(file)]):
        log = prediction_log_pb2.PredictionLog.FromString(record.numpy())
        request = log.predict_log.request
        name = request.model_spec.signature_name
        inputs = {
            key: tf.constant(tf.make_ndarray(value))
            for key, value in request.inputs.items()
        }
        for output in model.signatures[name](**inputs).values():
            assert len(output) == 1
        answered.append(name)
    assert sorted(answered) == sorted(model.signatures)


def test_without_the_extra_there_are_none_and_the_log_says_so(
    tmp_path, monkeypatch
):
    said = []
    monkeypatch.setattr(
        warmup.logging, "info", lambda text, *_: said.append(text)
    )
    monkeypatch.setitem(sys.modules, "tensorflow_serving", None)
    monkeypatch.setitem(sys.modules, "tensorflow_serving.apis", None)
    generator, _ = networks()
    path = export.export_gan(around(generator), tmp_path, 1)
    assert not (path / "assets.extra" / warmup.FILE).exists()
    assert any(text.startswith("No warm-up requests") for text in said)
    z = np.ones((1, 3), np.float32)
    images = tf.saved_model.load(str(path)).signatures["generate"](latents=z)
    assert images["images"].shape == (1, 2, 4, 1)
