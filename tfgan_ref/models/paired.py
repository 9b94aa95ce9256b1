"""The game of pairs of images: one is given, and one is made of it.

The discriminator tells (x, y) from (x, G(x, z)), and G is to be near y as well.
"""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from tfgan_ref import checks, endpoints
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.losses import reconstruction
from tfgan_ref.round import Round, quantity

_SHOWN = 16  # Pairs of the picture beside the samples.


class PairedRound(Round):
    """A round of targets and sources."""

    @quantity
    def error(self):
        """|y - G(x, z)|, the mean of each example, float32 `[batch]`."""
        return reconstruction.absolute_error(self.real, self.fake)

    # A pair is augmented as one.
    @quantity
    def shown_real(self):
        """The targets."""
        return self.real

    @quantity
    def shown_fake(self):
        """What the generator makes of the sources."""
        return self.fake

    def judged(self, images):
        """Sources and images, one behind the other."""
        source = tf.cast(self.inputs["source"], images.dtype)
        return self.augmented(tf.concat([source, images], -1))


@keras.saving.register_keras_serializable("tfgan_ref")
class PairedGAN(GAN):
    """A GAN of minibatches `(targets, sources)`, with the L1 cost.

    The networks `targets` and `sources` are no players: tables of pairs, of
    whose sources samples are made in turn.

    Args:
        generator: `source` in [-1, 1] and latents by the prior's names ->
            images.
        discriminator: channels of sources and then of images -> logits
            `[batch]`, or of patches `[batch, rows, columns]`.
        l1_weight: float >= 0, lambda of eq. (4) of Isola et al. (2017).
        gan_weight: float >= 0, of the adversarial cost in the generator's; 0:
            L1 alone, and the discriminator has no turn.
        **kwargs: of `GAN`; `targets` and `sources`, see `table.of`, and
            `prior`, a `priors.Product`.

    Raises:
        UserError: an argument is out of range, or the networks do not fit
            together.
    """

    network_names = ("generator", "discriminator", "targets", "sources")
    round_class = PairedRound
    is_of_examples = True

    def __init__(
        self,
        generator,
        discriminator,
        *,
        l1_weight=100.0,
        gan_weight=1.0,
        **kwargs,
    ):
        super().__init__(generator, discriminator, **kwargs)
        checks.at_least(0.0, l1_weight=l1_weight, gan_weight=gan_weight)
        self.l1_weight, self.gan_weight = l1_weight, gan_weight

    def check_networks(self):
        """The discriminator takes pairs of what there is."""
        *size, channels = self.generator.output_shape[1:]
        *_, more = self.generator.input["source"].shape
        received = self.discriminator.input_shape
        if received[1:] != (*size, more + channels):
            raise UserError(
                "A discriminator of pairs, images "
                f"{(None, *size, more + channels)}, was expected. "
                f"Received: one of {received}"
            )

    def minibatch_spec(self, batch_size):
        """Targets and sources."""
        source = self.generator_spec["source"].shape[1:]
        of_source = tf.TensorSpec([batch_size, *source])
        return super().minibatch_spec(batch_size), of_source

    def inputs(self, minibatch, draw):
        """The minibatch's sources, and latents."""
        if not isinstance(minibatch, tuple):
            raise UserError(
                "Pairs of images were expected. Received: images alone"
            )
        return {"source": minibatch[1], **super().inputs(minibatch, draw)}

    def generator_cost(self, round):
        """The distance to the targets, and that samples should seem real."""
        terms = [self.l1_weight * round.error]
        if self.gan_weight:
            costs = self.generator_loss(round.fake_logits)
            terms.append(self.gan_weight * costs)
        return terms

    def metrics_of(self, round):
        """As `GAN`'s, of all patches, and `loss/l1`."""
        logs = super().metrics_of(round)
        logs |= {
            name: tf.reshape(value, [-1])
            for name, value in logs.items()
            if name.startswith("logits/")
        }
        if "error" in vars(round):
            logs["loss/l1"] = tf.reduce_mean(round.error)
        return logs

    def sample_inputs(self, seeds, truncation=None):
        """The table's sources in turn, and latents."""
        places = tf.convert_to_tensor(seeds, tf.int64) % self._examples
        source = self.sources(places, training=False)
        return {"source": source, **super().sample_inputs(seeds, truncation)}

    @property
    def generator_spec(self):
        """Of sources in [-1, 1], and of latents."""
        source = tf.TensorSpec(self.generator.input["source"].shape)
        return {"source": source, **self.prior.spec}

    @property
    def _examples(self):
        """How many pairs are in the tables."""
        return self.sources.get_layer("table").input_dim

    def tables(self):
        """`translations`: sources, samples and targets of some examples."""
        places = np.arange(min(_SHOWN, self._examples))
        rows = [
            np.asarray(images)
            for images in (
                self.sources(places, training=False),
                self.sample(places),
                self.targets(places, training=False),
            )
        ]
        channels = max(images.shape[-1] for images in rows)
        return {
            "translations": np.stack(
                [x.repeat(channels // x.shape[-1], -1) for x in rows]
            )
        }

    def translate(self, images, seed=None):
        """Images made of others.

        Args:
            images: float `[batch, height, width, channels]` in [-1, 1].
            seed: int64 `[batch]`, of what is dropped out; None: nothing is.

        Returns:
            float `[batch, height, width, channels]` in [-1, 1].
        """
        images = tf.convert_to_tensor(images)
        if seed is None:
            count = tf.shape(images)[0]
            latents = {
                name: tf.ones([count, *spec.shape[1:]])
                for name, spec in self.prior.spec.items()
            }
        else:
            latents = self.prior.of_seeds(seed)
        return self.sampler({"source": images, **latents}, training=False)

    def endpoints(self):
        """As `GAN`'s, and both ways of `translate`."""
        shape = self.generator.input["source"].shape
        seeds = {"seed": tf.TensorSpec([None], tf.int64)}
        return (
            super().endpoints()
            | endpoints.of_images("translate", self.translate, shape)
            | endpoints.of_images(
                "translate_noisy", self.translate, shape, seeds
            )
        )

    def get_config(self):
        """Arguments of the constructor."""
        weights = {"l1_weight": self.l1_weight, "gan_weight": self.gan_weight}
        return super().get_config() | weights
