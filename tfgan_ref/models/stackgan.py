"""StackGAN: images of texts, in two stages.

The first makes small images of a text, the second makes them twice as large
and better, of the small one and the text.

Reference:
    Zhang, Xu, Li, Zhang, Wang, Huang, Metaxas (2017), StackGAN: Text to
    Photo-realistic Image Synthesis with Stacked Generative Adversarial
    Networks, https://arxiv.org/abs/1612.03242
"""

import keras
import tensorflow as tf
from keras import layers

from tfgan_ref import averaging, checks, priors
from tfgan_ref.errors import UserError
from tfgan_ref.layers.bag_of_words import BagOfWords
from tfgan_ref.models import dcgan
from tfgan_ref.models.text_game import SecondTextGAN, TextGAN

_BLOCKS = 2  # Residual; four were released, for 256 pixels.


def build(
    image_shape,
    words,
    length,
    examples,
    *,
    latent_dim=100,
    text_dim=128,
    condition_dim=128,
    width=64,
    kl_weight=2.0,
    ema_decay=0.0,
    seed=0,
):
    """Returns the first stage; compile it with Adam(2e-4, beta_1=0.5), in turn.

    Numbers are the released ones. Deviations: DCGAN's networks, where released
    ones have residual blocks and enlarge by neighbours; the vectors of texts
    are of an encoder that learns with the discriminator, and sees no order of
    words, where released ones came with the data; noise from N(0, I) is not
    truncated; the conditioner begins with larger weights; of a pair that does
    not match the text is another, not the image.

    Args:
        image_shape: as for `dcgan.build`, and so are latent_dim and width.
        words: the vocabulary, see `data.vocabulary`.
        length: int >= 1, known words of a text at the most.
        examples: texts that samples are of where none is asked for.
        latent_dim: int.
        text_dim: int >= 1, length of a text's vector.
        condition_dim: int >= 1, length of what the generator is told of it.
        width: int.
        kl_weight: float >= 0, see `TextGAN`.
        ema_decay: float in [0, 1), of all that samples are made by.
        seed: int, of the initial weights and of what is drawn.

    Raises:
        UserError: an argument is out of range.
    """
    checks.positive(
        latent_dim=latent_dim,
        text_dim=text_dim,
        condition_dim=condition_dim,
        width=width,
        length=length,
    )
    keras.utils.set_random_seed(seed)
    return TextGAN(
        dcgan.generator(image_shape, latent_dim + condition_dim, width),
        **judges(image_shape, text_dim, condition_dim, width),
        encoder=encoder(len(words), length, text_dim),
        conditioner=conditioner(text_dim, condition_dim),
        prior=priors.Product(
            latents=priors.Normal(latent_dim),
            noise=priors.Normal(condition_dim),
        ),
        words=words,
        examples=examples,
        kl_weight=kl_weight,
        averages=_averages(ema_decay),
        ema_decay=ema_decay,
        seed=seed,
        name="stackgan",
    )


