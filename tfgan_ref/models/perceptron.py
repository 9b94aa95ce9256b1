"""The perceptrons of small latents whose likelihood Wu et al. measured.

References:
    Wu, Burda, Salakhutdinov, Grosse (2017), On the Quantitative Analysis of
    Decoder-Based Generative Models, https://arxiv.org/abs/1611.04273; code
    tonywu95/eval_gen, which has the generators alone.
    Goodfellow et al. (2014), Generative Adversarial Networks,
    https://arxiv.org/abs/1406.2661; code goodfeli/adversarial, mnist.yaml.
"""

import math

import keras
from keras import layers

from tfgan_ref import checks, priors
from tfgan_ref.gan import GAN
from tfgan_ref.layers.maxout import Maxout
from tfgan_ref.layers.noise import Dropout

# Length of z -> units of the generator's hidden layers, as published.
HIDDEN = {10: (64, 256, 256, 1024), 50: (1024, 1024, 1024)}


def build(
    image_shape, *, latent_dim=10, hidden=HIDDEN[10], ema_decay=0.0, seed=0
):
    """Returns a GAN with z ~ N(0, I); compile it with Adam and beta_1=0.5.

    Steps of 5e-4 for the generator and 2e-4 for the discriminator, with real
    targets of 0.9, learn digits in some thousand steps; of one size the
    discriminator wins. Deviations: the paper tells of its discriminator nothing
    but that it has dropout. This is the one of Goodfellow et al. (2014), maxout
    with the same shares; and the released generator had 8,000 epochs, of steps
    of 1e-4.

    Args:
        image_shape: `(height, width, channels)`.
        latent_dim: int >= 1, length of z.
        hidden: ints >= 1, units of the generator's hidden layers.
        ema_decay: float in [0, 1), see `GAN`.
        seed: int, of the initial weights, the latents and the dropout.

    Returns:
        `GAN`, not compiled.

    Raises:
        UserError: an argument is out of range.
    """
    checks.positive(latent_dim=latent_dim)
    checks.positive(**{f"hidden_{k}": n for k, n in enumerate(hidden)})
    keras.utils.set_random_seed(seed)
    return GAN(
        generator(image_shape, latent_dim, hidden),
        discriminator(image_shape),
        prior=priors.Normal(latent_dim),
        ema_decay=ema_decay,
        seed=seed,
        name="perceptron",
    )


def generator(image_shape, latent_dim=10, hidden=HIDDEN[10]):
    """Latents `[batch, latent_dim]` -> images `[batch, *image_shape]`.

    tanh in the hidden layers, and a sigmoid at the end.
    """
    z = keras.Input((latent_dim,), name="latents")
    x = z
    for units in hidden:
        x = layers.Dense(units, "tanh")(x)
    x = layers.Dense(math.prod(image_shape))(x)
    x = layers.Activation("sigmoid", dtype="float32")(x)
    x = layers.Reshape(image_shape, dtype="float32")(x)
    # From the sigmoid's [0, 1] to the range of all images here.
    images = layers.Rescaling(2.0, -1.0, dtype="float32", name="images")(x)
    return keras.Model(z, images, name="generator")


def discriminator(
    image_shape, units=240, initial=keras.initializers.GlorotUniform
):
    """Images `[batch, *image_shape]` in [-1, 1] -> logits `[batch]`.

    Two layers of maxout, of five pieces each; a fifth of the pixels, in
    [0, 1], is dropped, and half of each hidden layer.

    Args:
        image_shape: as for `build`.
        units: int, of each hidden layer.
        initial: function of nothing that makes a layer's initializer.
    """
    images = keras.Input(tuple(image_shape), name="images")
    x = layers.Rescaling(0.5, 0.5)(layers.Flatten()(images))
    x = Dropout(0.2)(x)
    for _ in range(2):
        x = Maxout(units, kernel_initializer=initial())(x)
        x = Dropout(0.5)(x)
    x = layers.Dense(1, kernel_initializer=initial(), dtype="float32")(x)
    logits = layers.Reshape((), dtype="float32", name="logits")(x)
    return keras.Model(images, logits, name="discriminator")
