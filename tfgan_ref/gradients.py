"""What is done to gradients between the backward pass and the update.

Their norms are part of every step's graph, behind a switch: a pass over all
gradients would otherwise be paid for by steps that nobody logs.
"""

from __future__ import annotations

import itertools

import tensorflow as tf

PREFIX = "gradient_norm/"  # Of their names; a network's follows.
_NOT_TAKEN = -1.0  # What is no norm.


def after(round, costs, gradients):
    """The same gradients, which wait for all that the weights gave.

    A gradient need not depend on it: the last bias of a linear cost has always
    the same. TensorFlow orders its update after each read of the bias, but
    forgets that where it simplifies a graph of distributed gradients, and a
    pass would see a part of the new weights.

    Args:
        round: `Round`, of which all costs are.
        costs: list of scalars.
        gradients: list of tensors, `tf.IndexedSlices` or None.

    Returns:
        list, as `gradients`.
    """
    given = [costs, [one.outputs for one in round.passes]]
    with tf.control_dependencies(tf.nest.flatten(given)):
        return [g if g is None else tf.identity(g) for g in gradients]


def by_network(gan, turn, gradients):
    """What a turn reports for its norms to be taken.

    Args:
        gan: the GAN.
        turn: `Turn`, of it.
        gradients: of `gan.variables_of(turn)` on this replica, tensors,
            `tf.IndexedSlices` or None.

    Returns:
        `gradient_norm/<network>` -> list of its gradients.
    """
    left = iter(gradients)
    found = {}
    for name in turn.moves:
        count = len(getattr(gan, name).trainable_variables)
        own = [g for g in itertools.islice(left, count) if g is not None]
        if own:
            found[PREFIX + name] = own
    return found


def norm(strategy, gradients, asked):
    """The Euclidean norm of all gradients together, float32 scalar.

    To be called outside of the replicas, whose gradients are of shares of one
    cost: it is the norm of their sum.

    Args:
        strategy: `tf.distribute.Strategy`.
        gradients: list of what `strategy.run` has returned for each.
        asked: bool scalar, the same on all workers; None: False.

    Returns:
        The norm, or `not_taken` where it was not asked for.
    """
    if asked is None:
        return not_taken()

    def take():
        summed = gradients
        if strategy.num_replicas_in_sync > 1:
            summed = [strategy.reduce("SUM", g, axis=None) for g in gradients]
        # Rows that occur twice are added first.
        dense = [tf.cast(tf.convert_to_tensor(g), tf.float32) for g in summed]
        return tf.linalg.global_norm(dense)

    return tf.cond(asked, take, not_taken)


def not_taken():
    """What stands for a norm that nobody asked for, or of no update."""
    return tf.constant(_NOT_TAKEN)


def is_norm(name):
    """Whether a metric of that name is one."""
    return name.startswith(PREFIX)


def norms(logs):
    """Those among a step's metrics."""
    return {name: logs[name] for name in filter(is_norm, logs)}


def taken(logs):
    """Those among a step's metrics that were taken, name -> float."""
    found = {name: float(value) for name, value in norms(logs).items()}
    return {name: norm for name, norm in found.items() if norm != _NOT_TAKEN}
