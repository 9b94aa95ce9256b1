import json
import os
import pathlib
import resource
import subprocess
import sys
import threading
from concurrent import futures

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from tensorflow.core.protobuf import saved_model_pb2

from tests.literal_path_test import NAMES
from tests.small_gan import around
from tfgan_ref import inference, priors
from tfgan_ref.errors import UserError
from tfgan_ref.layers import noise
from tfgan_ref.models import dcgan
from tfgan_ref.serving import export, safe_saved_model, warmup

# What an engineer has: TensorFlow and the folder, none of our code.
LOAD = """
import sys
import numpy as np
import tensorflow as tf

folder, file = sys.argv[1:]
model = tf.saved_model.load(folder)
given = dict(np.load(file))
results = {"signatures": sorted(model.signatures)}
for name, signature in model.signatures.items():
    inputs = sorted(
        spec.name for spec in signature.structured_input_signature[1].values()
    )
    results[f"inputs of {name}"] = inputs
    for count in (1, 5):
        outputs = signature(
            **{key: tf.constant(given[key][:count]) for key in inputs}
        )
        for key, value in outputs.items():
            if value.dtype == tf.string:
                value = np.array(value.numpy().tolist())
            results[f"{name} {count} {key}"] = value
np.savez(file, **results)
"""


# Of five images: seeds up to the largest, and a repeated one.
REQUESTS = {
    "seed": np.array([3, -1, 2**63 - 1, 3, 0]),
    "truncation": np.array([1.0, 0.5, 0.0, 0.25, 1.0], np.float32),
}


def trained_gan(strategy=None):
    """With statistics that training has moved."""
    with (strategy or tf.distribute.get_strategy()).scope():
        gan = dcgan.build((28, 28, 3), latent_dim=7, width=4)
        gan.compile(keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.01))
    images = np.random.default_rng(0).uniform(-1, 1, (16, 28, 28, 3))
    data = tf.data.Dataset.from_tensor_slices(images.astype(np.float32))
    gan.fit(data.batch(8, drop_remainder=True), shuffle=False, verbose=0)
    return gan


def vectors():
    """Latents of 7 -> "images" of 2x3."""
    return keras.Sequential(
        [keras.Input((7,)), layers.Dense(6), layers.Reshape((2, 3, 1))]
    )


def small_classifier(shape=(2, 3, 1)):
    """Images -> logits of 4 classes, x W + b behind loud noise."""
    images = keras.Input(shape)
    x = noise.GaussianNoise(1e3)(layers.Flatten()(images))
    return keras.Model(images, layers.Dense(4)(x))


