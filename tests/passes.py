"""What a step counts, as `flop.step_flop` counts it."""

import tensorflow as tf

from tfgan_ref import flop


def passes_of(gan, batch=8):
    """Network's name in the GAN -> passes per step, of so many rows each.

    Args:
        gan: compiled, on one replica.
        batch: int, rows that every pass must have.
    """
    minibatch = tf.nest.map_structure(
        lambda spec: tf.zeros(spec.shape, spec.dtype), gan.minibatch_spec(batch)
    )
    counted = {}
    for turns in gan.schedule():
        for network, rows, count in flop.passes(gan, turns, minibatch):
            (name,) = (
                name
                for name in ("generator", "discriminator", "features")
                if getattr(gan, name, None) is network
            )
            counted[name] = counted.get(name, 0) + count * rows / batch
    return counted
