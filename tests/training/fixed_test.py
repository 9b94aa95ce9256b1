"""Runs of a program of one's own, which says no settings."""

import dataclasses
import functools
import json
import pathlib
import shutil

import keras
import numpy as np
import pytest
from keras import layers

from tests import small_run
from tfgan_ref import priors
from tfgan_ref.data import images
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.losses import adversarial, f_divergence, hinge
from tfgan_ref.models import conditional, unrolled, wgan
from tfgan_ref.training import fixed, networks
from tfgan_ref.training import run as training
from tfgan_ref.training.workdir import WorkDir

CONFIG = training.Config(
    workdir="", train_steps=2, batch_size=4, seed=3, sample_every=2
)


def make_data(count=20, shape=(4, 3, 1), first=0):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (count, *shape), np.uint8)
    pixels[0, 0, 0, 0] = first
    return images.Images("noise", pixels, np.zeros(count, np.int32))


def make_gan(
    *,
    units=6,
    activation="relu",
    more=(),
    regularizer=None,
    rate=1e-3,
    optimizer=keras.optimizers.Adam,
    prior=None,
    seed=7,
    ema_decay=0.0,
    **protocol,
):
    generator = keras.Sequential(
        [
            keras.Input((5,)),
            layers.Dense(units, activation=activation),
            layers.Dense(12, "tanh", kernel_regularizer=regularizer),
            layers.Reshape((4, 3, 1)),
        ]
    )
    examples = keras.Input((4, 3, 1))
    x = layers.Flatten()(examples)
    for layer in more:
        x = layer(x)
    discriminator = keras.Model(examples, layers.Dense(1)(x))
    gan = GAN(
        generator, discriminator, prior=prior, seed=seed, ema_decay=ema_decay
    )
    gan.compile(optimizer(rate), keras.optimizers.SGD(0.5), **protocol)
    return gan


def train(workdir, gan=None, data=None, free=(), **config):
    return training.train(
        gan or make_gan(),
        data or make_data(),
        dataclasses.replace(CONFIG, workdir=str(workdir), **config),
        free=frozenset(free),
    )


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    path = tmp_path_factory.mktemp("begun") / "run"
    train(path)
    return path


def state(folder):
    return {
        str(path): path.read_bytes() if path.is_file() else None
        for path in pathlib.Path(folder).rglob("*")
    }


def test_the_same_program_goes_on_though_keras_names_its_layers_anew(
    begun, tmp_path
):
    shutil.copytree(begun, tmp_path / "run")
    gan = make_gan(steps_per_execution=2, spatial_first=False)
    names = {layer.name for layer in make_gan().generator.layers}
    assert names.isdisjoint(layer.name for layer in gan.generator.layers)
    result = train(tmp_path / "run", gan, train_steps=4, log_every=2)
    assert result.step == int(gan.step.numpy()) == 4
    starts = WorkDir(tmp_path / "run").read_config()["starts"]
    assert [start["step"] for start in starts] == [0, 2]