def load_elsewhere(folder, scratch, **inputs):
    """What the SavedModel gives in a fresh process."""
    np.savez(scratch, **inputs)
    environment = {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"}
    subprocess.run(
        [sys.executable, "-c", LOAD, str(folder), str(scratch)],
        env=environment | {"TF_CPP_MIN_LOG_LEVEL": "3"},
        check=True,
    )
    with np.load(scratch) as results:
        return dict(results)


@pytest.mark.parametrize(
    "replicas", [1, pytest.param(2, marks=pytest.mark.conformance)]
)
def test_a_fresh_process_gets_the_generators_images(
    tmp_path, replicas, two_replicas
):
    gan = trained_gan(two_replicas if replicas == 2 else None)
    generator = gan.generator
    latents = np.random.default_rng(1).uniform(-1, 1, (5, 7))
    latents = latents.astype(np.float32)

    path = export.export_gan(gan, tmp_path / "gan", 12)

    assert path == tmp_path / "gan" / "12"
    results = load_elsewhere(
        path, tmp_path / "results.npz", latents=latents, **REQUESTS
    )
    assert list(results.pop("signatures")) == [
        "generate",
        "sample",
        "sample_png",
        "sample_png_bytes",
        "serving_default",
    ]
    drawn = np.concatenate(
        [
            tf.random.stateless_uniform([1, 7], [seed, 0], -1.0, 1.0)
            for seed in REQUESTS["seed"]
        ]
    )
    drawn *= REQUESTS["truncation"][:, None]
    sampled = (generator(drawn, training=False).numpy() + 1) / 2
    expected = (generator(latents, training=False).numpy() + 1) / 2
    # Training mode would normalise with the batch's own statistics.
    other = (generator(latents, training=True).numpy() + 1) / 2
    assert np.abs(other - expected).max() > 1e-2
    for name in ("generate", "serving_default"):
        assert list(results.pop(f"inputs of {name}")) == ["latents"]
        for count in (1, 5):
            images = results.pop(f"{name} {count} images")
            assert images.dtype == np.float32
            np.testing.assert_allclose(images, expected[:count], atol=1e-5)
    for name in ("sample", "sample_png", "sample_png_bytes"):
        assert list(results.pop(f"inputs of {name}")) == ["seed", "truncation"]
    for count in (1, 5):
        images = results.pop(f"sample {count} images")
        np.testing.assert_allclose(images, sampled[:count], atol=1e-5)
        pngs = results.pop(f"sample_png {count} png")
        again = results.pop(f"sample_png_bytes {count} png_bytes")
        np.testing.assert_array_equal(again, pngs)
        pixels = [tf.io.decode_png(png).numpy() for png in pngs]
        assert np.abs(pixels - 255 * images).max() < 0.501
    assert not results  # There are no other outputs.


def test_a_fresh_process_gets_the_classifiers_probabilities(
    tmp_path, two_replicas
):
    with two_replicas.scope():
        gan = around(vectors(), small_classifier())
    # Logits of up to some hundreds: exp() of them is no number in float32.
    rng = np.random.default_rng(2)
    kernel, bias = rng.normal(0, 100, (6, 4)), rng.normal(-2, 2, 4)
    gan.classifier.set_weights([kernel, bias])
    images = rng.uniform(-1, 1, (5, 2, 3, 1))
    images[2:] /= 200  # And some of a few.
    served = np.float32((images + 1) / 2)
    images = np.float64(served) * 2 - 1

    path = export.export_gan(gan, tmp_path, 3)

    results = load_elsewhere(
        path,
        tmp_path / "results.npz",
        images=served,
        latents=np.zeros((5, 7), np.float32),
        **REQUESTS,
    )
    assert list(results["signatures"]) == [
        "classify",
        "generate",
        "sample",
        "sample_png",
        "sample_png_bytes",
        "serving_default",
    ]
    assert results["inputs of serving_default"] == ["latents"]
    assert results["inputs of classify"] == ["images"]
    logits = images.reshape(5, 6).astype(np.float64) @ kernel + bias
    assert np.abs(logits).max() > 100
    odds = np.exp(logits)
    total = odds.sum(1)
    expected = {
        "probabilities": odds / total[:, None],
        "classes": logits.argmax(1),
        "realness": total / (total + 1),
    }
    assert len(set(expected["classes"].tolist())) > 1
    assert expected["realness"].min() < 0.9
    for count in (1, 5):
        for name, values in expected.items():
            received = results.pop(f"classify {count} {name}")
            dtype = np.int64 if name == "classes" else np.float32
            assert received.dtype == dtype
            np.testing.assert_allclose(
                received, values[:count], rtol=1e-4, atol=1e-6
            )
    assert not [name for name in results if name.startswith("classify")]


@pytest.mark.parametrize("with_classifier", [False, True])
def test_every_weight_is_stored_once(tmp_path, with_classifier):
    generator = dcgan.generator((28, 28, 1), 7, 4)
    classifier = small_classifier((28, 28, 1)) if with_classifier else None
    path = export.export_gan(around(generator, classifier), tmp_path, 0)
    stored = [
        shape
        for name, shape in tf.train.list_variables(
            str(path / "variables" / "variables")
        )
        if name.endswith("VARIABLE_VALUE") and "save_counter" not in name
    ]
    variables = generator.variables
    variables += classifier.variables if with_classifier else []
    assert sorted(stored) == sorted(list(v.shape) for v in variables)


def test_in_bfloat16_the_images_are_float32(tmp_path):
    keras.config.set_dtype_policy("mixed_bfloat16")
    generator = dcgan.generator((28, 28, 1), 7, 4)
    path = export.export_gan(around(generator), tmp_path, 3)
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
    with pytest.raises(
        UserError, match="4 is there already, but is no finished"
    ):
        export.export_gan(
            around(dcgan.generator((28, 28, 1), 7, 4)), tmp_path, 4
        )
    assert [path.name for path in tmp_path.rglob("*")] == ["4", "note"]


def test_a_full_disk_leaves_nothing_behind(tmp_path):
    generator = dcgan.generator((28, 28, 1), 100, 16)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    # The weights, 0.5 MB, do not fit into a file of 0.2 MB.
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, before[1]))
    try:
        with pytest.raises(UserError, match="Cannot write .*/gan/4: ") as error:
            export.export_gan(around(generator), tmp_path / "gan", 4)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "\n" not in str(error.value)
    assert not list((tmp_path / "gan").iterdir())


def test_a_file_in_the_folders_place_is_named(tmp_path):
    (tmp_path / "gan").write_text("a file")
    with pytest.raises(UserError, match="Cannot write .*/gan/4: .*directory"):
        export.export_gan(
            around(dcgan.generator((28, 28, 1), 7, 4)), tmp_path / "gan", 4
        )


