"""GANs whose discriminator is a classifier of n real classes and a fake one.

Reference:
    Salimans, Goodfellow, Zaremba, Cheung, Radford, Chen (2016), Improved
    Techniques for Training GANs, https://arxiv.org/abs/1606.03498
"""

import keras
import tensorflow as tf

from tfgan_ref import checks, endpoints, metrics
from tfgan_ref.gan import GAN
from tfgan_ref.losses import adversarial, semi_supervised
from tfgan_ref.round import Round, quantity


def stream_spec(images):
    """Of a minibatch of `data.semi_supervised.stream`, of that of its images.

    Args:
        images: `tf.TensorSpec` `[batch, height, width, channels]`.
    """
    labels = tf.TensorSpec(images.shape[:1], tf.int32)
    return images, labels, images, images


class SemiSupervisedRound(Round):
    """What a minibatch of `data.semi_supervised.stream` gives.

    A tuple `(labelled_images, labels, images, other_images)`, the last for the
    generator's turn.
    """

    @quantity
    def labelled(self):
        """Images that have a label, float `[batch, ...]`."""
        return self.minibatch[0]

    @quantity
    def labels(self):
        """Their labels, int32 `[batch]`."""
        return self.minibatch[1]

    @quantity
    def real(self):
        """Images without their label, float `[batch, ...]`."""
        return self.minibatch[2]

    @quantity
    def others(self):
        """Other real images, float `[batch, ...]`."""
        return self.minibatch[3]

    @quantity
    def shown_labelled(self):
        """`labelled` as the discriminator sees them."""
        return self.augmented(self.labelled)

    @quantity
    def shown_others(self):
        """`others` as the discriminator sees them."""
        return self.augmented(self.others)

    @quantity
    def labelled_classes(self):
        """Class logits of labelled images, float `[batch, classes]`."""
        return self.forward("discriminator", self.shown_labelled)

    @quantity
    def real_classes(self):
        """Class logits of unlabelled images."""
        return self.forward("discriminator", self.shown_real)

    @quantity
    def fake_classes(self):
        """Class logits of samples."""
        return self.forward("discriminator", self.shown_fake)

    @quantity
    def labelled_costs(self):
        """float32 `[batch]`."""
        return semi_supervised.labelled_loss(self.labelled_classes, self.labels)

    @quantity
    def unlabelled_costs(self):
        """float32 `[batch]`."""
        return semi_supervised.unlabelled_loss(
            self.real_classes, self.fake_classes
        )

    @quantity
    def real_logits(self):
        """Logits of "real" on unlabelled images, float `[batch]`."""
        return semi_supervised.realness_logits(self.real_classes)

    @quantity
    def fake_logits(self):
        """Logits of "real" on samples, float `[batch]`."""
        return semi_supervised.realness_logits(self.fake_classes)


@keras.saving.register_keras_serializable("tfgan_ref")
class SemiSupervisedGAN(GAN):
    """A generator against a classifier of n + 1 classes.

    The two are updated in turn: `discriminator_steps` times the discriminator,
    each time on a labelled, an unlabelled and a generated minibatch, and then
    `generator_steps` times the generator. Both costs are the released code's;
    in a subclass the generator may play another game.

    It trains on minibatches of `data.semi_supervised.stream`.

    Args:
        generator: as for `GAN`.
        discriminator: `keras.Model`, images -> class logits
            `[batch, classes]`; the fake class has no output, its logit is 0.
        generator_steps: int >= 1, generator updates per step.
        **kwargs: of `GAN`.

    Raises:
        UserError: `generator_steps` is not positive.
    """

    round_class = SemiSupervisedRound

    # On the logits of "real", as in the released minibatch GAN.
    generator_loss = staticmethod(adversarial.minimax_generator_loss)

    def __init__(
        self, generator, discriminator, *, generator_steps=1, **kwargs
    ):
        super().__init__(generator, discriminator, **kwargs)
        checks.positive(generator_steps=generator_steps)
        self.generator_steps = generator_steps

    def check_networks(self):
        """The discriminator gives class logits."""
        checks.classifier(self)

    def minibatch_spec(self, batch_size):
        """Labelled images, their labels, images, and others."""
        return stream_spec(super().minibatch_spec(batch_size))

    @property
    def classifier(self):
        """The discriminator, the averaged one if any, to classify with."""
        return self.trained("discriminator")

    @property
    def classes(self):
        """The real ones; None where the network does not tell."""
        shape = getattr(self.discriminator, "output_shape", None)
        return shape[-1] if isinstance(shape, tuple) else None

    def compile(self, *args, simultaneous=False, **kwargs):
        """As `GAN.compile`, but the updates are always in turn.

        Raises:
            UserError: `simultaneous` is True, or a cost of the discriminator is
                given.
        """
        checks.in_turn("The classifier's", simultaneous)
        checks.no_costs(self, kwargs, "discriminator_loss")
        super().compile(*args, simultaneous=False, **kwargs)

    def discriminator_cost(self, round):
        """The costs of labels, and of real and generated images."""
        return [round.labelled_costs, round.unlabelled_costs]

    def metrics_of(self, round):
        """As `GAN`'s, and what the labelled images show."""
        seen = vars(round)
        logs: dict[str, tf.Tensor] = {}
        if "labelled_costs" in seen:
            logs |= metrics.of_labels(
                round.labelled_costs, round.labelled_classes, round.labels
            )
        if "unlabelled_costs" in seen:
            logs["loss/unlabelled"] = tf.reduce_mean(round.unlabelled_costs)
            # Computed already, but for the sum over classes.
            logs |= metrics.discriminator(
                semi_supervised.realness_logits(round.real_classes),
                semi_supervised.realness_logits(round.fake_classes),
                lambda logits: logits > 0,
            )
        return logs

    def endpoints(self):
        """As `GAN`'s, and `classify`."""
        found = super().endpoints()
        if self.classifier is not None:
            found |= endpoints.of_classifier(self.classifier)
        return found

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {"generator_steps": self.generator_steps}


@keras.saving.register_keras_serializable("tfgan_ref")
class SupervisedBaseline(SemiSupervisedGAN):
    """The same discriminator trained on the labelled examples alone.

    What the unlabelled examples and the generator are worth shows beside it.
    The generator stays as it is.
    """

    def turns(self):
        """The classifier's alone."""
        return super().turns()[:1]

    def discriminator_cost(self, round):
        """The costs of labels."""
        return [round.labelled_costs]
