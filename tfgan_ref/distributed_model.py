"""A Keras model whose `fit` works under every tf.distribute strategy."""

import types

import keras
import tensorflow as tf

from tfgan_ref import metrics
from tfgan_ref.layers import noise


class DistributedModel(keras.Model):
    """Runs a `train_step` on every replica and makes one report of theirs.

    A subclass implements `train_step(minibatches)`, which gets a list of
    `minibatches_per_step` minibatches. Noise in it is a function of
    (seed, step, replica).

    Args:
        seed: int.
        name: of the model.

    Attributes:
        step: int64 variable, how many steps were made.
        minibatches_per_step: int >= 1.
    """

    minibatches_per_step = 1

    def __init__(self, seed, name):
        super().__init__(name=name)
        self.seed = seed
        self.step = self.add_weight(
            shape=(), dtype="int64", trainable=False, name="step"
        )
        self._last = types.SimpleNamespace(logits={})  # Not a variable.

    @property
    def last_logits(self):
        """The logits of the last step of `fit` over the global batch.

        dict with `logits/real` and `logits/fake`, float32 `[batch]`; empty
        before the first step.
        """
        return self._last.logits

    def make_train_function(self, force=False):
        """Builds the function that `fit` calls: iterator -> scalar metrics.

        Keras's own fails with several steps per execution on two replicas and
        reduces wrongly on several workers (keras#19246, keras#20585), and
        feeds one minibatch where Algorithm 1 wants k.
        """
        if self.train_function is not None and not force:
            return self.train_function
        one_step = tf.autograph.experimental.do_not_convert(self._global_step)
        if not self.run_eagerly:
            one_step = tf.function(one_step, jit_compile=self.jit_compile)

        def next_step(iterator):
            return one_step(
                [iterator.get_next() for _ in range(self.minibatches_per_step)]
            )

        def steps(iterator):
            # A loop that is never run would be built all the same.
            if self.steps_per_execution > 1:
                for _ in tf.range(self.steps_per_execution - 1):
                    next_step(iterator)
            return next_step(iterator)

        if not self.run_eagerly:
            steps = tf.function(steps)

        def train_function(iterator):
            logs = steps(iterator)
            # Keras's own callbacks can do nothing with vectors.
            names = [name for name in logs if name.startswith("logits/")]
            self._last.logits = {name: logs.pop(name) for name in names}
            return logs

        self.train_function = train_function
        return train_function

    def _global_step(self, minibatches):
        """What all replicas do, then what is done once."""
        logs = self.make_step(minibatches)
        self.step.assign_add(1)
        self.after_step()
        return logs

    def make_step(self, minibatches):
        """`train_step` on every replica; returns one report of theirs.

        A subclass may override it where a choice depends on a tensor: in here
        all replicas take the same branch, within one they would wait for the
        others.
        """
        return self.on_replicas(self.train_step, minibatches)

    def on_replicas(self, function, *args, part=0):
        """Calls a function on every replica; returns one report of theirs.

        Args:
            function: of `args` -> metrics, as `train_step`; its noise differs
                between steps, replicas and parts.
            *args: per-replica values.
            part: int >= 0, tells the calls within one step apart.
        """
        strategy = self.distribute_strategy
        first = -1 - part * strategy.num_replicas_in_sync

        def with_noise(*args):
            with noise.seeded(self.seed_of(first - replica_id())):
                return function(*args)

        return {
            name: metrics.over_replicas(strategy, value)
            for name, value in strategy.run(with_noise, args=args).items()
        }

    def after_step(self):
        """What else is done once per step, outside of the replicas."""

    def per_replica(self, cost):
        """This replica's share of a global mean; optimizers sum them."""
        return cost / self.distribute_strategy.num_replicas_in_sync

    def seed_of(self, draw):
        """int64 `[2]`, the seed of one draw of the current step."""
        seed = tf.stack([tf.cast(self.seed, tf.int64), self.step.value])
        return tf.random.experimental.stateless_fold_in(seed, draw)

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        """Nothing: everything was built in `__init__` and `compile`.

        Keras would call the model on a minibatch of images, but a GAN's `call`
        takes latents.
        """


def replica_id():
    """Which replica this code runs on, int or int32 scalar."""
    return tf.distribute.get_replica_context().replica_id_in_sync_group
