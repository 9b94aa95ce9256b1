"""Networks that come back from a run's files alone."""

import json

import keras
import numpy as np
import pytest

from tests.small_run import SHAPE, data, make, save
from tfgan_ref import inference
from tfgan_ref.errors import UserError
from tfgan_ref.models import dcgan
from tfgan_ref.outputs import write_json
from tfgan_ref.training import networks
from tfgan_ref.training.workdir import WorkDir

KINDS = ["dcgan", "normal", "virtual", "feature_matching", "MinibatchFeatures"]
FEATURES = [
    "PaperMinibatchFeatures",
    "MinibatchFeatures",
    "PairedMinibatchFeatures",
]


@pytest.mark.parametrize("kind", KINDS)
def test_the_files_alone_give_the_networks_back(kind, tmp_path):
    gan = make(kind)
    found = networks.restore(save(gan, tmp_path))
    z = np.random.default_rng(1).uniform(-1, 1, (3, 5)).astype(np.float32)
    np.testing.assert_array_equal(found.generator(z), gan.sampler(z))
    assert found.prior is gan.prior
    assert found.class_names == ("a", "b", "c")
    assert found.card["step"] == 7
    assert found.card["averaged"] == (kind == "dcgan")
    assert found.card["revision"] == "abc"
    assert found.card["data"] == {"name": "noise", "count": 20}
    if gan.classifier is None:
        assert found.classifier is None
    else:
        x = np.random.default_rng(2).uniform(-1, 1, (3, *SHAPE))
        np.testing.assert_array_equal(found.classifier(x), gan.classifier(x))


@pytest.mark.parametrize("kind", FEATURES)
def test_what_does_not_serve_is_described_all_the_same(kind, tmp_path):
    gan = make(kind)
    stored = networks.describe(gan, data())["discriminator"]
    network = keras.models.model_from_json(json.dumps(stored))
    network.set_weights(gan.discriminator.get_weights())
    x = np.random.default_rng(2).uniform(-1, 1, (4, *SHAPE))
    np.testing.assert_array_equal(network(x), gan.discriminator(x))


def test_the_weights_are_the_averaged_ones_or_not(tmp_path):
    gan = make("dcgan")
    workdir = save(gan, tmp_path)
    z = np.full((2, 5), 0.5, np.float32)
    for averaged, network in [
        (True, gan.ema_generator),
        (False, gan.generator),
        (None, gan.ema_generator),
    ]:
        found = networks.restore(workdir, averaged=averaged)
        np.testing.assert_array_equal(found.generator(z), network(z))
        assert found.card["averaged"] == (averaged is not False)


def test_a_checkpoint_can_be_chosen(tmp_path):
    first = make("normal")
    save(first, tmp_path, step=7)
    z = np.full((2, 5), 0.5, np.float32)
    expected = first.generator(z).numpy()
    workdir = save(make("normal"), tmp_path, step=9)
    found = networks.restore(workdir, step=7)
    np.testing.assert_array_equal(found.generator(z), expected)
    newest = networks.restore(workdir)
    assert (found.card["step"], newest.card["step"]) == (7, 9)
    assert np.abs(newest.generator(z) - expected).max() > 1e-3
    with pytest.raises(UserError, match=r"at step 8. There are: \[7, 9\]"):
        networks.restore(workdir, step=8)


def test_a_run_without_an_average_says_so(tmp_path):
    workdir = save(make("normal"), tmp_path)
    with pytest.raises(UserError, match="keeps no averaged weights"):
        networks.restore(workdir, averaged=True)


def test_a_checkpoint_of_another_network_is_refused(tmp_path):
    save(dcgan.build(SHAPE, latent_dim=5, width=6), tmp_path)
    workdir = WorkDir(tmp_path)
    content = networks.describe(make("normal"), data())
    write_json(workdir.networks, content)
    with pytest.raises(UserError, match="does not fit this network"):
        networks.restore(workdir)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "is no workdir of a run"),
        ("", "damaged"),
        ('{"name": 1', "damaged"),
        pytest.param("[" * 100_000, "damaged", id="deep"),
        ("[]", "damaged"),
        ("{}", "damaged"),
        ('{"generator": {}, "discriminator": {}}', "damaged"),
    ],
)
def test_a_damaged_description_is_one_line(content, said, tmp_path):
    workdir = save(make("normal"), tmp_path)
    workdir.networks.unlink()
    if content is not None:
        workdir.networks.write_text(content)
    with pytest.raises(UserError, match=said) as caught:
        networks.restore(workdir)
    assert len(str(caught.value).splitlines()) == 1


@pytest.fixture(scope="module")
def described():
    return networks.describe(make("normal"), data())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("generator", ...),  # It is missing.
        ("generator", "x"),
        ("discriminator", ["x"]),
        ("averaged", None),
        ("averaged", [0]),
        ("classifies", "yes"),
        ("prior", ["x"]),
        ("class_names", 5),
        ("class_names", [["a"]]),
        ("data", []),
    ],
)
def test_a_description_of_wrong_types_is_one_line(
    name, value, described, tmp_path
):
    workdir = WorkDir(tmp_path)
    changed = described | {name: value}
    if value is ...:
        del changed[name]
    write_json(workdir.networks, changed)
    before = workdir.networks.read_text()
    with pytest.raises(UserError, match=r"networks\.json is damaged$"):
        networks.restore(workdir)
    assert workdir.networks.read_text() == before


def test_no_code_of_the_description_is_run(tmp_path):
    """A Lambda layer would be code."""
    workdir = save(make("normal"), tmp_path)
    network = keras.Sequential(
        [keras.Input((5,)), keras.layers.Lambda(lambda x: x)]
    )
    described = json.loads(workdir.networks.read_text())
    described["generator"] = json.loads(network.to_json())
    write_json(workdir.networks, described)
    with pytest.raises(UserError, match=r"networks\.json names .*Lambda"):
        networks.restore(workdir)


def test_a_run_that_began_has_no_samples_yet(tmp_path):
    workdir = save(make("normal"), tmp_path)
    for path in workdir.checkpoints.iterdir():
        path.unlink()
    with pytest.raises(UserError, match="has no checkpoint yet"):
        networks.restore(workdir)


def test_a_network_that_keras_cannot_describe_is_said(tmp_path, caplog):
    class Odd(keras.Model):
        def get_config(self):
            raise NotImplementedError("no config")

    gan = make("normal")
    gan.discriminator = Odd()
    assert networks.describe(gan, data())["discriminator"] is None
    assert "cannot be restored" in caplog.text
    gan.generator = Odd()
    workdir = save(make("normal"), tmp_path)
    described = json.loads(workdir.networks.read_text()) | {"generator": None}
    write_json(workdir.networks, described)
    with pytest.raises(UserError, match="does not describe all"):
        inference.load(tmp_path)
