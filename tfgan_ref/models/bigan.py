"""BiGAN: a generator and its inverse, of which the discriminator sees pairs.

Reference:
    Donahue, Krähenbühl, Darrell (2017), Adversarial Feature Learning,
    https://arxiv.org/abs/1605.09782
"""

import keras
import tensorflow as tf
from keras import layers

from tfgan_ref import checks
from tfgan_ref.models.joint import JointGAN


def build(image_shape, *, latent_dim=50, units=1024, ema_decay=0.0, seed=0):
    """Returns a `BiGAN` as released for MNIST; compile it with Adam(2e-4, 0.5).

    Costs are twice the released, and so is the weight decay; within, pixels are
    in [0, 1]. Deviation: inference takes moving averages of the statistics.

    Args:
        image_shape: `(height, width, channels)`.
        latent_dim: int >= 1, length of z ~ U(-1, 1).
        units: int >= 1, of each hidden layer.
        ema_decay: float in [0, 1), of generator and encoder, see `GAN`.
        seed: int, of the initial weights and of the latents.

    Raises:
        UserError: an argument is out of range.
    """
    checks.positive(latent_dim=latent_dim, units=units)
    keras.utils.set_random_seed(seed)
    z = keras.Input((latent_dim,), name="latents")
    images = keras.Input(image_shape, name="images")
    pixels = layers.Rescaling(0.5, 0.5)(layers.Flatten()(images))
    x = layers.ReLU()(_normalized(units, z))
    x = layers.ReLU()(_normalized(units, layers.Concatenate()([x, z])))
    x = _squashed(pixels.shape[1], x)
    x = layers.Reshape(image_shape, dtype="float32")(x)
    generator = keras.Model(z, x, name="generator")
    x = layers.LeakyReLU(0.2)(_linear(units, pixels))
    x = layers.LeakyReLU(0.2, name="features")(_normalized(units, x))
    encoder = keras.Model(images, _squashed(latent_dim, x), name="encoder")

    x = layers.LeakyReLU(0.2)(_linear(units, pixels))
    x = _normalized(units, layers.Concatenate()([x, z]))
    logits = _linear(1, layers.LeakyReLU(0.2)(x), "zeros")
    pair = {"images": images, "latents": z}
    discriminator = keras.Model(pair, logits, name="discriminator")
    averages = {"generator": ema_decay, "encoder": ema_decay}
    return BiGAN(
        generator, discriminator, encoder=encoder, averages=averages, seed=seed
    )


def _linear(units, x, start=None):
    return layers.Dense(
        units,
        use_bias=False,
        kernel_initializer=start or keras.initializers.RandomNormal(0, 0.02),
        kernel_regularizer=keras.regularizers.L2(2.5e-5),
    )(x)


def _normalized(units, x):
    replicas = tf.distribute.get_strategy().num_replicas_in_sync
    return layers.BatchNormalization(
        epsilon=1e-8, center=False, scale=False, synchronized=replicas > 1
    )(_linear(units, x))


def _squashed(units, x):
    x = layers.Activation("sigmoid", dtype="float32")(_linear(units, x))
    return layers.Rescaling(2.0, -1.0, dtype="float32")(x)


@keras.saving.register_keras_serializable("tfgan_ref")
class BiGAN(JointGAN):
    """The game of pairs, with an encoder without noise."""
