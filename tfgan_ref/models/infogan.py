"""InfoGAN: codes that the generator is given and that its samples tell.

Reference:
    Chen, Duan, Houthooft, Schulman, Sutskever, Abbeel (2016), InfoGAN:
    Interpretable Representation Learning by Information Maximizing Generative
    Adversarial Nets, https://arxiv.org/abs/1606.03657
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tfgan_ref import checks, endpoints, priors
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.losses import mutual_information
from tfgan_ref.models.named_outputs import NamedOutputsRound
from tfgan_ref.round import quantity

_COLUMNS = 10  # Of the picture of codes, at least.
_ROWS = 3  # Of it for each code, each from other latents.


def build(
    image_shape,
    *,
    categories=10,
    codes=2,
    latent_dim=62,
    width=64,
    information=1.0,
    ema_decay=0.0,
    seed=0,
):
    """Returns an `InfoGAN` as released for MNIST.

    Compile it with Adam(1e-3, beta_1=0.5) for the generator and Adam(2e-4, 0.5)
    for the discriminator, in turn. Where paper and released code differ it is
    the code: leaks of 0.01, not 0.1. Deviations: layers that batch
    normalisation follows have no bias, Q gives no deviations, which the
    released one gives and does not use; inference takes moving averages.

    Args:
        image_shape: `(height, width, channels)`, sides multiples of 4.
        categories: int >= 2, K of the categorical code.
        codes: int >= 1, continuous codes, each from U(-1, 1).
        latent_dim: int >= 1, length of the noise, from U(-1, 1).
        width: int >= 1, feature maps at half the image's size.
        information: float >= 0, see `InfoGAN`.
        ema_decay: float in [0, 1), see `GAN`.
        seed: int, of the initial weights and of what is drawn.

    Raises:
        UserError: an argument is out of range.
    """
    checks.at_least(1, codes=codes, latent_dim=latent_dim, width=width)
    checks.at_least(2, categories=categories)
    height, breadth, _ = image_shape
    if height % 4 or breadth % 4 or min(height, breadth) < 4:
        raise UserError(
            "InfoGAN makes images whose sides are multiples of 4. "
            f"Received: image_shape={tuple(image_shape)}"
        )
    keras.utils.set_random_seed(seed)
    prior = priors.Product(
        latents=priors.Uniform(latent_dim),
        category=priors.Categorical(categories),
        code=priors.Uniform(codes),
    )
    return InfoGAN(
        generator(image_shape, prior, width),
        discriminator(image_shape, categories, codes, width),
        prior=prior,
        information=information,
        ema_decay=ema_decay,
        seed=seed,
        name="infogan",
    )


def image_size_for(natural_size):
    """The largest multiple of 4 that needs no enlarging, 4 at least."""
    return max(4, natural_size - natural_size % 4)


def generator(image_shape, prior, width=64):
    """Rows of a `priors.Product`, by name -> images `[batch, *image_shape]`."""
    height, breadth, channels = image_shape
    first = height // 4, breadth // 4, 2 * width
    given = {
        name: keras.Input((part.dim,), name=name)
        for name, part in prior.parts.items()
    }
    x = layers.Concatenate()([*given.values()])
    x = layers.ReLU()(_normalized(_dense(16 * width)(x)))
    x = layers.ReLU()(_normalized(_dense(first[0] * first[1] * first[2])(x)))
    x = layers.Reshape(first)(x)
    halving = {"kernel_size": 4, "strides": 2, "padding": "same"}
    halving["kernel_initializer"] = _normal()
    x = layers.Conv2DTranspose(width, use_bias=False, **halving)(x)
    x = layers.ReLU()(_normalized(x))
    x = layers.Conv2DTranspose(channels, **halving)(x)
    x = layers.Activation("sigmoid", dtype="float32")(x)
    images = layers.Rescaling(2.0, -1.0, dtype="float32", name="images")(x)
    return keras.Model(given, images, name="generator")


def discriminator(image_shape, categories, codes, width=64):
    """Images in [-1, 1] -> `logits`, and what Q says of the codes.

    One network of one trunk: `logits` `[batch]` of D, `category`
    `[batch, categories]` the logits and `code` `[batch, codes]` the means of Q.
    Pixels are in [0, 1] within, as released.
    """
    images = keras.Input(tuple(image_shape), name="images")
    x = layers.Rescaling(0.5, 0.5)(images)
    halving = {"kernel_size": 4, "strides": 2, "padding": "same"}
    halving["kernel_initializer"] = keras.initializers.TruncatedNormal(0, 0.02)
    x = _leaky(layers.Conv2D(width, **halving)(x))
    x = layers.Conv2D(2 * width, use_bias=False, **halving)(x)
    x = layers.Flatten()(_leaky(_normalized(x)))
    trunk = _leaky(_normalized(_dense(16 * width)(x)))
    logits = _dense(1, use_bias=True, dtype="float32")(trunk)
    q = _leaky(_normalized(_dense(2 * width)(trunk)))
    outputs = {
        "logits": layers.Reshape((), dtype="float32")(logits),
        "category": _dense(categories, use_bias=True, dtype="float32")(q),
        "code": _dense(codes, use_bias=True, dtype="float32")(q),
    }
    return keras.Model(images, outputs, name="discriminator")


def _normal(mean=0.0):
    return keras.initializers.RandomNormal(mean, 0.02)


def _dense(units, use_bias=False, **kwargs):
    return layers.Dense(
        units, use_bias=use_bias, kernel_initializer=_normal(), **kwargs
    )


def _normalized(x):
    replicas = tf.distribute.get_strategy().num_replicas_in_sync
    return layers.BatchNormalization(
        momentum=0.9,
        epsilon=1e-5,
        gamma_initializer=_normal(1.0),
        synchronized=replicas > 1,
    )(x)


def _leaky(x):
    return layers.LeakyReLU(0.01)(x)


class InfoGANRound(NamedOutputsRound):
    """A round whose discriminator says what samples were made of, too."""

    @quantity
    def informations(self):
        """What samples tell of each kind of code, float32 `[batch]` each."""
        given, told = self.inputs, self.fake_outputs
        return {
            "category": mutual_information.categorical(
                told["category"], given["category"]
            ),
            "code": mutual_information.gaussian(told["code"], given["code"]),
        }


@keras.saving.register_keras_serializable("tfgan_ref")
class InfoGAN(GAN):
    """A GAN that maximises what samples tell of their codes.

    Both players gain by the bound of the mutual information, and each updates
    its own weights by it: Q's are the discriminator's, as released (eq. 6).

    Args:
        generator: `latents`, `category` and `code` -> images.
        discriminator: images -> `logits`, `category` and `code`.
        information: float >= 0, lambda of eq. (6), the weight of the bound;
            0: a plain GAN.
        **kwargs: of `GAN`; `prior`, a `priors.Product` of the three.

    Raises:
        UserError: an argument is out of range.
    """

    round_class = InfoGANRound

    def __init__(self, generator, discriminator, *, information=1.0, **kwargs):
        super().__init__(generator, discriminator, **kwargs)
        checks.at_least(0.0, information=information)
        self.information = information

    def generator_cost(self, round):
        """The plain cost, less the information."""
        return [*super().generator_cost(round), *self._information(round)]

    def discriminator_cost(self, round):
        """The same of the discriminator and of Q."""
        return [*super().discriminator_cost(round), *self._information(round)]

    def _information(self, round):
        return [-self.information * x for x in round.informations.values()]

    def metrics_of(self, round):
        """As `GAN`'s, and `information/category` and `information/code`."""
        told = vars(round).get("informations", {})
        return super().metrics_of(round) | {
            f"information/{name}": tf.reduce_mean(x) for name, x in told.items()
        }

    @property
    def categories(self):
        """How many there are, int."""
        return self.prior.parts["category"].dim

    def categorize(self, images, training=False):
        """Logits of Q, float32 `[batch, categories]`, of images in [-1, 1]."""
        network = self.trained("discriminator")
        return network(images, training=training)["category"]

    def endpoints(self):
        """As `GAN`'s, and `categorize`: images -> probabilities, categories."""
        shape = self.discriminator.input_shape
        found = endpoints.of_categories(self.categorize, shape)
        return super().endpoints() | found

    @property
    def conditions(self):
        """A category and the continuous codes of each sample."""
        category = tf.TensorSpec([None], tf.int64)
        return {"category": category, "code": self.prior.spec["code"]}

    def sample_inputs(self, seeds, truncation=None, category=None, code=None):
        """As `GAN`'s; what is None is drawn, as the latents are.

        Args:
            seeds: int64 `[count]`.
            truncation: see `GAN`; of what is drawn.
            category: int `[count]` or `[]`, in [0, categories).
            code: float `[count, codes]` or `[codes]`.

        Raises:
            UserError: as many codes as there are were expected.
        """
        inputs = super().sample_inputs(seeds, truncation)
        if category is not None:
            inputs["category"] = self._one_hot(category, tf.shape(seeds))
        if code is not None:
            shape = tf.shape(inputs["code"])
            inputs["code"] = tf.broadcast_to(self._codes(code), shape)
        return inputs

    def _one_hot(self, category, shape):
        category = tf.cast(category, tf.int64)
        checks.exist(category, self.categories, "category")
        return tf.one_hot(tf.broadcast_to(category, shape), self.categories)

    def _codes(self, code):
        code = tf.cast(code, tf.float32)
        length = self.prior.parts["code"].dim
        if not code.shape[-1:].is_compatible_with((length,)):
            raise UserError(
                f"A code of {length} numbers was expected. "
                f"Received: shape {tuple(code.shape)}"
            )
        return code

    def checked(self, inputs):
        """The inputs, whose categories must be one-hot rows."""
        checks.one_hot(inputs["category"])
        return inputs

    def tables(self):
        """`codes`: rows of samples in each of which one code changes.

        First the category, then each continuous code from -1 to 1; every code
        has some rows, of other latents and other codes beside it.
        """
        width = max(_COLUMNS, self.categories)
        drawn = self.sample_inputs(np.arange(_ROWS))
        category = np.repeat(np.argmax(drawn["category"], -1), width)
        code = np.repeat(drawn["code"], width, axis=0)
        places = np.tile(np.arange(width), _ROWS)
        low, high = self.prior.parts["code"].support
        rows = [(places % self.categories, code)]
        for number in range(code.shape[1]):
            moved = code.copy()
            moved[:, number] = low + (high - low) * places / (width - 1)
            rows.append((category, moved))
        categories, codes = map(np.concatenate, zip(*rows, strict=True))
        seeds = np.tile(np.repeat(np.arange(_ROWS), width), len(rows))
        images = self.sample(seeds, category=categories, code=codes).numpy()
        return {"codes": images.reshape(-1, width, *images.shape[1:])}

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {"information": self.information}
