"""Exports in OpenVINO, where it is installed (`pip install openvino`)."""

import numpy as np
import pytest

from tfgan_ref.models import dcgan
from tfgan_ref.serving import export

openvino = pytest.importorskip("openvino")


def test_openvino_gives_what_keras_gives(tmp_path):
    gan = dcgan.build((28, 28, 3), latent_dim=7, width=4)
    generator = gan.generator
    rng = np.random.default_rng(0)
    for weight in generator.weights:
        weight.assign_add(np.abs(rng.normal(0, 0.1, weight.shape)))
    path = export.export_gan(gan, tmp_path, 3)
    # It reads `serving_default`; on some CPUs it would round to bfloat16.
    core = openvino.Core()
    compiled = core.compile_model(
        core.read_model(path), "CPU", {"INFERENCE_PRECISION_HINT": "f32"}
    )
    for count in (1, 5):
        latents = rng.uniform(-1, 1, (count, 7)).astype(np.float32)
        images = compiled({"latents": latents})["images"]
        expected = (generator(latents, training=False).numpy() + 1) / 2
        assert np.std(expected) > 0.01
        np.testing.assert_allclose(images, expected, atol=1e-5)
