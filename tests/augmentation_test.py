"""What DiffAugment does to images; tests/diff_augment_test.py has the game."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref import augmentation

SEED = [3, 8]


def images_of(count, *shape):
    rng = np.random.default_rng(1)
    return rng.uniform(-1, 1, (count, *shape)).astype(np.float32)


def factors(images, changed, axes):
    """Of the distance to the mean over some axes; it must be one an image."""
    far = images.astype(np.float64)
    mean = far.mean(axes, keepdims=True)
    far -= mean
    apart = changed - mean
    each = (apart * far).sum((1, 2, 3)) / (far * far).sum((1, 2, 3))
    np.testing.assert_allclose(
        apart, each[:, None, None, None] * far, rtol=0, atol=1e-5
    )
    return each


def spread(values, low, high):
    """As many of `values` in each fifth of the range."""
    assert low <= values.min() and values.max() <= high
    counts, _ = np.histogram(values, 5, (low, high))
    np.testing.assert_allclose(counts / len(values), 0.2, atol=0.06)


def test_brightness_adds_a_number_of_its_own_to_each_image():
    images = images_of(500, 2, 3, 3)
    added = augmentation.brightness(images, SEED).numpy() - images
    assert np.ptp(added, (1, 2, 3)).max() < 1e-6
    spread(added[:, 0, 0, 0], -0.5, 0.5)


def test_saturation_is_around_the_mean_of_the_channels():
    images = images_of(500, 2, 3, 3)
    changed = augmentation.saturation(images, SEED).numpy()
    spread(factors(images, changed, 3), 0, 2)


def test_contrast_is_around_the_mean_of_the_image():
    images = images_of(500, 2, 3, 3)
    changed = augmentation.contrast(images, SEED).numpy()
    spread(factors(images, changed, (1, 2, 3)), 0.5, 1.5)


def match(images, changed, candidates):
    """Of each image the one candidate's name that gives what it became."""
    found = []
    for image, result in zip(images, changed.numpy(), strict=True):
        (name,) = (
            name
            for name, function in candidates.items()
            if np.array_equal(function(image), result)
        )
        found.append(name)
    return found


def moved(down, right):
    def move(image):
        result = np.zeros_like(image)
        height, width, _ = image.shape
        for y, x in itertools.product(range(height), range(width)):
            if 0 <= y - down < height and 0 <= x - right < width:
                result[y, x] = image[y - down, x - right]
        return result

    return move


def test_translation_is_by_up_to_an_eighth_with_zeros_beside():
    images = images_of(300, 9, 17, 1)
    candidates = {
        (down, right): moved(down, right)
        for down in (-1, 0, 1)
        for right in (-2, -1, 0, 1, 2)
    }
    found = match(images, augmentation.translation(images, SEED), candidates)
    assert {*found} == candidates.keys()


def cut(top, left, height, width):
    def set_to_zero(image):
        result = image.copy()
        for y, x in itertools.product(*map(range, image.shape[:2])):
            if top <= y < top + height and left <= x < left + width:
                result[y, x] = 0
        return result

    return set_to_zero


def test_cutout_is_half_as_wide_and_as_high_where_it_is_inside():
    images = images_of(400, 8, 6, 2)
    # The middle of 4 rows is the third, from 0 to 8; of 3 columns the second.
    candidates = {
        (y, x): cut(y - 2, x - 1, 4, 3) for y in range(9) for x in range(6)
    }
    found = match(images, augmentation.cutout(images, SEED), candidates)
    assert {*found} == candidates.keys()


@pytest.mark.parametrize("policy", augmentation.POLICIES)
def test_gradients_are_finite_differences(policy):
    images = tf.constant(images_of(4, 9, 8, 3), tf.float64)
    weights = np.random.default_rng(2).normal(size=images.shape)

    def cost(images):
        changed = augmentation.augment(images, [policy], SEED)
        assert changed.dtype == tf.float64
        return tf.reduce_sum(weights * changed**2)

    with tf.GradientTape() as tape:
        tape.watch(images)
        value = cost(images)
    gradient = tape.gradient(value, images)
    for seed in range(3):
        direction = np.random.default_rng(seed).normal(size=images.shape)
        step = 1e-5 * direction
        slope = (cost(images + step) - cost(images - step)) / 2e-5
        np.testing.assert_allclose(
            tf.reduce_sum(gradient * direction), slope, rtol=1e-7
        )


def test_policies_are_applied_in_one_order_with_draws_of_their_own():
    images = images_of(5, 16, 8, 3)
    expected = images
    for policy in ("color", "translation", "cutout"):
        expected = augmentation.augment(expected, [policy], SEED)
    received = augmentation.augment(
        images, ("cutout", "color", "translation"), SEED
    )
    np.testing.assert_array_equal(received, expected)
    other = augmentation.augment(images, augmentation.POLICIES, [3, 9])
    assert np.ptp(other - received, (1, 2, 3)).min() > 0.1