@pytest.mark.parametrize(
    ("change", "name", "before", "now"),
    [
        ({"units": 8}, "gan.generator.layers.1.units", 6, 8),
        (
            {"activation": "elu"},
            "gan.generator.layers.1.activation",
            "relu",
            "elu",
        ),
        (
            {"more": [layers.Dropout(0.5)]},
            "gan.discriminator.layers.2.class",
            "Dense",
            "Dropout",
        ),
        (
            {"regularizer": keras.regularizers.L2(0.5)},
            "gan.generator.layers.2.kernel_regularizer",
            None,
            {"class": "L2", "l2": 0.5},
        ),
        ({"prior": priors.Normal(5)}, "gan.prior.class", "Uniform", "Normal"),
        ({"seed": 8}, "gan.seed", 7, 8),
        ({"ema_decay": 0.5}, "gan.averages.generator", 0.0, 0.5),
        ({"rate": 0.02}, "generator_optimizer.learning_rate", 0.001, 0.02),
        (
            {"optimizer": keras.optimizers.RMSprop},
            "generator_optimizer.class",
            "Adam",
            "RMSprop",
        ),
        ({"discriminator_steps": 2}, "discriminator_steps", 1, 2),
        ({"simultaneous": False}, "simultaneous", True, False),
        (
            {"generator_loss": hinge.hinge_generator_loss},
            "generator_loss.name",
            "non_saturating_generator_loss",
            "hinge_generator_loss",
        ),
        (
            {
                "discriminator_loss": functools.partial(
                    adversarial.minimax_discriminator_loss, real_target=0.9
                )
            },
            "discriminator_loss.keywords",
            None,
            {"real_target": 0.9},
        ),
    ],
)
def test_another_gan_is_refused_and_the_first_difference_named(
    begun, change, name, before, now
):
    files = state(begun)
    gan = make_gan(**change)
    with pytest.raises(UserError) as caught:
        train(begun, gan, train_steps=4)
    assert str(caught.value) == (
        f"{begun} holds a run with {name}={before}. "
        f"Received: {name}={now}. Choose another workdir, in which a new run "
        f"can begin from its weights: --init_from={begun}"
    )
    assert state(begun) == files and int(gan.step.numpy()) == 0


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"batch_size": 5}, "batch_size=4. Received: batch_size=5."),
        ({"seed": 4}, "seed=3. Received: seed=4."),
        ({"data": make_data(21)}, "data.count=20. Received: data.count=21."),
        ({"data": make_data(first=9)}, r"data.sha256=\w+. Received: data"),
    ],
)
def test_other_data_are_refused(begun, config, message):
    with pytest.raises(UserError, match=f"holds a run with {message}"):
        train(begun, train_steps=4, **config)


def test_what_is_free_may_differ(begun, tmp_path):
    shutil.copytree(begun, tmp_path / "run")
    gan = make_gan(rate=0.02)
    free = {"generator_optimizer", "batch_size"}
    result = train(
        tmp_path / "run", gan, free=free, batch_size=5, train_steps=3
    )
    assert result.step == 3


def test_a_layer_more_at_the_end_is_told_by_their_number():
    def described(count):
        generator = keras.Sequential([keras.Input((5,)), layers.Reshape((5,))])
        discriminator = keras.Sequential(
            [keras.Input((5,)), layers.Dense(1)]
            + [layers.Activation("linear")] * count
        )
        gan = GAN(generator, discriminator)
        return networks.describe(gan, make_data())["gan"]

    before, now = (fixed._plain(described(n)) for n in (0, 1))
    assert fixed._difference("gan", before, now) == (
        "len(gan.discriminator.layers)",
        2,
        3,
    )


def test_a_run_of_before_is_resumed_by_what_it_has(begun, tmp_path):
    shutil.copytree(begun, tmp_path / "run")
    workdir = WorkDir(tmp_path / "run")
    config = workdir.read_config()
    config.pop("fixed")
    workdir.config.write_text(json.dumps(config))
    with pytest.raises(UserError, match="layers.1.units=6.*units=8"):
        train(workdir.path, make_gan(units=8))
    workdir.networks.write_text("{")  # Damaged: written anew.
    assert train(workdir.path, make_gan(rate=0.02), train_steps=3).step == 3
    assert "fixed" in workdir.read_config()
    with pytest.raises(UserError, match="batch_size=4.*batch_size=5"):
        train(workdir.path, batch_size=5)


def test_a_damaged_record_is_refused(begun, tmp_path):
    shutil.copytree(begun, tmp_path / "run")
    workdir = WorkDir(tmp_path / "run")
    config = workdir.read_config() | {"fixed": [1]}
    workdir.config.write_text(json.dumps(config))
    with pytest.raises(UserError, match=r"config.json is damaged"):
        train(workdir.path)


def mine(fake_logits):
    return -fake_logits


class Cost:
    def __call__(self, fake_logits):
        return -fake_logits


