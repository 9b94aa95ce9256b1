"""The GAN of stacked MNIST, as released."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models.description import defaults, describe
from tfgan_ref import priors
from tfgan_ref.errors import UserError
from tfgan_ref.models import stacked

CASES = {
    "stacked": lambda: stacked.build(
        (28, 28, 3), generator_steps=1, latent_dim=3, width=1, ema_decay=0.5
    )
}
NORMALIZATION = "BatchNormalization N(1.0, 0.02) momentum=0.9 epsilon=1e-05"


def test_the_networks_layer_by_layer():
    assert defaults(stacked.build) == {
        "unit_pixels": True,
        "generator_steps": 2,
        "latent_dim": 100,
        "width": 64,
        "ema_decay": 0.0,
        "seed": 0,
    }
    gan = stacked.build((28, 28, 3))
    halving = "N(0.0, 0.02) filters={} kernel_size=(5, 5) strides=(2, 2)"
    halving += " padding=same"
    generator = [
        "generator: latents",
        "Dense N(0.0, 0.02) units=2048",
        "Reshape target_shape=(2, 2, 512)",
    ]
    for filters in (256, 128, 64, 3):
        generator += [NORMALIZATION, "ReLU"]
        generator += [f"Conv2DTranspose {halving.format(filters)}"]
    generator += ["Activation activation=tanh"]
    generator += ["Rescaling scale=2.0 offset=-1.0", "images: Identity"]
    assert describe(gan.generator) == generator
    discriminator = [
        "discriminator: images",
        "Rescaling scale=0.5 offset=0.5",
        f"Conv2D {halving.format(64)}",
        "LeakyReLU negative_slope=0.2",
    ]
    for filters in (128, 256, 512):
        discriminator += [f"Conv2D {halving.format(filters)}", NORMALIZATION]
        discriminator += ["LeakyReLU negative_slope=0.2"]
    discriminator += ["Flatten", "Dense N(0.0, 0.02) units=1"]
    discriminator += ["logits: Reshape target_shape=()"]
    assert describe(gan.discriminator) == discriminator
    assert gan.prior == priors.Uniform(100)


def test_maps_have_the_released_sizes():
    gan = stacked.build((28, 28, 3), width=1)
    for network, kind in (
        (gan.generator, "Conv2DTranspose"),
        (gan.discriminator, "Conv2D"),
    ):
        sizes = [
            layer.output.shape[1]
            for layer in network.layers
            if type(layer).__name__ == kind
        ]
        expected = (
            [4, 7, 14, 28] if kind == "Conv2DTranspose" else [14, 7, 4, 2]
        )
        assert sizes == expected


@pytest.mark.parametrize("unit_pixels", [True, False])
def test_samples_have_the_range_of_a_tanh_beside_images_in_0_to_1(unit_pixels):
    gan = stacked.build((28, 28, 3), width=1, unit_pixels=unit_pixels, seed=3)
    latents = tf.constant(np.linspace(-1e6, 1e6, 300).reshape(3, 100))
    images = gan.generator(latents).numpy()
    low, high = (-3, 1) if unit_pixels else (-1, 1)
    ends = [images.min(), images.max()]
    np.testing.assert_allclose(ends, [low, high], atol=1e-3)
    # What the discriminator's first convolution sees of black and white.
    first = gan.discriminator.layers[1]
    assert (type(first) is keras.layers.Rescaling) == unit_pixels
    if unit_pixels:
        seen = first(np.array([[-1.0, 1.0]]))
        np.testing.assert_array_equal(seen, [[0.0, 1.0]])


def test_the_generator_moves_twice():
    gan = stacked.build((28, 28, 3), width=1)
    gan.compile("sgd", "sgd", simultaneous=False, discriminator_steps=3)
    assert [[turn.name for turn in turns] for turns in gan.schedule()] == [
        *[["discriminator"]] * 3,
        *[["generator"]] * 2,
    ]


def test_what_is_out_of_range_is_one_line():
    for name in ("width", "generator_steps"):
        with pytest.raises(UserError, match=f"`{name}` .*Received: 0$"):
            stacked.build((28, 28, 3), **{name: 0})
