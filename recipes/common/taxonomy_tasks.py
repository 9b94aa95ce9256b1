"""What the families of the taxonomy are compared on."""

from __future__ import annotations

import numpy as np
from absl import logging

from recipes.common import image_data
from recipes.common import run as common

_DIGITS_SIZE = 8
_MNIST_SIZE = 28
_POINTS = 20_000  # To learn from.
_TEST_POINTS = 5_000
_RADIUS, _SCALE = 2.0, 0.2
_HELD_OUT = 6  # One of so many images.


def points(count):
    """A ring of eight Gaussians in the plane, whose density is known.

    Args:
        count: int, samples that are drawn at once.
    """
    from tfgan_ref.data import toy
    from tfgan_ref.evaluation import modes, taxonomy_table
    from tfgan_ref.evaluation.scatter import Scatter
    from tfgan_ref.evaluation.taxonomy import Task
    from tfgan_ref.models.taxonomy.cells import Cells

    density = toy.ring(radius=_RADIUS, scale=_SCALE)
    seed = common.SEED.value
    scatter = Scatter(density)

    def judge(samples):
        found = modes.measure_gaussians(samples, density)
        return {
            "modes": found["modes_captured"],
            "share near them": found["high_quality"],
        }

    test = density.sample(_TEST_POINTS, [seed, 1]).numpy()
    return Task(
        "ring",
        density.sample(_POINTS, [seed, 0]).numpy(),
        test,
        Cells(_RADIUS + 6 * _SCALE),
        lambda samples: taxonomy_table.halved(scatter(samples[:1000])),
        judge,
        count,
        own_nats=float(density.log_prob(test).numpy().mean()),
    )


def digits(count):
    """Small images of --dataset, a bit for each pixel: 1 above half grey.

    Args:
        count: int, samples that are drawn at once.
    """
    train, test = _images(_DIGITS_SIZE)
    if test is None:
        order = np.random.default_rng(common.SEED.value).permutation(len(train))
        held_out = len(train) // _HELD_OUT
        train, test = train[order[held_out:]], train[order[:held_out]]
        logging.info(
            "%d of the training images are held out: `digits: nats` is of them",
            held_out,
        )
    return _task("digits", train > 127, test > 127, count)


def mnist(count):
    """Images of --dataset, each pixel 1 as often as it is white, drawn once.

    The seed of the draw is 0. It is not the file of published numbers, which
    was drawn in the same way.

    Args:
        count: int, samples that are drawn at once.

    Returns:
        The task on the last sixth of the training images, from whose others it
        learns, and on the test images, if there are any.
    """
    train, test = _images(_MNIST_SIZE)
    first = len(train) - len(train) // _HELD_OUT
    rng = np.random.default_rng(0)
    bits = _drawn(train, rng)
    tasks = [_task("validation", bits[:first], bits[first:], count)]
    if test is not None:
        tasks.append(_task("test", bits[:first], _drawn(test, rng), count))
    return tasks


def _drawn(images, rng):
    return rng.random(images.shape) < images / 255.0


def _images(size):
    """uint8 `[count, size, size]` of training and test; or None."""
    data = image_data.load(size, channels=1)
    test = image_data.test_images(data, "test")
    return (
        None if one is None else np.asarray(one.images)[..., 0]
        for one in (data, test)
    )


def _task(name, train, test, count):
    from tfgan_ref.evaluation import taxonomy_table
    from tfgan_ref.evaluation.taxonomy import Task

    size = train.shape[1]

    def draw(samples):
        return taxonomy_table.mosaics(samples.reshape(-1, size, size))

    def rows(images):
        return np.float32(images.reshape(len(images), -1))

    return Task(name, rows(train), rows(test), None, draw, count=count)
