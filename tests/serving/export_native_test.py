"""Exports in the loader of TensorFlow Serving: the C API, no Python of ours."""

import json
import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from tensorflow.core.protobuf import saved_model_pb2

from tests.models import ppgn_test, text_game_test
from tests.small_gan import around
from tfgan_ref import inference
from tfgan_ref.models import dcgan
from tfgan_ref.serving import export
from tools.dev.benchmarking import c_api

LIBRARY = pathlib.Path(tf.__file__).with_name("libtensorflow_cc.so.2")
PROGRAM = c_api.__file__


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A DCGAN and a classifier of its images, and their export."""
    generator = dcgan.generator((28, 28, 1), 7, 4)
    images = keras.Input((28, 28, 1))
    x = layers.Dense(4)(layers.Flatten()(images))
    classifier = keras.Model(images, x)
    folder = tmp_path_factory.mktemp("export")
    path = export.export_gan(around(generator, classifier), folder, 3)
    return generator, classifier, path


def signature_of(path, name):
    """Names of the tensors, by the names of inputs and outputs."""
    content = (path / "saved_model.pb").read_bytes()
    graph = saved_model_pb2.SavedModel.FromString(content).meta_graphs[0]
    signature = graph.signature_def[name]
    return (
        {key: info.name for key, info in signature.inputs.items()},
        {key: info.name for key, info in signature.outputs.items()},
    )


def run(path, scratch, requests):
    """Signature and inputs -> outputs, in a process without TensorFlow."""
    written = []
    for number, (name, values) in enumerate(requests):
        inputs, outputs = signature_of(path, name)
        described = {}
        for key, value in values.items():
            file = scratch / f"{number}.{key}"
            described[inputs[key]] = [*write(file, value), str(file)]
        files = [str(scratch / f"{number}.out.{key}") for key in outputs]
        written.append(
            {
                "inputs": described,
                "outputs": list(outputs.values()),
                "files": files,
            }
        )
    (scratch / "requests.json").write_text(json.dumps(written))
    done = subprocess.run(
        [sys.executable, PROGRAM, LIBRARY, path, scratch / "requests.json"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return [
        {
            key: read(pathlib.Path(file), *described)
            for key, file, described in zip(
                signature_of(path, name)[1],
                request["files"],
                shapes,
                strict=True,
            )
        }
        for (name, _), request, shapes in zip(
            requests, written, json.loads(done.stdout), strict=True
        )
    ]


def write(file, value):
    """Writes an array, or a list of bytes; its dtype and shape."""
    if isinstance(value, list):
        for i, text in enumerate(value):
            file.with_name(f"{file.name}.{i}").write_bytes(text)
        return "string", [len(value)]
    file.write_bytes(value.tobytes())
    return value.dtype.name, value.shape


def read(file, dtype, shape):
    if dtype == "string":
        return [
            pathlib.Path(f"{file}.{i}").read_bytes() for i in range(shape[0])
        ]
    return np.frombuffer(file.read_bytes(), dtype).reshape(shape)


def test_every_signature_gives_what_keras_gives(model, tmp_path):
    generator, classifier, path = model
    rng = np.random.default_rng(0)
    latents = rng.uniform(-1, 1, (5, 7)).astype(np.float32)
    seeds = np.array([4, -7, 2**62])
    ones = np.ones(3, np.float32)
    images = rng.uniform(0, 1, (2, 28, 28, 1)).astype(np.float32)
    generated, default, one, sampled, png, classified = run(
        path,
        tmp_path,
        [
            ("generate", {"latents": latents}),
            ("serving_default", {"latents": latents}),
            ("generate", {"latents": latents[:1]}),
            ("sample", {"seed": seeds, "truncation": ones}),
            ("sample_png", {"seed": seeds, "truncation": ones}),
            ("classify", {"images": images}),
        ],
    )
    expected = (generator(latents, training=False).numpy() + 1) / 2
    np.testing.assert_allclose(generated["images"], expected, atol=1e-5)
    np.testing.assert_array_equal(default["images"], generated["images"])
    np.testing.assert_allclose(one["images"], expected[:1], atol=1e-5)

    drawn = tf.concat(
        [
            tf.random.stateless_uniform([1, 7], [seed, 0], -1.0, 1.0)
            for seed in seeds
        ],
        0,
    )
    expected = (generator(drawn, training=False).numpy() + 1) / 2
    np.testing.assert_allclose(sampled["images"], expected, atol=1e-5)
    pixels = np.stack([tf.io.decode_png(file).numpy() for file in png["png"]])
    assert np.abs(pixels - 255 * expected).max() < 0.51

    logits = classifier(2 * images - 1).numpy().astype(np.float64)
    odds = np.exp(logits)
    np.testing.assert_allclose(
        classified["probabilities"],
        odds / odds.sum(1, keepdims=True),
        atol=1e-5,
    )
    np.testing.assert_allclose(
        classified["realness"], odds.sum(1) / (1 + odds.sum(1)), atol=1e-5
    )
    np.testing.assert_array_equal(classified["classes"], logits.argmax(1))


def test_the_same_seed_is_the_same_image_at_every_load(model, tmp_path):
    _, _, path = model
    bytes_of = []
    for number, seeds in enumerate(([5, 1, 9], [9], list(range(20)))):
        folder = tmp_path / str(number)
        folder.mkdir()
        truncation = np.full(len(seeds), 0.5, np.float32)
        request = {"seed": np.array(seeds), "truncation": truncation}
        (answer,) = run(path, folder, [("sample", request)])
        bytes_of.append(answer["images"][seeds.index(9)].tobytes())
    assert bytes_of[0] == bytes_of[1] == bytes_of[2]


def test_a_truncated_model_does_not_load(model, tmp_path):
    _, _, path = model
    (tmp_path / "saved_model.pb").write_bytes(
        (path / "saved_model.pb").read_bytes()[:1000]
    )
    (tmp_path / "requests.json").write_text("[]")
    done = subprocess.run(
        [
            sys.executable,
            PROGRAM,
            LIBRARY,
            tmp_path,
            tmp_path / "requests.json",
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "TF_LoadSessionFromSavedModel" in done.stderr


def test_texts_become_images_in_the_graph(tmp_path):
    gan = text_game_test.tuned()
    path = export.export_gan(gan, tmp_path / "texts", 1)
    seeds = np.array([4, -7, 2**62])
    texts = ["a RED heart", "blue, dark: skies", "Heart"]
    request = {
        "seed": seeds,
        "truncation": np.ones(3, np.float32),
        "text": [text.encode() for text in texts],
    }
    sampled, png = run(
        path, tmp_path, [("sample", request), ("sample_png", request)]
    )
    expected = 0.5 + 0.5 * gan.sample(seeds, text=texts).numpy()
    expected = expected.clip(0, 1)
    np.testing.assert_allclose(sampled["images"], expected, atol=1e-6)
    assert len(png["png"]) == 3 and np.ptp(expected, 0).max() > 0.01
    # And through the check of what a SavedModel may compute.
    images = inference.load(path).sample(seeds, text=texts)
    np.testing.assert_allclose(images, expected, atol=1e-6)


@pytest.mark.conformance  # Chains take long to trace.
def test_chains_climb_natively_as_they_do_here(tmp_path):
    gan = ppgn_test.CASES["normalized"]()
    path = export.export_gan(gan, tmp_path / "export", 1)
    labels = np.array([2, 0, 1])
    asked = {
        "seed": np.array([5, 2, 77]),
        "truncation": np.ones(3, np.float32),
        "label": labels,
    }
    (served,) = run(path, tmp_path, [("sample", asked)])
    images = gan.sample([5, 2, 77], label=labels) / 2 + 0.5
    np.testing.assert_allclose(served["images"], images, atol=1e-6)
