"""Feature matching with n + 1 classes (Salimans et al. 2016, sections 3.1, 5).

Reference:
    Salimans, Goodfellow, Zaremba, Cheung, Radford, Chen (2016), Improved
    Techniques for Training GANs, https://arxiv.org/abs/1606.03498
"""

import keras
import tensorflow as tf

from tfgan_ref import checks, priors
from tfgan_ref.losses import feature_matching, serialization
from tfgan_ref.models import improved_mlp
from tfgan_ref.models.semi_supervised import (
    SemiSupervisedGAN,
    SemiSupervisedRound,
    SupervisedBaseline,
)
from tfgan_ref.round import quantity


def build(
    image_shape,
    classes,
    *,
    make_generator=improved_mlp.generator,
    make_discriminator=improved_mlp.discriminator,
    distance=feature_matching.mean_squared,
    supervised=False,
    matching=True,
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
        matching: bool; else the generator has `SemiSupervisedGAN`'s own cost,
            of the discriminator's logits.
        latent_dim: int >= 1, length of z.
        ema_decay: float in [0, 1), see `GAN`.
        discriminator_ema_decay: float in [0, 1), see `GAN`.
        seed: int, of the initial weights, the latents and the noise.

    Returns:
        `FeatureMatchingGAN`, `SemiSupervisedGAN` or `SupervisedBaseline`, not
        compiled.

    Raises:
        UserError: an argument is out of range.
    """
    keras.utils.set_random_seed(seed)
    networks = (
        make_generator(image_shape, latent_dim),
        make_discriminator(image_shape, classes),
    )
    common = {
        "prior": priors.Uniform(latent_dim, 0.0, 1.0),
        "ema_decay": ema_decay,
        "discriminator_ema_decay": discriminator_ema_decay,
        "seed": seed,
    }
    if supervised:
        return SupervisedBaseline(*networks, name="baseline", **common)
    if not matching:
        return SemiSupervisedGAN(*networks, name="semi_supervised", **common)
    return FeatureMatchingGAN(
        *networks, distance=distance, name="feature_matching", **common
    )


class FeatureMatchingRound(SemiSupervisedRound):
    """The classifier sees its real minibatches in one pass, layer by layer.

    Samples have a pass of their own, which has to wait for the generator; the
    two run side by side.
    """

    @quantity
    def seen_classes(self):
        """Class logits of labelled and of unlabelled images."""
        # One pass: each example's logits depend on it alone.
        minibatches = [self.shown_labelled, self.shown_real]
        logits = self.forward("discriminator", tf.concat(minibatches, 0))
        # Python ints where the sizes are static.
        sizes = [keras.ops.shape(images)[0] for images in minibatches]
        return tf.split(logits, sizes)

    labelled_classes = quantity(lambda self: self.seen_classes[0])
    real_classes = quantity(lambda self: self.seen_classes[1])

    @quantity
    def real_features(self):
        """Mean features of other real images, float32 `[features]`."""
        return self._mean_features(self.shown_others)

    @quantity
    def fake_features(self):
        """Mean features of samples, float32 `[features]`."""
        return self._mean_features(self.shown_fake)

    def _mean_features(self, images):
        """Over the global batch."""
        features = self.forward("features", images)
        return self.global_mean(tf.cast(features, tf.float32))


@keras.saving.register_keras_serializable("tfgan_ref")
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

    Raises:
        UserError: the discriminator has batch normalisation.
    """

    round_class = FeatureMatchingRound

    def __init__(
        self,
        generator,
        discriminator,
        *,
        distance=feature_matching.mean_squared,
        **kwargs,
    ):
        super().__init__(generator, discriminator, **kwargs)
        checks.examples_alone(
            discriminator, "Labelled and other images have one pass"
        )
        self.distance = distance
        # Up to there, and no further.
        self.features = keras.Model(
            discriminator.inputs[0],
            discriminator.get_layer("features").output,
            name="features",
        )

    def compile(self, *args, **kwargs):
        """As `SemiSupervisedGAN.compile`.

        Raises:
            UserError: a cost is given.
        """
        checks.no_costs(self, kwargs, "generator_loss")
        super().compile(*args, **kwargs)

    def generator_cost(self, round):
        """The distance of the mean features."""
        return [self.distance(round.real_features, round.fake_features)]

    def get_config(self):
        """Arguments of the constructor."""
        distance = serialization.serialize(self.distance)
        return super().get_config() | {"distance": distance}

    @classmethod
    def from_config(cls, config):
        """The GAN of a configuration, with new weights."""
        distance = serialization.deserialize(config["distance"])
        return super().from_config(config | {"distance": distance})
