"""Laplacian pyramids: a coarse image, and what each doubling of it lacks.

Images are float `[batch, height, width, channels]`, their sides even numbers.

Reference:
    Denton, Chintala, Szlam, Fergus (2015), Deep Generative Image Models using
    a Laplacian Pyramid of Adversarial Networks,
    https://arxiv.org/abs/1506.05751
"""

import tensorflow as tf


def halve(images):
    """Means over squares of two by two pixels."""
    return tf.nn.avg_pool2d(images, 2, 2, "VALID")


def double(images):
    """Twice as high and wide, bilinear."""
    height, width = images.shape[1:3]
    return tf.image.resize(images, [2 * height, 2 * width], "bilinear")


def split(images, levels):
    """The pyramid of images.

    Args:
        images: float `[batch, height, width, channels]`.
        levels: int >= 1.

    Returns:
        list of the coarsest images and then the residuals, finer and finer.
    """
    residuals = []
    for _ in range(levels - 1):
        coarse = halve(images)
        residuals.append(images - double(coarse))
        images = coarse
    return [images, *reversed(residuals)]


def join(parts):
    """The images of a pyramid, see `split`."""
    images, *residuals = parts
    for residual in residuals:
        images = double(images) + residual
    return images
