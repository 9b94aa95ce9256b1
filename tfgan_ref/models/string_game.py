"""Games of strings that begin with maximum likelihood.

Reference:
    Yu, Zhang, Wang, Yu (2017), SeqGAN: Sequence Generative Adversarial Nets
    with Policy Gradient, https://arxiv.org/abs/1609.05473
"""

import keras
import tensorflow as tf

from tfgan_ref import checks
from tfgan_ref.models import token_game
from tfgan_ref.round import flat, quantity


@keras.saving.register_keras_serializable("tfgan_ref")
class StringGAN(token_game.TokenGAN):
    """A generator of strings, whose last layer is a `TokenLSTM` `strings`.

    For the first steps its cost is -log q of real strings, per token; the
    discriminator plays in them as well.

    Args:
        *args: of the game.
        pretrain_steps: int >= 0, how many steps these are.
        **kwargs: of the game.

    Raises:
        UserError: the number is negative, or as of the game.
    """

    _is_first = False  # While the graph of those steps is made.

    def __init__(self, *args, pretrain_steps=0, **kwargs):
        super().__init__(*args, **kwargs)
        checks.at_least(0, pretrain_steps=pretrain_steps)
        self.pretrain_steps = pretrain_steps

    @property
    def writer(self):
        """The layer that writes the strings."""
        return self.generator.get_layer("strings")

    def make_step(self, minibatches):
        """A step of maximum likelihood, or of the game."""
        if not self.pretrain_steps:
            return super().make_step(minibatches)

        def make(is_first):
            self._is_first = is_first
            try:
                return super(StringGAN, self).make_step(minibatches)
            finally:
                self._is_first = False

        return tf.cond(
            self.step.value < self.pretrain_steps,
            lambda: make(True),
            lambda: make(False),
        )

    def generator_cost(self, round):
        """-log q of the real strings, or the game's own cost."""
        if self._is_first:
            real = tf.cast(round.real, tf.float32)
            return [-self.writer.log_likelihoods(real)]
        return super().generator_cost(round)

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {"pretrain_steps": self.pretrain_steps}


class RolloutRound(token_game.TokenRound):
    """A round in which each token has a cost of its own."""

    @quantity
    def continuations(self):
        """What follows on each beginning, `[length - 1, n, length, K]`."""
        _, length, count = self.gan.generator.output_shape
        times = self.gan.rollouts * (length - 1)

        def draw_rows(rows, seed):
            # Others than those of the strings themselves.
            seed = tf.random.experimental.stateless_fold_in(seed, 1)
            drawn = self.gan.prior.draw(rows * times, seed)
            return tf.reshape(drawn, [rows, times, length, count])

        drawn = self.gan.rows(draw_rows, self.size, self.draw)
        return self.gan.writer.continuations(self.fake, drawn)

    @quantity
    def costs(self):
        """Of each token the mean cost of strings that go on from it."""
        last = self.gan.generator_loss(self.fake_logits)[:, tf.newaxis]
        if not self.gan.rollouts:
            return last
        rows = self.continuations
        strings = tf.reshape(rows, [-1, *rows.shape[2:]])
        logits = flat(self.forward("discriminator", self.judged(strings)))
        costs = self.gan.generator_loss(logits)
        costs = tf.reshape(costs, [rows.shape[0], self.gan.rollouts, self.size])
        costs = tf.transpose(tf.reduce_mean(costs, 1))
        return tf.concat([costs, last], 1)


@keras.saving.register_keras_serializable("tfgan_ref")
class ReinforceStringGAN(StringGAN, token_game.ReinforceGAN):
    """SeqGAN's game: REINFORCE with a cost for each token.

    Args:
        *args: of `StringGAN`.
        rollouts: int >= 0, strings that go on from each beginning of one, whose
            mean cost is that of its last token; 0: the cost of the whole string
            is that of each of its tokens.
        **kwargs: of `StringGAN` and of `ReinforceGAN`.
    """

    round_class = RolloutRound

    def __init__(self, *args, rollouts=0, **kwargs):
        super().__init__(*args, **kwargs)
        checks.at_least(0, rollouts=rollouts)
        self.rollouts = rollouts

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {"rollouts": self.rollouts}


@keras.saving.register_keras_serializable("tfgan_ref")
class BoundarySeekingStringGAN(StringGAN, token_game.BoundarySeekingGAN):
    """Whole strings weighted by exp(logit)."""