@pytest.mark.parametrize(
    ("cost", "expected"),
    [
        (mine, {"name": "mine"}),
        (Cost(), {"name": "Cost"}),
        (lambda logits: -logits, {"name": "<lambda>"}),
        (functools.partial(mine), {"name": "partial"}),
    ],
)
def test_a_cost_of_ones_own_is_known_by_its_name(cost, expected, caplog):
    gan = make_gan(generator_loss=cost)
    found = fixed.of_run(gan, make_data(), 4, 3)
    assert found["generator_loss"] == expected
    assert found["discriminator_loss"] == {"name": "minimax_discriminator_loss"}
    assert f"generator_loss by its name alone: {expected['name']}" in (
        caplog.text
    )


def test_the_cost_of_a_divergence_is_known_by_both_names(caplog):
    divergence = f_divergence.by_name("kl")
    gan = make_gan(generator_loss=divergence.generator_loss)
    found = fixed.of_run(gan, make_data(), 4, 3)
    assert found["generator_loss"]["divergence"] == "kl"
    assert "alone" not in caplog.text


class Unknown(keras.optimizers.SGD):
    def get_config(self):
        raise NotImplementedError("no configuration")


def test_an_optimizer_that_cannot_be_described_is_left_out(caplog):
    found = fixed.of_run(make_gan(optimizer=Unknown), make_data(), 4, 3)
    assert "generator_optimizer" not in found
    assert found["discriminator_optimizer"]["learning_rate"] == 0.5
    assert "will not know the generator_optimizer: no conf" in caplog.text


def test_a_schedule_is_compared():
    def found(steps):
        schedule = keras.optimizers.schedules.ExponentialDecay(0.1, steps, 0.5)
        return fixed.of_run(make_gan(rate=schedule), make_data(), 4, 3)

    assert fixed._difference("run", found(10), found(20)) == (
        "run.generator_optimizer.learning_rate.decay_steps",
        10,
        20,
    )
    assert fixed._difference("run", found(10), found(10)) is None


@pytest.mark.parametrize(
    "make",
    [
        *(
            functools.partial(small_run.make, name)
            for name in (
                "normal",
                "virtual",
                "toy",
                "feature_matching",
                "conditional",
                "bigan",
                "MinibatchFeatures",
            )
        ),
        functools.partial(unrolled.build, 2, latent_dim=4),
        functools.partial(wgan.build, (28, 28, 1), latent_dim=5, width=4),
    ],
)
def test_every_model_is_itself_and_the_name_of_a_layer_is_nothing(make, caplog):
    found = []
    for _ in range(2):
        gan = make()
        gan.compile(keras.optimizers.Adam(0.1), keras.optimizers.Adam(0.1))
        described = networks.describe(gan, make_data())["gan"]
        of_run = fixed.of_run(gan, make_data(), 4, 3)
        found.append(of_run | {"gan": fixed._plain(described)})
    assert found[0] == found[1]
    assert found[0].keys() >= {"generator_optimizer", "discriminator_loss"}
    assert "Dense" in json.dumps(found[0])
    assert not caplog.text


def test_the_type_of_the_numbers_and_how_layers_are_joined_are_compared():
    def plain(width, policy="float32"):
        keras.config.set_dtype_policy(policy)
        gan = conditional.build((28, 28, 1), 3, latent_dim=5, width=width)
        return fixed._plain(networks.describe(gan, make_data()))["gan"]

    name, before, now = fixed._difference(
        "gan", plain(4), plain(4, "mixed_bfloat16")
    )
    assert name.endswith(".dtype")
    assert (before, now) == ("float32", "mixed_bfloat16")

    def joined(index):
        chain = [keras.Input((3,))]
        for _ in range(3):
            chain.append(layers.Dense(3)(chain[-1]))
        x = layers.Subtract()([chain[3], chain[index]])
        config = keras.saving.serialize_keras_object(keras.Model(chain[0], x))
        return fixed._plain(json.loads(json.dumps(config)))

    assert joined(1) == joined(1) != joined(2)
