"""LAPGAN: one GAN for each level of a Laplacian pyramid.

The coarsest makes small images. Each other one doubles an image, and what its
generator makes is the residual; trained on real coarse images, they need not
wait for one another.

Reference:
    Denton, Chintala, Szlam, Fergus (2015), Deep Generative Image Models using
    a Laplacian Pyramid of Adversarial Networks,
    https://arxiv.org/abs/1506.05751
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tfgan_ref import checks, priors, pyramid
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.layers.noise import Dropout
from tfgan_ref.models import table

_LEAST = 10  # Pixels, of the discriminator's convolutions.


def build(image_shape, *, latent_dim=100, units=1200, ema_decay=0.0, seed=0):
    """Returns the coarsest level, a plain `GAN` of perceptrons.

    Compile it with Adam(2e-4, beta_1=0.5). Widths are the paper's of 8x8
    pixels. Deviations, here and in `build_level`: Adam, where SGD was released;
    pixels in [-1, 1] instead of standardised ones, hence tanh at the end.

    Args:
        image_shape: `(height, width, channels)`.
        latent_dim: int >= 1, length of z ~ U(-1, 1).
        units: int >= 2, of the generator's two layers; the discriminator's
            have half as many.
        ema_decay: float in [0, 1), see `GAN`.
        seed: int, of the initial weights and of the latents.

    Raises:
        UserError: an argument is out of range.
    """
    checks.positive(latent_dim=latent_dim)
    checks.at_least(2, units=units)
    keras.utils.set_random_seed(seed)
    z = x = keras.Input((latent_dim,), name="latents")
    for _ in range(2):
        x = _dense(x, units, "relu")
    x = _dense(x, int(np.prod(image_shape)), "tanh", "float32")
    x = layers.Reshape(tuple(image_shape), dtype="float32")(x)
    generator = keras.Model(z, x, name=f"generator_{image_shape[0]}")

    images = keras.Input(image_shape, name="images")
    x = layers.Flatten()(images)
    for _ in range(2):
        x = _dense(x, units // 2, "relu")
    return GAN(
        generator,
        _judge(images, x),
        prior=priors.Uniform(latent_dim),
        ema_decay=ema_decay,
        seed=seed,
        name="lapgan",
    )


def check_sizes(image_shape, levels):
    """Refuses a pyramid whose second level is too small for `build_level`.

    Args:
        image_shape: `(size, size, channels)` of the finest.
        levels: int >= 2.

    Raises:
        UserError: it would.
    """
    size = image_shape[0] >> (levels - 2)
    if size < _LEAST:
        raise UserError(
            f"The second of {levels} levels must make images of {_LEAST} "
            f"pixels at least. Received: {size}, of {image_shape[0]} in the end"
        )


def build_level(image_shape, examples, *, width=64, ema_decay=0.0, seed=0):
    """Returns a `LaplacianGAN` as released; compile it with Adam(2e-4, 0.5).

    Deviation: samples are of the coarse images of the real ones beside them;
    released are independent ones.

    Args:
        image_shape: `(size, size, channels)`, size an even number >= 10.
        examples: float32 `[count, size / 2, size / 2, channels]` in [-1, 1],
            the coarse images that samples are made of.
        width: int >= 1, feature maps.
        ema_decay: float in [0, 1), see `GAN`.
        seed: int, of the initial weights and of the noise.

    Raises:
        UserError: an argument is out of range.
    """
    checks.positive(width=width)
    size, _, channels = image_shape
    coarse_shape = (size // 2, size // 2, channels)
    if size % 2 or size < _LEAST or examples.shape[1:] != coarse_shape:
        raise UserError(
            f"A level makes images of {_LEAST} pixels at least of others of "
            f"half their size. Received: image_shape={tuple(image_shape)}, "
            f"examples of {tuple(examples.shape[1:])}"
        )
    keras.utils.set_random_seed(seed)
    z = keras.Input((size * size,), name="latents")
    coarse = keras.Input(coarse_shape, name="coarse")
    enlarged = pyramid.double(coarse)
    plane = layers.Reshape((size, size, 1))(z)
    x = layers.Concatenate()([plane, enlarged])
    for _ in range(2):
        x = _convolution(x, width, 7, "relu", padding="same")
    residual = _convolution(x, channels, 5, padding="same", dtype="float32")
    made = layers.Add(dtype="float32")([enlarged, residual])
    given = {"latents": z, "coarse": coarse}
    generator = keras.Model(given, made, name=f"generator_{size}")

    # The released one adds coarse image and residual as well, at first.
    images = keras.Input(image_shape, name="images")
    x = _convolution(images, width, 5, "relu")
    x = _convolution(x, width, 5, "relu", strides=2)
    return LaplacianGAN(
        generator,
        _judge(images, layers.Flatten()(x)),
        coarse=table.of(examples, "coarse"),
        prior=priors.Uniform(size * size),
        ema_decay=ema_decay,
        seed=seed,
        name="lapgan",
    )


def chain(levels):
    """A `GAN` whose generator is that of all levels, one after the other.

    Its latents are `latents_7`, `latents_14`... by the size of what is made of
    them. Between two levels images are clipped to [-1, 1].

    Args:
        levels: list of `GAN`, the coarsest first.

    Raises:
        UserError: a level is not of images of twice the size of those below.
    """
    latents, parts, images = {}, {}, None
    for gan in levels:
        size = gan.generator.output_shape[1]
        z = keras.Input((gan.prior.dim,), name=f"latents_{size}")
        given = z
        if images is not None:
            _check_above(gan, images)
            coarse = layers.Activation("hard_tanh", dtype="float32")(images)
            given = {"latents": z, "coarse": coarse}
        elif isinstance(gan, LaplacianGAN):
            raise UserError(
                f"A level of {size} pixels needs the one below it. "
                "Received: none"
            )
        images = gan.sampler(given)
        latents[z.name], parts[z.name] = z, gan.prior
    generator = keras.Model(latents, images, name="generator")
    prior = priors.Product(**parts)
    return GAN(generator, levels[-1].discriminator, prior=prior, name="lapgan")


def _check_above(gan, images):
    wanted = getattr(gan, "generator_spec", None)
    wanted = wanted["coarse"].shape if isinstance(wanted, dict) else None
    if wanted is None or tuple(wanted[1:]) != tuple(images.shape[1:]):
        raise UserError(
            f"A level of images of {tuple(images.shape[1:])} was expected. "
            f"Received: one of {wanted and tuple(wanted[1:])}"
        )


@keras.saving.register_keras_serializable("tfgan_ref")
class LaplacianGAN(GAN):
    """A level that is given coarse images, `coarse`, beside its noise.

    The network `coarse` is no player: a table of real coarse images, of which
    the samples of seeds are made in turn.
    """

    network_names = ("generator", "discriminator", "coarse")
    is_of_examples = True

    def inputs(self, minibatch, draw):
        """Noise, and the minibatch's images at half their size."""
        noise = super().inputs(minibatch, draw)
        images = tf.nest.flatten(minibatch)[0]
        return {"latents": noise, "coarse": pyramid.halve(images)}

    def sample_inputs(self, seeds, truncation=None):
        """Noise, and the table's images in turn."""
        noise = super().sample_inputs(seeds, truncation)
        count = self.coarse.get_layer("table").input_dim
        places = tf.convert_to_tensor(seeds, tf.int64) % count
        coarse = self.coarse(places, training=False)
        return {"latents": noise, "coarse": coarse}

    @property
    def generator_spec(self):
        """Of noise, and of images in [-1, 1]."""
        coarse = tf.TensorSpec(self.coarse.output_shape)
        return {"latents": self.prior.spec, "coarse": coarse}


def _judge(images, x):
    """Dropout and the logits `[batch]`."""
    x = _dense(Dropout(0.5)(x), 1, dtype="float32")
    logits = layers.Reshape((), dtype="float32", name="logits")(x)
    return keras.Model(images, logits, name="discriminator")


def _dense(x, units, activation=None, dtype=None):
    return layers.Dense(
        units, activation, kernel_initializer=_torch(), dtype=dtype
    )(x)


def _convolution(x, maps, kernel, activation=None, **how):
    return layers.Conv2D(
        maps, kernel, activation=activation, kernel_initializer=_torch(), **how
    )(x)


def _torch():
    """U(-1, 1) / sqrt(fan_in), Torch's own."""
    return keras.initializers.VarianceScaling(1 / 3, "fan_in", "uniform")
