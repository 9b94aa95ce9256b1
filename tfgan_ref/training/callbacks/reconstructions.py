"""Images beside what a game with an encoder makes of them."""

import numpy as np
import tensorflow as tf

from tfgan_ref.outputs import write_bytes
from tfgan_ref.pictures import beneath, to_uint8
from tfgan_ref.training.callbacks.periodic import Periodic
from tfgan_ref.training.callbacks.tags import describe


class WriteReconstructions(Periodic):
    """Writes real images and their reconstructions, as PNG and to TensorBoard.

    Nothing where the GAN serves no `reconstruct`. The images are the first of
    the run's minibatches, the same throughout; each has its reconstruction
    beneath it.

    Args:
        every: int >= 1, in steps; the first and the last step are also drawn.
        folder: `pathlib.Path` of the files, `reconstructions_000500.png`.
        writer: `tf.summary.SummaryWriter`.
        minibatches: function without arguments -> `tf.data.Dataset` of
            minibatches, which begin with images in [-1, 1].
        count: int, images at the most.
    """

    def __init__(self, every, folder, writer, minibatches, *, count=32):
        super().__init__(every)
        self._folder = folder
        self._writer = writer
        self._minibatches = minibatches
        self._count = count

    def on_train_begin(self, logs=None):
        """Draws the first picture, unless a run is resumed."""
        super().on_train_begin(logs)
        self._reconstruct = _function_of(self.model)
        if self._reconstruct is None:
            return
        self._images = self._first()
        if not self._path(self.last_step).exists():
            self.at_step(self.last_step, logs)

    def at_step(self, step, logs):
        """Draws."""
        if self._reconstruct is None:
            return
        given = tf.constant(0.5 * self._images + 0.5, tf.float32)
        made = 2.0 * self._reconstruct(images=given)["images"].numpy() - 1.0
        picture = beneath(to_uint8(self._images), to_uint8(made))
        with self._writer.as_default(step):
            tf.summary.image(
                "reconstructions",
                picture[None],
                description=describe("reconstructions"),
            )
        png = tf.io.encode_png(picture).numpy()
        write_bytes(self._path(step), png)

    def _path(self, step):
        return self._folder / f"reconstructions_{step:06d}.png"

    def _first(self):
        found: list[np.ndarray] = []
        for minibatch in self._minibatches():
            found.extend(tf.nest.flatten(minibatch)[0].numpy())
            if len(found) >= self._count:
                break
        return np.stack(found[: self._count])


def _function_of(gan):
    """`reconstruct` of what a GAN serves; None where there is none."""
    if len(getattr(gan.sampler, "output_shape", ())) != 4:
        return None  # Points are not served.
    function, _ = gan.endpoints().get("reconstruct", (None, None))
    return function
