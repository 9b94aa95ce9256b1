"""ALI: the game of pairs, with an encoder that draws.

Of images E(x) = mu(x) + sigma(x) e with e ~ N(0, I); what is served encodes
without noise, as mu(x). Of points the noise is one of the encoder's inputs, as
released, and what is served has 0 in its place.

Reference:
    Dumoulin, Belghazi, Poole, Mastropietro, Lamb, Arjovsky, Courville (2017),
    Adversarially Learned Inference, https://arxiv.org/abs/1606.00704
"""

import keras
from keras import layers

from tfgan_ref import checks, priors
from tfgan_ref.errors import UserError
from tfgan_ref.models import ali_conv, toy
from tfgan_ref.models.joint import JointGAN

_SIZES = (28, 32)


def build(
    image_shape,
    *,
    latent_dim=64,
    width=32,
    pixel_means=None,
    ema_decay=0.0,
    seed=0,
):
    """Returns an `ALI` as released for CIFAR-10; compile it with Adam(1e-4).

    Its beta_1 is 0.5. Deviations: 28x28, which was not released, has 1x1 where
    32x32 has 5x5; real and generated pairs go apart through the discriminator,
    which has no batch normalisation.

    Args:
        image_shape: `(size, size, channels)`, size 28 or 32.
        latent_dim: int >= 1, length of z ~ N(0, I).
        width: int >= 2, feature maps of the first layer.
        pixel_means: float `[size, size, channels]` in [0, 1], where the
            generator begins; None: at 1/2.
        ema_decay: float in [0, 1), of generator and encoder, see `GAN`.
        seed: int, of the initial weights and of the latents.

    Raises:
        UserError: an argument is out of range.
    """
    checks.positive(latent_dim=latent_dim)
    checks.at_least(2, width=width)
    if image_shape[0] not in _SIZES or image_shape[0] != image_shape[1]:
        raise UserError(
            f"ALI makes images of {' or '.join(f'{s}x{s}' for s in _SIZES)}. "
            f"Received: image_shape={tuple(image_shape)}"
        )
    keras.utils.set_random_seed(seed)
    networks = (
        ali_conv.generator(image_shape, latent_dim, width, pixel_means),
        ali_conv.discriminator(image_shape, latent_dim, width),
        ali_conv.encoder(image_shape, latent_dim, width),
    )
    return _ali(*networks, ema_decay, seed)


def build_points(
    dimensions,
    *,
    latent_dim=2,
    generator_units=400,
    discriminator_units=200,
    ema_decay=0.0,
    seed=0,
):
    """Returns an `ALI` of points; compile it with Adam(1e-4, beta_1=0.8).

    Generator and discriminator are those of `toy.build`, the plain GAN that
    PacGAN compares it with; the latter sees z beside x. Deviations from ALI's
    own release, which are PacGAN's: hidden layers have biases, and statistics
    move by 0.1.

    Args:
        dimensions: int >= 1, of a point.
        latent_dim: int >= 1, length of z ~ N(0, I).
        generator_units: int >= 1, of each hidden layer, the encoder's too.
        discriminator_units: int >= 1, of each maxout layer.
        ema_decay: float in [0, 1), of generator and encoder, see `GAN`.
        seed: int, of the initial weights and of the latents.

    Raises:
        UserError: an argument is out of range.
    """
    checks.positive(
        dimensions=dimensions,
        latent_dim=latent_dim,
        generator_units=generator_units,
        discriminator_units=discriminator_units,
    )
    keras.utils.set_random_seed(seed)
    made = toy.generator(dimensions, latent_dim, generator_units)
    points = keras.Input((dimensions,), name="points")
    z = keras.Input((latent_dim,), name="latents")
    x = toy.maxout(layers.Concatenate()([points, z]), discriminator_units)
    pair = {"points": points, "latents": z}
    logits = toy.logits(x, keras.initializers.RandomNormal(stddev=0.02))
    judge = keras.Model(pair, logits, name="discriminator")

    x = layers.Concatenate()([points, ali_conv.noise_like(points)])
    for _ in range(2):
        x = toy.hidden(x, generator_units)
    x = layers.Dense(
        latent_dim,
        kernel_initializer=keras.initializers.RandomNormal(stddev=0.02),
        dtype="float32",
    )(x)
    encodes = keras.Model(points, x, name="encoder")
    return _ali(made, judge, encodes, ema_decay, seed)


def _ali(made, judge, encodes, ema_decay, seed):
    return ALI(
        made,
        judge,
        encoder=encodes,
        prior=priors.Normal(made.input_shape[1]),
        averages={"generator": ema_decay, "encoder": ema_decay},
        seed=seed,
        name="ali",
    )


@keras.saving.register_keras_serializable("tfgan_ref")
class ALI(JointGAN):
    """The game of pairs, with an encoder that draws."""
