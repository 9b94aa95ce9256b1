"""Laplacian pyramids: a coarse image, and what each doubling of it lacks.

Images are float `[batch, height, width, channels]`, their sides even numbers.

Reference:
    Denton, Chintala, Szlam, Fergus (2015), Deep Generative Image Models using
    a Laplacian Pyramid of Adversarial Networks,
    https://arxiv.org/abs/1506.05751
"""

import tensorflow as tf
from keras import layers


def halve(images):
    """Means over squares of two by two pixels."""
    return tf.nn.avg_pool2d(images, 2, 2, "VALID")


def double(images):
    """Twice as high and wide, bilinear."""
    return layers.UpSampling2D(2, interpolation="bilinear", dtype="float32")(
        images
    )