def build_second(
    image_shape, first, *, width=64, kl_weight=2.0, ema_decay=0.0, seed=0
):
    """Returns the second stage of a first one, whose weights it keeps.

    Of the first are the vocabulary and all numbers that are not given.

    Args:
        image_shape: `(size, size, channels)`, of twice the first one's size,
            64 or 128.
        first: `TextGAN` that has learnt; what it averages is taken.
        width: as for `build`, and so are those that follow.
        kl_weight: float >= 0.
        ema_decay: float in [0, 1).
        seed: int.

    Raises:
        UserError: an argument is out of range.
    """
    checks.at_least(2, width=width)
    size, _, channels = image_shape
    coarse_shape = first.generator.output_shape[1:]
    if coarse_shape != (size // 2, size // 2, channels) or size % 2:
        raise UserError(
            "A second stage makes images of twice the first one's size. "
            f"Received: image_shape={tuple(image_shape)} of {coarse_shape}"
        )
    keras.utils.set_random_seed(seed)
    text_dim = first.encoder.output_shape[1]
    condition_dim = first.conditioner.output_shape[1] // 2
    length = first.encoder.input_shape[1]
    own_encoder = encoder(len(first.words), length, text_dim)
    averaging.copy(first.encoder, own_encoder)
    return SecondTextGAN(
        second_generator(coarse_shape, condition_dim, width),
        **judges(image_shape, text_dim, condition_dim, width),
        encoder=own_encoder,
        conditioner=conditioner(text_dim, condition_dim),
        first=averaging.frozen_copy(first.sampler),
        prior=priors.Product(
            **first.prior.parts, second_noise=priors.Normal(condition_dim)
        ),
        words=first.words,
        examples=first.examples,
        kl_weight=kl_weight,
        averages={**_averages(ema_decay), "first": 0.0},
        ema_decay=ema_decay,
        seed=seed,
        name="stackgan",
    )


def encoder(words, length, text_dim=128):
    """Ids int32 `[batch, length]` -> texts `[batch, text_dim]`."""
    ids = keras.Input((length,), dtype="int32", name="ids")
    # Words begin as vectors of one size each, at random.
    x = layers.Dense(
        text_dim,
        use_bias=False,
        kernel_initializer=keras.initializers.RandomNormal(stddev=1.0),
        name="vectors",
    )(BagOfWords(words)(ids))
    x = layers.Dense(text_dim, kernel_initializer="he_normal")(x)
    return keras.Model(ids, layers.LeakyReLU(0.2)(x), name="encoder")


def conditioner(text_dim=128, condition_dim=128):
    """Texts -> the law of the condition, float32 `[batch, 2 condition_dim]`."""
    texts = keras.Input((text_dim,), name="texts")
    # Glorot's weights: with N(0, 0.02) noise would drown all texts at first.
    x = layers.Dense(2 * condition_dim, dtype="float32")(texts)
    law = layers.LeakyReLU(0.2, dtype="float32")(x)
    return keras.Model(texts, law, name="conditioner")


def judges(image_shape, text_dim=128, condition_dim=128, width=64):
    """The discriminator and its trunk, which sees images alone: DCGAN's.

    The discriminator is given the trunk's last feature maps, `features`, and
    `texts`, which join them at each place, and gives logits `[batch]`.
    """
    images = keras.Input(tuple(image_shape), name="images")
    trunk = keras.Model(images, dcgan.downsampled(images, width), name="trunk")
    features = keras.Input(trunk.output_shape[1:], name="features")
    texts = keras.Input((text_dim,), name="texts")
    code = layers.Dense(condition_dim, kernel_initializer=_normal())(texts)
    x = _joined(features, layers.LeakyReLU(0.2)(code))
    x = _convolution(x, features.shape[-1], 1, layers.LeakyReLU(0.2))
    x = dcgan.head(1, layers.Flatten()(x))
    logits = layers.Reshape((), dtype="float32", name="logits")(x)
    given = {"features": features, "texts": texts}
    judge = keras.Model(given, logits, name="discriminator")
    return {"discriminator": judge, "trunk": trunk}


def second_generator(coarse_shape, condition_dim=128, width=64):
    """Images and a condition -> images of twice the size, as released.

    They become smaller twice, are joined by the condition at each place, and
    are enlarged by neighbours before each convolution.
    """
    coarse = keras.Input(tuple(coarse_shape), name="coarse")
    condition = keras.Input((condition_dim,), name="condition")
    x = layers.Conv2D(
        width,
        3,
        padding="same",
        activation="relu",
        kernel_initializer=_normal(),
    )(coarse)
    for maps in (2 * width, 4 * width):
        x = _convolution(x, maps, 4, layers.ReLU(), strides=2)
    x = _convolution(_joined(x, condition), 4 * width, 3, layers.ReLU())
    for _ in range(_BLOCKS):
        y = _convolution(x, 4 * width, 3, layers.ReLU())
        y = _convolution(y, 4 * width, 3)
        x = layers.ReLU()(layers.Add()([x, y]))
    for maps in (2 * width, width, width // 2):
        x = layers.UpSampling2D(2)(x)
        x = _convolution(x, maps, 3, layers.ReLU())
    x = layers.Conv2D(
        coarse_shape[-1], 3, padding="same", kernel_initializer=_normal()
    )(x)
    images = layers.Activation("tanh", dtype="float32", name="images")(x)
    given = {"coarse": coarse, "condition": condition}
    return keras.Model(given, images, name="generator")


def _averages(decay):
    return {"encoder": decay, "conditioner": decay}


def _joined(maps, rows):
    """Feature maps, and the rows behind them at each place."""
    _, height, width, _ = maps.shape
    planes = layers.RepeatVector(height * width)(rows)
    planes = layers.Reshape((height, width, rows.shape[-1]))(planes)
    return layers.Concatenate()([maps, planes])


def _convolution(x, maps, kernel_size, activation=None, strides=1):
    """With batch normalisation as DCGAN has it."""
    x = layers.Conv2D(
        maps,
        kernel_size,
        strides,
        padding="same",
        use_bias=False,
        kernel_initializer=_normal(),
    )(x)
    x = layers.BatchNormalization(
        momentum=0.9,
        epsilon=1e-5,
        gamma_initializer=_normal(mean=1.0),
        synchronized=tf.distribute.get_strategy().num_replicas_in_sync > 1,
    )(x)
    return activation(x) if activation else x


def _normal(mean=0.0):
    return keras.initializers.RandomNormal(mean, 0.02)
