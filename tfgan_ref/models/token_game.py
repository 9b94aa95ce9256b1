"""Games whose generator chooses among tokens.

Of discrete outputs the discriminator has no gradient to pass on (Goodfellow
2016, section 5.3). `TokenGAN` is the plain game, of a generator that is relaxed
in training or makes points that are decoded; the others learn from what their
generator chose, see `losses.discrete`.
"""

import keras
import tensorflow as tf

from tfgan_ref import checks, endpoints
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.losses import discrete, hinge
from tfgan_ref.round import Round, quantity


class TokenRound(Round):
    """A round of rows of tokens."""

    @quantity
    def choices(self):
        """Ones with the gradient of log q, float32 `[batch, choices]`.

        Of a generator that ends in `layers.draws.Scored`, in training.
        """
        ones = tf.reduce_sum(tf.cast(self.fake, tf.float32), -1)
        return tf.reshape(ones, [self.size, -1])

    @quantity
    def costs(self):
        """What each choice costs, or all together, float32 `[batch, n]`."""
        return self.gan.generator_loss(self.fake_logits)[:, tf.newaxis]


@keras.saving.register_keras_serializable("tfgan_ref")
class TokenGAN(GAN):
    """A generator of tokens, one-hot rows `[batch, K]` or `[batch, length, K]`.

    Args:
        *args: of `GAN`.
        symbols: K texts, what each token is written as; "" ends a string.
        **kwargs: of `GAN`.

    Raises:
        UserError: the generator makes as many other tokens, or as of `GAN`.
    """

    round_class: type[Round] = TokenRound

    def __init__(self, *args, symbols, **kwargs):
        super().__init__(*args, **kwargs)
        self.symbols = tuple(symbols)
        count = self.generator.output_shape[-1]
        if len(self.symbols) != count or not self.symbols:
            raise UserError(
                f"A symbol for each of {count} tokens was expected. "
                f"Received: {len(self.symbols)}"
            )

    def endpoints(self):
        """`sample`: seeds -> tokens, and what is written."""
        return endpoints.of_tokens(self, self.symbols)

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {"symbols": list(self.symbols)}


class _Choosing(TokenGAN):
    """A game that learns from choices, with a baseline or without.

    Args:
        *args: of `TokenGAN`.
        baseline: bool, whether one is taken off: less variance, the same mean.
        **kwargs: of `TokenGAN`.
    """

    def __init__(self, *args, baseline=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.baseline = baseline

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {"baseline": self.baseline}


@keras.saving.register_keras_serializable("tfgan_ref")
class ReinforceGAN(_Choosing):
    """REINFORCE: cost times grad log q, of what the generator chose.

    The cost is minus the logit unless `compile` has another one: with the best
    discriminator its mean is KL(q, p). The baseline of a sample is the mean
    cost of the others of the minibatch.
    """

    generator_loss = staticmethod(hinge.hinge_generator_loss)

    def generator_cost(self, round):
        """The costs of the choices, with REINFORCE's gradient."""
        costs = tf.stop_gradient(round.costs)
        if not self.baseline:
            return [discrete.reinforce(costs, round.choices)]
        count = round.size * self.replicas
        if isinstance(count, int) and count == 1:
            raise UserError(
                "A baseline is the mean of other samples: two in a minibatch "
                "were expected at least. Received: 1"
            )
        others = discrete.mean_of_others(costs, round.global_mean(costs), count)
        return [discrete.reinforce(costs, round.choices, others)]


@keras.saving.register_keras_serializable("tfgan_ref")
class BoundarySeekingGAN(_Choosing):
    """Boundary-seeking GAN: samples weighted by exp(logit), of mean 1.

    Weights are normalised over the minibatch; released are those of 20 samples
    for each z. With a baseline it is MaliGAN.
    """

    def generator_cost(self, round):
        """The weighted log-probabilities of the choices."""
        weights = discrete.importance_weights(round.fake_logits)
        mean = round.global_mean(tf.stop_gradient(weights))
        cost = discrete.boundary_seeking(
            round.fake_logits, round.choices, mean, float(self.baseline)
        )
        return [cost]

    def compile(self, *args, **kwargs):
        """As `GAN.compile`, without a cost of the generator."""
        checks.no_costs(self, kwargs, "generator_loss")
        super().compile(*args, **kwargs)
