import os
import resource
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref import export
from tfgan_ref.errors import UserError
from tfgan_ref.models import dcgan

# What an engineer has: TensorFlow and the folder, none of our code.
LOAD = """
import sys
import numpy as np
import tensorflow as tf

folder, file = sys.argv[1:]
model = tf.saved_model.load(folder)
latents = np.load(file)["latents"]
results = {"signatures": sorted(model.signatures)}
for name, signature in model.signatures.items():
    results[f"inputs of {name}"] = sorted(
        spec.name for spec in signature.structured_input_signature[1].values()
    )
    for count in (1, 5):
        outputs = signature(latents=tf.constant(latents[:count]))
        for key, value in outputs.items():
            results[f"{name} {count} {key}"] = value
np.savez(file, **results)
"""


def trained_generator(strategy=None):
    """With statistics that training has moved."""
    with (strategy or tf.distribute.get_strategy()).scope():
        gan = dcgan.build((28, 28, 3), latent_dim=7, width=4)
        gan.compile(keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.01))
    images = np.random.default_rng(0).uniform(-1, 1, (16, 28, 28, 3))
    data = tf.data.Dataset.from_tensor_slices(images.astype(np.float32))
    gan.fit(data.batch(8, drop_remainder=True), shuffle=False, verbose=0)
    return gan.generator


def load_elsewhere(folder, latents, scratch):
    """What the SavedModel gives in a fresh process."""
    np.savez(scratch, latents=latents)
    environment = {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"}
    subprocess.run(
        [sys.executable, "-c", LOAD, str(folder), str(scratch)],
        env=environment | {"TF_CPP_MIN_LOG_LEVEL": "3"},
        check=True,
    )
    with np.load(scratch) as results:
        return dict(results)


@pytest.mark.parametrize("replicas", [1, 2])
def test_a_fresh_process_gets_the_generators_images(
    tmp_path, replicas, two_replicas
):
    generator = trained_generator(two_replicas if replicas == 2 else None)
    latents = np.random.default_rng(1).uniform(-1, 1, (5, 7))
    latents = latents.astype(np.float32)

    path = export.export_generator(generator, tmp_path / "gan", 12)

    assert path == tmp_path / "gan" / "12"
    results = load_elsewhere(path, latents, tmp_path / "results.npz")
    assert list(results.pop("signatures")) == ["generate", "serving_default"]
    expected = generator(latents, training=False).numpy()
    # Training mode would normalise with the batch's own statistics.
    other = generator(latents, training=True).numpy()
    assert np.abs(other - expected).max() > 1e-2
    for name in ("generate", "serving_default"):
        assert list(results.pop(f"inputs of {name}")) == ["latents"]
        for count in (1, 5):
            images = results.pop(f"{name} {count} images")
            assert images.dtype == np.float32
            np.testing.assert_allclose(images, expected[:count], atol=1e-5)
    assert not results  # Images are the only output.


def test_every_weight_is_stored_once(tmp_path):
    generator = dcgan.generator((28, 28, 1), 7, 4)
    path = export.export_generator(generator, tmp_path, 0)
    stored = [
        shape
        for name, shape in tf.train.list_variables(
            str(path / "variables" / "variables")
        )
        if name.endswith("VARIABLE_VALUE") and "save_counter" not in name
    ]
    assert sorted(stored) == sorted(list(v.shape) for v in generator.variables)


def test_in_bfloat16_the_images_are_float32(tmp_path):
    keras.config.set_dtype_policy("mixed_bfloat16")
    generator = dcgan.generator((28, 28, 1), 7, 4)
    path = export.export_generator(generator, tmp_path, 3)
    generate = tf.saved_model.load(path).signatures["generate"]
    assert generate.structured_outputs["images"] == tf.TensorSpec(
        (None, 28, 28, 1), tf.float32, name="images"
    )
    (latents,) = generate.structured_input_signature[1].values()
    assert latents.shape.as_list() == [None, 7]
    assert latents.dtype == tf.float32


def test_a_version_that_is_there_is_not_touched(tmp_path):
    (tmp_path / "4").mkdir()
    (tmp_path / "4" / "note").write_text("mine")
    with pytest.raises(UserError, match="4 is there already"):
        export.export_generator(dcgan.generator((28, 28, 1), 7, 4), tmp_path, 4)
    assert [path.name for path in tmp_path.rglob("*")] == ["4", "note"]


def test_a_full_disk_leaves_nothing_behind(tmp_path):
    generator = dcgan.generator((28, 28, 1), 100, 16)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    # The weights, 0.5 MB, do not fit into a file of 0.2 MB.
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, before[1]))
    try:
        with pytest.raises(UserError, match="Cannot write .*/gan/4: ") as error:
            export.export_generator(generator, tmp_path / "gan", 4)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "\n" not in str(error.value)
    assert not list((tmp_path / "gan").iterdir())


def test_a_file_in_the_folders_place_is_named(tmp_path):
    (tmp_path / "gan").write_text("a file")
    with pytest.raises(UserError, match="Cannot write .*/gan/4: .*directory"):
        export.export_generator(
            dcgan.generator((28, 28, 1), 7, 4), tmp_path / "gan", 4
        )


def test_what_an_interrupted_export_left_is_replaced(tmp_path):
    left = tmp_path / ".unfinished-4"
    left.mkdir()
    (left / "half").write_text("half")
    path = export.export_generator(
        dcgan.generator((28, 28, 1), 7, 4), tmp_path, 4
    )
    assert [p.name for p in tmp_path.iterdir()] == ["4"]
    assert not (path / "half").exists()
