"""When the generator moves, as WGAN released it.

Reference:
    Arjovsky, Chintala, Bottou (2017), Wasserstein GAN,
    https://arxiv.org/abs/1701.07875
"""

import math

import tensorflow as tf

# Before each of the first 25 generator updates, and before every 500th, the
# critic makes 100.
_FIRST_UPDATES = 25
_EVERY = 500
_CRITIC_UPDATES = 100


def generator_moves(step, critic_updates=5):
    """Whether a block of critic updates ends with one of the generator.

    The released schedule: 100 critic updates before each of the generator's
    first 25 updates and of its updates 500, 1000, ..., counted from 0, and a
    block, there 5, before the others. Deviations: 100 are rounded up to whole
    blocks; and the released loop cuts its turn short where an epoch ends.

    Args:
        step: int, scalar or of any shape, how many blocks there were.
        critic_updates: int >= 1, of a block.

    Returns:
        bool tensor of the same shape.
    """
    step = tf.convert_to_tensor(step, tf.int64)
    blocks = math.ceil(_CRITIC_UPDATES / critic_updates)
    beginning = _FIRST_UPDATES * blocks
    # Of the generator's update 500, and then from one such to the next.
    start = beginning + _EVERY - _FIRST_UPDATES
    period = blocks + _EVERY - 1
    return tf.where(
        step < beginning,
        (step + 1) % blocks == 0,
        (step - start) % period >= blocks - 1,
    )
