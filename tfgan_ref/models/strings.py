"""LSTMs that write strings, and LSTMs that read them.

References:
    Yu, Zhang, Wang, Yu (2017), SeqGAN: Sequence Generative Adversarial Nets
    with Policy Gradient, https://arxiv.org/abs/1609.05473
    Kusner, Hernández-Lobato (2016), GANS for Sequences of Discrete Elements
    with the Gumbel-softmax Distribution, https://arxiv.org/abs/1611.04051
"""

import keras
from keras import layers

from tfgan_ref import checks
from tfgan_ref.gumbel_prior import Gumbel
from tfgan_ref.layers import draws
from tfgan_ref.layers.noise import Dropout
from tfgan_ref.layers.token_lstm import TokenLSTM
from tfgan_ref.models import categorical, string_game, toy

ESTIMATORS = (
    "reinforce",
    "boundary_seeking",
    "gumbel_softmax",
    "straight_through",
)
_LONGEST_RUN = 4  # Of a convolution.
_GAMES = {
    "reinforce": string_game.ReinforceStringGAN,
    "boundary_seeking": string_game.BoundarySeekingStringGAN,
}


def build(
    symbols,
    length,
    estimator="reinforce",
    *,
    pretrain_steps=0,
    rollouts=0,
    temperature=1.0,
    baseline=True,
    units=32,
    embedding_dim=32,
    discriminator_units=32,
    convolutions=False,
    ema_decay=0.0,
    seed=0,
):
    """Returns a GAN of strings; compile it with Adam.

    Both networks are LSTMs, as of Kusner and Hernández-Lobato, or the
    discriminator is made of convolutions, as of SeqGAN. Deviations: the
    former's temperature falls from 5 to 1; the latter has no baseline, and a
    discriminator of wider convolutions and one more layer.

    Args:
        symbols: str of each token, "" of one that ends a string.
        length: int >= 2, tokens of a string.
        estimator: of `ESTIMATORS`, what the generator learns from.
        pretrain_steps: int >= 0, see `StringGAN`.
        rollouts: int >= 0, of `reinforce`, see `ReinforceStringGAN`.
        temperature: float > 0, of `gumbel_softmax` and `straight_through`.
        baseline: bool, of `reinforce` and `boundary_seeking`.
        units: int >= 1, of the generator's LSTM.
        embedding_dim: int >= 1, of a token in it.
        discriminator_units: int >= 1, of the discriminator's LSTM, or maps of
            each of its convolutions.
        convolutions: bool, whether it is made of these.
        ema_decay: float in [0, 1), see `GAN`.
        seed: int, of the initial weights and of the noise.

    Raises:
        UserError: an argument is out of range.
    """
    checks.positive(
        units=units,
        embedding_dim=embedding_dim,
        discriminator_units=discriminator_units,
    )
    checks.at_least(2, length=length)
    checks.at_least(1, symbols=len(symbols))
    categorical.check(estimator, ESTIMATORS)
    options = {"baseline": baseline} if estimator in _GAMES else {}
    if estimator == "reinforce":
        options["rollouts"] = rollouts
    keras.utils.set_random_seed(seed)
    judge = convolution if convolutions else discriminator
    draw = categorical.draw_of(estimator, temperature)
    return _GAMES.get(estimator, string_game.StringGAN)(
        writer(len(symbols), length, draw, units, embedding_dim),
        judge(len(symbols), length, discriminator_units),
        prior=Gumbel(length * len(symbols)),
        symbols=symbols,
        pretrain_steps=pretrain_steps,
        ema_decay=ema_decay,
        seed=seed,
        name="strings",
        **options,
    )


def writer(count, length, draw, units=32, embedding_dim=32, stddev=None):
    """Noise `[batch, length * count]` -> tokens `[batch, length, count]`."""
    noise = keras.Input((length * count,), name="noise")
    x = layers.Reshape((length, count), dtype="float32")(noise)
    lstm = TokenLSTM(draw, units, embedding_dim, stddev, name="strings")
    return keras.Model(noise, lstm(x), name="generator")


def discriminator(count, length, units=32):
    """Tokens `[batch, length, count]` -> logits `[batch]`."""
    tokens = keras.Input((length, count), name="tokens")
    # As many steps in the graph: none has to wait for a loop.
    x = layers.LSTM(units, unroll=True, seed=0)(tokens)
    return keras.Model(tokens, toy.logits(x), name="discriminator")


def convolution(count, length, units=64, embedding_dim=32):
    """The same, which looks for runs of one to four tokens anywhere."""
    tokens = keras.Input((length, count), name="tokens")
    x = layers.Dense(embedding_dim, use_bias=False, name="embedding")(tokens)
    found = [
        layers.GlobalMaxPooling1D()(
            layers.Conv1D(units, run, activation="relu")(x)
        )
        for run in range(1, min(_LONGEST_RUN, length) + 1)
    ]
    x = Dropout(0.25)(layers.Concatenate()(found))
    return keras.Model(tokens, toy.logits(x), name="discriminator")


def oracle(count, length, *, units=32, embedding_dim=32, seed=0):
    """A network of random weights that stands for the truth, as SeqGAN's.

    All weights are from N(0, 1), and its strings are of known probability.

    Args:
        count: int >= 2, tokens to choose from.
        length: int >= 2, tokens of a string.
        units: int >= 1, of its LSTM.
        embedding_dim: int >= 1, of a token.
        seed: int, of the weights.

    Returns:
        `keras.Model` as of `writer`.
    """
    checks.at_least(2, count=count, length=length)
    keras.utils.set_random_seed(seed)
    network = writer(count, length, draws.Draw(), units, embedding_dim, 1.0)
    network.trainable = False
    return network
