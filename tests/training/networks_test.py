"""Networks that come back from a run's files alone."""

import copy
import functools
import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.small_run import SHAPE, data, make, save
from tfgan_ref import inference
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.models import dcgan, feature_matching
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
    np.testing.assert_array_equal(found.gan.sampler(z), gan.sampler(z))
    assert type(found.gan) is type(gan)
    assert found.gan.prior == gan.prior
    assert found.class_names == ("a", "b", "c")
    assert found.card["step"] == 7
    assert found.card["averaged"] == (kind == "dcgan")
    assert found.card["revision"] == "abc"
    assert found.card["data"] == {"name": "noise", "count": 20}
    if gan.classifier is None:
        assert found.gan.classifier is None
    else:
        x = np.random.default_rng(2).uniform(-1, 1, (3, *SHAPE))
        np.testing.assert_array_equal(
            found.gan.classifier(x), gan.classifier(x)
        )


def test_untrained_networks_are_as_they_were_built(tmp_path):
    workdir = save(make("dcgan"), tmp_path)
    found = networks.untrained(workdir, 5)
    built = dcgan.build(SHAPE, latent_dim=5, width=4, ema_decay=0.5, seed=5)
    restored = networks.restore(workdir).gan
    for name, network in found.networks.items():
        for one, other, trained in zip(
            network.weights,
            built.networks[name].weights,
            restored.networks[name].weights,
            strict=True,
        ):
            np.testing.assert_array_equal(one, other)
            assert np.abs(one - trained).max() > 0


@pytest.mark.parametrize("kind", ["conditional", "bigan"])
def test_so_does_a_game_of_more_than_latents_and_images(kind, tmp_path):
    gan = make(kind)
    found = networks.restore(save(gan, tmp_path)).gan
    assert type(found) is type(gan)
    assert found.networks.keys() == gan.networks.keys()
    np.testing.assert_array_equal(found.sample([4, 2]), gan.sample([4, 2]))
    x = np.random.default_rng(2).uniform(0, 1, (3, *SHAPE))
    for name in found.endpoints().keys() & {"encode", "reconstruct"}:
        assert kind == "bigan"
        of_found, of_gan = (
            list(g.endpoints()[name][0](images=tf.constant(x)).values())
            for g in (found, gan)
        )
        np.testing.assert_array_equal(of_found, of_gan)


@pytest.mark.parametrize("kind", FEATURES)
def test_what_does_not_serve_is_described_all_the_same(kind, tmp_path):
    gan = make(kind)
    stored = networks.describe(gan, data())["gan"]["config"]["discriminator"]
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
        np.testing.assert_array_equal(found.gan.sampler(z), network(z))
        assert found.card["averaged"] == (averaged is not False)


def test_a_checkpoint_can_be_chosen(tmp_path):
    first = make("normal")
    save(first, tmp_path, step=7)
    z = np.full((2, 5), 0.5, np.float32)
    expected = first.generator(z).numpy()
    workdir = save(make("normal"), tmp_path, step=9)
    found = networks.restore(workdir, step=7)
    np.testing.assert_array_equal(found.gan.sampler(z), expected)
    newest = networks.restore(workdir)
    assert (found.card["step"], newest.card["step"]) == (7, 9)
    assert np.abs(newest.gan.sampler(z) - expected).max() > 1e-3
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
        (None, "is no workdir of a GAN"),
        ("", "damaged"),
        ('{"format": 2', "damaged"),
        pytest.param("[" * 100_000, "damaged", id="deep"),
        ("[]", "damaged"),
        ('{"format": 2}', "damaged"),
        # Before there was a format.
        ('{"generator": {}, "discriminator": {}}', "of format 1, and 2 was"),
        ('{"format": 3}', "of format 3, and 2 was"),
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


def changed(described, path, value):
    """A copy with another value at `a/b/c`; without it where it is `...`."""
    described = copy.deepcopy(described)
    *folders, name = path.split("/")
    place = functools.reduce(dict.__getitem__, folders, described)
    if value is ...:
        del place[name]
    else:
        place[name] = value
    return described


LAYER = {
    "class_name": "Dense",
    "module": "keras.layers",
    "config": {"units": 1},
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("name", 5),
        ("class_names", 5),
        ("class_names", [["a"]]),
        ("data", []),
        ("gan", ...),  # It is missing.
        ("gan", "x"),
        ("gan", ["x"]),
        ("gan/config", ...),
        ("gan/config", ["x"]),
        ("gan/config/averages", ...),
        ("gan/config/averages", None),
        ("gan/config/averages", [0]),
        ("gan/config/prior", ...),
        ("gan/config/prior", "uniform"),
        ("gan/config/prior", ["x"]),
        # What follows is sound, but for what it is of.
        ("gan/config/prior", LAYER),
        ("gan/config/prior/config", {"dim": "x"}),
        ("gan/config/averages", {"generator": "x"}),
        ("gan/config/averages", {"generator": [0]}),
        ("gan/config/generator", ...),
        ("gan/config/generator", "x"),
        ("gan/config/generator", LAYER),
        ("gan/config/discriminator", ["x"]),
        ("gan/config/distance", 1),  # No argument of this GAN.
        ("gan", LAYER | {"config": {"averages": {}, "prior": {}}}),
    ],
)
def test_a_description_of_wrong_types_is_one_line(
    path, value, described, tmp_path
):
    workdir = WorkDir(tmp_path)
    write_json(workdir.networks, changed(described, path, value))
    before = workdir.networks.read_text()
    with pytest.raises(UserError, match=r"networks\.json is damaged") as caught:
        networks.restore(workdir)
    assert len(str(caught.value).splitlines()) == 1
    assert workdir.networks.read_text() == before


@pytest.mark.parametrize("place", ["generator", "discriminator", "prior"])
def test_no_code_of_the_description_is_run(place, described, tmp_path):
    """A Lambda layer would be code."""
    network = keras.Sequential(
        [keras.Input((5,)), keras.layers.Lambda(lambda x: x)]
    )
    code = json.loads(network.to_json())
    workdir = WorkDir(tmp_path)
    content = changed(described, f"gan/config/{place}", code)
    write_json(workdir.networks, content)
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
    assert networks.describe(gan, data())["gan"] is None
    assert "cannot be restored" in caplog.text
    workdir = save(make("normal"), tmp_path)
    described = json.loads(workdir.networks.read_text()) | {"gan": None}
    write_json(workdir.networks, described)
    with pytest.raises(UserError, match="does not describe all"):
        inference.load(tmp_path)


def test_costs_of_ones_own_are_no_part_of_the_description(tmp_path, caplog):
    gan = make("normal")
    workdir = save(gan, tmp_path)
    before = workdir.networks.read_text()
    gan.compile(generator_loss=lambda fake_logits: -fake_logits)
    write_json(workdir.networks, networks.describe(gan, data()))
    assert workdir.networks.read_text() == before


def test_a_part_that_has_no_description_stops_no_run(caplog):
    for gan in (
        GAN(
            *make("normal").networks.values(),
            prior=lambda shape, seed: tf.zeros(shape),
        ),
        feature_matching.build(SHAPE, 3, distance=lambda real, fake: 0.0),
    ):
        caplog.clear()
        assert networks.describe(gan, data())["gan"] is None
        assert "cannot be restored" in caplog.text
