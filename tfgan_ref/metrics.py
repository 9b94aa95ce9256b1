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


def over_replicas(values):
    """One report of all replicas, each of which calls this with its own.

    All of it takes a single reduction, for each waits for all replicas.

    Args:
        values: name -> float scalar, or vector of the same length on each.

    Returns:
        dict of float32, the mean of a scalar and the global batch of a vector,
        in the order of the replicas.
    """
    context = tf.distribute.get_replica_context()
    replicas = context.num_replicas_in_sync
    if replicas == 1 or not values:
        return values
    first = context.replica_id_in_sync_group

    def placed(value):
        value = tf.cast(value, tf.float32)
        if value.shape.rank == 0:
            return value[None] / replicas
        count = tf.size(value)
        return tf.pad(value, [[first * count, (replicas - 1 - first) * count]])

    parts = [placed(value) for value in values.values()]
    summed = context.all_reduce("SUM", tf.concat(parts, 0))
    parts = tf.split(summed, [tf.size(part) for part in parts])
    return {
        name: part[0] if value.shape.rank == 0 else part
        for (name, value), part in zip(values.items(), parts, strict=True)
    }


class Means:
    """Means over examples, of which each step adds its own on the device."""

    def __init__(self):
        self._names = []
        self._sums = None  # Of the numbers, and how many examples there were.

    def add(self, values, examples):
        """Adds what one step reports.

        Args:
            values: name -> float scalar, a mean, always the same names.
            examples: int scalar, of how many.
        """
        if self._sums is None:
            self._names = sorted(values)
            with tf.init_scope():  # Once, out of the graph.
                size = len(self._names) + 1
                self._sums = tf.Variable(tf.zeros(size), trainable=False)
        numbers = [tf.cast(values[n], tf.float32) for n in self._names]
        weight = tf.cast(examples, tf.float32)
        self._sums.assign_add(weight * tf.stack([*numbers, 1.0]))

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
