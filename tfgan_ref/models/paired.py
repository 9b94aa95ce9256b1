"""The game of pairs of images: one is given, and one is made of it.

The discriminator tells (x, y) from (x, G(x, z)), and G is to be near y as well.
"""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf
from keras import layers

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

    The network `examples` is no player: a table of pairs, of whose sources
    samples are made in turn.

    Args:
        generator: `source` in [-1, 1] and latents by the prior's names ->
            images.
        discriminator: channels of sources and then of images -> logits
            `[batch]`, or of patches `[batch, rows, columns]`.
        l1_weight: float >= 0, lambda of eq. (4) of Isola et al. (2017).
        gan_weight: float >= 0, of the adversarial cost in the generator's; 0:
            L1 alone, and the discriminator has no turn.
        **kwargs: of `GAN`; `examples`, see `table`, and `prior`, a
            `priors.Product`.

    Raises:
        UserError: an argument is out of range, or the networks do not fit
            together.
    """

    network_names = ("generator", "discriminator", "examples")
    round_class = PairedRound

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

    def turns(self):
        """The discriminator's, if it counts, and the generator's."""
        discriminator, *others = super().turns()
        return [discriminator, *others] if self.gan_weight else others

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
        count = self.examples.get_layer("source").input_dim
        places = tf.convert_to_tensor(seeds, tf.int64) % count
        source = self.examples(places, training=False)["source"]
        return {"source": source, **super().sample_inputs(seeds, truncation)}

    @property
    def generator_spec(self):
        """Of sources in [-1, 1], and of latents."""
        source = tf.TensorSpec(self.generator.input["source"].shape)
        return {"source": source, **self.prior.spec}

    def tables(self):
        """`translations`: sources, samples and targets of some examples."""
        count = self.examples.get_layer("source").input_dim
        places = np.arange(min(_SHOWN, count))
        known = self.examples(places, training=False)
        channels = max(x.shape[-1] for x in known.values())
        rows = known["source"], self.sample(places), known["images"]
        rows = [np.clip(np.asarray(x, np.float32), -1, 1) for x in rows]
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


def table(targets, sources):
    """Places int64 `[batch]` -> `source` and `images`, which nothing moves.

    Args:
        targets: float32 `[count, height, width, channels]` in [-1, 1].
        sources: the same, of other channels maybe.
    """
    places = keras.Input((), dtype="int64", name="places")
    outputs, rows = {}, {}
    for name, images in {"source": sources, "images": targets}.items():
        count, *shape = images.shape
        rows[name] = np.reshape(images, (count, -1))
        embedding = layers.Embedding(
            *rows[name].shape, trainable=False, dtype="float32", name=name
        )
        outputs[name] = layers.Reshape(tuple(shape), dtype="float32")(
            embedding(places)
        )
    network = keras.Model(places, outputs, name="examples")
    for name, values in rows.items():
        network.get_layer(name).set_weights([values])
    return network
