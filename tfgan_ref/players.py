"""The networks of a game: their averages, their samples, how they are saved."""

from __future__ import annotations

import types

import tensorflow as tf

from tfgan_ref import averaging, checks, configuration, endpoints, priors
from tfgan_ref.distributed_model import DistributedModel
from tfgan_ref.errors import UserError, reason
from tfgan_ref.layers import initialization, noise


class Players(DistributedModel):
    """A generator, a discriminator and what other networks a game has.

    `GAN` has the arguments and the game.
    """

    network_names: tuple[str, ...] = ("generator", "discriminator")
    # Whether the samples of seeds are made of real examples, each of its own.
    is_of_examples = False

    def __init__(
        self,
        generator,
        discriminator,
        *,
        prior=None,
        ema_decay=0.0,
        discriminator_ema_decay=0.0,
        averages=None,
        seed=0,
        name="gan",
        **others,
    ):
        super().__init__(seed, name)
        networks = {
            "generator": generator,
            "discriminator": discriminator,
            **others,
        }
        checks.players(self, networks, averages or {})
        shape = getattr(generator, "input_shape", None)
        length = (
            shape[1] if isinstance(shape, tuple) and len(shape) == 2 else None
        )
        self.prior = priors.of(prior, length)
        self.averages = {
            "generator": ema_decay,
            "discriminator": discriminator_ema_decay,
        } | (averages or {})
        for network_name in self.network_names:
            network = networks[network_name]
            decay = self.averages.get(network_name, 0.0)
            setattr(self, network_name, network)
            setattr(
                self, f"ema_{network_name}", averaging.start(network, decay)
            )
        self.check_networks()
        # Not an attribute of the model itself, which would track it.
        self._traced = types.SimpleNamespace(samples={})
        self.built = True

    @property
    def networks(self):
        """Name -> `keras.Model`."""
        return {name: getattr(self, name) for name in self.network_names}

    def check_networks(self):
        """Raises `UserError` where the networks do not fit together."""
        checks.networks(self)

    def trained(self, name):
        """The network of that name, the averaged one if there is one."""
        return getattr(self, f"ema_{name}") or getattr(self, name)

    @property
    def sampler(self):
        """The generator to draw samples from: the averaged one if any."""
        return self.trained("generator")

    @property
    def classifier(self):
        """Images -> class logits `[batch, classes]`, if there is one."""
        return None

    @property
    def classes(self):
        """How many classes the game knows of, int; None where of none."""
        return None

    @property
    def words(self):
        """The words that texts of a game may have; () of one without."""
        return ()

    def titles(self, seeds):
        """The text of each sample for which none is asked; of none, ().

        Args:
            seeds: ints.
        """
        return ()

    def initialize(self, minibatch):
        """Initialises the discriminator's layers that begin from data.

        To be called before the first step, outside of replicas. Networks that
        the discriminator's inputs go through begin from data as well.

        Args:
            minibatch: as for a step: float examples `[batch, ...]`, images in
                [-1, 1], or a tuple that begins with them, such as
                `(images, labels)`.

        Raises:
            UserError: the game needs more than examples.
        """
        minibatch = tf.nest.map_structure(tf.convert_to_tensor, minibatch)
        round = self.round_class(self, minibatch, draw=-1)
        examples = tf.nest.flatten(minibatch)[0]
        with noise.seeded([self.seed, -1]), initialization.from_data():
            self.discriminator(round.judged(examples), training=True)
        for name, network in self.networks.items():
            if average := getattr(self, f"ema_{name}"):
                averaging.copy(network, average)

    def call(self, inputs, training=False):
        """What the generator makes of its inputs.

        In training the generator itself, else the averaged one if any, which
        `predict` calls so.
        """
        network = self.generator if training else self.sampler
        return network(self.checked(inputs), training=training)

    @property
    def generator_spec(self):
        """`tf.TensorSpec` of the generator's inputs, or a dict of them."""
        return self.prior.spec

    def checked(self, inputs):
        """The generator's inputs, as they are; a wrong one ends the call.

        Args:
            inputs: of `generator_spec`.
        """
        return inputs

    @property
    def conditions(self):
        """Name -> `tf.TensorSpec` of what `sample_inputs` takes besides."""
        return {}

    def sample_inputs(self, seeds, truncation=None):
        """What the generator is given for samples, one per seed.

        A game with conditions takes them as further arguments, each with a
        default that is a function of the seeds. A truncation that is out of
        range ends the call.

        Args:
            seeds: int64 `[count]`.
            truncation: float32 `[count]` or `[]` in [0, 1], see
                `priors.Prior.truncate`; None is 1.
        """
        drawn = self.prior.of_seeds(tf.convert_to_tensor(seeds, tf.int64))
        if truncation is None:
            return drawn
        return self.prior.truncate(drawn, _share(truncation))

    def generator_inputs(self, drawn):
        """What the generator is given of `sample_inputs`: that itself.

        A game that has to look for it does so here, for samples alone.

        Args:
            drawn: of `sample_inputs`.
        """
        return drawn

    def sample(self, seeds, **conditions):
        """Samples, each a function of its seed and its conditions alone.

        Args:
            seeds: int `[count]`.
            **conditions: of `sample_inputs`; None is as not given.

        Returns:
            What the averaged generator, if there is one, makes in inference
            mode, `[count, ...]`.

        Raises:
            UserError: a condition is out of its range.
        """
        seeds = tf.convert_to_tensor(seeds, tf.int64)
        given = {
            name: tf.convert_to_tensor(value)
            for name, value in conditions.items()
            if value is not None
        }
        try:
            return self._sampling(given)(seeds, **given)
        except tf.errors.InvalidArgumentError as error:
            raise UserError(f"No samples: {reason(error)}") from None

    def _sampling(self, conditions):
        """`_sample` as a graph: one by one seeds would take long.

        One of each set of conditions, since TensorFlow fails to make one of
        several sets.
        """
        ranks = frozenset((k, v.shape.rank) for k, v in conditions.items())
        if ranks not in self._traced.samples:
            self._traced.samples[ranks] = tf.function(
                self._sample, reduce_retracing=True, autograph=False
            )
        return self._traced.samples[ranks]

    def _sample(self, seeds, **conditions):
        drawn = self.sample_inputs(seeds, **conditions)
        return self.sampler(self.generator_inputs(drawn), training=False)

    def tables(self):
        """Samples to be drawn in rows and columns, beside the usual ones.

        Returns:
            dict, name -> float `[rows, columns, ...]`.
        """
        return {}

    def endpoints(self):
        """What is served: name -> (function of batches, its inputs' specs)."""
        return endpoints.of_generator(self)

    def after_step(self):
        """Moves the averages."""
        for name, decay in self.averages.items():
            if decay:
                averaging.update(
                    self.distribute_strategy,
                    getattr(self, f"ema_{name}"),
                    getattr(self, name),
                    decay,
                    self.step.value,
                )

    def get_config(self):
        """Arguments of the constructor, networks and prior as Keras's JSON."""
        return configuration.of(self)

    @classmethod
    def from_config(cls, config):
        """The GAN of a configuration, with new weights."""
        return cls(**configuration.arguments(config))


def _share(truncation):
    """A truncation as float32; one outside [0, 1] ends the call."""
    share = tf.cast(truncation, tf.float32)
    expected = "A truncation in [0, 1] was expected. Received:"
    received = tf.reduce_min(share), tf.reduce_max(share)
    is_share = tf.reduce_all((share >= 0) & (share <= 1))
    tf.debugging.Assert(is_share, [expected, *received])
    return share
