"""A round: one minibatch as one turn of the game sees it."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from tfgan_ref import augmentation, checks, gradients
from tfgan_ref.errors import UserError
from tfgan_ref.layers import noise, weight_normalization


class quantity:
    """A tensor of a round, or several, computed when it is first asked for.

    Decorates a method of a `Round`, which becomes an attribute. Noise in it is
    a function of the step, the draw, the replica and the quantity's name, so
    that another quantity more shifts none of it.
    """

    # No `functools.cached_property`: its lock is shared by all rounds, and the
    # replicas of tf.distribute, threads that wait for one another, stand still.

    def __init__(self, compute: Callable):
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner, name):
        self._name = name

    def __get__(self, round, owner=None) -> Any:
        if round is None:
            return self
        with round.noise(self._name):
            value = self._compute(round)
        vars(round)[self._name] = value  # Found before this descriptor.
        return value


class Round:
    """What a minibatch gives, as far as a cost asks for it.

    The costs of a `GAN` take a round and read its quantities. What no cost
    reads is not computed, and what two costs read is computed once. A game
    that needs more has a subclass with more, and names it `round_class`:

        class Round(round.Round):
            @quantity
            def labels(self):
                return self.minibatch[1]

    A quantity must first be asked for where its value is good afterwards: in
    no branch of `tf.cond` and on no gradient tape within the cost's own.

    Args:
        gan: whose networks these are.
        minibatch: float examples `[batch, ...]`, or a tuple that starts with
            them.
        draw: int, tells the draws of one step apart.
        training: bool, the mode of the networks' passes.
    """

    def __init__(self, gan, minibatch, draw, training=True):
        self.gan = gan
        self.minibatch = minibatch
        self.draw = draw
        self.training = training
        self._norms = {}  # All passes of a round are at the same weights.
        self.passes = []  # Of `forward`, for `losses_of` and `flop`.
        self.gate = gradients.Gate()  # At the end of each pass.

    @quantity
    def real(self):
        """The real examples, float `[batch, ...]`."""
        return tf.nest.flatten(self.minibatch)[0]

    @quantity
    def inputs(self):
        """What the generator is given, a tensor or a dict of them."""
        return self.gan.inputs(self.minibatch, self.draw)

    @quantity
    def fake(self):
        """The generator's examples, as many as there are real ones."""
        # One that ends in bfloat16 makes examples as the data are, too.
        dtype = tf.nest.flatten(self.minibatch)[0].dtype
        if not tf.as_dtype(dtype).is_floating:
            raise UserError(
                "Examples must be floats, of the generator's range. Received: "
                + tf.as_dtype(dtype).name
            )
        return tf.cast(self.forward("generator", self.inputs), dtype)

    @quantity
    def shown_real(self):
        """The real examples as the discriminator sees them."""
        return self.augmented(self.real)

    @quantity
    def shown_fake(self):
        """The generator's examples as the discriminator sees them."""
        return self.augmented(self.fake)

    # Separate passes: real and fake are normalised separately (section 3.3).
    @quantity
    def real_logits(self):
        """The discriminator's logits on real examples, float `[batch]`."""
        return flat(self.forward("discriminator", self.judged(self.shown_real)))

    @quantity
    def fake_logits(self):
        """The discriminator's logits on the generator's, float `[batch]`."""
        return flat(self.forward("discriminator", self.judged(self.shown_fake)))

    def augmented(self, images):
        """Images by `GAN.compile`'s `diff_augment`, in training.

        To be called in a quantity, whose noise it takes.
        """
        policies = self.gan.diff_augment
        if not self.training or not policies:
            return images
        return augmentation.augment(images, policies, noise.next_seed())

    def judged(self, examples):
        """What the discriminator is given of real or generated examples.

        The examples alone; a game with conditions sets them beside.
        """
        return examples

    @property
    def size(self) -> int:
        """Real examples on this replica; a Python int where it is static."""
        return keras.ops.shape(self.real)[0]

    def forward(self, name, inputs, differentiated=False):
        """A pass through a network of the GAN, in the round's mode.

        Args:
            name: of the network, an attribute of the GAN.
            inputs: of the network.
            differentiated: bool, whether a cost holds a gradient of it.

        Raises:
            UserError: its layers' losses are lost between replicas.
        """
        network = getattr(self.gan, name)
        with weight_normalization.norms_kept(self._norms):
            outputs = self.gan.forward(network, inputs, self.training)
        losses = own_losses(network)
        if losses and self.gan.replicas > 1:
            checks.losses_of_replicas(network, self.gan.replicas)
        if self.gan.replicas > 1:
            outputs = self.gate.passed(outputs)
        self.passes.append(Pass(name, inputs, outputs, losses, differentiated))
        return outputs

    def losses_of(self, names):
        """What layers of these networks added in the passes of this round.

        Args:
            names: of networks.

        Returns:
            list of scalars, of `add_loss` and of activity regularisers.
        """
        return [
            loss
            for one in self.passes
            if one.name in names
            for loss in one.losses
        ]

    def global_mean(self, rows):
        """The mean over the global batch, the same on all replicas.

        Args:
            rows: float32 `[n, ...]`, this replica's.

        Returns:
            float32 `[...]`.
        """
        mean = tf.reduce_mean(rows, 0)
        if self.gan.replicas == 1:
            return mean
        context = tf.distribute.get_replica_context()
        return context.all_reduce("MEAN", mean)

    @contextlib.contextmanager
    def noise(self, name):
        """Noise in this scope is that of the quantity of this name."""
        with noise.seeded(self.gan.noise_seed(self.draw, name)):
            yield


@dataclasses.dataclass(frozen=True)
class Pass:
    """One pass through a network.

    Attributes:
        name: of the network.
        inputs: what it was given.
        outputs: what it gave.
        losses: scalars that its layers added in it.
        differentiated: whether a cost holds a gradient of it.
    """

    name: str
    inputs: Any
    outputs: Any
    losses: list
    differentiated: bool


def own_losses(network):
    """The losses that a network's layers added in its last pass.

    Keras lists them before those of the weights' regularisers.
    """
    losses = network.losses
    return losses[: len(losses) - len(regularization(network))]


def regularization(network):
    """The losses of the regularisers of a network's weights, scalars."""
    return [
        variable.regularizer(variable)
        for variable in network.trainable_variables
        if variable.regularizer is not None
    ]


def flat(logits):
    """Logits `[batch]` of `[batch]` or `[batch, 1]`."""
    return tf.squeeze(logits, -1) if logits.shape.rank == 2 else logits
