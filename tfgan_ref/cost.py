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

    A reference batch is counted once per pass; with several replicas, each of
    them computes it.

    Args:
        gan: compiled GAN.
        batch_size: int, global.

    Returns:
        int, a multiplication and an addition counted as two.
    """
    generator_passes, discriminator_passes = gan.passes()
    return generator_passes * forward_flop(
        gan.generator, batch_size
    ) + discriminator_passes * forward_flop(gan.discriminator, batch_size)


def forward_flop(network, batch_size):
    """Floating-point operations of a pass forward in inference mode.

    Args:
        network: `keras.Model`, built, with one input.
        batch_size: int, examples in the pass; layers whose cost does not grow
            with it are counted as they are.

    Returns:
        int, a multiplication and an addition counted as two.
    """
    spec = tf.TensorSpec((batch_size, *network.input_shape[1:]), tf.float32)
    graph = (
        tf.function(lambda inputs: network(inputs, training=False))
        .get_concrete_function(spec)
        .graph
    )
    options = _OPTIONS(_OPTIONS.float_operation()).with_empty_output().build()
    return tf.compat.v1.profiler.profile(graph, options=options).total_float_ops
