"""Feature matching with n + 1 classes (Salimans et al. 2016, sections 3.1, 5).

Reference:
    Salimans, Goodfellow, Zaremba, Cheung, Radford, Chen (2016), Improved
    Techniques for Training GANs, https://arxiv.org/abs/1606.03498
"""

import keras
import tensorflow as tf

from tfgan_ref import latents
from tfgan_ref.losses import feature_matching
from tfgan_ref.models import improved_mlp
from tfgan_ref.models.semi_supervised import (
    SemiSupervisedGAN,
    SupervisedBaseline,
)


def build(
    image_shape,
    classes,
    *,
    make_generator=improved_mlp.generator,
    make_discriminator=improved_mlp.discriminator,
    distance=feature_matching.mean_squared,
    supervised=False,
    latent_dim=100,
    ema_decay=0.0,
    discriminator_ema_decay=0.9999,
    seed=0,
):
    """Returns a feature-matching GAN; `initialize` it, then compile it.

    As released: z ~ U(0, 1)^100, minibatches of 100, `InnerEpsilonAdam` with
    beta_1=0.5, and for MNIST 3e-3. Deviation: the average of the
    discriminator's weights warms up (see `averaging.update`), where the
    released one starts from zero and means little in the first epochs.

    Args:
        image_shape: `(height, width, channels)`.
        classes: int, real ones.
        make_generator: function (image_shape, latent_dim) -> `keras.Model`.
        make_discriminator: function (image_shape, classes) -> `keras.Model`.
        distance: see `FeatureMatchingGAN`.
        supervised: bool, return the `SupervisedBaseline` of the same networks.
        latent_dim: int >= 1, length of z.
        ema_decay: float in [0, 1), see `GAN`.
        discriminator_ema_decay: float in [0, 1), see `GAN`.
        seed: int, of the initial weights, the latents and the noise.

    Returns:
        `FeatureMatchingGAN` or `SupervisedBaseline`, not compiled.

    Raises:
        UserError: an argument is out of range.
    """
    keras.utils.set_random_seed(seed)
    networks = (
        make_generator(image_shape, latent_dim),
        make_discriminator(image_shape, classes),
    )
    common = {
        "prior": latents.unit_uniform,
        "ema_decay": ema_decay,
        "discriminator_ema_decay": discriminator_ema_decay,
        "seed": seed,
    }
    if supervised:
        return SupervisedBaseline(*networks, name="baseline", **common)
    return FeatureMatchingGAN(
        *networks, distance=distance, name="feature_matching", **common
    )


class FeatureMatchingGAN(SemiSupervisedGAN):
    """The generator matches the mean features of real examples.

    Args:
        generator: as for `GAN`.
        discriminator: as for `SemiSupervisedGAN`, functional, with a layer
            named `features`, `[batch, features]`, whose means are matched. No
            layer of it may depend on other examples of the minibatch.
        distance: of `losses.feature_matching`, (real_mean, fake_mean) ->
            scalar.
        **kwargs: of `SemiSupervisedGAN`.
    """

    def __init__(
        self,
        generator,
        discriminator,
        *,
        distance=feature_matching.mean_squared,
        **kwargs,
    ):
        super().__init__(generator, discriminator, **kwargs)
        self.distance = distance
        # Up to there, and no further.
        self.features = keras.Model(
            discriminator.input,
            discriminator.get_layer("features").output,
            name="features",
        )

    def passes(self):
        """Passes through each network per example, see `cost.step_flop`."""
        generator, discriminator = super().passes()
        return generator, discriminator + self.generator_steps  # Real ones.

    def _logits(self, *minibatches):
        # One pass: each example's logits depend on it alone.
        logits = self.discriminator(tf.concat(minibatches, 0), training=True)
        # Python ints where the sizes are static.
        sizes = [keras.ops.shape(images)[0] for images in minibatches]
        return tf.split(logits, sizes)

    def _generator_cost(self, fake_images, real_images):
        # Outside of the tape it would be the same: no gradient flows here.
        real_mean = self._mean_features(real_images)
        fake_mean = self._mean_features(fake_images)
        return self.distance(real_mean, fake_mean)

    def _mean_features(self, images):
        """Over the global batch, float32 `[features]`."""
        features = self.features(images, training=True)
        mean = tf.reduce_mean(tf.cast(features, tf.float32), 0)
        if self.distribute_strategy.num_replicas_in_sync == 1:
            return mean
        context = tf.distribute.get_replica_context()
        return context.all_reduce("MEAN", mean)
