"""What a run trains on, as a picture at its start."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from tfgan_ref import augmentation
from tfgan_ref.outputs import write_bytes
from tfgan_ref.pictures import columns, draw_images, to_uint8
from tfgan_ref.training.callbacks.samples import column_names
from tfgan_ref.training.callbacks.tags import describe

NAME = "data.png"
_ROWS = 8  # Of each class, where there are labels.


class WriteData(keras.callbacks.Callback):
    """Writes real examples as PNG and to TensorBoard, unless they are there.

    They are those of the first minibatches, as the discriminator is given
    them, `diff_augment` included. Of a game with classes, whose minibatches
    begin with images and their labels, each class has a column.

    Args:
        folder: `pathlib.Path` of the PNG file, `data.png`.
        writer: `tf.summary.SummaryWriter`.
        minibatches: function without arguments -> `tf.data.Dataset` of
            minibatches, the global batch in one.
        draw: function of examples -> picture, see `WriteSamples`.
        count: int, examples of a picture without columns, at most.
        class_names: of the labels, empty where there are none.
    """

    def __init__(
        self,
        folder,
        writer,
        minibatches,
        *,
        draw=None,
        count=64,
        class_names=(),
    ):
        super().__init__()
        self._path = folder / NAME
        self._writer = writer
        self._minibatches = minibatches
        self._draw = draw or draw_images
        self._count = count
        self._class_names = class_names

    def on_train_begin(self, logs=None):
        """Draws the examples."""
        if self._path.exists():
            return
        picture = self._picture()
        with self._writer.as_default(int(self.model.step.numpy())):
            tf.summary.image(
                "data", picture[None], description=describe("data")
            )
        write_bytes(self._path, tf.io.encode_png(picture).numpy())

    def _picture(self):
        names = column_names(self.model, self._draw, self._class_names)
        count = 2 * _ROWS * len(names) or self._count
        examples, *labels = self._first(count, parts=2 if names else 1)
        if policies := self.model.diff_augment:
            seed = [self.model.seed, int(self.model.step.numpy())]
            examples = augmentation.augment(examples, policies, seed).numpy()
        if names and labels:
            return columns(to_uint8(examples), labels[0], names, _ROWS)
        return self._draw(examples[: self._count])

    def _first(self, count, parts):
        """The first parts of minibatches, arrays of so many rows at most."""
        found, rows = [], 0
        for minibatch in self._minibatches():
            found.append(
                [x.numpy() for x in tf.nest.flatten(minibatch)[:parts]]
            )
            rows += len(found[-1][0])
            if rows >= count:
                break
        return [
            np.concatenate(part)[:count] for part in zip(*found, strict=True)
        ]
