"""Weights of runs, exports and files, for a new run to begin from."""

import json
import pathlib

import keras
import numpy as np
import pytest

from tests import small_run
from tests.replicas import values_of
from tfgan_ref import initial_weights
from tfgan_ref.errors import UserError
from tfgan_ref.models import dcgan
from tfgan_ref.serving import export
from tfgan_ref.training import networks


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """A DCGAN with an average as a run, an export and a file."""
    folder = tmp_path_factory.mktemp("sources")
    gan = small_run.make("dcgan")
    small_run.save(gan, folder / "run", step=7)
    export.export_gan(gan, folder / "export", 7, card={"step": 7})
    gan.save(folder / "gan.keras")
    return folder, gan


def fresh(latent_dim=5, **kwargs):
    """Other weights; the same networks, but for what is said."""
    keras.utils.set_random_seed(99)
    kwargs = {"width": 4, "ema_decay": 0.9, "seed": 3} | kwargs
    return dcgan.build((28, 28, 1), latent_dim=latent_dim, **kwargs)


def equal(network, expected):
    for one, other in zip(
        values_of(network.weights), values_of(expected.weights), strict=True
    ):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("kind", ["run", "gan.keras"])
def test_all_networks_begin_from_a_run_or_a_file(sources, kind, caplog):
    folder, source = sources
    gan = fresh()
    found = initial_weights.read(str(folder / kind))
    assert found.step == 7
    found.assign(gan)
    equal(gan.generator, source.generator)
    equal(gan.discriminator, source.discriminator)
    # Averages are of what begins, not those of the source.
    equal(gan.ema_generator, source.generator)
    assert int(gan.step.numpy()) == 0 and gan.seed == 3


def test_an_export_has_the_generator_that_it_serves(sources):
    folder, source = sources
    gan = fresh()
    before = values_of(gan.discriminator.weights)
    found = initial_weights.read(str(folder / "export"))
    assert (found.step, [*found.networks]) == (7, ["generator"])
    found.assign(gan)
    equal(gan.generator, source.ema_generator)
    equal(gan.ema_generator, source.ema_generator)
    for one, other in zip(
        values_of(gan.discriminator.weights), before, strict=True
    ):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", ["bigan", "feature_matching"])
def test_exports_of_several_networks_keep_them_apart(name, tmp_path):
    source, gan = small_run.make(name), small_run.make(name)
    for number, variable in enumerate(source.variables):
        if variable.dtype == "float32":
            variable.assign_add(np.full(variable.shape, 0.01 * number))
    export.export_gan(source, tmp_path, 1)
    found = initial_weights.read(str(tmp_path))
    served = {
        "bigan": {"generator", "encoder"},
        "feature_matching": {"generator", "discriminator"},
    }[name]
    assert found.networks.keys() == served
    found.assign(gan)
    for network in served:
        equal(getattr(gan, network), source.trained(network))


def test_two_replicas_begin_alike(sources, two_replicas, tmp_path):
    folder, source = sources
    with two_replicas.scope():
        gan = fresh()
    initial_weights.read(str(folder / "run")).assign(gan)
    equal(gan.discriminator, source.discriminator)
    equal(gan.ema_generator, source.generator)
    # What they export is somebody's, too.
    export.export_gan(gan, tmp_path, 1)
    (only,) = initial_weights.read(str(tmp_path)).networks
    assert only == "generator"


def test_facts_tell_the_weights_and_where_they_are_from(sources):
    folder, _ = sources
    found = initial_weights.read(str(folder / "run"))
    facts = found.facts
    assert json.loads(json.dumps(facts)) == facts
    assert (facts["path"], facts["step"]) == (str(folder / "run"), 7)
    same = initial_weights.read(str(folder / "gan.keras")).facts
    assert facts["sha256"] == same["sha256"] and len(same["sha256"]) == 64
    found.networks["generator"][0][1][0, 0] += 1
    assert found.facts["sha256"] != same["sha256"]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda: fresh(latent_dim=6),
            r"the generator: .*kernel of shape \[6, 392\] was expected. "
            r"Received: kernel of shape \[5, 392\]$",
        ),
        (
            lambda: fresh(normalization=dcgan_reference(), reference_size=3),
            r"the generator: .*reference of shape \[3, 5\] was expected. "
            r"Received: kernel of shape \[5, 392\]$",
        ),
        (
            lambda: with_discriminator(lambda x: keras.layers.Dense(1)(x)),
            r"the discriminator: .*kernel of shape \[784, 1\] was expected. "
            r"Received: kernel of shape \[5, 5, 1, 4\]$",
        ),
        (
            lambda: with_discriminator(keras.ops.sum),
            "the discriminator: no further weight was expected. "
            r"Received: kernel of shape \[5, 5, 1, 4\]$",
        ),
    ],
)
def test_the_first_variable_that_does_not_fit_is_named(sources, make, said):
    gan = make()
    before = values_of(gan.variables)
    found = initial_weights.read(str(sources[0] / "run"))
    with pytest.raises(UserError, match=f"/run does not fit {said}"):
        found.assign(gan)
    for one, other in zip(values_of(gan.variables), before, strict=True):
        np.testing.assert_array_equal(one, other)


def dcgan_reference():
    from tfgan_ref.layers import reference_normalization

    return reference_normalization.ReferenceBatchNormalization


def with_discriminator(last):
    images = keras.Input((28, 28, 1))
    x = keras.layers.Flatten()(images)
    logits = last(x) if last is not keras.ops.sum else keras.ops.sum(x, -1)
    gan = fresh()
    return type(gan)(gan.generator, keras.Model(images, logits))


def test_what_is_no_source_is_named(sources, tmp_path):
    folder, gan = sources
    with pytest.raises(UserError, match="neither an export"):
        initial_weights.read(str(tmp_path / "nothing"))
    with pytest.raises(UserError, match=r"Cannot read .*no.keras"):
        initial_weights.read(str(tmp_path / "no.keras"))
    old = export.export_gan(gan, tmp_path / "old", 1)
    card = pathlib.Path(old, export.EXTRA, export.MODEL_CARD)
    told = json.loads(card.read_text())
    for weights, said in [
        ({}, "does not tell whose its weights are"),
        ({"generator": 999}, "is damaged: its model card's `weights`"),
        ({"generator": "12"}, "is damaged: its model card's `weights`"),
        ([12], "is damaged: its model card's `weights`"),
    ]:
        card.write_text(json.dumps(told | {"weights": weights}))
        with pytest.raises(UserError, match=said):
            initial_weights.read(str(tmp_path / "old"))
    card.write_text(json.dumps(told | {"weights": {"encoder": 3}}))
    found = initial_weights.read(str(tmp_path / "old"))
    with pytest.raises(UserError, match="generator or discriminator. Rec.*enc"):
        found.assign(fresh())


def test_the_newest_checkpoint_that_is_whole_is_taken(sources, tmp_path):
    gan = small_run.make("normal")
    workdir = small_run.save(gan, tmp_path / "run", step=4)
    assert networks.restore(workdir).step == 4
    assert initial_weights.read(str(tmp_path / "run")).step == 4
