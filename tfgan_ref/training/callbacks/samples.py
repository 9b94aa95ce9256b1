"""Samples of the same latents throughout a run."""

import numpy as np
import tensorflow as tf

from tfgan_ref.outputs import write_bytes

# Programs of before find the others here.
from tfgan_ref.pictures import (  # noqa: F401
    columns,
    draw_images,
    grid,
    table,
    to_uint8,
)
from tfgan_ref.titled import titled_grid
from tfgan_ref.training.callbacks.periodic import Periodic
from tfgan_ref.training.callbacks.tags import describe

_MOST_CLASSES = 100  # With a column of their own.


class WriteSamples(Periodic):
    """Writes a picture of samples as PNG and to TensorBoard.

    The samples are those of the seeds 0, 1, 2... from the averaged generator if
    there is one, in inference mode; so an export of the run draws them as well.
    Where a class is asked for, each has a column; where a text is, it stands
    above its samples. Where the discriminator is a
    classifier, `samples_by_class` of TensorBoard has one for each of its. The
    game's own `tables` are beside them, such as `codes_000500.png`.

    Args:
        every: int >= 1, in steps; the first and the last step are also drawn.
        folder: `pathlib.Path` of the PNG files, `step_000500.png`.
        writer: `tf.summary.SummaryWriter`.
        draw: function of samples, NumPy float32 as the generator gives them,
            -> uint8 `[height, width, channels]`; None: `pictures.draw_images`.
        count: int, samples per picture; of each class equally many, so that it
            may be some more.
        class_names: of the classes, if they have any.

    Attributes:
        drawn: float32 `[count, ...]`, the samples of the last picture.
    """

    def __init__(
        self, every, folder, writer, *, draw=None, count=64, class_names=()
    ):
        super().__init__(every)
        self._draw = draw or draw_images
        self._folder = folder
        self._writer = writer
        self._count = count
        self._class_names = class_names

    def on_train_begin(self, logs=None):
        """Draws the first grid, unless a run is resumed."""
        super().on_train_begin(logs)
        if not path_of(self._folder, self.last_step).exists():
            self.at_step(self.last_step, logs)

    def at_step(self, step, logs):
        """Draws the samples."""
        pictures = self._pictures(self.model)
        tables = self._tables(self.model)
        with self._writer.as_default(step):
            for tag, picture in (pictures | tables).items():
                tf.summary.image(tag, picture[None], description=describe(tag))
        for tag, picture in tables.items():
            path = self._folder / f"{tag}_{step:06d}.png"
            write_bytes(path, tf.io.encode_png(picture).numpy())
        png = tf.io.encode_png(pictures["samples"]).numpy()
        write_bytes(path_of(self._folder, step), png)

    def _tables(self, gan):
        """Tag -> picture, of what the game wants to be drawn besides."""
        if self._draw is not draw_images:
            return {}
        tables = gan.tables().items()
        return {tag: table(to_uint8(images)) for tag, images in tables}

    def _pictures(self, gan):
        """Tag -> picture."""
        names = column_names(gan, self._draw, self._class_names)
        seeds = np.arange(self._count)
        if names and "label" in gan.conditions:
            # Of these seeds each class is asked for equally often.
            seeds = np.arange(self._count - self._count % -len(names))
            self.drawn = gan.sample(seeds).numpy()
            levels = to_uint8(self.drawn)
            return {"samples": columns(levels, seeds % len(names), names)}
        self.drawn = gan.sample(seeds).numpy()
        titles = gan.titles(seeds)
        if titles and self._draw is draw_images:
            return {"samples": titled_grid(to_uint8(self.drawn), titles)}
        pictures = {"samples": self._draw(self.drawn)}
        if names and gan.classifier is not None:
            logits = gan.classifier(self.drawn, training=False)
            pictures["samples_by_class"] = columns(
                to_uint8(self.drawn), np.argmax(logits, -1), names
            )
        return pictures


def path_of(folder, step):
    """Where in `folder` the grid of a step is."""
    return folder / f"step_{step:06d}.png"


def column_names(gan, draw, class_names):
    """Names of the columns where each class has one; none where none has.

    Args:
        gan: the GAN.
        draw: function of samples -> picture that is drawn without columns.
        class_names: of all classes the GAN knows of, or others.

    Returns:
        list of str; the numbers of the classes where they have no names.
    """
    classes = gan.classes
    if not classes or classes > _MOST_CLASSES or draw is not draw_images:
        return []
    if len(class_names) == classes:
        return list(class_names)
    return [str(k) for k in range(classes)]
