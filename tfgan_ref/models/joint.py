"""The game of pairs: a generator, an encoder, and a judge of both.

The discriminator tells (x, E(x)) from (G(z), z). BiGAN and ALI are this game
with networks of their own.

References:
    Donahue, Krähenbühl, Darrell (2017), Adversarial Feature Learning,
    https://arxiv.org/abs/1605.09782
    Dumoulin et al. (2017), Adversarially Learned Inference,
    https://arxiv.org/abs/1606.00704
"""

import functools

import tensorflow as tf

from tfgan_ref import endpoints
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.losses import (
    adversarial,
    discrete,
    f_divergence,
    hinge,
    wasserstein,
)
from tfgan_ref.round import Round
from tfgan_ref.turn import Turn

# Of games that stay what they are where real and fake change places and logits
# their signs. By the third, where D is best, the encoder minimises KL(p, q) and
# the generator KL(q, p), p of the generator's pairs and q of the encoder's.
_SYMMETRIC = (
    adversarial.minimax_generator_loss,
    adversarial.non_saturating_generator_loss,
    adversarial.maximum_likelihood_generator_loss,
    discrete.sigmoid_generator_loss,
    hinge.hinge_generator_loss,
    wasserstein.wasserstein_generator_loss,
)
_SYMMETRIC_DIVERGENCES = (
    f_divergence.TOTAL_VARIATION,
    f_divergence.SQUARED_HELLINGER,
    f_divergence.JENSEN_SHANNON,
    f_divergence.GAN,
)


class JointRound(Round):
    """A round of pairs of examples and latents."""

    def judged(self, examples):
        """Examples beside what they are made of, or what the encoder makes."""
        # The encoder sees them as they are, whatever the discriminator does.
        is_real = examples is self.real or examples is self.shown_real
        latents = self.forward("encoder", self.real) if is_real else self.inputs
        return {self.gan.encoder.input.name: examples, "latents": latents}


class JointGAN(GAN):
    """A generator of `latents`, an encoder of examples, a judge of both.

    The encoder's one input and the discriminator's first have the same name,
    such as `images`.
    """

    network_names = ("generator", "discriminator", "encoder")
    round_class = JointRound

    def turns(self):
        """The discriminator's, then that of generator and encoder."""
        return [super().turns()[0], Turn("generator", ("generator", "encoder"))]

    def compile(self, *args, **kwargs):
        """As `GAN.compile`, of costs symmetric about a logit of 0.

        What an example costs the encoder is `generator_loss` of minus its
        logit. A function that is none of `tfgan_ref.losses` is taken to be of
        a game that is the same where real and fake change places and logits
        their signs: discriminator_loss(a, b) = discriminator_loss(-b, -a).

        Raises:
            UserError: `generator_loss` is one of the library's of another game,
                such as least squares.
        """
        _check_symmetric(kwargs.get("generator_loss"))
        super().compile(*args, **kwargs)

    def generator_cost(self, round):
        """That samples should seem real, and examples should not."""
        logits = round.fake_logits, -round.real_logits
        return [self.generator_loss(of_fake) for of_fake in logits]

    def encode(self, images):
        """Images float in [-1, 1] -> dict with their `latents`."""
        latents = self.trained("encoder")(images, training=False)
        return {"latents": tf.cast(latents, tf.float32)}

    def endpoints(self):
        """As `GAN`'s; `encode`: images -> latents; `reconstruct`: -> images."""
        found = super().endpoints()
        (generate, _), shape = found["generate"], self.encoder.input_shape
        return found | endpoints.of_encoder(self.encode, generate, shape)


def _check_symmetric(cost):
    function = cost
    while isinstance(function, functools.partial):
        function = function.func
    module = str(getattr(function, "__module__", None))
    if not module.startswith("tfgan_ref.losses."):
        return
    divergence = getattr(function, "__self__", None)
    if function not in _SYMMETRIC and divergence not in _SYMMETRIC_DIVERGENCES:
        raise UserError(
            "A game of pairs needs a cost that is symmetric about a logit of "
            f"0. Received: generator_loss={cost}"
        )
