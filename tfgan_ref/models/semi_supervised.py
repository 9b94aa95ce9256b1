"""GANs whose discriminator is a classifier of n real classes and a fake one.

Reference:
    Salimans, Goodfellow, Zaremba, Cheung, Radford, Chen (2016), Improved
    Techniques for Training GANs, https://arxiv.org/abs/1606.03498
"""

import keras
import tensorflow as tf

from tfgan_ref import metrics
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.losses import adversarial, semi_supervised


class SemiSupervisedGAN(GAN):
    """A generator against a classifier of n + 1 classes.

    The two are updated in turn: `discriminator_steps` times the discriminator,
    each time on a labelled, an unlabelled and a generated minibatch, and then
    `generator_steps` times the generator. Both costs are the released code's;
    in a subclass the generator may play another game.

    It trains on minibatches of `data.semi_supervised.stream`: tuples
    `(labelled_images, labels, images, other_images)`, the last for the
    generator's update.

    Args:
        generator: as for `GAN`.
        discriminator: `keras.Model`, images -> class logits
            `[batch, classes]`; the fake class has no output, its logit is 0.
        generator_steps: int >= 1, generator updates per step.
        **kwargs: of `GAN`.

    Raises:
        UserError: `generator_steps` is not positive.
    """

    # On the logits of "real", as in the released minibatch GAN.
    generator_loss = staticmethod(adversarial.minimax_generator_loss)

    def __init__(
        self, generator, discriminator, *, generator_steps=1, **kwargs
    ):
        super().__init__(generator, discriminator, **kwargs)
        if generator_steps < 1:
            raise UserError(
                f"`generator_steps` must be positive. "
                f"Received: {generator_steps}"
            )
        self.generator_steps = generator_steps

    @property
    def classifier(self):
        """The discriminator, the averaged one if any, to classify with."""
        return self.ema_discriminator or self.discriminator

    def compile(self, *args, simultaneous=False, **kwargs):
        """As `GAN.compile`, but the updates are always in turn.

        Raises:
            UserError: `simultaneous` is True.
        """
        if simultaneous:
            raise UserError(
                "The classifier's and the generator's updates are in turn. "
                "Received: simultaneous=True"
            )
        super().compile(*args, simultaneous=False, **kwargs)

    def train_step(self, minibatches):
        """The updates of one step, on one replica.

        Args:
            minibatches: list of `discriminator_steps` tuples of labelled
                images, their labels, int32 `[batch]`, unlabelled images and
                others; images float `[batch, height, width, channels]` in
                [-1, 1].

        Returns:
            dict as of `GAN.train_step`, where the logits are those of "real",
            and `loss/labelled`, `loss/unlabelled` and `accuracy/labelled`.
        """
        logs = {}
        for k, (labelled, labels, unlabelled, _) in enumerate(minibatches):
            logs |= self._update_classifier(labelled, labels, unlabelled, k)
        others = minibatches[-1][-1]
        for i in range(self.generator_steps):
            logs |= self._update_generator(others, draw=len(minibatches) + i)
        return logs

    def passes(self):
        """Passes through each network per example, see `cost.step_flop`."""
        k, j = self.discriminator_steps, self.generator_steps
        # Three minibatches, each 3; the generator's turn is 1 forward and 1
        # gradient of the input.
        return k + 3 * j, 9 * k + 2 * j

    def _update_classifier(self, labelled, labels, unlabelled, draw):
        latents = self.latents(keras.ops.shape(unlabelled)[0], draw)
        fake = self.generator(latents, training=True)
        with tf.GradientTape() as tape:
            labelled_logits, real_logits, fake_logits = self._logits(
                labelled, unlabelled, fake
            )
            labelled_cost = tf.reduce_mean(
                semi_supervised.labelled_loss(labelled_logits, labels)
            )
            unlabelled_cost = tf.reduce_mean(
                semi_supervised.unlabelled_loss(real_logits, fake_logits)
            )
            cost = labelled_cost + unlabelled_cost
            share = self.per_replica(cost)
        self._apply_to_discriminator(
            tape.gradient(share, self.discriminator.trainable_variables)
        )
        predicted = tf.argmax(labelled_logits, -1, output_type=labels.dtype)
        return metrics.discriminator(
            cost,
            semi_supervised.realness_logits(real_logits),
            semi_supervised.realness_logits(fake_logits),
        ) | {
            "loss/labelled": labelled_cost,
            "loss/unlabelled": unlabelled_cost,
            "accuracy/labelled": metrics.fraction(predicted == labels),
        }

    def _logits(self, *minibatches):
        """Class logits of each; the minibatches do not see one another."""
        return [
            self.discriminator(images, training=True) for images in minibatches
        ]

    def _generator_cost(self, fake_images, real_images):
        class_logits = self.discriminator(fake_images, training=True)
        return tf.reduce_mean(
            self.generator_loss(semi_supervised.realness_logits(class_logits))
        )


class SupervisedBaseline(SemiSupervisedGAN):
    """The same discriminator trained on the labelled examples alone.

    What the unlabelled examples and the generator are worth shows beside it.
    The generator stays as it is.
    """

    def train_step(self, minibatches):
        """One update of the classifier on labelled images, on one replica."""
        logs = {}
        for labelled, labels, *_ in minibatches:
            with tf.GradientTape() as tape:
                logits = self.discriminator(labelled, training=True)
                cost = tf.reduce_mean(
                    semi_supervised.labelled_loss(logits, labels)
                )
                share = self.per_replica(cost)
            self._apply_to_discriminator(
                tape.gradient(share, self.discriminator.trainable_variables)
            )
            predicted = tf.argmax(logits, -1, output_type=labels.dtype)
            logs = {
                "loss/discriminator": cost,
                "loss/labelled": cost,
                "accuracy/labelled": metrics.fraction(predicted == labels),
            }
        return logs

    def passes(self):
        """Passes through each network per example, see `cost.step_flop`."""
        return 0, 3 * self.discriminator_steps