def test_what_killed_exports_left_is_removed(tmp_path):
    for name in (".unfinished-4", ".unfinished-x7k2", ".mine"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "half").write_text("half")
    export.export_gan(around(vectors()), tmp_path, 4)
    assert sorted(p.name for p in tmp_path.iterdir()) == [".mine", "4"]


def test_an_empty_folder_is_no_finished_export(tmp_path):
    target = tmp_path / "4"
    target.mkdir()
    assert not export.is_finished(target)
    assert export.export_gan(around(vectors()), tmp_path, 4) == target
    assert export.is_finished(target)
    load(target, "generate")


def test_a_finished_export_is_not_touched(tmp_path):
    path = export.export_gan(around(vectors()), tmp_path, 4, card={"step": 4})
    before = {p: p.stat().st_mtime_ns for p in path.rglob("*")}
    with pytest.raises(UserError, match="4 is there already$"):
        export.export_gan(around(vectors()), tmp_path, 4, card={"step": 5})
    assert {p: p.stat().st_mtime_ns for p in path.rglob("*")} == before


def test_of_two_exports_of_a_version_the_first_one_stays(tmp_path, monkeypatch):
    write = warmup.write

    def write_after_another(folder, signatures, words):
        """The other begins and ends while this one is being written."""
        monkeypatch.setattr(warmup, "write", write)
        assert list(tmp_path.glob(".unfinished-*"))
        export.export_gan(around(vectors()), tmp_path, 4, card={"step": 1})
        write(folder, signatures, words)

    monkeypatch.setattr(warmup, "write", write_after_another)
    with pytest.raises(UserError, match="4 is there already$"):
        export.export_gan(around(vectors()), tmp_path, 4, card={"step": 2})
    assert [path.name for path in tmp_path.iterdir()] == ["4"]
    card = json.loads((tmp_path / "4/assets.extra/model_card.json").read_text())
    assert card["step"] == 1
    load(tmp_path / "4", "generate")


def test_an_export_removes_nothing_of_one_that_is_being_written(tmp_path):
    with export._scratch(tmp_path) as other:
        export.export_gan(around(vectors()), tmp_path, 4)
        assert list(tmp_path.glob(".unfinished-*")) == [pathlib.Path(other)]


def test_of_many_exports_at_once_one_is_written(tmp_path):
    start = threading.Barrier(3)
    gans = [around(vectors()) for _ in range(3)]

    def run(step):
        start.wait()
        try:
            export.export_gan(gans[step], tmp_path, 4, card={"step": step})
        except UserError as error:
            return str(error)
        return step

    with futures.ThreadPoolExecutor(3) as pool:
        *others, first = sorted(pool.map(run, range(3)), key=str)
    assert others == [f"{tmp_path / '4'} is there already"] * 2
    assert [path.name for path in tmp_path.iterdir()] == ["4"]
    assert inference.load(tmp_path).card["step"] == first


def test_others_may_read_an_export(tmp_path):
    path = export.export_gan(around(vectors()), tmp_path / "gan", 4)
    (tmp_path / "plain").mkdir()
    assert path.stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("name", ["seed[1]", "caf\udce9"])
def test_a_folders_name_is_no_pattern(tmp_path, name):
    (tmp_path / NAMES[name]).mkdir()
    path = export.export_gan(
        around(vectors()), tmp_path / name, 4, class_names=("a", "b")
    )
    assert path == tmp_path / name / "4"
    assert [p.name for p in path.parent.iterdir()] == ["4"]
    assert not list((tmp_path / NAMES[name]).iterdir())
    model = inference.load(path.parent)
    assert (model.path, model.class_names) == (path, ("a", "b"))
    assert model.sample([3, 4]).shape == (2, 2, 3, 1)
    (path / "variables" / "variables.index").unlink()
    with pytest.raises(UserError) as caught:
        inference.load(path)
    assert str(caught.value).count(str(path)) == 2  # TensorFlow says it, too.


def load(path, name):
    safe_saved_model.check(path)
    return tf.saved_model.load(path).signatures[name]


def test_the_same_seed_gives_the_same_bytes_in_any_batch(tmp_path):
    path = export.export_gan(trained_gan(), tmp_path, 1)
    seeds = np.arange(20) % 17 - 3
    truncation = np.linspace(0.1, 1.0, 20, dtype=np.float32)
    for name, output in (("sample", "images"), ("sample_png", "png")):
        sample, again = load(path, name), load(path, name)

        def rows(which, sample=sample, output=output):
            return sample(
                seed=tf.constant(seeds[which]),
                truncation=tf.constant(truncation[which]),
            )[output].numpy()

        whole = rows(slice(None))
        for which in ([4], [1, 19, 0], slice(3, 12), slice(None, None, -1)):
            np.testing.assert_array_equal(rows(which), whole[which])
            np.testing.assert_array_equal(rows(which, again), whole[which])


