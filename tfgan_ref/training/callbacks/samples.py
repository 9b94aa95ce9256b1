"""Samples of the same latents throughout a run."""

import numpy as np
import tensorflow as tf

from tfgan_ref.outputs import write_bytes

# Programs of before find the others here.
from tfgan_ref.pictures import draw_images, grid, to_uint8  # noqa: F401
from tfgan_ref.training.callbacks.periodic import Periodic


class WriteSamples(Periodic):
    """Writes a picture of samples as PNG and to TensorBoard.

    The samples are those of the seeds 0, 1, 2... from the averaged generator if
    there is one, in inference mode; so an export of the run draws them as well.

    Args:
        every: int >= 1, in steps; the first and the last step are also drawn.
        folder: `pathlib.Path` of the PNG files, `step_000500.png`.
        writer: `tf.summary.SummaryWriter`.
        draw: function of samples, NumPy float32 as the generator gives them,
            -> uint8 `[height, width, channels]`; None: `pictures.draw_images`.
        count: int, samples per picture.

    Attributes:
        drawn: float32 `[count, ...]`, the samples of the last picture.
    """

    def __init__(self, every, folder, writer, *, draw=None, count=64):
        super().__init__(every)
        self._draw = draw or draw_images
        self._folder = folder
        self._writer = writer
        self._count = count

    def on_train_begin(self, logs=None):
        """Draws the first grid, unless a run is resumed."""
        super().on_train_begin(logs)
        if not path_of(self._folder, self.last_step).exists():
            self.at_step(self.last_step, logs)

    def at_step(self, step, logs):
        """Draws a grid."""
        self.drawn = self.model.sample(np.arange(self._count)).numpy()
        picture = self._draw(self.drawn)
        with self._writer.as_default(step):
            tf.summary.image("samples", picture[None])
        png = tf.io.encode_png(picture).numpy()
        write_bytes(path_of(self._folder, step), png)


def path_of(folder, step):
    """Where in `folder` the grid of a step is."""
    return folder / f"step_{step:06d}.png"
