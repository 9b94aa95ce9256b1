"""Images beside what a game with an encoder makes of them."""

import tensorflow as tf

from tfgan_ref.outputs import write_bytes
from tfgan_ref.pictures import beneath, to_uint8
from tfgan_ref.training.callbacks.periodic import Periodic
from tfgan_ref.training.callbacks.tags import describe


class WriteReconstructions(Periodic):
    """Writes real images and their reconstructions, as PNG and to TensorBoard.

    Nothing where the GAN serves no `reconstruct`. The images are the first of
    the data, the same throughout; each has its reconstruction beneath it.

    Args:
        every: int >= 1, in steps; the first and the last step are also drawn.
        folder: `pathlib.Path` of the files, `reconstructions_000500.png`.
        writer: `tf.summary.SummaryWriter`.
        images: uint8 `[count, height, width, channels]`, an array or `Rows`;
            None where the data are points.
        count: int, images at the most.
    """

    def __init__(self, every, folder, writer, images, *, count=32):
        super().__init__(every)
        self._folder = folder
        self._writer = writer
        self._images = None if images is None else images[:count]

    def on_train_begin(self, logs=None):
        """Draws the first picture, unless a run is resumed."""
        super().on_train_begin(logs)
        self._reconstruct = None
        if self._images is not None:
            self._reconstruct = _function_of(self.model)
        if self._reconstruct is None:
            return
        if not self._path(self.last_step).exists():
            self.at_step(self.last_step, logs)

    def at_step(self, step, logs):
        """Draws."""
        if self._reconstruct is None:
            return
        given = tf.cast(self._images, tf.float32) / 255.0
        made = 2.0 * self._reconstruct(images=given)["images"].numpy() - 1.0
        picture = beneath(self._images, to_uint8(made))
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


def _function_of(gan):
    """`reconstruct` of what a GAN serves; None where there is none."""
    if len(getattr(gan.sampler, "output_shape", ())) != 4:
        return None  # Points are not served.
    function, _ = gan.endpoints().get("reconstruct", (None, None))
    return function
