"""What a training step reports, and how replicas' reports become one."""

import tensorflow as tf


def discriminator(real_logits, fake_logits, decides_real):
    """The discriminator's side of a step's metrics, in float32.

    Args:
        real_logits: float `[batch]`, its logits of "real" on data.
        fake_logits: float `[batch]`, the same on samples.
        decides_real: function of logits -> bool, whether it takes the example
            for real, see `losses.decisions`.
    """
    real_logits = tf.cast(real_logits, tf.float32)
    fake_logits = tf.cast(fake_logits, tf.float32)
    return {
        "accuracy/real": fraction(decides_real(real_logits)),
        "accuracy/fake": fraction(~decides_real(fake_logits)),
        "logits/real": real_logits,
        "logits/fake": fake_logits,
    }


def of_labels(costs, logits, labels, name="labelled"):
    """What examples of known classes show of a classifier, in float32.

    Args:
        costs: float32 `[batch]`, of the labels.
        logits: float `[batch, classes]`.
        labels: int `[batch]`.
        name: of the examples.
    """
    predicted = tf.argmax(logits, -1, output_type=labels.dtype)
    return {
        f"loss/{name}": tf.reduce_mean(costs),
        f"accuracy/{name}": fraction(predicted == labels),
    }


def critic(real_values, fake_values):
    """A Wasserstein critic's side of a step's metrics, in float32.

    `critic/estimate` is mean f(x) - mean f(G(z)), of the earth mover's distance
    times the slope of f: of the distance itself where the best f has slope 1.
    The sign of a value says nothing: there are no accuracies.

    Args:
        real_values: float `[batch]`, the critic's values on data.
        fake_values: float `[batch]`, the same on samples.
    """
    real_values = tf.cast(real_values, tf.float32)
    fake_values = tf.cast(fake_values, tf.float32)
    return {
        "critic/estimate": (
            tf.reduce_mean(real_values) - tf.reduce_mean(fake_values)
        ),
        "logits/real": real_values,
        "logits/fake": fake_values,
    }


def fraction(condition):
    """Share of True, float32 scalar, in a bool tensor."""
    return tf.reduce_mean(tf.cast(condition, tf.float32))


def over_replicas(strategy, value):
    """The global mean of a scalar; the global batch of a vector.

    Args:
        strategy: `tf.distribute.Strategy`.
        value: what `strategy.run` has returned for one metric.
    """
    per_replica = strategy.experimental_local_results(value)[0]
    if per_replica.shape.rank == 0:
        return strategy.reduce("MEAN", value, axis=None)
    return strategy.gather(value, axis=0)


class Means:
    """Means over steps, of which each adds its numbers on the device."""

    def __init__(self):
        self._names = []
        self._sums = None  # Of the numbers, and how many steps there were.

    def add(self, values):
        """Adds what one step reports, name -> float scalar, always the same."""
        if self._sums is None:
            self._names = sorted(values)
            with tf.init_scope():  # Once, out of the graph.
                size = len(self._names) + 1
                self._sums = tf.Variable(tf.zeros(size), trainable=False)
        numbers = [tf.cast(values[n], tf.float32) for n in self._names]
        self._sums.assign_add(tf.stack([*numbers, 1.0]))

    def reset(self):
        """Begins again."""
        if self._sums is not None:
            self._sums.assign(tf.zeros_like(self._sums))

    def result(self):
        """Name -> float32 scalar; empty before the first step."""
        if self._sums is None or not self._sums[-1].numpy():
            return {}
        return {
            name: self._sums[i] / self._sums[-1]
            for i, name in enumerate(self._names)
        }
