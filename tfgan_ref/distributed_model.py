"""A Keras model whose `fit` works under every tf.distribute strategy."""

import types
import zlib
from collections.abc import Callable

import keras
import tensorflow as tf

from tfgan_ref import execution, fitting, gradients, metrics
from tfgan_ref.errors import UserError


class DistributedModel(keras.Model):
    """Runs a `train_step` on every replica and makes one report of theirs.

    A subclass implements `train_step(minibatches)`, which gets a list of
    `minibatches_per_step` minibatches, and `test_step(minibatch)`.

    Args:
        seed: int.
        name: of the model.

    Attributes:
        step: int64 variable, how many steps were made.
        minibatches_per_step: int >= 1.
    """

    minibatches_per_step = 1
    # Keras's, of an iterator; None until they are made.
    train_function: Callable | None
    test_function: Callable | None

    def __init__(self, seed, name):
        super().__init__(name=name)
        self.seed = seed
        self.step = self.add_weight(
            shape=(), dtype="int64", trainable=False, name="step"
        )
        # Not variables: what the last step has shown, what the epoch has.
        self._last = types.SimpleNamespace(logits={}, norms={}, graph=None)
        self._epoch = types.SimpleNamespace(means=None)
        # Whether norms are asked for, of the next call and in its graph.
        self._norms = types.SimpleNamespace(asked=False, in_graph=None)
        # How many minibatches an evaluation has seen, and in its graph.
        self._tested = types.SimpleNamespace(count=None, in_graph=None)

    @property
    def last_logits(self):
        """The logits of the last step of `fit` over the global batch.

        dict with `logits/real` and `logits/fake`, float32 `[batch]`; empty
        before the first step.
        """
        return self._last.logits

    @property
    def last_gradient_norms(self):
        """Of the last step of `fit`, see `measure_gradients`.

        dict of floats, `gradient_norm/<network>` -> the Euclidean norm of the
        gradient that the network's last update in that step had, over the
        global batch and before any clipping. Those are missing that were not
        asked for, and of networks that did not move.
        """
        return gradients.taken(self._last.norms)

    def measure_gradients(self, asked):
        """Says whether the next calls of the graph take norms of gradients.

        Of each such call its last step does.

        Args:
            asked: bool, the same on all workers, which wait for one another.
        """
        self._norms.asked = asked

    @property
    def step_graph(self):
        """`tf.Graph` of the training step; None before the first, or without.

        As it was traced: what XLA and the executor make of it is another.
        """
        return self._last.graph

    def make_train_function(self, force=False):
        """Builds the function that `fit` calls: iterator -> scalar metrics.

        Keras's own fails with several steps per execution on two replicas and
        reduces wrongly on several workers (keras#19246, keras#20585), and
        feeds one minibatch where Algorithm 1 wants k.
        """
        if self.train_function is None or force:
            self.train_function = self._function_of(
                self._global_step, self.minibatches_per_step, self._last
            )
        return self.train_function

    def make_test_function(self, force=False):
        """Builds the function that `evaluate` calls, in the same way."""
        if self.test_function is None or force:
            self._tested.count = tf.Variable(0, trainable=False)
            # `last_logits` are of training.
            self.test_function = self._function_of(
                self._global_test_step, 1, types.SimpleNamespace()
            )
        return self.test_function

    def fit(
        self,
        x=None,
        y=None,
        batch_size=None,
        epochs=1,
        verbose="auto",
        callbacks=None,
        shuffle=True,
        class_weight=None,
        sample_weight=None,
        steps_per_epoch=None,
        **kwargs,
    ):
        """As Keras's, with k minibatches per step, over an epoch's end too.

        Args:
            x: examples float `[count, ...]`, or data as for Keras.
            y: what goes with them, such as labels `[count]`.
            batch_size: int, of arrays.
            epochs: int.
            verbose: as for Keras, and so are those that follow.
            callbacks: without those that need one optimizer, see
                `callbacks.OfPlayer`.
            shuffle: bool.
            class_weight: None.
            sample_weight: None.
            steps_per_epoch: int.
            **kwargs: of Keras.

        Returns:
            `keras.callbacks.History` with the means of each epoch.

        Raises:
            UserError: what could not be honoured, see `fitting.check`.
        """
        weights = {"class_weight": class_weight, "sample_weight": sample_weight}
        fitting.check(self, x, batch_size, callbacks, weights)
        if self.minibatches_per_step > 1:
            fitting.check_split(self, kwargs.get("validation_split"))
            data = x if y is None else (x, y)
            data, steps = fitting.endless(
                data, batch_size, shuffle, self.minibatches_per_step
            )
            if steps is not None:
                kwargs.setdefault("validation_batch_size", batch_size)
                x, y, batch_size, shuffle = data, None, None, False
                steps_per_epoch = steps_per_epoch or steps
        return super().fit(
            x,
            y,
            batch_size=batch_size,
            epochs=epochs,
            verbose=verbose,
            callbacks=callbacks,
            shuffle=shuffle,
            steps_per_epoch=steps_per_epoch,
            **kwargs,
        )

    def evaluate(self, x=None, y=None, batch_size=None, *args, **kwargs):
        """As Keras's, in inference mode.

        Args:
            x: as for `fit`, and so are `y` and `batch_size`.
            y: what goes with them.
            batch_size: int, of arrays.
            *args: as for Keras.
            **kwargs: of Keras.

        Raises:
            UserError: replicas would get unlike shares of a minibatch.
        """
        fitting.check_whole(self, x, batch_size)
        return super().evaluate(x, y, batch_size, *args, **kwargs)

    def train_on_batch(self, x, y=None, return_dict=False):
        """One step on one minibatch, of which all k updates see the same.

        Args:
            x: examples float `[batch, ...]`.
            y: what goes with them.
            return_dict: bool; False gives a list in the order of the names.
        """
        self.make_train_function()
        return self._on_batch(self.train_function, x, y, return_dict)

    def test_on_batch(self, x, y=None, return_dict=False):
        """The costs of one minibatch, as `train_on_batch` without updates."""
        self.make_test_function()
        self._tested.count.assign(0)
        return self._on_batch(self.test_function, x, y, return_dict)

    def _on_batch(self, function, x, y, return_dict):
        if self.steps_per_execution > 1:
            raise UserError(
                "A single step needs steps_per_execution=1. "
                f"Received: {self.steps_per_execution}"
            )
        data = tf.data.Dataset.from_tensors(x if y is None else (x, y))
        fitting.check_whole(self, data, None)
        strategy = self.distribute_strategy
        repeated = strategy.experimental_distribute_dataset(data.repeat())
        logs = function(iter(repeated))
        logs = {name: float(value) for name, value in sorted(logs.items())}
        return logs if return_dict else list(logs.values())

    def _function_of(self, global_step, minibatches, last):
        # In an execution that ends with the data, whose report is lost, all
        # steps that were made count.
        means = metrics.Means()
        steps = execution.steps_of(self, global_step, minibatches, means, last)

        def function(iterator):
            if self._epoch.means is None:
                means.reset()
                self._epoch.means = means
            logs = steps(iterator, tf.constant(self._norms.asked))
            # Keras's own callbacks can do nothing with vectors.
            reported = execution.scalars(logs)
            last.norms = gradients.norms(logs)
            last.logits = {
                name: logs[name]
                for name in logs.keys() - reported.keys() - last.norms.keys()
            }
            return reported

        return function

    def reset_metrics(self):
        """Begins an epoch."""
        super().reset_metrics()
        self._epoch.means = None
        if self._tested.count is not None:
            self._tested.count.assign(0)

    def get_metrics_result(self):
        """The means over the epoch, which `fit` and `evaluate` report."""
        return self._epoch.means.result() if self._epoch.means else {}

    def _get_metrics_result_or_logs(self, logs):
        """As Keras's, also where the data end within the first execution."""
        return self.get_metrics_result() or logs

    def _global_step(self, minibatches, asked):
        """What all replicas do, then what is done once."""
        self._norms.in_graph = asked
        logs = self.make_step(minibatches)
        self._norms.in_graph = None
        self.step.assign_add(1)
        norms = gradients.norms(logs)
        costs = [logs[name] for name in logs.keys() - norms.keys()]
        # After the last cost, beside whose gradients there are idle cores.
        with tf.control_dependencies(costs):
            self.after_step()
        return logs

    def _global_test_step(self, minibatches, asked):
        self._tested.in_graph = self._tested.count.read_value()
        logs = self.on_replicas(self.test_step, *minibatches)
        self._tested.in_graph = None
        self._tested.count.assign_add(1)
        return logs

    def make_step(self, minibatches):
        """`train_step` on every replica; returns one report of theirs.

        A subclass may override it where a choice depends on a tensor: in here
        all replicas take the same branch, within one they would wait for the
        others.
        """
        return self.on_replicas(self.train_step, minibatches)

    def on_replicas(self, function, *args):
        """Calls a function on every replica; returns one report of theirs.

        Args:
            function: of `args` -> metrics, as `train_step`.
            *args: per-replica values.
        """
        strategy = self.distribute_strategy

        def reported(*args):
            logs = function(*args)
            norms = gradients.norms(logs)
            # In their own order, which is the same on all replicas.
            rest = {n: value for n, value in logs.items() if n not in norms}
            return norms, metrics.over_replicas(rest)

        norms, rest = strategy.run(reported, args=args)
        first = strategy.experimental_local_results
        return {name: first(value)[0] for name, value in rest.items()} | {
            name: gradients.norm(strategy, value, self._norms.in_graph)
            for name, value in norms.items()
        }

    def after_step(self):
        """What else is done once per step, outside of the replicas."""

    def per_replica(self, cost):
        """This replica's share of a global mean; optimizers sum them."""
        return cost / self.replicas

    @property
    def replicas(self):
        """How many there are, int."""
        return self.distribute_strategy.num_replicas_in_sync

    def seed_of(self, draw):
        """int32 `[2]`, the seed of one draw of the current step.

        Seed and step are hashed to 32 bits: two steps of a long run may share
        their numbers.
        """
        seed = tf.stack([tf.cast(self.seed, tf.int64), self.step.value])
        if self._tested.in_graph is not None:
            fold_in = tf.random.experimental.stateless_fold_in
            seed = fold_in(seed, self._tested.in_graph)
        return tf.random.experimental.stateless_fold_in(seed, draw)

    def noise_seed(self, draw, name):
        """int32 `[2]`, of the noise of one quantity on this replica.

        A hash of `seed_of`, which two steps of a long run may share, too.
        """
        seed = self.seed_of(draw)
        for part in (zlib.crc32(name.encode()), replica_id()):
            seed = tf.random.experimental.stateless_fold_in(seed, part)
        return seed

    def rows(self, draw_rows, count, draw):
        """This replica's rows of one draw of the current step.

        Those of the whole global batch are drawn and this replica's are taken,
        so that N replicas see what one would.

        Args:
            draw_rows: function (count, seed) -> tensors of so many rows, as
                the `draw` of a prior.
            count: int, rows on this replica.
            draw: int, tells the draws of one step apart.
        """
        drawn = draw_rows(count * self.replicas, self.seed_of(draw))
        if self.replicas == 1:
            return drawn
        first = replica_id() * count
        return tf.nest.map_structure(
            lambda rows: tf.slice(
                rows,
                [first, *(0 for _ in rows.shape[1:])],
                [count, *rows.shape[1:]],
            ),
            drawn,
        )

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        """Nothing: everything was built in `__init__` and `compile`.

        Keras would call the model on a minibatch of images, but a GAN's `call`
        takes latents.
        """


def replica_id():
    """Which replica this code runs on, int or int32 scalar; of none, 0."""
    context = tf.distribute.get_replica_context()
    return context.replica_id_in_sync_group if context else 0
