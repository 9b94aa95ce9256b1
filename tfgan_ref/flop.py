"""How much arithmetic a training step is."""

from __future__ import annotations

import tensorflow as tf

_OPTIONS = tf.compat.v1.profiler.ProfileOptionBuilder


def step_flop(gan, batch_size):
    """Floating-point operations of one step over the global batch.

    A pass forward counts 1, the gradient of a network's weights 1 and the one
    of its input 1, of those passes that a step's rounds really take. One
    simultaneous update is then 3 G + 7 D: the discriminator sees real images
    (3) and samples (1 forward, 2 for its own gradient, 1 for the generator's).
    A discriminator's update alone is G + 6 D, a generator's alone 3 G + 2 D.

    A reference batch is counted once per pass; with several replicas, each of
    them computes it.

    Args:
        gan: compiled GAN.
        batch_size: int, global.

    Returns:
        int, a multiplication and an addition counted as two.
    """
    if own := gan.step_passes():
        return sum(
            count * forward_flop(getattr(gan, name), batch_size)
            for name, count in own.items()
        )
    strategy = gan.distribute_strategy
    counted = []

    def on_replica(turns):
        size = batch_size // strategy.num_replicas_in_sync
        minibatch = tf.nest.map_structure(
            lambda spec: tf.zeros(spec.shape, spec.dtype),
            gan.minibatch_spec(size),
        )
        counted.extend(passes(gan, turns, minibatch))

    for turns in gan.schedule():
        # Traced and thrown away.
        tf.function(
            lambda turns=turns: strategy.run(on_replica, args=(turns,))
        ).get_concrete_function()
    flop = {}
    for network, rows, _ in counted:
        if (id(network), rows) not in flop:
            flop[id(network), rows] = forward_flop(network, rows)
    return sum(count * flop[id(net), rows] for net, rows, count in counted)


def passes(gan, turns, minibatch):
    """The passes of one round, and what each counts.

    Args:
        gan: compiled GAN.
        turns: list of `Turn`, taken at once.
        minibatch: of one replica.

    Returns:
        list of (network, rows, count): passes through a network of so many
        rows, as `step_flop` counts them.
    """
    round = gan.round_class(gan, minibatch, 0)
    with tf.GradientTape(persistent=True) as tape:
        costs = [gan.cost(turn, round) for turn in turns]
    found = []
    for one in round.passes:
        network = getattr(gan, one.name)
        rows = tf.nest.flatten(one.inputs)[0].shape[0]
        count = 1 + sum(
            _backward(gan, turn, cost, one, network, tape)
            for turn, cost in zip(turns, costs, strict=True)
        )
        found.append((network, rows, count))
    return found


def _backward(gan, turn, cost, one, network, tape):
    """What the gradient of a turn's cost needs of one pass."""
    variables = gan.variables_of(turn)
    moved = {id(variable) for variable in variables}
    is_moved = any(id(v) in moved for v in network.trainable_variables)
    if one.differentiated:
        # The gradient of the input, and of that again both.
        return 3 if is_moved else 0
    if not _is_connected(tape, cost, one.outputs):
        return 0
    if is_moved:
        return 2
    is_shared = gan.is_zero_sum and gan.simultaneous
    return int(_is_connected(tape, one.inputs, variables) and not is_shared)


def _is_connected(tape, target, sources):
    floats = [
        tensor for tensor in tf.nest.flatten(target) if tensor.dtype.is_floating
    ]
    if not floats:  # Such as numbers of words.
        return False
    gradients = tape.gradient(floats, tf.nest.flatten(sources))
    return any(gradient is not None for gradient in gradients)


def forward_flop(network, batch_size):
    """Floating-point operations of a pass forward in inference mode.

    Args:
        network: `keras.Model`, built.
        batch_size: int, examples in the pass; layers whose cost does not grow
            with it are counted as they are.

    Returns:
        int, a multiplication and an addition counted as two.
    """
    # A `Sequential` that was never called has no `input`.
    several = len(network.inputs) > 1
    specs = tf.nest.map_structure(
        lambda given: tf.TensorSpec(
            (batch_size, *given.shape[1:]), given.dtype
        ),
        network.input if several else network.inputs[0],
    )
    graph = (
        tf.function(lambda inputs: network(inputs, training=False))
        .get_concrete_function(specs)
        .graph
    )
    options = _OPTIONS(_OPTIONS.float_operation()).with_empty_output().build()
    return tf.compat.v1.profiler.profile(graph, options=options).total_float_ops
