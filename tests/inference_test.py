"""Exports and workdirs to draw from, and what is none."""

import json
import os
import shutil

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.small_run import SHAPE, make, save
from tfgan_ref import inference, priors
from tfgan_ref.errors import UserError
from tfgan_ref.serving import calling, export
from tfgan_ref.training import networks


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The workdir of a run and the folder of its exports."""
    workdir = save(make("dcgan"), tmp_path_factory.mktemp("run"))
    found = networks.restore(workdir)
    for version in (7, 12):
        path = export.export_gan(
            found.gan,
            workdir.exports,
            version,
            class_names=found.class_names,
            card=found.card,
        )
    assert path.name == "12"
    return workdir


@pytest.fixture(params=["workdir", "versions", "version"])
def path(request, run):
    return {
        "workdir": run.path,
        "versions": run.exports,
        "version": run.exports / "7",
    }[request.param]


def test_every_form_gives_the_same_images(path, run):
    model = inference.load(path)
    generator = networks.restore(run).gan.sampler
    z = np.random.default_rng(0).uniform(-1, 1, (3, 5)).astype(np.float32)
    expected = (generator(z).numpy() + 1) / 2
    np.testing.assert_allclose(model.generate(z), expected, atol=1e-6)
    assert (model.latent_dim, model.prior) == (5, priors.Uniform(5))
    assert model.card["step"] == 7
    assert model.class_names == ("a", "b", "c")


def test_samples_are_those_of_the_latents_of_their_seeds(path):
    model = inference.load(path)
    seeds = [3, -5, 2**63 - 1]
    drawn = [
        tf.random.stateless_uniform([1, 5], [seed, 0], -1.0, 1.0)[0]
        for seed in seeds
    ]
    np.testing.assert_array_equal(model.latents(seeds), drawn)
    half = model.generate(0.5 * np.array(drawn))
    np.testing.assert_allclose(model.sample(seeds, 0.5), half, atol=1e-6)


def test_a_large_batch_is_split_and_an_empty_one_has_its_shape(run):
    model = inference.load(run.path)
    calls = []

    def recording(name):
        function = model.signatures[name]

        def call(**inputs):
            calls.append([len(value) for value in inputs.values()])
            return function(**inputs)

        call.structured_input_signature = function.structured_input_signature
        call.structured_outputs = function.structured_outputs
        return call

    recorded = inference.Model(
        model.path,
        {name: recording(name) for name in ("generate", "sample")},
        model.card,
        (),
        model,
    )
    z = np.random.default_rng(0).uniform(-1, 1, (600, 5)).astype(np.float32)
    images = recorded.generate(z)
    assert calls == [[256], [256], [88]]
    np.testing.assert_allclose(images[590:], model.generate(z[590:]), atol=1e-6)
    assert recorded.generate(z[:0]).shape == (0, *SHAPE)
    assert recorded.sample([]).shape == (0, *SHAPE)


def test_images_of_many_bytes_are_fewer_at_a_time():
    spec = tf.TensorSpec([None, 256, 256, 3], tf.float32, name="images")
    function = tf.function(
        lambda images: {"y": images}, input_signature=[spec]
    ).get_concrete_function()
    assert calling._rows_per_call(function) == 2**22 // (256 * 256 * 3 * 4)


@pytest.mark.parametrize(
    ("z", "said"),
    [
        (np.zeros((2, 6)), r"latents.*\[None, 5\].*Received: \[2, 6\]"),
        (np.zeros(5), r"latents.*Received: \[5\]"),
        (np.full((2, 5), np.nan), "latents must be finite"),
        (np.full((2, 5), -np.inf), "latents must be finite"),
    ],
)
def test_latents_that_do_not_fit_are_one_line(z, said, path):
    with pytest.raises(UserError, match=said) as caught:
        inference.load(path).generate(z)
    assert len(str(caught.value).splitlines()) == 1


def test_a_signature_that_is_not_there_is_named_beside_those_that_are(path):
    with pytest.raises(
        UserError, match=r"no signature `classify`. There is: generate, sample,"
    ):
        inference.load(path).call("classify", images=np.zeros((1, *SHAPE)))


def test_a_checkpoint_is_of_a_workdir_alone(run):
    for choice in ({"checkpoint": 7}, {"averaged": True}):
        assert inference.load(run.path, **choice).card["step"] == 7
        with pytest.raises(UserError, match="in a run's workdir"):
            inference.load(run.exports, **choice)


def test_the_newest_version_is_that_of_the_largest_number(run, tmp_path):
    shutil.copytree(run.exports, tmp_path / "models")
    (tmp_path / "models" / "latest").symlink_to("7")  # No version.
    assert inference.load(tmp_path / "models").path.name == "12"


@pytest.mark.parametrize("kind", ["none", "empty", "file", "other"])
def test_what_is_no_model_is_one_line(kind, tmp_path):
    path = tmp_path / "x"
    if kind == "file":
        path.write_text("?")
    elif kind != "none":
        path.mkdir()
    if kind == "other":
        (path / "notes.txt").write_text("?")
    with pytest.raises(UserError, match="is neither an export"):
        inference.load(path)


def test_a_generator_of_points_is_not_served(tmp_path):
    save(make("toy"), tmp_path)
    with pytest.raises(UserError, match=r"of images was expected.*\(None, 2\)"):
        inference.load(tmp_path)


def copy_of(run, tmp_path):
    return shutil.copytree(run.exports / "7", tmp_path / "7")


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99])
def test_a_truncated_graph_is_one_line(share, run, tmp_path):
    path = copy_of(run, tmp_path)
    content = (path / "saved_model.pb").read_bytes()
    (path / "saved_model.pb").write_bytes(content[: int(share * len(content))])
    with pytest.raises(UserError, match="cannot be loaded") as caught:
        inference.load(path)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    "file", ["variables.index", "variables.data-00000-of-00001"]
)
@pytest.mark.parametrize("share", [0, 0.5])
def test_truncated_weights_are_one_line(file, share, run, tmp_path):
    path = copy_of(run, tmp_path)
    content = (path / "variables" / file).read_bytes()
    (path / "variables" / file).write_bytes(
        content[: int(share * len(content))]
    )
    with pytest.raises(UserError, match="cannot be loaded"):
        inference.load(path)


@pytest.mark.parametrize(
    "file",
    ["saved_model.pb", "variables/variables.index"]
    + ["assets.extra/model_card.json"],
)
def test_nobody_waits_for_a_pipe_in_an_export(file, run, tmp_path):
    path = copy_of(run, tmp_path)
    (path / file).unlink()
    os.mkfifo(path / file)
    with pytest.raises(UserError, match=f"{file}: it is no file"):
        inference.load(path)


@pytest.mark.parametrize(
    "content", ["{", "7", "[1]", pytest.param("[" * 100_000, id="deep")]
)
def test_a_damaged_card_is_one_line(content, run, tmp_path):
    path = copy_of(run, tmp_path)
    (path / "assets.extra" / "model_card.json").write_text(content)
    with pytest.raises(UserError, match="is damaged"):
        inference.load(path)


def test_a_model_without_a_card_draws_but_has_no_prior(run, tmp_path):
    path = copy_of(run, tmp_path)
    shutil.rmtree(path / "assets.extra")
    model = inference.load(path)
    assert model.generate(np.zeros((1, 5))).shape == (1, *SHAPE)
    with pytest.raises(UserError, match="does not tell the prior"):
        model.latents([1])


def with_prior(run, tmp_path, prior):
    path = copy_of(run, tmp_path)
    card = path / "assets.extra" / "model_card.json"
    content = json.loads(card.read_text())
    card.write_text(json.dumps(content | {"prior": prior}))
    return inference.load(path)


@pytest.mark.parametrize(
    ("prior", "said"),
    [
        (None, "does not tell the prior"),
        ("uniform", "does not tell the prior"),  # As cards of before.
        (priors.Uniform(6), r"5 numbers was expected. Received: Uniform.dim=6"),
        (
            priors.Product(z=priors.Uniform(5), mask=priors.Uniform(2)),
            "not drawn from one vector of latents. Received: inputs mask, z$",
        ),
        (keras.layers.Dense(5), "one vector of latents. Received: Dense$"),
        (keras.layers.Lambda(abs), "names keras.layers.Lambda"),
        ({"class_name": "Uniform", "config": {}}, "names Uniform"),
    ],
)
def test_a_prior_that_does_not_fit_is_one_line(prior, said, run, tmp_path):
    if hasattr(prior, "get_config"):
        prior = keras.saving.serialize_keras_object(prior)
    model = with_prior(run, tmp_path, prior)
    assert model.sample([3]).shape == (1, *SHAPE)  # Needs none.
    with pytest.raises(UserError, match=said) as caught:
        model.latents([3])
    assert len(str(caught.value).splitlines()) == 1


def test_a_prior_with_damaged_arguments_is_one_line(run, tmp_path):
    prior = keras.saving.serialize_keras_object(priors.Uniform(5))
    prior["config"]["dim"] = "x"
    with pytest.raises(UserError, match="damaged") as caught:
        with_prior(run, tmp_path, prior).latents([3])
    assert len(str(caught.value).splitlines()) == 1


def test_what_needs_more_than_latents_says_so(tmp_path):
    model = inference.load(save(make("conditional"), tmp_path).path)
    images = model.sample([3, 8], label=[2, 0])
    np.testing.assert_array_equal(model.sample([8], label=[0]), images[1:])
    assert np.abs(model.sample([8], label=[1]) - images[1:]).max() > 1e-3
    with pytest.raises(UserError, match="sample takes label, seed, trunc"):
        model.sample([3])
    latents = model.latents([3, 8])
    np.testing.assert_allclose(
        model.generate(latents, 2)[0], images[0], rtol=1e-5
    )
    with pytest.raises(UserError, match="generate takes labels, latents"):
        model.generate(latents)


def test_inputs_of_other_lengths_and_types_are_one_line(tmp_path):
    model = inference.load(save(make("conditional"), tmp_path).path)
    for seeds, labels, said in (
        (range(600), [0] * 256, "equally many rows of each input of sample"),
        ([1, 2], [0], "equally many rows"),
        ([1.5], [0], r"`seed` of sample must be int64. Received: \[1.5\]"),
        ([1], [0.5], "`label` of sample must be int"),
        ([1], ["x"], "`label` of sample must be int"),
        ([1], [None], "`label` of sample must be int"),
        ([2**63], [0], "`seed` of sample must be int64"),
        ([np.nan], [0], "`seed` of sample must be int64"),
    ):
        with pytest.raises(UserError, match=said) as caught:
            model.sample(seeds, label=labels)
        assert len(str(caught.value).splitlines()) == 1
    images = model.sample([3.0], label=np.float32([2]))
    np.testing.assert_array_equal(images, model.sample([3], label=[2]))


def test_a_class_that_does_not_exist_is_one_line(tmp_path):
    gan = make("conditional")
    workdir = save(gan, tmp_path / "run").path
    exported = export.export_gan(gan, tmp_path / "export", 1)
    inputs = {"latents": np.zeros((2, 5)), "labels": [2, 0]}
    seeds = {"seed": [4, 3], "truncation": [1, 1]}
    for model in map(inference.load, (workdir, exported)):
        assert model.call("generate", **inputs)["images"].shape == (2, *SHAPE)
        for name, given, key in (
            ("generate", inputs, "labels"),
            ("sample", seeds, "label"),
            ("sample_png", seeds, "label"),
        ):
            for wrong in ([3, 0], [-1, 0]):
                with pytest.raises(UserError) as caught:
                    model.call(name, **given | {key: wrong})
                said = str(caught.value)
                low, high = sorted(wrong)
                assert (
                    f"0 to 2 was expected. Received:] [{low}] [{high}]" in said
                )
                assert len(said.splitlines()) == 1


def test_what_is_made_of_more_than_latents_names_its_inputs(tmp_path):
    rows = [tf.TensorSpec([None, 2], name=x) for x in ("latents", "code")]
    function = tf.function(
        lambda latents, code: {"images": latents[:, None, None] + code},
        input_signature=rows,
    ).get_concrete_function()
    model = inference.Model(tmp_path, {"generate": function}, {}, (), None)
    with pytest.raises(UserError) as caught:
        _ = model.latent_dim
    assert str(caught.value).endswith(
        "`generate` from latents to images was expected. Received: inputs "
        "code float32 (None, 2), latents float32 (None, 2)"
    )


@pytest.mark.parametrize("where", ["graph", "function"])
def test_a_model_that_reads_files_is_not_loaded(where, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("s")
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    module = tf.Module()
    module.network = network

    def leak(latents):
        return {"images": latents, "file": tf.io.read_file(str(secret))}

    function = leak
    if where == "function":
        function = lambda latents: tf.function(leak)(latents)  # noqa: E731
    spec = tf.TensorSpec([None, 2], tf.float32, name="latents")
    traced = tf.function(function, input_signature=[spec])
    tf.saved_model.save(
        module,
        str(tmp_path / "1"),
        {"generate": traced.get_concrete_function()},
    )
    with pytest.raises(UserError, match="beyond the model: ReadFile"):
        inference.load(tmp_path / "1")
