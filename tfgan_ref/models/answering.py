"""Games whose generator is given images and knows what to make of them.

Its cost is of what its answer lacks beside the known one, and of the
adversarial game, which prefers one sharp answer to the mean of several
(Goodfellow 2016, section 1 and figure 3).
"""

import keras
import tensorflow as tf

from tfgan_ref import checks, endpoints
from tfgan_ref.gan import GAN
from tfgan_ref.losses import reconstruction
from tfgan_ref.round import Round, quantity


class AnsweringRound(Round):
    """A round whose real examples are the answers."""

    @quantity
    def errors(self):
        """The generator's mean squared error, float32 `[batch]`."""
        return reconstruction.squared_error(self.real, self.fake)


@keras.saving.register_keras_serializable("tfgan_ref")
class AnsweringGAN(GAN):
    """A generator of images of those it is given, without noise.

    A game has `given`, the name of the generator's one input, and `answer`,
    that of the function of `endpoints` that is served beside the usual ones;
    `inputs` gives what is made of a minibatch, and `error_cost` what an answer
    costs. The network `examples` is no player: a table of inputs, of which the
    samples of seeds are made in turn.

    Args:
        *args: of `GAN`.
        gan_weight: float >= 0, of the adversarial term of the generator's cost;
            0: the error alone, and the discriminator has no turn.
        pretrain_steps: int >= 0, how many steps are made without that term;
            the discriminator plays in them as well.
        **kwargs: of `GAN`.

    Raises:
        UserError: a number is negative, or as of `GAN`.
    """

    network_names: tuple[str, ...] = ("generator", "discriminator", "examples")
    round_class: type[Round] = AnsweringRound
    is_of_examples = True
    given = "images"
    answer = "answer"

    def __init__(self, *args, gan_weight=1.0, pretrain_steps=0, **kwargs):
        super().__init__(*args, **kwargs)
        checks.at_least(0, gan_weight=gan_weight, pretrain_steps=pretrain_steps)
        self.gan_weight, self.pretrain_steps = gan_weight, pretrain_steps

    def error_cost(self, round):
        """What an answer costs, a list of terms: the squared error."""
        return [round.errors]

    def generator_cost(self, round):
        """The errors, and after the first steps that it seems generated."""
        terms = self.error_cost(round)
        if self.gan_weight:
            weight = self.gan_weight
            if self.pretrain_steps:
                weight = tf.where(self.is_pretraining(), 0.0, weight)
            terms.append(weight * self.generator_loss(round.fake_logits))
        return terms

    def is_pretraining(self):
        """Whether this step is one of the first ones, a bool scalar."""
        return self.step.value < self.pretrain_steps

    def metrics_of(self, round):
        """As `GAN`'s, and the mean squared error."""
        found = super().metrics_of(round)
        if "errors" in vars(round):
            found["loss/squared_error"] = tf.reduce_mean(round.errors)
        return found

    def sample_inputs(self, seeds, truncation=None):
        """The table's inputs in turn, which no truncation changes."""
        places = super().sample_inputs(seeds, truncation)
        return {self.given: self.examples(places, training=False)}

    @property
    def generator_spec(self):
        """Of the input, images in [-1, 1]."""
        return {self.given: tf.TensorSpec(self.examples.output_shape)}

    def endpoints(self):
        """As `GAN`'s; `answer`: images in [0, 1] -> images."""
        shape = self.examples.output_shape
        return super().endpoints() | endpoints.of_images(
            self.answer, self._answered, shape, given=self.given
        )

    def _answered(self, images):
        return self.sampler({self.given: images}, training=False)

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {
            "gan_weight": self.gan_weight,
            "pretrain_steps": self.pretrain_steps,
        }
