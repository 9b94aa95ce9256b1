"""How much arithmetic a training step is."""

import tensorflow as tf

_OPTIONS = tf.compat.v1.profiler.ProfileOptionBuilder


def step_flop(gan, batch_size):
    """Floating-point operations of one step over the global batch.

    A pass forward counts 1, the gradient of a network's weights 1 and the one
    of its input 1. One simultaneous update is then 3 G + 7 D: the
    discriminator sees real images (3) and samples (1 forward, 2 for its own
    gradient, 1 for the generator's). A discriminator's update alone is
    G + 6 D, a generator's alone 3 G + 2 D.

    Args:
        gan: compiled GAN.
        batch_size: int, global.

    Returns:
        int, a multiplication and an addition counted as two.
    """
    g = forward_flop(gan.generator)
    d = forward_flop(gan.discriminator)
    alone = g + 6 * d
    if gan.simultaneous:
        step = (gan.discriminator_steps - 1) * alone + 3 * g + 7 * d
    else:
        step = gan.discriminator_steps * alone + 3 * g + 2 * d
    return batch_size * step


def forward_flop(network):
    """Floating-point operations of one example's pass forward."""
    spec = tf.TensorSpec((1, *network.input_shape[1:]), tf.float32)
    graph = (
        tf.function(lambda inputs: network(inputs, training=False))
        .get_concrete_function(spec)
        .graph
    )
    options = _OPTIONS(_OPTIONS.float_operation()).with_empty_output().build()
    return tf.compat.v1.profiler.profile(graph, options=options).total_float_ops
