"""Moving digits: clips whose next frame is one of two.

A digit of half its size moves on a canvas, straight on, and off the walls as in
the moving MNIST of Srivastava et al. (2015): a place beyond a wall becomes one
at the wall, and that part of the velocity changes its sign. After four frames
it turns, to the left or to the right by an eighth of a circle, each as
probable: what the four frames tell of the next one is the average of two.

Deviations from moving MNIST, which make that average exact: one digit, which
moves by whole pixels in one of eight directions; walls some pixels within the
canvas, so that it hits none as it turns.

Reference:
    Srivastava, Mansimov, Salakhutdinov (2015), Unsupervised Learning of Video
    Representations using LSTMs, https://arxiv.org/abs/1502.04681
"""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfgan_ref.data import minibatches
from tfgan_ref.data.halved import halved
from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError

FRAMES = 4  # That are shown.
SIDE = 14  # Pixels of a digit.
LEAST = 28  # Of a canvas.
_STEP = 4  # The most that a digit moves in a frame, down or to the right.
# Rows and columns per frame, an eighth of a circle apart, as nearly as 4 pixels
# can be; moving MNIST has 3.6.
_DIRECTIONS = [(0, 4), (3, 3), (4, 0), (3, -3)]
_DIRECTIONS += [(-row, -column) for row, column in _DIRECTIONS]
_TURNS = (-1, 1)


@dataclasses.dataclass(frozen=True, eq=False)
class Moving:
    """Digits that move, in another way each time they are shown.

    Attributes:
        digits: images `[count, 14, 14, 1]`.
        canvas: int, pixels of a side.
        class_names: none.
    """

    digits: Images
    canvas: int
    class_names: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As the digits were asked for, and that they move."""
        return f"moving {self.digits.name}"

    @property
    def count(self) -> int:
        """How many digits there are."""
        return len(self.digits)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """`(canvas, canvas, 1)`, of a frame."""
        return (self.canvas, self.canvas, 1)

    @property
    def summary(self) -> str:
        """In a few words."""
        return f"{self.count:,} digits on {self.canvas}x{self.canvas} pixels"

    @property
    def facts(self) -> dict[str, object]:
        """What a run records of them, JSON values."""
        return self.digits.facts | {"canvas": self.canvas}


class Clips(NamedTuple):
    """Some clips, pixels float32 in [-1, 1].

    Attributes:
        frames: `[count, canvas, canvas, 4]`, the oldest first.
        continuations: `[count, canvas, canvas, 2]`, the two next frames that
            there can be.
        following: `[count, canvas, canvas, 1]`, the one that there is.
    """

    frames: tf.Tensor
    continuations: tf.Tensor
    following: tf.Tensor


def move(digits: Images, canvas: int) -> Moving:
    """Sets digits in motion.

    Args:
        digits: grey images of 28 pixels, MNIST from any source; means of four
            pixels are shown.
        canvas: int, pixels of a side, 28 at least.

    Raises:
        UserError: the images are others, or the canvas is too small.
    """
    if digits.image_shape != (2 * SIDE, 2 * SIDE, 1):
        raise UserError(
            f"{digits.name}: grey images of {2 * SIDE} pixels were expected. "
            f"Received: {digits.image_shape}"
        )
    if canvas < LEAST:
        raise UserError(
            f"`canvas` must be at least {LEAST}. Received: {canvas}"
        )
    return Moving(halved(digits, 1), canvas)


def stream(
    data: Moving,
    batch_size: int,
    *,
    seed: int,
    first: int = 0,
    input_context: tf.distribute.InputContext | None = None,
) -> tf.data.Dataset:
    """Returns the data set of one worker's minibatches, for ever.

    Args:
        data: the digits.
        batch_size: as for `minibatches.stream`, and so are the others.
        seed: of the digits' order and of their motion.
        first: index of the first minibatch.
        input_context: which replicas to feed.

    Returns:
        `tf.data.Dataset` of pairs float32 in [-1, 1]: next frames `[batch,
        canvas, canvas, 1]` and the frames before them `[batch, canvas, canvas,
        4]`.

    Raises:
        UserError: as of `minibatches.stream`.
    """
    digits = minibatches.stream(
        data.digits,
        batch_size,
        seed=seed,
        first=first,
        input_context=input_context,
    )
    context = input_context or tf.distribute.InputContext()

    @tf.autograph.experimental.do_not_convert
    def motion(step):
        seeds = [tf.constant(seed, tf.int64), step]
        drawn = _motions(batch_size, data.canvas, seeds)
        return minibatches.of_worker(drawn, context)

    @tf.autograph.experimental.do_not_convert
    def pair(digits, motion):
        clips = _clips(digits, motion, data.canvas)
        return clips.following, clips.frames

    motions = tf.data.Dataset.range(first, tf.int64.max).map(motion).unbatch()
    dataset = tf.data.Dataset.zip(digits, motions).map(pair).prefetch(2)
    return minibatches.endless(dataset)


def some(data: Moving, count: int) -> Clips:
    """Clips of the first digits, always the same.

    Args:
        data: the digits.
        count: int, at the most.
    """
    digits = np.asarray(data.digits.images[:count], np.float32) / 127.5 - 1.0
    motions = _motions(len(digits), data.canvas, [-1, 0])
    return _clips(digits, motions, data.canvas)


def _motions(count, canvas, seed):
    """Row, column, direction and turn of each clip, int32 `[count, 4]`."""
    span = canvas - SIDE - 2 * _STEP + 1
    limits = [span, span, len(_DIRECTIONS), len(_TURNS)]
    drawn = tf.random.stateless_uniform(
        [count, len(limits)], seed, maxval=None, minval=None, dtype=tf.uint32
    )
    places = tf.cast(drawn, tf.int64) % limits + [_STEP, _STEP, 0, 0]
    return tf.cast(places, tf.int32)


def _clips(digits, motions, canvas):
    """Digits float `[count, 14, 14, 1]` and their motions -> `Clips`."""
    shown, then = _places(motions, canvas)
    frames = _drawn(digits, tf.concat([shown, then], 1), canvas)
    continuations = frames[..., FRAMES:]
    chosen = tf.gather(continuations, motions[:, 3], axis=-1, batch_dims=1)
    return Clips(frames[..., :FRAMES], continuations, chosen[..., None])


def _places(motions, canvas):
    """Of the frames, and of both next ones, int32 `[count, frames, 2]`."""
    directions = tf.constant(_DIRECTIONS)
    low, high = _STEP, canvas - SIDE - _STEP
    place, velocity = motions[:, :2], tf.gather(directions, motions[:, 2])
    shown = [place]
    for _ in range(FRAMES - 1):
        aimed = place + velocity
        place = tf.clip_by_value(aimed, low, high)
        velocity = tf.where(aimed == place, velocity, -velocity)
        shown.append(place)
    same = tf.reduce_all(velocity[:, None] == directions, -1)
    number = tf.argmax(same, -1, tf.int32)
    then = [
        place + tf.gather(directions, (number + turn) % len(_DIRECTIONS))
        for turn in _TURNS
    ]
    return tf.stack(shown, 1), tf.stack(then, 1)


def _drawn(digits, places, canvas):
    """Digits at places, float32 `[count, canvas, canvas, frames]`."""
    # Each row, and each column, goes to its own on the canvas.
    targets = places[..., None] + tf.range(SIDE)
    rows, columns = tf.unstack(tf.one_hot(targets, canvas), axis=2)
    ink = digits[..., 0] + 1.0
    return tf.einsum("nfiy,nij,nfjx->nyxf", rows, ink, columns) - 1.0
