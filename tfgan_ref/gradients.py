"""The backward pass, and what is done to gradients before the update.

Their norms are part of every step's graph, behind a switch: a pass over all
gradients would otherwise be paid for by steps that nobody logs.
"""

from __future__ import annotations

import itertools

import tensorflow as tf

PREFIX = "gradient_norm/"  # Of their names; a network's follows.
_NOT_TAKEN = -1.0  # What is no norm.


def of_turns(gan, tape, turns, shares, round):
    """The gradients of turns at once, all of them before any update.

    Args:
        gan: the GAN.
        tape: of the costs, persistent where there are several turns.
        turns: list of `Turn`.
        shares: name of a turn -> its cost, scalar.
        round: `Round`, of which all costs are.

    Returns:
        Name of a turn -> list, of `gan.variables_of` it.
    """
    if len(turns) == 2 and gan.is_zero_sum:
        return _of_both_players(gan, tape, shares["discriminator"], round)
    found = {}
    for turn in turns:
        moved = round.gate.wanted = gan.variables_of(turn)
        found[turn.name] = tape.gradient(shares[turn.name], moved)
    return found


def _of_both_players(gan, tape, discriminator_share, round):
    """Of costs that differ in sign alone: in one pass."""
    moved = gan.discriminator.trainable_variables
    round.gate.wanted = moved
    *of_discriminator, of_fake = tape.gradient(
        discriminator_share, [*moved, round.fake]
    )
    # What is left is on the tape already.
    round.gate.wanted = None
    of_generator = tape.gradient(
        round.fake, gan.generator.trainable_variables, -of_fake
    )
    return {"discriminator": of_discriminator, "generator": of_generator}


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


class Gate:
    """Where a gradient goes no further than it is wanted.

    A tape goes back to the first operation whatever the gradient is taken of,
    and TensorFlow drops what nobody reads, but not what replicas tell each
    other: the discriminator's turn would wait for the batch normalisation of
    the generator.

    Attributes:
        wanted: variables whose gradients are taken; None: not known.
    """

    def __init__(self):
        self.wanted = None

    def passed(self, outputs):
        """The same tensors, whose gradient ends here if nothing is behind."""
        return tf.nest.map_structure(self._passed, outputs)

    def _passed(self, outputs):
        @tf.custom_gradient
        def identity(x):
            def gradient(upstream):
                is_wanted = self.wanted is None or _depends(x, self.wanted)
                return upstream if is_wanted else None

            return tf.identity(x), gradient

        return identity(outputs)


def _depends(tensor, variables):
    """Whether a tensor of a graph depends on one of the variables."""
    if not hasattr(tensor, "op"):
        return True  # Eager: not known.
    graph = tensor.graph
    handles = {id(graph.capture(one.value.handle)) for one in variables}
    left, seen = [tensor], set()
    while left:
        tensor = left.pop()
        if id(tensor) in handles:
            return True
        if tensor.op not in seen:
            seen.add(tensor.op)
            left += tensor.op.inputs
    return False


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
