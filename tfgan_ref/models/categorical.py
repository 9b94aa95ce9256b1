"""One of K categories: a generator of K numbers, whose gradients are known.

The generator's law is q = softmax(theta). On one-hot rows any discriminator is
a linear one, so that it can be the best one there is.

References:
    Goodfellow (2016), NIPS 2016 Tutorial: Generative Adversarial Networks,
    section 5.3, https://arxiv.org/abs/1701.00160
"""

import keras
import tensorflow as tf
from keras import layers

from tfgan_ref import checks
from tfgan_ref.errors import UserError
from tfgan_ref.gumbel_prior import Gumbel
from tfgan_ref.layers import draws
from tfgan_ref.layers.noise import GaussianNoise
from tfgan_ref.models import token_game, toy

_NOISE = 0.3  # Standard deviation.
ESTIMATORS = (
    "reinforce",
    "boundary_seeking",
    "gumbel_softmax",
    "straight_through",
    "embedding",
)
CHOOSING = {
    "reinforce": token_game.ReinforceGAN,
    "boundary_seeking": token_game.BoundarySeekingGAN,
}


def build(
    categories,
    estimator="reinforce",
    *,
    temperature=1.0,
    baseline=True,
    units=0,
    ema_decay=0.0,
    seed=0,
):
    """Returns a GAN of one of K categories; compile it with Adam.

    Args:
        categories: int >= 2, K.
        estimator: of `ESTIMATORS`. `embedding`: the generator makes points of
            K numbers, and the nearest one-hot row is what it says.
        temperature: float > 0, of `gumbel_softmax` and `straight_through`.
        baseline: bool, of `reinforce` and `boundary_seeking`.
        units: int >= 0, of two hidden layers of the discriminator, which then
            sees through noise, and of the generator of points; 0: none. Without
            them its points are theta and noise.
        ema_decay: float in [0, 1), see `GAN`.
        seed: int, of the initial weights and of the noise.

    Raises:
        UserError: an argument is out of range.
    """
    check(estimator, ESTIMATORS)
    checks.at_least(2, categories=categories)
    checks.at_least(0, units=units)
    keras.utils.set_random_seed(seed)
    game = CHOOSING.get(estimator, token_game.TokenGAN)
    options = {"baseline": baseline} if estimator in CHOOSING else {}
    noise = keras.Input((categories,), name="noise")
    if estimator == "embedding":
        tokens = draws.Nearest(name="tokens")(_points(noise, units))
    else:
        draw = draw_of(estimator, temperature, name="tokens")
        tokens = draw(Logits(name="logits")(noise), noise)
    rows = seen = keras.Input((categories,), name="tokens")
    if units:
        # Of points that are at no row it would otherwise be sure at once.
        seen = GaussianNoise(_NOISE)(rows)
    return game(
        keras.Model(noise, tokens, name="generator"),
        keras.Model(
            rows, toy.logits(_hidden(seen, units)), name="discriminator"
        ),
        prior=Gumbel(categories),
        symbols=[str(k) for k in range(categories)],
        ema_decay=ema_decay,
        seed=seed,
        name="categorical",
        **options,
    )


def check(estimator, known):
    """Raises `UserError` where it is none of the known estimators."""
    if estimator not in known:
        raise UserError(
            f"An estimator of {', '.join(known)} was expected. "
            f"Received: {estimator}"
        )


def draw_of(estimator, temperature, **kwargs):
    """The layer by which an estimator's generator draws."""
    if estimator == "gumbel_softmax":
        return draws.GumbelSoftmax(temperature, **kwargs)
    if estimator == "straight_through":
        return draws.StraightThrough(temperature, **kwargs)
    return draws.Scored(**kwargs)


def _points(noise, units):
    if not units:
        logits = Logits(name="logits")(noise)
        return layers.Add(dtype="float32")([logits, noise])
    x = _hidden(noise, units)
    return layers.Dense(noise.shape[-1], dtype="float32", name="points")(x)


def _hidden(x, units):
    for _ in range(2 if units else 0):
        x = layers.LeakyReLU(0.2)(layers.Dense(units)(x))
    return x


@keras.saving.register_keras_serializable(package="tfgan_ref")
class Logits(layers.Layer):
    """K numbers, the same for every row: theta, which begins at 0.

    Call arguments:
        inputs: float `[batch, K]`, of which nothing depends.

    Returns of the call:
        float32 `[batch, K]`.
    """

    def build(self, inputs_shape):
        """Makes them."""
        self.values = self.add_weight(
            shape=inputs_shape[-1:],
            initializer="zeros",
            autocast=False,
            name="values",
        )

    def call(self, inputs):
        """Repeats them."""
        rows = tf.shape(inputs)[0]
        shown = tf.repeat(tf.convert_to_tensor(self.values)[None], rows, 0)
        return tf.ensure_shape(shown, inputs.shape)

    def compute_output_shape(self, inputs_shape):
        """That of the inputs."""
        return inputs_shape
