"""GAN: two networks, two optimizers, one training step.

The step is Algorithm 1 of Goodfellow et al. (2014) with the tutorial's
simultaneous gradient descent (Goodfellow 2016, section 3.1) as its default.
"""

from collections.abc import Callable

import keras
import tensorflow as tf

from tfgan_ref import averaging, metrics
from tfgan_ref import latents as priors
from tfgan_ref.distributed_model import DistributedModel, replica_id
from tfgan_ref.errors import UserError
from tfgan_ref.layers import initialization, noise
from tfgan_ref.losses import adversarial
from tfgan_ref.spatial_first import network as spatial_first_network


class GAN(DistributedModel):
    """A generator and a discriminator that play a game.

    A subclass whose costs differ overrides `generator_loss` or
    `discriminator_loss`; one whose schedule differs overrides `train_step`.

    Create and compile it inside `strategy.scope()`. It then trains with `fit`
    on minibatches of images, or of `(images, labels)`, all of one size
    (`drop_remainder=True`). A data set that ends should come with
    `steps_per_epoch`: the step that finds no data is counted all the same.

    Args:
        generator: `keras.Model`, latents `[batch, latent_dim]` -> images
            `[batch, height, width, channels]` in [-1, 1].
        discriminator: `keras.Model`, images -> logits `[batch]`.
        prior: function (shape, seed) -> latents, see `tfgan_ref.latents`.
        ema_decay: float in [0, 1), decay per step of the exponential moving
            average of the generator's weights; 0 keeps none.
        discriminator_ema_decay: the same of the discriminator's.
        seed: int; the latents of the global batch are a function of it and
            of the step, and each replica takes its rows.

    Attributes:
        step: int64 variable, how many generator updates were made.
        ema_generator: `keras.Model` or None, the averaged generator.
        ema_discriminator: `keras.Model` or None, the averaged discriminator.

    Raises:
        UserError: a decay is out of range.
    """

    # The game. Functions of logits; `compile` may replace them.
    discriminator_loss: Callable = staticmethod(
        adversarial.minimax_discriminator_loss
    )
    generator_loss: Callable = staticmethod(
        adversarial.non_saturating_generator_loss
    )

    def __init__(
        self,
        generator,
        discriminator,
        *,
        prior=priors.uniform,
        ema_decay=0.0,
        discriminator_ema_decay=0.0,
        seed=0,
        name="gan",
    ):
        super().__init__(seed, name)
        self.generator = generator
        self.discriminator = discriminator
        self.prior = prior
        self.ema_generator = averaging.start(generator, ema_decay)
        self.ema_discriminator = averaging.start(
            discriminator, discriminator_ema_decay
        )
        self.ema_decay = ema_decay
        self.discriminator_ema_decay = discriminator_ema_decay
        self.built = True

    @property
    def latent_dim(self):
        """Length of one latent vector z."""
        return self.generator.input_shape[-1]

    @property
    def sampler(self):
        """The generator to draw samples from: the averaged one if any."""
        return self.ema_generator or self.generator

    @property
    def classifier(self):
        """Images -> class logits `[batch, classes]`, if there is one."""
        return None

    def compile(
        self,
        generator_optimizer,
        discriminator_optimizer,
        *,
        generator_loss=None,
        discriminator_loss=None,
        discriminator_steps=1,
        simultaneous=True,
        steps_per_execution=1,
        jit_compile=False,
        run_eagerly=False,
        spatial_first=True,
    ):
        """Chooses the game, the optimizers and the protocol.

        Args:
            generator_optimizer: `keras.optimizers.Optimizer`, made in scope.
            discriminator_optimizer: the same, another object.
            generator_loss: function `fake_logits` -> costs `[batch]`; None
                keeps the one there is, at first the class's own.
            discriminator_loss: function `(real_logits, fake_logits)` -> costs
                `[batch]`; None as above.
            discriminator_steps: int >= 1, k of Algorithm 1: discriminator
                updates per generator update, each on a minibatch of its own.
            simultaneous: bool. True takes both gradients at the same
                parameters, from one generator pass, and then applies both
                (k > 1: the last of the k). False updates the discriminator k
                times and then, with other latents, the generator.
            steps_per_execution: int >= 1, steps per call of the compiled
                function; callbacks run between the calls.
            jit_compile: bool, compile the step with XLA (one device only),
                which draws other latents from the same seed.
            run_eagerly: bool, for debugging.
            spatial_first: bool, run each network that
                `spatial_first.network` supports with height and width before
                the batch: the same numbers up to rounding, in less time. Not
                with XLA.

        Raises:
            UserError: a number below 1, one optimizer for both networks, or
                XLA on several replicas.
        """
        if generator_optimizer is discriminator_optimizer:
            raise UserError(
                "Each network needs an optimizer of its own. Received: "
                f"{generator_optimizer.name} for both"
            )
        for name, value in (
            ("discriminator_steps", discriminator_steps),
            ("steps_per_execution", steps_per_execution),
        ):
            if value < 1:
                raise UserError(f"`{name}` must be positive. Received: {value}")
        replicas = self.distribute_strategy.num_replicas_in_sync
        if jit_compile and replicas > 1:
            raise UserError(
                "`jit_compile` works with one device. "
                f"Received: jit_compile=True on {replicas} replicas"
            )
        super().compile(
            # None: the default would add an optimizer that nobody asked for.
            optimizer=None,
            steps_per_execution=steps_per_execution,
            jit_compile=jit_compile,
            run_eagerly=run_eagerly,
        )
        if generator_loss is not None:
            self.generator_loss = generator_loss
        if discriminator_loss is not None:
            self.discriminator_loss = discriminator_loss
        self.discriminator_steps = discriminator_steps
        self.minibatches_per_step = discriminator_steps
        self.simultaneous = simultaneous
        self._spatial_first = {
            network.name
            for network in (self.generator, self.discriminator)
            if spatial_first and spatial_first_network.supports(network)
        }
        self.generator_optimizer = generator_optimizer
        self.discriminator_optimizer = discriminator_optimizer
        with self.distribute_strategy.scope():
            # Lazily, inside a replica function, they could not be built.
            generator_optimizer.build(self.generator.trainable_variables)
            discriminator_optimizer.build(
                self.discriminator.trainable_variables
            )

    def initialize(self, images):
        """Initialises the discriminator's layers that begin from data.

        To be called before the first step, outside of replicas.

        Args:
            images: float `[batch, height, width, channels]` in [-1, 1].
        """
        with noise.seeded([self.seed, -1]), initialization.from_data():
            self.discriminator(images, training=True)
        if self.ema_discriminator is not None:
            self.ema_discriminator.set_weights(self.discriminator.get_weights())

    def call(self, latents, training=False):
        """Latents `[batch, latent_dim]` -> images in [-1, 1]."""
        return self.generator(latents, training=training)

    def train_step(self, minibatches):
        """k discriminator updates and one generator update, on one replica.

        Args:
            minibatches: list of `discriminator_steps` minibatches, each images
                float `[batch, height, width, channels]` in [-1, 1], or a tuple
                that starts with them.

        Returns:
            dict of the last update's metrics: float32 scalars, and the logits
            `logits/real` and `logits/fake`, float32 `[batch]`.
        """
        *earlier, last = [_images(minibatch) for minibatch in minibatches]
        for k, real_images in enumerate(earlier):
            self._update_discriminator(real_images, draw=k)
        if self.simultaneous:
            return self._update_both(last, draw=len(earlier))
        return self._update_discriminator(
            last, draw=len(earlier)
        ) | self._update_generator(last, draw=len(minibatches))

    def passes(self):
        """How much of a step each network is, see `cost.step_flop`.

        Returns:
            Passes through the generator and through the discriminator per
            example; the gradient of the weights and that of the input count
            as one each.
        """
        k = self.discriminator_steps
        if self.simultaneous:
            last = 6 if self._is_zero_sum else 7
            return (k - 1) + 3, 6 * (k - 1) + last
        return k + 3, 6 * k + 2

    def _update_both(self, real_images, draw):
        latents = self.latents(_size(real_images), draw)
        with tf.GradientTape(persistent=True) as tape:
            fake_images = self._forward(self.generator, latents)
            # Separate calls: real and fake are normalised separately
            # (section 3.3).
            real_logits = self._forward(self.discriminator, real_images)
            fake_logits = self._forward(self.discriminator, fake_images)
            discriminator_cost = tf.reduce_mean(
                self.discriminator_loss(real_logits, fake_logits)
            )
            generator_cost = tf.reduce_mean(self.generator_loss(fake_logits))
            discriminator_share = self.per_replica(discriminator_cost)
            generator_share = self.per_replica(generator_cost)
        # Both gradients before either update.
        *discriminator_gradients, of_fake_images = tape.gradient(
            discriminator_share,
            [*self.discriminator.trainable_variables, fake_images],
        )
        if self._is_zero_sum:  # What is left is on the tape already.
            generator_gradients = tape.gradient(
                fake_images, self.generator.trainable_variables, -of_fake_images
            )
        else:
            generator_gradients = tape.gradient(
                generator_share, self.generator.trainable_variables
            )
        self._apply_to_discriminator(discriminator_gradients)
        self._apply_to_generator(generator_gradients)
        return {
            "loss/generator": generator_cost,
            **metrics.discriminator(
                discriminator_cost, real_logits, fake_logits
            ),
        }

    def _update_discriminator(self, real_images, draw):
        latents = self.latents(_size(real_images), draw)
        fake_images = self._forward(self.generator, latents)
        with tf.GradientTape() as tape:
            real_logits = self._forward(self.discriminator, real_images)
            fake_logits = self._forward(self.discriminator, fake_images)
            cost = tf.reduce_mean(
                self.discriminator_loss(real_logits, fake_logits)
            )
            share = self.per_replica(cost)
        self._apply_to_discriminator(
            tape.gradient(share, self.discriminator.trainable_variables)
        )
        return metrics.discriminator(cost, real_logits, fake_logits)

    def _update_generator(self, real_images, draw):
        latents = self.latents(_size(real_images), draw)
        with tf.GradientTape() as tape:
            fake_images = self._forward(self.generator, latents)
            cost = self._generator_cost(fake_images, real_images)
            share = self.per_replica(cost)
        self._apply_to_generator(
            tape.gradient(share, self.generator.trainable_variables)
        )
        return {"loss/generator": cost}

    def _generator_cost(self, fake_images, real_images):
        """The mean cost of samples, where it is the generator's turn."""
        fake_logits = self._forward(self.discriminator, fake_images)
        return tf.reduce_mean(self.generator_loss(fake_logits))

    @property
    def _is_zero_sum(self):
        return adversarial.is_zero_sum(
            self.discriminator_loss, self.generator_loss
        )

    def _forward(self, network, inputs):
        """A pass forward of a training step."""
        if network.name in self._spatial_first and not self.jit_compile:
            return spatial_first_network.run(network, inputs)
        return network(inputs, training=True)

    def _apply_to_discriminator(self, gradients):
        self.discriminator_optimizer.apply(
            gradients, self.discriminator.trainable_variables
        )

    def _apply_to_generator(self, gradients):
        self.generator_optimizer.apply(
            gradients, self.generator.trainable_variables
        )

    def latents(self, batch_size, draw=0):
        """This replica's latents of one draw of the current step.

        Args:
            batch_size: int, examples on this replica.
            draw: int, tells the draws within one step apart.

        Returns:
            float32 `[batch_size, latent_dim]`.
        """
        return self.rows(self.prior, [batch_size, self.latent_dim], draw)

    def rows(self, distribution, shape, draw):
        """This replica's rows of one draw of the current step.

        Those of the whole global batch are drawn and this replica's are taken,
        so that N replicas see what one would.

        Args:
            distribution: function (shape, seed) -> float32 of that shape.
            shape: list of int, of what this replica gets.
            draw: int, as for `latents`, and of another number than those.
        """
        batch_size, *rest = shape
        replicas = self.distribute_strategy.num_replicas_in_sync
        drawn = distribution([batch_size * replicas, *rest], self.seed_of(draw))
        return tf.slice(
            drawn, [replica_id() * batch_size, *(0 for _ in rest)], shape
        )

    def after_step(self):
        """Moves the averages."""
        for average, network, decay in (
            (self.ema_generator, self.generator, self.ema_decay),
            (
                self.ema_discriminator,
                self.discriminator,
                self.discriminator_ema_decay,
            ),
        ):
            if average is not None:
                averaging.update(
                    self.distribute_strategy,
                    average,
                    network,
                    decay,
                    self.step.value,
                )


def _images(minibatch):
    return minibatch[0] if isinstance(minibatch, tuple) else minibatch


def _size(minibatch):
    """A Python int where the size is static."""
    return keras.ops.shape(minibatch)[0]
