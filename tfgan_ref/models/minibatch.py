"""DCGAN whose discriminator sees minibatch features.

Minibatch features let the discriminator compare an example with its
batch-mates, so that samples that are all alike give themselves away (tutorial,
section 5.1.1; Salimans et al. 2016, section 3.2).

Reference:
    Salimans, Goodfellow, Zaremba, Cheung, Radford, Chen (2016), Improved
    Techniques for Training GANs, https://arxiv.org/abs/1606.03498
"""

import keras
from keras import layers

from tfgan_ref import priors
from tfgan_ref.gan import GAN
from tfgan_ref.layers.minibatch_features import MinibatchFeatures
from tfgan_ref.models import dcgan, improved_conv
from tfgan_ref.models.semi_supervised import SemiSupervisedGAN


@keras.saving.register_keras_serializable("tfgan_ref")
class MinibatchGAN(SemiSupervisedGAN):
    """A `SemiSupervisedGAN` whose discriminator sees minibatch features.

    What it says of an image depends on the image's batch-mates: it classifies
    batches as large as those it was trained on, and is not for serving.
    """

    @property
    def classifier(self):
        """None."""
        return None


def build(
    image_shape,
    *,
    classes=None,
    make_minibatch_features=MinibatchFeatures,
    generator_steps=1,
    latent_dim=100,
    width=64,
    kernel_size=5,
    prior=priors.Uniform,
    ema_decay=0.0,
    discriminator_ema_decay=0.0,
    seed=0,
):
    """Returns a minibatch GAN; `initialize` it, then compile it.

    Real and generated minibatches do not see one another. Deviation: the paper
    has these features in other networks; these are DCGAN's, so that they can
    be compared with and without.

    Args:
        image_shape: as for `dcgan.build`.
        classes: int, real classes of a discriminator that labels train; None:
            it tells real from fake only.
        make_minibatch_features: function without arguments -> layer; None: no
            minibatch features.
        generator_steps: int >= 1, see `SemiSupervisedGAN`; with classes only.
        latent_dim: as for `dcgan.build`, and so are those that follow.
        width: int.
        kernel_size: int.
        prior: class of `priors`.
        ema_decay: float in [0, 1), see `GAN`.
        discriminator_ema_decay: float in [0, 1), see `GAN`.
        seed: int.

    Returns:
        `GAN`, with classes `MinibatchGAN` or, without minibatch features,
        `SemiSupervisedGAN`; not compiled.

    Raises:
        UserError: an argument is out of range.
    """
    keras.utils.set_random_seed(seed)
    networks = (
        dcgan.generator(image_shape, latent_dim, width, kernel_size),
        discriminator(
            image_shape, width, kernel_size, classes, make_minibatch_features
        ),
    )
    common = {
        "prior": priors.of(prior, latent_dim),
        "ema_decay": ema_decay,
        "discriminator_ema_decay": discriminator_ema_decay,
        "seed": seed,
        "name": "minibatch_gan",
    }
    if classes is None:
        return GAN(*networks, **common)
    kind = MinibatchGAN if make_minibatch_features else SemiSupervisedGAN
    return kind(*networks, generator_steps=generator_steps, **common)


def build_cifar10(
    image_shape,
    classes,
    *,
    make_minibatch_features=MinibatchFeatures,
    generator_steps=3,
    latent_dim=100,
    ema_decay=0.0,
    discriminator_ema_decay=0.0,
    seed=0,
):
    """Returns the minibatch GAN that was released for CIFAR-10.

    With 4,000 labels, minibatches of 100 and `InnerEpsilonAdam(3e-4,
    beta_1=0.5)`; `initialize` it, then compile it.

    Args:
        image_shape: `(32, 32, channels)`.
        classes: as for `build`, and so are those that follow.
        make_minibatch_features: not None.
        generator_steps: int.
        latent_dim: int.
        ema_decay: float.
        discriminator_ema_decay: float.
        seed: int.

    Returns:
        `MinibatchGAN`, not compiled.

    Raises:
        UserError: an argument is out of range.
    """
    keras.utils.set_random_seed(seed)
    return MinibatchGAN(
        improved_conv.generator(image_shape, latent_dim),
        improved_conv.discriminator(
            image_shape,
            classes,
            make_minibatch_features=make_minibatch_features,
        ),
        prior=priors.Uniform(latent_dim, 0.0, 1.0),
        ema_decay=ema_decay,
        discriminator_ema_decay=discriminator_ema_decay,
        generator_steps=generator_steps,
        seed=seed,
        name="minibatch_gan",
    )


def discriminator(
    image_shape,
    width=64,
    kernel_size=5,
    classes=None,
    make_minibatch_features=MinibatchFeatures,
):
    """DCGAN's discriminator with minibatch features before its last layer.

    Args:
        image_shape: as for `dcgan.discriminator`.
        width: the same.
        kernel_size: the same.
        classes: int or None, see `build`.
        make_minibatch_features: see `build`.

    Returns:
        `keras.Model`, images -> logits `[batch]`, with classes class logits
        `[batch, classes]`.
    """
    convolutional = dcgan.discriminator(image_shape, width, kernel_size)
    flat = next(
        layer
        for layer in convolutional.layers
        if isinstance(layer, layers.Flatten)
    )
    x = flat.output
    if make_minibatch_features is not None:
        x = make_minibatch_features()(x)
    x = layers.Dense(
        classes or 1,
        kernel_initializer=keras.initializers.RandomNormal(0, 0.02),
        dtype="float32",
    )(x)
    shape = (classes,) if classes else ()
    logits = layers.Reshape(shape, dtype="float32", name="logits")(x)
    return keras.Model(convolutional.input, logits, name="discriminator")
