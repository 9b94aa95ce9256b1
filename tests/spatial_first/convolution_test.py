"""Convolutions behind height and width, against sums in NumPy and float64."""

import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.spatial_first import convolution

# Kernel, stride, height, width, batch, thin side, wide side.
SHAPES = {
    "published": (5, 2, 8, 4, 3, 16, 18),
    "benchmark": (4, 2, 4, 6, 2, 17, 20),
    "grey": (4, 2, 6, 4, 3, 1, 5),
    "colour": (5, 2, 4, 8, 2, 3, 16),
    "as wide as the stride": (2, 2, 4, 6, 2, 16, 3),
    "stride 3": (7, 3, 6, 9, 2, 3, 4),
    "stride 3, many channels": (4, 3, 9, 6, 2, 16, 5),
    "no stride": (3, 1, 4, 5, 2, 16, 2),
    "one image": (5, 2, 4, 2, 1, 16, 16),
}
shapes = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)


def examples(shape):
    """The larger image, the kernel, the smaller image; float64."""
    size, stride, height, width, batch, thin, wide = shape
    rng = np.random.default_rng(size * height + thin)
    return (
        rng.normal(0.3, 1.0, (height, width, batch, thin)),
        rng.normal(-0.2, 1.0, (size, size, thin, wide)),
        rng.normal(0.1, 1.0, (height // stride, width // stride, batch, wide)),
    )


def pairs(shape):
    """Every (tap, position of the large image, position of the small one)."""
    size, stride, height, width, *_ = shape
    before = (size - stride) // 2
    for row, column in np.ndindex(height // stride, width // stride):
        for tap in np.ndindex(size, size):
            y = stride * row + tap[0] - before
            x = stride * column + tap[1] - before
            if 0 <= y < height and 0 <= x < width:
                yield tap, (y, x), (row, column)


def convolved(shape, large, kernel):
    small = np.zeros_like(examples(shape)[2])
    for tap, there, here in pairs(shape):
        small[here] += large[there] @ kernel[tap]
    return small


def transposed(shape, small, kernel):
    large = np.zeros_like(examples(shape)[0])
    for tap, there, here in pairs(shape):
        large[there] += small[here] @ kernel[tap].T
    return large


def correlated(shape, large, small):
    kernel = np.zeros_like(examples(shape)[1])
    for tap, there, here in pairs(shape):
        kernel[tap] += large[there].T @ small[here]
    return kernel


def assert_near(received, expected):
    assert received.dtype == tf.float32
    np.testing.assert_allclose(
        received, expected, atol=2e-6 * np.abs(expected).max()
    )


def value_and_gradients(function, x, kernel, upstream, stride, batch=None):
    """As a training step has them: traced, with a batch of any size or not."""

    def compute(x, kernel, upstream):
        with tf.GradientTape() as tape:
            tape.watch([x, kernel])
            y = function(x, kernel, stride)
        return y, *tape.gradient(y, [x, kernel], upstream)

    height, width, _, channels = x.shape
    signature = [
        tf.TensorSpec([height, width, batch, channels]),
        tf.TensorSpec(kernel.shape),
        tf.TensorSpec([*upstream.shape[:2], batch, upstream.shape[3]]),
    ]
    return tf.function(compute, input_signature=signature)(
        *(tf.constant(value, tf.float32) for value in (x, kernel, upstream))
    )


@shapes
def test_convolution_and_its_gradients_are_their_sums(shape):
    large, kernel, small = examples(shape)
    y, of_large, of_kernel = value_and_gradients(
        convolution.convolution, large, kernel, small, shape[1], shape[4]
    )
    assert_near(y, convolved(shape, large, kernel))
    assert_near(of_large, transposed(shape, small, kernel))
    assert_near(of_kernel, correlated(shape, large, small))


@shapes
def test_transposed_convolution_and_its_gradients_are_their_sums(shape):
    large, kernel, small = examples(shape)
    y, of_small, of_kernel = value_and_gradients(
        convolution.transposed_convolution,
        small,
        kernel,
        large,
        shape[1],
        shape[4],
    )
    assert_near(y, transposed(shape, small, kernel))
    assert_near(of_small, convolved(shape, large, kernel))
    assert_near(of_kernel, correlated(shape, large, small))


@pytest.mark.parametrize("name", ["published", "grey"])
def test_the_batch_may_be_of_any_size(name):
    shape = SHAPES[name]
    large, kernel, small = examples(shape)
    y, of_large, of_kernel = value_and_gradients(
        convolution.convolution, large, kernel, small, shape[1]
    )
    assert_near(y, convolved(shape, large, kernel))
    assert_near(of_large, transposed(shape, small, kernel))
    assert_near(of_kernel, correlated(shape, large, small))


@pytest.mark.parametrize("cache", [1, 2**11, 2**13])
def test_the_kernels_gradient_in_parts_is_the_whole(cache, monkeypatch):
    monkeypatch.setattr(convolution, "_CACHE", cache)
    shape = SHAPES["published"]  # Four rows of 2, 3 and 18.
    large, kernel, small = examples(shape)
    *_, of_kernel = value_and_gradients(
        convolution.convolution, large, kernel, small, shape[1], shape[4]
    )
    assert_near(of_kernel, correlated(shape, large, small))


def test_convolution_can_be_differentiated_twice():
    # As a gradient penalty does: d/dkernel of |d(sum y^2)/dx|^2, where
    # dy/dx is linear in the kernel.
    shape = SHAPES["published"]
    large, kernel, _ = examples(shape)
    step = 1e-4 * np.random.default_rng(1).normal(size=kernel.shape)

    def penalty(kernel):
        y = convolved(shape, large, kernel)
        return (transposed(shape, 2 * y, kernel) ** 2).sum()

    difference = penalty(kernel + step) - penalty(kernel - step)
    x = tf.constant(large, tf.float32)
    k = tf.constant(kernel, tf.float32)
    with tf.GradientTape() as outer:
        outer.watch(k)
        with tf.GradientTape() as inner:
            inner.watch(x)
            cost = tf.reduce_sum(convolution.convolution(x, k, 2) ** 2)
        squared = tf.reduce_sum(inner.gradient(cost, x) ** 2)
    received = 2 * (outer.gradient(squared, k) * step).numpy().sum()
    np.testing.assert_allclose(received, difference, rtol=1e-3)
