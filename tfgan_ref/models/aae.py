"""Adversarial autoencoder: codes are made to be distributed as a prior.

Reference:
    Makhzani, Shlens, Jaitly, Goodfellow, Frey (2016), Adversarial
    Autoencoders, https://arxiv.org/abs/1511.05644
"""

import keras
import tensorflow as tf

from tfgan_ref import checks, endpoints, priors
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.labelled_priors import LabelledPrior
from tfgan_ref.losses import reconstruction
from tfgan_ref.models import autoencoder_networks
from tfgan_ref.round import Round, flat, quantity
from tfgan_ref.turn import Turn


def build(
    image_shape,
    prior=None,
    *,
    conditional=False,
    units=1000,
    noise=0.0,
    ema_decay=0.0,
    seed=0,
):
    """Returns an `AAE` of the paper's sizes; compile it with Adam(2e-4, .5).

    Where labels place the codes the reconstruction needs a slower optimizer,
    of a tenth of the rate: Adam's steps for it are as long as the game's. A
    prior on a curve, such as `SwissRoll`, is helped by noise, without which the
    discriminator becomes sure of every code beside the curve (Arjovsky, Bottou
    2017, https://arxiv.org/abs/1701.04862).
    Deviation: Adam, where the paper has SGD of three rates that fall.

    Args:
        image_shape: `(height, width, channels)`.
        prior: of `tfgan_ref.priors`, of vectors; None: `Normal(2)`.
        conditional: bool, whether codes of images with a label are those of
            the label's class; the prior has classes then.
        units: int >= 1, of each hidden layer.
        noise: float >= 0, standard deviation, added to the codes that the
            discriminator sees.
        ema_decay: float in [0, 1), of encoder and decoder, see `GAN`.
        seed: int, of the initial weights and of what the prior draws.

    Raises:
        UserError: an argument is out of range, or the prior has no classes.
    """
    checks.positive(units=units)
    prior = priors.Normal(2) if prior is None else prior
    if conditional and not isinstance(prior, LabelledPrior):
        raise UserError(
            f"A prior of classes was expected, for labels. Received: {prior}"
        )
    keras.utils.set_random_seed(seed)
    networks = autoencoder_networks
    classes = prior.classes if conditional else 0
    return AAE(
        networks.decoder(image_shape, prior.dim, units=units),
        networks.judge(
            "discriminator", "latents", prior.dim, classes, noise, units
        ),
        encoder=networks.encoder(image_shape, prior.dim, units=units),
        prior=prior,
        averages={"generator": ema_decay, "encoder": ema_decay},
        seed=seed,
        name="aae",
    )


class AAERound(Round):
    """A round of codes: the prior's are the real ones, an image's the fake."""

    @quantity
    def codes(self):
        """What the encoder makes of the images."""
        return self.forward("encoder", self.real)

    @quantity
    def reconstructions(self):
        """What the decoder makes of the codes."""
        return self.forward("generator", self.gan.decoded(self.codes))

    @quantity
    def real_logits(self):
        """The discriminator's logits on the prior's codes, float `[batch]`."""
        return flat(self.forward("discriminator", self.judged(self.inputs)))

    @quantity
    def fake_logits(self):
        """The discriminator's logits on the images' codes."""
        return flat(self.forward("discriminator", self.judged(self.codes)))

    def judged(self, examples):
        """The codes, and the classes of their images where these count."""
        codes = self.codes if examples is self.real else examples
        if not self.gan.is_conditional:
            return codes
        # Of an image without a label it is a row of zeros.
        rows = tf.one_hot(self.minibatch[1], self.gan.prior.classes)
        return {"latents": codes, "classes": rows}


@keras.saving.register_keras_serializable("tfgan_ref")
class AAE(GAN):
    """A decoder, an encoder, and a discriminator of their codes.

    The decoder is the network `generator`. The game has three turns, in the
    paper's order but for where it begins: the discriminator tells the prior's
    codes from those of images; as its opponent, in the turn `generator`, the
    encoder moves; in the turn `reconstruction` both halves of the autoencoder.

    Where the discriminator is given classes it trains on minibatches
    `(images, labels)`, -1 for none.
    """

    network_names: tuple[str, ...] = ("generator", "discriminator", "encoder")
    round_class = AAERound

    def turns(self):
        """The discriminator's, the encoder's, and both halves'."""
        return [
            super().turns()[0],
            Turn("generator", ("encoder",)),
            Turn("reconstruction", ("encoder", "generator")),
        ]

    def check_networks(self):
        """The decoder makes what the encoder takes."""
        made, taken = self.generator.output_shape, self.encoder.input_shape
        if made[1:] != taken[1:]:
            raise UserError(
                "A decoder that makes what the encoder takes was expected. "
                f"Received: {made} and {taken}"
            )

    def compile(self, *args, **kwargs):
        """As `GAN.compile`, without `diff_augment`.

        Raises:
            UserError: images are to be augmented, of which the discriminator
                sees none.
        """
        if kwargs.get("diff_augment"):
            raise UserError(
                "The discriminator sees codes and no images. Received: "
                f"diff_augment={kwargs['diff_augment']}"
            )
        super().compile(*args, **kwargs)

    @property
    def is_conditional(self):
        """Whether the discriminator is given classes."""
        return isinstance(self.discriminator.input, dict)

    def inputs(self, minibatch, draw):
        """The prior's rows; of images with a label, of its class."""
        if not self.is_conditional:
            return super().inputs(minibatch, draw)
        given = minibatch[1]
        count = keras.ops.shape(given)[0]
        drawn, numbers = self.rows(self.prior.parts, count, draw)
        labels = tf.where(given < 0, drawn, tf.cast(given, drawn.dtype))
        return self.prior.place(labels, numbers)

    def minibatch_spec(self, batch_size):
        """Images, and labels where these count."""
        images = super().minibatch_spec(batch_size)
        if not self.is_conditional:
            return images
        return images, tf.TensorSpec([batch_size], tf.int32)

    def reconstruction_cost(self, round):
        """The squared error."""
        made = round.reconstructions
        return [reconstruction.squared_error(round.real, made)]

    def decoded(self, codes):
        """What the decoder is given of the encoder's outputs."""
        return codes

    def encode(self, images):
        """Images float in [-1, 1] -> dict with their `latents`."""
        return {"latents": self.trained("encoder")(images, training=False)}

    def endpoints(self):
        """As `GAN`'s; `encode`: images -> codes; `reconstruct`: -> images."""
        found = super().endpoints()
        (generate, _), shape = found["generate"], self.encoder.input_shape
        return found | endpoints.of_encoder(self.encode, generate, shape)
