"""The game of PPGN: a generator of features, and chains that look for them.

Three turns: the discriminator's; that of the generator, which makes images of
the features of real ones; and that of a denoising autoencoder of features.
Reference and networks are those of models/ppgn.py.
"""

import dataclasses

import keras
import tensorflow as tf

from tfgan_ref import checks, endpoints
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.losses import reconstruction
from tfgan_ref.models.conditional_game import asked
from tfgan_ref.plug_and_play import Chain
from tfgan_ref.round import Round, quantity
from tfgan_ref.turn import Turn


class FeatureRound(Round):
    """A round of images and of what is made of their features."""

    @quantity
    def inputs(self):
        """The features of the real images, float32 `[batch, n]`."""
        return self.forward("encoder", self.real)["features"]

    @quantity
    def image_errors(self):
        """Mean squared error of the images, float32 `[batch]`."""
        return reconstruction.squared_error(self.real, self.fake)

    @quantity
    def feature_errors(self):
        """The same of the features, float32 `[batch]`."""
        made = self.forward("encoder", self.fake)["features"]
        return reconstruction.squared_error(self.inputs, made)

    @quantity
    def denoising_errors(self):
        """The same of features disturbed and restored, float32 `[batch]`."""
        draw = self.gan.prior.parts["start"].draw  # N(0, I) as well.
        noise = self.gan.rows(draw, self.size, self.draw)
        disturbed = self.inputs + self.gan.disturbance * noise
        restored = self.forward("autoencoder", disturbed)
        return reconstruction.squared_error(self.inputs, restored)


@keras.saving.register_keras_serializable("tfgan_ref")
class PPGN(GAN):
    """A generator of a classifier's features, which are its latents.

    It trains on images. The networks `encoder`, which nothing moves, and
    `autoencoder` are those of models/ppgn.py.

    Args:
        *players: of `GAN`.
        chain: `Chain`, or a dict of its attributes.
        disturbance: float > 0, see `ppgn.build`, and so are the next.
        image_weight: float >= 0.
        feature_weight: float >= 0.
        gan_weight: float >= 0; 0: the discriminator has no turn.
        **kwargs: of `GAN`; the prior draws `start` `[n]` and `noise`
            `[steps n]`, both N(0, I).

    Raises:
        UserError: a number is out of range, or as of `GAN`.
    """

    network_names = ("generator", "discriminator", "encoder", "autoencoder")
    round_class = FeatureRound

    def __init__(
        self,
        *players,
        chain,
        disturbance,
        image_weight,
        feature_weight,
        gan_weight,
        **kwargs,
    ):
        super().__init__(*players, **kwargs)
        self.chain = chain if isinstance(chain, Chain) else Chain(**chain)
        checks.at_least(
            0,
            image_weight=image_weight,
            feature_weight=feature_weight,
            gan_weight=gan_weight,
        )
        self.image_weight = image_weight
        self.feature_weight = feature_weight
        self.gan_weight = gan_weight
        if not disturbance > 0:
            raise UserError(
                f"`disturbance` must be positive. Received: {disturbance}"
            )
        self.disturbance = disturbance

    def turns(self):
        """As of every GAN, and that of the autoencoder."""
        return [*super().turns(), Turn("autoencoder", ("autoencoder",))]

    def inputs(self, minibatch, draw):
        """The features of a minibatch's images."""
        return self.encode(tf.nest.flatten(minibatch)[0])["latents"]

    def generator_cost(self, round):
        """The errors of images and of features, and the adversarial term."""
        terms = [
            self.image_weight * round.image_errors,
            self.feature_weight * round.feature_errors,
        ]
        if self.gan_weight:
            costs = self.generator_loss(round.fake_logits)
            terms.append(self.gan_weight * costs)
        return terms

    def autoencoder_cost(self, round):
        """That noise should be taken away."""
        return [round.denoising_errors]

    def metrics_of(self, round):
        """As `GAN`'s, and the squared errors of images and features."""
        found, known = super().metrics_of(round), vars(round)
        for name, errors in (
            ("loss/squared_error", "image_errors"),
            ("loss/features", "feature_errors"),
        ):
            if errors in known:
                found[name] = tf.reduce_mean(known[errors])
        return found

    def encode(self, images):
        """Images float in [-1, 1] -> dict with their features, `latents`."""
        return {"latents": self.encoder(images, training=False)["features"]}

    @property
    def classes(self):
        """How many there are to ask for."""
        return self.encoder.get_layer("logits").units

    @property
    def conditions(self):
        """A class for each sample."""
        return {"label": tf.TensorSpec([None], tf.int64)}

    @property
    def generator_spec(self):
        """Of the features."""
        return tf.TensorSpec(self.generator.input_shape, tf.float32)

    def sample_inputs(self, seeds, truncation=None, label=None):
        """Where chains start, their noise, and the classes they look for.

        Args:
            seeds: int64 `[count]`.
            truncation: as for `GAN`; 0 starts at the origin, without noise.
            label: int `[count]` or `[]`; None: the seeds modulo the classes.
        """
        drawn = super().sample_inputs(seeds, truncation)
        return drawn | {"labels": asked(seeds, label, self.classes)}

    def generator_inputs(self, drawn):
        """The features where the chains end, six at a time."""
        shape = self.generator.input_shape[1:]
        return endpoints.in_chunks(self._found, drawn, shape)

    def _found(self, drawn):
        start, labels = drawn["start"], drawn["labels"]
        restore = self.trained("autoencoder")
        size = [-1, self.chain.steps, start.shape[-1]]

        def look(features):
            images = self.sampler(features, training=False)
            logits = self.encoder(images, training=False)["logits"]
            wanted = tf.one_hot(labels, self.classes)
            told = tf.nn.log_softmax(tf.cast(logits, tf.float32))
            log_probabilities = tf.reduce_sum(wanted * told, -1)
            return restore(features, training=False), log_probabilities

        return self.chain.run(start, tf.reshape(drawn["noise"], size), look)

    def endpoints(self):
        """As `GAN`'s; `encode`: images -> latents; `reconstruct`: -> images."""
        found = super().endpoints()
        (generate, _), shape = found["generate"], self.encoder.input_shape
        return found | endpoints.of_encoder(self.encode, generate, shape)

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {
            "chain": dataclasses.asdict(self.chain),
            "disturbance": self.disturbance,
            "image_weight": self.image_weight,
            "feature_weight": self.feature_weight,
            "gan_weight": self.gan_weight,
        }
