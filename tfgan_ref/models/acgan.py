"""AC-GAN: a discriminator that tells the class, and is not given it.

Sources disagree whether the discriminator learns the class of samples as well:
the paper says so, but neither of two codes that are widely used does (Keras's
example and igul222/improved_wgan_training; there is no code of the authors).
Here it learns from images alone: else both players gain by samples that only
they take for the class.

Reference:
    Odena, Olah, Shlens (2017), Conditional Image Synthesis with Auxiliary
    Classifier GANs, https://arxiv.org/abs/1610.09585
"""

import keras
import tensorflow as tf
from keras import layers

from tfgan_ref import metrics
from tfgan_ref.errors import UserError
from tfgan_ref.losses.semi_supervised import labelled_loss
from tfgan_ref.models import dcgan
from tfgan_ref.models.conditional_game import ConditionalGAN
from tfgan_ref.models.named_outputs import NamedOutputsRound
from tfgan_ref.round import quantity


def discriminator(image_shape, classes, width):
    """Images -> dict of `logits` `[batch]`, `classes` `[batch, classes]`.

    DCGAN's with a second head. Deviation: the paper has six convolutions with
    dropout.
    """
    images = keras.Input(image_shape, name="images")
    x = layers.Flatten()(dcgan.downsampled(images, width))
    logits = layers.Reshape((), dtype="float32")(dcgan.head(1, x))
    heads = {"logits": logits, "classes": dcgan.head(classes, x)}
    return keras.Model(images, heads, name="discriminator")


class AuxiliaryRound(NamedOutputsRound):
    """A round in which the discriminator tells classes as well."""

    @quantity
    def labelled_costs(self):
        """-log p(c | x) of images, float32 `[batch]`."""
        return self.class_costs(self.real_outputs)

    @quantity
    def asked_costs(self):
        """-log p(c | G(z, c)) of samples, float32 `[batch]`."""
        return self.class_costs(self.fake_outputs)

    def class_costs(self, heads):
        """The cross-entropy of the round's classes."""
        return labelled_loss(heads["classes"], self.inputs["labels"])


@keras.saving.register_keras_serializable("tfgan_ref")
class AuxiliaryClassifierGAN(ConditionalGAN):
    """Both players also gain by the class that the discriminator tells.

    L_S and L_C of the paper, each with weight 1: the discriminator learns the
    class of images, the generator that its samples are taken for theirs.
    """

    round_class = AuxiliaryRound

    def check_networks(self):
        """The discriminator gives logits and as many class logits."""
        super().check_networks()
        heads = self.discriminator.output
        found = {}
        if isinstance(heads, dict):
            found = {name: tuple(head.shape) for name, head in heads.items()}
        if (
            found.get("classes") != (None, self.classes)
            or "logits" not in found
        ):
            raise UserError(
                "A discriminator that gives `logits` and `classes` "
                f"`[batch, {self.classes}]` was expected. Received: {found}"
            )

    def discriminator_cost(self, round):
        """Of real against generated, and of the classes of images."""
        return [*super().discriminator_cost(round), round.labelled_costs]

    def generator_cost(self, round):
        """Of seeming real, and of being of the class asked for."""
        return [*super().generator_cost(round), round.asked_costs]

    def metrics_of(self, round):
        """As `GAN`'s, and what the classes show."""
        logs = super().metrics_of(round)
        seen = vars(round)
        for name, side in (("labelled", "real"), ("asked", "fake")):
            if f"{name}_costs" in seen:
                logs |= metrics.of_labels(
                    seen[f"{name}_costs"],
                    seen[f"{side}_outputs"]["classes"],
                    tf.cast(round.inputs["labels"], tf.int64),
                    name,
                )
        return logs
