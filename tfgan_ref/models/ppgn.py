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

import dataclasses

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tfgan_ref import averaging, checks, endpoints, priors
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.losses import reconstruction
from tfgan_ref.models import dcgan
from tfgan_ref.models.conditional_game import asked
from tfgan_ref.plug_and_play import Chain
from tfgan_ref.round import Round, quantity
from tfgan_ref.turn import Turn


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
    network = keras.models.clone_model(
        classifier, clone_function=_without_dropout
    )
    averaging.copy(classifier, network)
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


def _without_dropout(layer):
    config = layer.get_config()
    if isinstance(layer, layers.Dropout):
        config["rate"] = 0.0
    return type(layer).from_config(config)


def autoencoder(length, units=512):
    """Features -> features without noise, both float32 `[batch, length]`."""
    x = features = keras.Input((length,), name="features")
    for size in (units, units // 2, units // 4, units // 2, units):
        x = layers.Dense(size, "relu", kernel_initializer="he_normal")(x)
    restored = layers.Dense(length, dtype="float32", name="restored")(x)
    return keras.Model(features, restored, name="autoencoder")


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
    `autoencoder` are those of this module.

    Args:
        *players: of `GAN`.
        chain: `Chain`, or a dict of its attributes.
        disturbance: float > 0, see `build`, and so are the next.
        image_weight: float >= 0.
        feature_weight: float >= 0.
        gan_weight: float >= 0.
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
        self.weights_of_costs = {
            "image_weight": image_weight,
            "feature_weight": feature_weight,
            "gan_weight": gan_weight,
        }
        checks.at_least(0, **self.weights_of_costs)
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
        weights = self.weights_of_costs
        return [
            weights["image_weight"] * round.image_errors,
            weights["feature_weight"] * round.feature_errors,
            weights["gan_weight"] * self.generator_loss(round.fake_logits),
        ]

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
        """The features where the chains end, eight at a time."""
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
            **self.weights_of_costs,
        }
