"""ALI: an encoder that draws, in the game of pairs that BiGAN's test holds."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models.description import describe
from tfgan_ref import priors
from tfgan_ref.errors import UserError
from tfgan_ref.layers import noise
from tfgan_ref.models import ali, ali_conv, toy

SHAPE = (28, 28, 1)
CASES = {
    "images": lambda: ali.build(SHAPE, latent_dim=3, width=2, ema_decay=0.5),
    "points": lambda: ali.build_points(
        2, generator_units=5, discriminator_units=3
    ),
}
SLOW = {"images"}
NORMAL = "N(0.0, 0.01)"


def block(layer, maps, *how):
    words = [layer, NORMAL, *how, "use_bias=False"]
    norm = "BatchNormalization momentum=0.95 epsilon=0.001"
    return [
        " ".join(words).replace("MAPS", str(maps)),
        norm,
        "LeakyReLU negative_slope=0.1",
    ]


def transposed(maps, kernel, stride):
    how = [f"filters={maps}", f"kernel_size=({kernel}, {kernel})"]
    if stride > 1:
        how.append(f"strides=({stride}, {stride})")
    return block("Conv2DTranspose", maps, *how)


def test_the_generator_layer_by_layer():
    found = describe(ali_conv.generator((32, 32, 3)))
    assert found[:2] == [
        "generator: latents",
        "Reshape target_shape=(1, 1, 64)",
    ]
    layers = [(256, 4, 1), (128, 4, 2), (64, 4, 1), (32, 4, 2), (32, 5, 1)]
    expected = [line for one in layers for line in transposed(*one)]
    last = block("Conv2D", 32, "filters=32", "kernel_size=(1, 1)")
    assert found[2:20] == expected + last
    assert [line.split()[0] for line in found[20:]] == [
        "EinsumDense",
        "Activation",
        "Rescaling",
    ]


def test_sizes_are_those_released():
    gan = ali.build((32, 32, 3))
    assert gan.prior == priors.Normal(64)
    # Kernels, four numbers of each normalisation, biases of the last layer.
    maps = [64, 256, 128, 64, 32, 32]
    kernels = [16, 16, 16, 16, 25]
    sizes = [
        k * a * b for k, a, b in zip(kernels, maps, maps[1:], strict=False)
    ]
    generator = sum(sizes) + 32 * 32 + 4 * (sum(maps[1:]) + 32)
    generator += 32 * 3 + 32 * 32 * 3
    maps = [3, 32, 64, 128, 256, 512]
    kernels = kernels[::-1]
    sizes = [
        k * a * b for k, a, b in zip(kernels, maps, maps[1:], strict=False)
    ]
    encoder = sum(sizes) + 512 * 512 + 4 * (sum(maps[1:]) + 512)
    encoder += 2 * (512 * 64 + 64)
    # Maxout of two halves what goes on, and has all of the weights.
    halves = [3, 16, 32, 64, 128, 256]
    judge = sum(
        (k * a + 1) * b
        for k, a, b in zip(kernels, halves, maps[1:], strict=False)
    )
    judge += (64 + 1) * 512 + (256 + 1) * 512
    judge += (256 + 256 + 1) * 1024 + (512 + 1) * 1024 + 512 + 1
    networks = gan.generator, gan.encoder, gan.discriminator
    received = [network.count_params() for network in networks]
    assert received == [generator, encoder, judge]
    rates = [
        layer.rate
        for layer in gan.discriminator.layers
        if isinstance(layer, noise.Dropout)
    ]
    assert sorted(rates) == [0.2] * 2 + [0.5] * 8


def test_the_generator_begins_at_the_mean_image():
    means = np.random.default_rng(1).uniform(0, 1, SHAPE)
    means[0, :2, 0] = 0, 1  # Whose logits would be infinite.
    gan = ali.build(SHAPE, latent_dim=3, width=2, pixel_means=means)
    images = gan.generator(tf.zeros([1, 3]), training=False)
    wanted = 2 * np.clip(means, 0.002, 0.998) - 1
    np.testing.assert_allclose(images[0], wanted, atol=1e-4)


def test_codes_of_images_are_drawn_about_their_mean():
    encoder = ali_conv.encoder(SHAPE, latent_dim=2, width=2)
    for variable in encoder.trainable_variables:
        variable.assign(7.0 * variable)
    for name, bias in (("mean", [1.0, -2.0]), ("log_sigma", [-1.0, 0.5])):
        encoder.get_layer(name).bias.assign(bias)
    image = np.random.default_rng(1).uniform(-1, 1, (1, *SHAPE))
    images = np.repeat(np.float32(image), 3000, 0)
    with noise.seeded([1, 2]):
        codes = encoder(images, training=True).numpy()
    names = [encoder.get_layer(name).output for name in ("mean", "log_sigma")]
    parts = keras.Model(encoder.input, names)(images, training=True)
    mean, log_sigma = (part.numpy()[0] for part in parts)
    np.testing.assert_allclose(codes.mean(0), mean, atol=0.1)
    np.testing.assert_allclose(codes.std(0), np.exp(log_sigma), rtol=0.05)
    assert abs(np.corrcoef(codes.T)[0, 1]) < 0.06
    # What is served is without noise.
    served = encoder(images[:1], training=False)
    wanted = keras.Model(encoder.input, names)(images[:1], training=False)[0]
    np.testing.assert_allclose(served, wanted, rtol=1e-6)


def test_the_encoder_of_points_has_noise_beside_them():
    gan = CASES["points"]()
    points = np.tile(np.float32([[0.5, -2.0]]), (200, 1))
    _, *dense = (
        x for x in gan.encoder.layers if isinstance(x, keras.layers.Dense)
    )
    codes = []
    for seed in (1, 2, 1):
        with noise.seeded([seed, 0]):
            codes.append(gan.encoder(points, training=True).numpy())
    np.testing.assert_array_equal(codes[0], codes[2])
    assert (codes[0] != codes[1]).all(1).mean() > 0.9
    assert np.ptp(codes[0], 0).min() > 0
    still = gan.encoder(points, training=False).numpy()
    # Rows differ at most by the rounding of sums.
    assert (np.ptp(still, 0) < 1e-6 * np.ptp(codes[0], 0)).all()


def test_networks_of_points_are_those_of_the_plain_gan():
    gan, plain = ali.build_points(2), toy.build(2)
    assert describe(gan.generator) == describe(plain.generator)
    judge = gan.discriminator.count_params()
    # But for z beside x.
    assert judge == plain.discriminator.count_params() + 2 * 200 * 5
    for one, other in zip(
        gan.generator.weights, plain.generator.weights, strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_what_is_out_of_range_is_refused():
    with pytest.raises(UserError, match="28x28 or 32x32.*Received: .*64, 64"):
        ali.build((64, 64, 3))
    with pytest.raises(UserError, match="`width` .*Received: 1"):
        ali.build(SHAPE, width=1)
    with pytest.raises(UserError, match="`latent_dim` .*Received: 0"):
        ali.build_points(2, latent_dim=0)
