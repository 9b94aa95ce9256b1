"""Adversarial autoencoder whose code is a category and a style.

Without labels the categories are clusters; with some they are the classes.

Reference:
    Makhzani, Shlens, Jaitly, Goodfellow, Frey (2016), Adversarial
    Autoencoders, sections 5 and 6, https://arxiv.org/abs/1511.05644
"""

import dataclasses

import keras
import tensorflow as tf

from tfgan_ref import checks, metrics, priors
from tfgan_ref.losses import semi_supervised
from tfgan_ref.models import autoencoder_networks
from tfgan_ref.models.aae import AAE, AAERound
from tfgan_ref.models.conditional_game import asked
from tfgan_ref.models.semi_supervised import stream_spec
from tfgan_ref.round import flat, quantity
from tfgan_ref.turn import Turn


def build(
    image_shape,
    categories,
    *,
    labelled=False,
    latent_dim=10,
    units=1000,
    noise=0.3,
    ema_decay=0.0,
    seed=0,
):
    """Returns a `CategoricalAAE`; compile it with Adam(2e-4, beta_1=0.5).

    Deviations: Adam; the noise of 0.3 is a port's.

    Args:
        image_shape: `(height, width, channels)`.
        categories: int >= 2: K clusters, or the classes.
        labelled: bool, whether labels move the encoder.
        latent_dim: int >= 1, length of the style z ~ N(0, I).
        units: int >= 1, of each hidden layer.
        noise: float >= 0, standard deviation, added to what the
            discriminators see.
        ema_decay: float in [0, 1), of encoder and decoder, see `GAN`.
        seed: int, of the initial weights and of what the priors draw.

    Raises:
        UserError: an argument is out of range.
    """
    checks.at_least(2, categories=categories)
    checks.positive(latent_dim=latent_dim, units=units)
    keras.utils.set_random_seed(seed)
    networks = autoencoder_networks
    codes = {"latent_dim": latent_dim, "categories": categories}
    judges = {"noise": noise, "units": units}
    return CategoricalAAE(
        networks.decoder(image_shape, **codes, units=units),
        networks.judge("discriminator", "latents", latent_dim, **judges),
        category_discriminator=networks.judge(
            "category_discriminator", "categories", categories, **judges
        ),
        encoder=networks.encoder(image_shape, **codes, units=units),
        labelled=labelled,
        prior=priors.Product(
            latents=priors.Normal(latent_dim),
            categories=priors.Categorical(categories),
        ),
        averages={"generator": ema_decay, "encoder": ema_decay},
        seed=seed,
        name="categorical_aae",
    )


class CategoricalRound(AAERound):
    """A round of styles and categories."""

    @quantity
    def real(self):
        """The images; where labels count, those without one."""
        return self.minibatch[2] if self.gan.labelled else super().real

    @quantity
    def labelled_classes(self):
        """Logits of the categories of labelled images."""
        return self.forward("encoder", self.minibatch[0])["categories"]

    @quantity
    def real_category_logits(self):
        """The second discriminator's logits on one-hot categories."""
        return self._of_categories(self.inputs["categories"])

    @quantity
    def fake_category_logits(self):
        """Its logits on the categories' probabilities of images."""
        return self._of_categories(self.gan.decoded(self.codes)["categories"])

    def judged(self, examples):
        """The styles."""
        codes = self.codes if examples is self.real else examples
        return codes["latents"]

    def _of_categories(self, rows):
        return flat(self.forward("category_discriminator", rows))


@keras.saving.register_keras_serializable("tfgan_ref")
class CategoricalAAE(AAE):
    """An `AAE` with a discriminator for each half of the code.

    With labels there is one turn more, of their cross-entropy, and minibatches
    are those of `data.semi_supervised.stream`.

    Args:
        *args: as for `GAN`.
        labelled: bool, whether labels move the encoder.
        **kwargs: as for `GAN`, with the networks `encoder`, images ->
            `latents` and logits of `categories`, and `category_discriminator`.
    """

    network_names = (*AAE.network_names, "category_discriminator")
    round_class = CategoricalRound

    def __init__(self, *args, labelled=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.labelled = labelled

    def turns(self):
        """Both discriminators', the encoder's, labels', both halves'."""
        first, encoder, both = super().turns()
        moves = ("discriminator", "category_discriminator")
        labels = [Turn("label", ("encoder",))] if self.labelled else []
        return [dataclasses.replace(first, moves=moves), encoder, *labels, both]

    def variables_of(self, turn):
        """As `GAN`'s; of labels the layer of styles learns nothing."""
        found = super().variables_of(turn)
        if turn.name != "label":
            return found
        styles = self.encoder.get_layer("latents").trainable_variables
        others = {id(variable) for variable in styles}
        return [variable for variable in found if id(variable) not in others]

    def minibatch_spec(self, batch_size):
        """Images; with labels those with one, the labels, images, others."""
        images = super().minibatch_spec(batch_size)
        return stream_spec(images) if self.labelled else images

    def discriminator_cost(self, round):
        """Of styles and of categories."""
        logits = round.real_category_logits, round.fake_category_logits
        return [
            *super().discriminator_cost(round),
            self.discriminator_loss(*logits),
        ]

    def generator_cost(self, round):
        """That an image's style and category should seem the prior's."""
        of_categories = self.generator_loss(round.fake_category_logits)
        return [*super().generator_cost(round), of_categories]

    def label_cost(self, round):
        """The cross-entropy of labels."""
        logits, labels = round.labelled_classes, round.minibatch[1]
        return [semi_supervised.labelled_loss(logits, labels)]

    def metrics_of(self, round):
        """As `GAN`'s, and how many labels are right."""
        logs = super().metrics_of(round)
        if "labelled_classes" in vars(round):
            predicted = tf.argmax(round.labelled_classes, -1, tf.int32)
            logs["accuracy/labelled"] = metrics.fraction(
                predicted == round.minibatch[1]
            )
        return logs

    def decoded(self, codes):
        """Styles and the categories' probabilities."""
        return codes | {"categories": tf.nn.softmax(codes["categories"])}

    @property
    def categories(self):
        """How many there are, int."""
        return self.prior.parts["categories"].dim

    @property
    def classes(self):
        """The categories that labels tell, int; None without labels."""
        return self.categories if self.labelled else None

    def sample_inputs(self, seeds, truncation=None, label=None):
        """As `GAN`'s, of labels int `[count]` or `[]`; None: as drawn."""
        drawn = super().sample_inputs(seeds, truncation)
        if label is None:
            return drawn
        labels = asked(seeds, label, self.categories)
        return drawn | {"categories": tf.one_hot(labels, self.categories)}

    def endpoints(self):
        """As `AAE`'s; `generate` of one-hot categories, samples of labels.

        A run's own samples are asked for no label, and so are of all.
        """
        found = super().endpoints()
        generate, given = found["generate"]

        def of_one_hot(**codes):
            checks.one_hot(codes["categories"])
            return generate(**codes)

        found["generate"] = of_one_hot, given
        if self.labelled:
            label = {"label": tf.TensorSpec([None], tf.int64)}
            for name in ("sample", "sample_png", "sample_png_bytes"):
                function, drawn = found[name]
                found[name] = function, drawn | label
        return found

    def encode(self, images):
        """Images float in [-1, 1] -> their `latents` and `categories`.

        The latter are probabilities, float32 `[batch, categories]`.
        """
        return self.decoded(self.trained("encoder")(images, training=False))

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {"labelled": self.labelled}
