"""CatGAN: a discriminator that finds categories, and knows samples by doubt.

There is no released code; the costs are eq. (7) of the paper, with the sign of
its author's own illustration: the generator gains by samples of all categories
(https://gist.github.com/stokasto/30198e047bfad1811cc1).

Reference:
    Springenberg (2016), Unsupervised and Semi-supervised Learning with
    Categorical Generative Adversarial Networks,
    https://arxiv.org/abs/1511.06390
"""

import math

import keras
import tensorflow as tf
from keras import layers

from tfgan_ref import checks, endpoints, metrics, priors
from tfgan_ref.gan import GAN
from tfgan_ref.layers.noise import GaussianNoise
from tfgan_ref.losses import entropy
from tfgan_ref.models.semi_supervised import SemiSupervisedRound, stream_spec
from tfgan_ref.round import Round, quantity

_NOISE = 0.3  # Standard deviation, of pixels in [0, 1] and of activations.
_DECAY = 5e-6  # Keras's L2 is without the half: 1e-5 of the weights.


def build(
    image_shape,
    categories=20,
    *,
    label_weight=None,
    latent_dim=128,
    units=1000,
    ema_decay=0.0,
    discriminator_ema_decay=0.0,
    seed=0,
):
    """Returns a CatGAN; compile it with Adam(2e-4, beta_1=0.5).

    The perceptrons of a port for MNIST, github.com/smayru/catgan: those of the
    ladder network as a discriminator. Deviation: layers that batch
    normalisation follows have no bias.

    Args:
        image_shape: `(height, width, channels)`.
        categories: int >= 2, K; with labels, how many classes there are.
        label_weight: float >= 0, see `SemiSupervisedCatGAN`; None: a `CatGAN`,
            which knows no labels.
        latent_dim: int >= 1, length of z ~ U(0, 1).
        units: int >= 4, of the widest layers.
        ema_decay: float in [0, 1), see `GAN`.
        discriminator_ema_decay: float in [0, 1), see `GAN`.
        seed: int, of the initial weights, the latents and the noise.

    Raises:
        UserError: an argument is out of range.
    """
    checks.at_least(1, latent_dim=latent_dim)
    checks.at_least(2, categories=categories)
    checks.at_least(4, units=units)
    keras.utils.set_random_seed(seed)
    game, with_labels = CatGAN, {}
    if label_weight is not None:
        game = SemiSupervisedCatGAN
        with_labels = {"label_weight": label_weight}
    return game(
        generator(image_shape, latent_dim, units),
        discriminator(image_shape, categories, units),
        prior=priors.Uniform(latent_dim, 0.0, 1.0),
        ema_decay=ema_decay,
        discriminator_ema_decay=discriminator_ema_decay,
        seed=seed,
        name="catgan",
        **with_labels,
    )


