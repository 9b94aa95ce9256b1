"""What a prediction costs whose edges are others than the example's.

Reference:
    Mathieu, Couprie, LeCun (2016), Deep multi-scale video prediction beyond
    mean square error, https://arxiv.org/abs/1511.05440
"""

import tensorflow as tf


def gradient_difference(examples, predictions):
    """||dx| - |dx'||, eq. (6) with alpha = 1, of neighbours in both directions.

    The mean over pairs of pixels in a column, plus that over pairs in a row;
    the paper has sums.

    Args:
        examples: float `[batch, height, width, channels]`, of two pixels or
            more in each direction.
        predictions: float of the same shape.

    Returns:
        float32 `[batch]`, one cost per example.
    """
    of_examples = _steps(tf.cast(examples, tf.float32))
    of_predictions = _steps(tf.cast(predictions, tf.float32))
    return tf.add_n(
        [
            tf.reduce_mean(tf.abs(one - other), [1, 2, 3])
            for one, other in zip(of_examples, of_predictions, strict=True)
        ]
    )


def _steps(images):
    """From each pixel to the next below, and to the right."""
    below = images[:, 1:] - images[:, :-1]
    right = images[:, :, 1:] - images[:, :, :-1]
    return tf.abs(below), tf.abs(right)
