"""PPGN: images of a class, looked for in the features of a classifier.

A generator makes an image again of what a classifier's last hidden layer says
of it, as in autoencoders, but against a discriminator. Samples are of features
that a chain finds: likely ones, as a denoising autoencoder knows, of which the
generator makes what a classifier takes for the class that is asked for.

Reference:
    Nguyen, Clune, Bengio, Dosovitskiy, Yosinski (2017), Plug & Play Generative
    Networks: Conditional Iterative Generation of Images in Latent Space,
    https://arxiv.org/abs/1612.00005
"""

import keras
import numpy as np
from keras import layers

from tfgan_ref import checks, priors
from tfgan_ref.errors import UserError
from tfgan_ref.models import dcgan, frozen
from tfgan_ref.models.feature_game import PPGN
from tfgan_ref.plug_and_play import Chain


def build(
    classifier,
    images,
    *,
    width=64,
    units=512,
    disturbance=0.25,
    image_weight=1.0,
    feature_weight=1.0,
    gan_weight=0.03,
    chain=None,
    ema_decay=0.0,
    seed=0,
):
    """Returns a `PPGN`; compile it with Adam.

    The paper's PPGN-h. Deviations: DCGAN's networks; the classifier of the
    data both sees the features and tells the class; of its features one layer
    costs, not two; a narrower autoencoder, and more noise than 1 % of the mean
    feature, since features are few; weights of the costs are this library's.
    Released is the joint PPGN-h, where R(h) is what the classifier sees in
    G(h).

    Args:
        classifier: functional `keras.Model`, images -> probabilities, whose
            layer `logits` is given the features, see
            `evaluation.classifier.build`. It stays as it is.
        images: float32 `[count, *image_shape]` in [-1, 1], by which features
            are scaled; the size is of `dcgan.IMAGE_SIZES`.
        width: int >= 1, see `dcgan.build`.
        units: int >= 4, of the autoencoder's first layer; the next have half
            and a quarter as many, and again.
        disturbance: float > 0, standard deviation of the noise that the
            autoencoder takes away; features have a root mean square of 1.
        image_weight: float >= 0, of the images' squared error.
        feature_weight: float >= 0, of the features' squared error.
        gan_weight: float >= 0, of the adversarial term.
        chain: `Chain` of samples; None: the default one.
        ema_decay: float in [0, 1), of generator and autoencoder.
        seed: int, of the initial weights and of what is drawn.

    Raises:
        UserError: an argument is out of range, or the classifier has no such
            layer.
    """
    checks.at_least(4, units=units)
    chain = chain or Chain()
    eyes = encoder(classifier, images)
    keras.utils.set_random_seed(seed)
    length = eyes.get_layer("scaled").output.shape[-1]
    shape = images.shape[1:]
    return PPGN(
        dcgan.generator(shape, length, width),
        dcgan.discriminator(shape, width),
        encoder=eyes,
        autoencoder=autoencoder(length, units),
        prior=priors.Product(
            start=priors.Normal(length),
            noise=priors.Normal(chain.steps * length),
        ),
        chain=chain,
        disturbance=disturbance,
        image_weight=image_weight,
        feature_weight=feature_weight,
        gan_weight=gan_weight,
        averages={"autoencoder": ema_decay},
        ema_decay=ema_decay,
        seed=seed,
        name="ppgn",
    )


def encoder(classifier, images):
    """What a classifier sees in images: a frozen copy, dropout off.

    Args:
        classifier: as for `build`, and so is the next.
        images: float32 `[count, height, width, channels]`.

    Returns:
        Functional model, images -> dict of `features`, float32 `[batch, n]`,
        at a root mean square of 1, and `logits`, float32 `[batch, classes]`.

    Raises:
        UserError: it has no layer `logits` of rows, or its features are 0.
    """
    names = [layer.name for layer in classifier.layers]
    if "logits" not in names:
        raise UserError(
            "A classifier with the layer `logits` was expected. "
            f"Received: {', '.join(names)}"
        )
    network = frozen.without_dropout(classifier)
    logits = network.get_layer("logits")
    seen = keras.Model(network.input, logits.input)(images, training=False)
    size = float(np.sqrt(np.mean(np.square(seen))))
    if not size > 0:
        raise UserError(
            "Features that are not 0 were expected. Received: a root mean "
            f"square of {size}"
        )
    scale = layers.Rescaling(1.0 / size, dtype="float32", name="scaled")
    outputs = {"features": scale(logits.input), "logits": logits.output}
    network = keras.Model(network.input, outputs, name="encoder")
    network.trainable = False
    return network


def autoencoder(length, units=512):
    """Features -> features without noise, both float32 `[batch, length]`."""
    x = features = keras.Input((length,), name="features")
    for size in (units, units // 2, units // 4, units // 2, units):
        x = layers.Dense(size, "relu", kernel_initializer="he_normal")(x)
    restored = layers.Dense(length, dtype="float32", name="restored")(x)
    return keras.Model(features, restored, name="autoencoder")