@pytest.mark.parametrize(
    ("prior", "mean"),
    [
        (priors.Uniform(6), 0.0),
        (priors.Normal(6), 0.0),
        (priors.Uniform(6, 0.0, 1.0), 0.5),
    ],
)
def test_truncation_draws_the_latents_to_the_mean_of_the_prior(
    prior, mean, tmp_path
):
    latents = keras.Input((6,))
    generator = keras.Model(
        latents, layers.Reshape((2, 3, 1))(layers.Rescaling(0.2)(latents))
    )
    path = export.export_gan(around(generator, prior=prior), tmp_path, 1)
    sample = load(path, "sample")
    seeds = tf.range(2000, dtype=tf.int64)
    whole, half, none = (
        sample(seed=seeds, truncation=tf.fill([2000], share))["images"].numpy()
        for share in (1.0, 0.5, 0.0)
    )
    # z = (2 image - 1) / 0.2 where it was not clipped.
    z = (2 * whole - 1) / 0.2
    np.testing.assert_allclose(z.mean(), mean, atol=0.05)
    np.testing.assert_allclose((2 * none - 1) / 0.2, mean, atol=1e-5)
    inside = (whole > 0.001) & (whole < 0.999)
    np.testing.assert_allclose(
        half[inside], ((whole + none) / 2)[inside], atol=1e-6
    )


@pytest.mark.parametrize("count", [0, 1])
def test_an_empty_request_gives_an_empty_answer(tmp_path, count):
    path = export.export_gan(around(vectors(), small_classifier()), tmp_path, 1)
    inputs = {
        "latents": tf.zeros([count, 7]),
        "seed": tf.zeros([count], tf.int64),
        "truncation": tf.ones([count]),
        "images": tf.zeros([count, 2, 3, 1]),
    }
    for signature in tf.saved_model.load(path).signatures.values():
        names = signature.structured_input_signature[1]
        for value in signature(**{n: inputs[n] for n in names}).values():
            assert len(value) == count


@pytest.mark.parametrize(
    ("signature", "broken"),
    [
        ("generate", "latents"),
        ("sample", "truncation"),
        ("sample_png", "truncation"),
        ("classify", "images"),
    ],
)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_is_refused(tmp_path, signature, broken, value):
    path = export.export_gan(around(vectors(), small_classifier()), tmp_path, 1)
    served = load(path, signature)
    inputs = {
        "latents": np.zeros((2, 7), np.float32),
        "seed": np.zeros(2, np.int64),
        "truncation": np.ones(2, np.float32),
        "images": np.zeros((2, 2, 3, 1), np.float32),
    }
    inputs[broken][-1] = value
    names = served.structured_input_signature[1]
    with pytest.raises(tf.errors.InvalidArgumentError, match="must be finite"):
        served(**{name: tf.constant(inputs[name]) for name in names})


def test_the_card_and_the_labels_are_beside_the_model(tmp_path):
    path = export.export_gan(
        around(vectors(), small_classifier()),
        tmp_path,
        1,
        class_names=("a", "b c", "d", "e"),
        card={"step": 7},
    )
    assert (path / "assets" / "labels.txt").read_text() == "a\nb c\nd\ne\n"
    card = json.loads((path / "assets.extra" / export.MODEL_CARD).read_text())
    assert card["step"] == 7
    assert card["signatures"]["sample"] == {
        "inputs": {
            "seed": {"dtype": "int64", "shape": [None]},
            "truncation": {"dtype": "float32", "shape": [None]},
        },
        "outputs": {"images": {"dtype": "float32", "shape": [None, 2, 3, 1]}},
    }
    assert set(card["signatures"]["classify"]["outputs"]) == {
        "probabilities",
        "classes",
        "realness",
    }


def test_nothing_in_the_model_runs_code_of_ours(tmp_path):
    path = export.export_gan(trained_gan(), tmp_path, 1)
    graph = (
        saved_model_pb2.SavedModel.FromString(
            (path / "saved_model.pb").read_bytes()
        )
        .meta_graphs[0]
        .graph_def
    )
    nodes = [*graph.node]
    for function in graph.library.function:
        nodes += function.node_def
    kinds = {node.op for node in nodes}
    assert {"Conv2DBackpropInput", "StatelessWhile"} & kinds
    assert not [kind for kind in kinds if "PyFunc" in kind]
    assert not [kind for kind in kinds if kind.startswith("RandomUniform")]
