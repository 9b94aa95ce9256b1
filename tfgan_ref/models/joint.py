"""The game of pairs: a generator, an encoder, and a judge of both.

The discriminator tells (x, E(x)) from (G(z), z). BiGAN and ALI are this game
with networks of their own.

References:
    Donahue, Krähenbühl, Darrell (2017), Adversarial Feature Learning,
    https://arxiv.org/abs/1605.09782
    Dumoulin et al. (2017), Adversarially Learned Inference,
    https://arxiv.org/abs/1606.00704
"""

import tensorflow as tf

from tfgan_ref import endpoints
from tfgan_ref.gan import GAN
from tfgan_ref.round import Round
from tfgan_ref.turn import Turn


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
