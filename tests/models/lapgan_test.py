"""LAPGAN's levels, alone and as a chain."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models.description import describe
from tfgan_ref import priors, pyramid
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.models import lapgan
from tfgan_ref.models.lapgan import LaplacianGAN

RNG = np.random.default_rng(4)
EXAMPLES = RNG.uniform(-1, 1, (5, 7, 7, 1)).astype(np.float32)
FINER = RNG.uniform(-1, 1, (3, 14, 14, 1)).astype(np.float32)
CASES = {
    # Of so many units some are alive, whatever the seed.
    "coarsest": lambda: lapgan.build((7, 7, 1), latent_dim=3, units=24),
    "level": lambda: lapgan.build_level(
        (14, 14, 1), EXAMPLES, width=2, ema_decay=0.5
    ),
}
SLOW = {"coarsest"}


def test_a_level_adds_residuals_to_coarse_images():
    gan = CASES["level"]()
    given = gan.sample_inputs(np.arange(6), truncation=0.5)
    assert given["latents"].shape == (6, 14 * 14)
    # In turn.
    np.testing.assert_array_equal(given["coarse"][:5], EXAMPLES)
    np.testing.assert_array_equal(given["coarse"][5], EXAMPLES[0])
    made = gan.sample(np.arange(6)).numpy()
    doubled = tf.image.resize(given["coarse"], (14, 14), "bilinear").numpy()
    apart = made - doubled
    assert abs(apart).max() > 1e-3
    for weight in gan.ema_generator.weights[-2:]:
        weight.assign(tf.zeros_like(weight))
    np.testing.assert_allclose(gan.sample(np.arange(6)), doubled, atol=1e-6)


def test_in_training_coarse_images_are_those_of_the_minibatch():
    gan = CASES["level"]()
    given = gan.inputs(FINER, 0)
    np.testing.assert_array_equal(given["coarse"], pyramid.halve(FINER))
    assert given["latents"].shape == (3, 196)
    assert abs(given["latents"].numpy()).max() <= 1
    # A generator without residuals then makes images without theirs.
    for weight in gan.generator.weights[-2:]:
        weight.assign(tf.zeros_like(weight))
    residual = FINER - tf.image.resize(given["coarse"], (14, 14), "bilinear")
    np.testing.assert_allclose(
        gan.generator(given) + residual, FINER, atol=1e-6
    )


def test_noise_is_a_plane_of_the_images_size():
    gan = CASES["level"]()
    coarse = np.zeros((1, 7, 7, 1), np.float32)
    noise = np.zeros((2, 14, 14), np.float32)
    noise[1, 0, 0] = 1
    rows = {"latents": noise.reshape(2, 196), "coarse": np.repeat(coarse, 2, 0)}
    changed = np.ptp(gan.generator(rows), 0)[..., 0] != 0
    # 7x7, 7x7 and 5x5 reach eight pixels far.
    assert changed[:9, :9].any() and not changed[9:].any()
    assert not changed[:, 9:].any()


def test_networks_layer_by_layer():
    torch = "VarianceScaling"
    gan = lapgan.build((7, 7, 1))
    dense = [f"Dense {torch} units={n} activation=relu" for n in (1200, 600)]
    assert describe(gan.generator) == [
        "generator_7: latents",
        dense[0],
        dense[0],
        f"Dense {torch} units=49 activation=tanh",
        "Reshape target_shape=(7, 7, 1)",
    ]
    last = [
        "Dropout rate=0.5",
        f"Dense {torch} units=1",
        "logits: Reshape target_shape=()",
    ]
    judge = ["discriminator: images", "Flatten", dense[1], dense[1], *last]
    assert describe(gan.discriminator) == judge
    gan = lapgan.build_level((14, 14, 1), EXAMPLES)
    convolution = f"Conv2D {torch} filters=64 kernel_size=(5, 5)"
    assert describe(gan.discriminator) == [
        "discriminator: images",
        f"{convolution} activation=relu",
        f"{convolution} strides=(2, 2) activation=relu",
        "Flatten",
        *last,
    ]
    sizes = [49 * 2 * 64 + 64, 49 * 64 * 64 + 64, 25 * 64 + 1]
    assert gan.generator.count_params() == sum(sizes)
    kernel = gan.generator.trainable_variables[0].numpy()
    assert abs(kernel).max() == pytest.approx(1 / np.sqrt(98), rel=0.01)


def test_a_configuration_makes_the_same_level():
    gan = CASES["level"]()
    config = json.dumps(gan.get_config())
    again = LaplacianGAN.from_config(json.loads(config))
    assert json.dumps(again.get_config()) == config
    again.set_weights(gan.get_weights())
    np.testing.assert_array_equal(again.sample([8, 3]), gan.sample([8, 3]))


def levels():
    finest = lapgan.build_level((28, 28, 1), FINER, width=3, seed=2)
    return [CASES["coarsest"](), CASES["level"](), finest]


def test_a_chain_makes_of_each_level_the_next():
    gans = levels()
    chain = lapgan.chain(gans)
    assert type(chain) is GAN and chain.discriminator is gans[2].discriminator
    assert chain.prior == priors.Product(
        latents_7=priors.Uniform(3),
        latents_14=priors.Uniform(196),
        latents_28=priors.Uniform(784),
    )
    latents = chain.sample_inputs([4, 1])
    first, *finer = gans
    images = first.generator(latents["latents_7"])
    for size, gan in zip((14, 28), finer, strict=True):
        coarse = tf.clip_by_value(images, -1, 1)
        noise = latents[f"latents_{size}"]
        images = gan.sampler({"latents": noise, "coarse": coarse})
    np.testing.assert_allclose(chain.sample([4, 1]), images, atol=1e-5)
    # The same seed's coarse images are those of the shorter chain.
    short = lapgan.chain(gans[:1])
    np.testing.assert_allclose(
        short.sample([4]), first.generator(latents["latents_7"])[:1], atol=1e-6
    )
    assert {"generate", "sample"} <= chain.endpoints().keys()


def test_a_level_without_the_one_below_is_one_line():
    coarsest, level, finest = levels()
    with pytest.raises(UserError, match="14 pixels needs the one below it"):
        lapgan.chain([level, finest])
    with pytest.raises(UserError, match=r"images of \(7, 7, 1\) .*\(14, 14, 1"):
        lapgan.chain([coarsest, finest])
    with pytest.raises(UserError, match="Received: one of None"):
        lapgan.chain([coarsest, coarsest])
    with pytest.raises(UserError, match=r"half .*\(28, 28, 1\).*\(7, 7, 1\)"):
        lapgan.build_level((28, 28, 1), EXAMPLES)
    with pytest.raises(UserError, match="10 pixels at least"):
        lapgan.build_level((8, 8, 1), EXAMPLES[:, :4, :4])


def test_the_table_of_coarse_images_is_moved_by_nothing():
    gan = CASES["level"]()
    optimizers = [keras.optimizers.SGD(9.0) for _ in "ab"]
    gan.compile(*optimizers)
    data = tf.data.Dataset.from_tensors(FINER)
    gan.fit(data, shuffle=False, verbose=0)
    (table,) = gan.coarse.get_weights()
    np.testing.assert_array_equal(table, EXAMPLES.reshape(5, 49))
