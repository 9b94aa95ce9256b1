"""The GAN of stacked MNIST whose modes PacGAN's authors counted, as released.

Its four convolutions halve 28 pixels to 2, where `dcgan` stops at 7, and its
generator moves twice in a step. And its images are in [0, 1], beside samples of
a tanh: so the discriminator tells them by their range.

Reference:
    Lin, Khetan, Fanti, Oh (2018), PacGAN: The power of two samples in
    generative adversarial networks, https://arxiv.org/abs/1712.04086; code
    fjxmlzn/PacGAN, VEEGAN_experiment.
"""

import keras
from keras import layers

from tfgan_ref import checks, priors
from tfgan_ref.gan import GAN
from tfgan_ref.models import dcgan

_LEVELS = 4


def build(
    image_shape,
    *,
    unit_pixels=True,
    generator_steps=2,
    latent_dim=100,
    width=64,
    ema_decay=0.0,
    seed=0,
):
    """Returns the GAN; compile it with Adam(2e-4, beta_1=0.5), in turn.

    Deviation: each update has latents of its own.

    Args:
        image_shape: `(size, size, channels)`, of any size.
        unit_pixels: bool, whether samples are 2 tanh(x) - 1, in [-3, 1], which
            is as far from images in [-1, 1] as tanh(x) from those in [0, 1];
            else they are tanh(x).
        generator_steps: int >= 1, generator updates per step.
        latent_dim: int >= 1, length of z ~ U(-1, 1).
        width: int >= 1, feature maps at half the image's size; they double
            where the size halves.
        ema_decay: float in [0, 1), see `GAN`.
        seed: int, of the initial weights and of the latents.

    Returns:
        `StackedGAN`, not compiled.

    Raises:
        UserError: an argument is out of range.
    """
    checks.positive(latent_dim=latent_dim, width=width)
    keras.utils.set_random_seed(seed)
    return StackedGAN(
        generator(image_shape, latent_dim, width, unit_pixels),
        discriminator(image_shape, width, unit_pixels),
        generator_steps=generator_steps,
        prior=priors.Uniform(latent_dim),
        ema_decay=ema_decay,
        seed=seed,
        name="stacked",
    )


@keras.saving.register_keras_serializable("tfgan_ref")
class StackedGAN(GAN):
    """A GAN whose generator moves several times where its opponent moves once.

    So that the discriminator's cost does not go to 0, says the released code.

    Args:
        generator: as for `GAN`, and so is the discriminator.
        generator_steps: int >= 1, generator updates per step.
        **kwargs: of `GAN`.

    Raises:
        UserError: `generator_steps` is not positive.
    """

    def __init__(self, generator, discriminator, *, generator_steps, **kwargs):
        super().__init__(generator, discriminator, **kwargs)
        checks.positive(generator_steps=generator_steps)
        self.generator_steps = generator_steps

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {"generator_steps": self.generator_steps}


def generator(image_shape, latent_dim=100, width=64, unit_pixels=True):
    """Latents `[batch, latent_dim]` -> images `[batch, *image_shape]`."""
    *sizes, first = _sizes(image_shape[0])
    z = keras.Input((latent_dim,), name="latents")
    filters = width * 2 ** (_LEVELS - 1)
    x = layers.Dense(first**2 * filters, kernel_initializer=dcgan.normal())(z)
    x = layers.Reshape((first, first, filters))(x)
    for size in reversed(sizes):
        x = layers.ReLU()(dcgan.batch_normalization()(x))
        filters //= 2
        x = layers.Conv2DTranspose(
            filters if size < image_shape[0] else image_shape[-1],
            5,
            output_padding=None if size % 2 == 0 else 0,
            **dcgan.halving(),
        )(x)
    x = layers.Activation("tanh", dtype="float32")(x)
    if unit_pixels:
        x = layers.Rescaling(2.0, -1.0, dtype="float32")(x)
    x = layers.Identity(dtype="float32", name="images")(x)
    return keras.Model(z, x, name="generator")


def discriminator(image_shape, width=64, unit_pixels=True):
    """Images `[batch, *image_shape]` in [-1, 1] -> logits `[batch]`."""
    images = x = keras.Input(tuple(image_shape), name="images")
    if unit_pixels:
        x = layers.Rescaling(0.5, 0.5)(x)
    for level in range(_LEVELS):
        x = layers.Conv2D(width * 2**level, 5, **dcgan.halving())(x)
        if level:
            x = dcgan.batch_normalization()(x)
        x = layers.LeakyReLU(0.2)(x)
    x = dcgan.head(1, layers.Flatten()(x))
    logits = layers.Reshape((), dtype="float32", name="logits")(x)
    return keras.Model(images, logits, name="discriminator")


def _sizes(size):
    """Of the image, and of the maps of each level: 28, 14, 7, 4, 2."""
    sizes = [size]
    for _ in range(_LEVELS):
        sizes.append(-(-sizes[-1] // 2))
    return sizes