def generator(image_shape, latent_dim=128, units=1000):
    """Latents `[batch, latent_dim]` -> images `[batch, *image_shape]`."""
    z = keras.Input((latent_dim,), name="latents")
    x = z
    for count, slope in ((units // 2, 0.1), (units // 2, 0.1), (units, 0.2)):
        x = layers.LeakyReLU(slope)(_normalized(_dense(count)(x)))
    x = _dense(math.prod(image_shape), use_bias=True)(x)
    x = layers.Activation("sigmoid", dtype="float32")(x)
    x = layers.Reshape(image_shape, dtype="float32")(x)
    images = layers.Rescaling(2.0, -1.0, dtype="float32", name="images")(x)
    return keras.Model(z, images, name="generator")


def discriminator(image_shape, categories, units=1000):
    """Images in [-1, 1] -> logits `[batch, categories]` of p(y | x)."""
    images = keras.Input(tuple(image_shape), name="images")
    x = layers.Rescaling(0.5, 0.5)(layers.Flatten()(images))
    x = GaussianNoise(_NOISE)(x)
    for count in (units, units // 2, *[units // 4] * 3):
        x = GaussianNoise(_NOISE)(_dense(count)(x))
        x = layers.LeakyReLU(0.1)(_normalized(x))
    last = _dense(categories, use_bias=True, dtype="float32", name="logits")
    return keras.Model(images, last(x), name="discriminator")


def _dense(units, use_bias=False, **kwargs):
    return layers.Dense(
        units,
        use_bias=use_bias,
        kernel_initializer="lecun_normal",
        kernel_regularizer=keras.regularizers.L2(_DECAY),
        **kwargs,
    )


def _normalized(x):
    replicas = tf.distribute.get_strategy().num_replicas_in_sync
    return layers.BatchNormalization(
        momentum=0.9, epsilon=2e-5, synchronized=replicas > 1
    )(x)


class CatGANRound(SemiSupervisedRound):
    """A round of minibatches of images alone."""

    real = Round.real

    @quantity
    def real_entropies(self):
        """How unsure the discriminator is of each real example, `[batch]`."""
        return entropy.conditional(self.real_classes)

    @quantity
    def fake_entropies(self):
        """How unsure it is of each sample, float32 `[batch]`."""
        return entropy.conditional(self.fake_classes)

    @quantity
    def real_marginal(self):
        """How evenly real examples use the categories, float32 scalar."""
        return self._marginal(self.real_classes)

    @quantity
    def fake_marginal(self):
        """How evenly samples use them, float32 scalar."""
        return self._marginal(self.fake_classes)

    def _marginal(self, logits):
        p = tf.nn.softmax(tf.cast(logits, tf.float32))
        return entropy.marginal(self.global_mean(p))


@keras.saving.register_keras_serializable("tfgan_ref")
class CatGAN(GAN):
    """A generator against a discriminator that is sure of what is real.

    Args:
        generator: as for `GAN`.
        discriminator: images -> logits `[batch, categories]`.
        **kwargs: of `GAN`.
    """

    round_class = CatGANRound
    # Of metrics, and of quantities.
    _TOLD = {
        "real": "real_entropies",
        "fake": "fake_entropies",
        "marginal_real": "real_marginal",
        "marginal_fake": "fake_marginal",
    }

    def check_networks(self):
        """The discriminator gives logits of categories."""
        checks.classifier(self)

    def compile(self, *args, **kwargs):
        """As `GAN.compile`.

        Raises:
            UserError: a cost is given.
        """
        checks.no_costs(self, kwargs, "generator_loss", "discriminator_loss")
        super().compile(*args, **kwargs)

    def generator_cost(self, round):
        """H[p(y | G(z))] - H[E p(y | G(z))], eq. (7)."""
        return [round.fake_entropies, -round.fake_marginal]

    def discriminator_cost(self, round):
        """H[p(y | x)] - H[E p(y | x)] - H[p(y | G(z))], eq. (7)."""
        return [
            round.real_entropies,
            -round.real_marginal,
            -round.fake_entropies,
        ]

    def metrics_of(self, round):
        """The entropies, `entropy/...`, in nats."""
        seen = vars(round)
        return {
            f"entropy/{name}": tf.reduce_mean(seen[quantity_name])
            for name, quantity_name in self._TOLD.items()
            if quantity_name in seen
        }

    @property
    def categories(self):
        """How many there are, int."""
        return self.discriminator.output_shape[-1]

    def categorize(self, images, training=False):
        """Logits float `[batch, categories]` of images in [-1, 1]."""
        return self.trained("discriminator")(images, training=training)

    def endpoints(self):
        """As `GAN`'s, and `categorize`: images -> probabilities, categories."""
        shape = self.discriminator.input_shape
        found = endpoints.of_categories(self.categorize, shape)
        return super().endpoints() | found


class SemiSupervisedCatGANRound(CatGANRound):
    """A round of a minibatch of `data.semi_supervised.stream`."""

    real = SemiSupervisedRound.real


@keras.saving.register_keras_serializable("tfgan_ref")
class SemiSupervisedCatGAN(CatGAN):
    """A CatGAN whose categories are classes, of which some examples tell.

    Args:
        generator: as for `GAN`.
        discriminator: images -> logits `[batch, classes]`.
        label_weight: float >= 0, lambda of the cross-entropy.
        **kwargs: of `GAN`.

    Raises:
        UserError: an argument is out of range.
    """

    round_class = SemiSupervisedCatGANRound

    def __init__(self, generator, discriminator, *, label_weight=1.0, **kwargs):
        super().__init__(generator, discriminator, **kwargs)
        checks.at_least(0.0, label_weight=label_weight)
        self.label_weight = label_weight

    @property
    def classifier(self):
        """The discriminator, the averaged one if any."""
        return self.trained("discriminator")

    @property
    def classes(self):
        """How many there are, int."""
        return self.categories

    def minibatch_spec(self, batch_size):
        """Labelled images, their labels, images, and others."""
        return stream_spec(super().minibatch_spec(batch_size))

    def discriminator_cost(self, round):
        """That without labels, and the cross-entropy of those there are."""
        of_labels = self.label_weight * round.labelled_costs
        return [*super().discriminator_cost(round), of_labels]

    def metrics_of(self, round):
        """As `CatGAN`'s, and what the labelled images show."""
        logs = super().metrics_of(round)
        if "labelled_costs" in vars(round):
            logs |= metrics.of_labels(
                round.labelled_costs, round.labelled_classes, round.labels
            )
        return logs

    def endpoints(self):
        """As `CatGAN`'s, and `classify`, where being sure is realness."""
        found = endpoints.of_classifier(self.classifier, self._certainty)
        return super().endpoints() | found

    def _certainty(self, logits):
        """1 - H[p(y | x)] / log K, float32 `[batch]`."""
        return 1.0 - entropy.conditional(logits) / math.log(self.classes)

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {"label_weight": self.label_weight}
