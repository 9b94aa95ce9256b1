"""What the levels of a pyramid make together, of the files of their runs."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from tfgan_ref.models import lapgan
from tfgan_ref.outputs import write_bytes
from tfgan_ref.pictures import draw_images
from tfgan_ref.serving import export as serving
from tfgan_ref.training import networks
from tfgan_ref.training.workdir import WorkDir


def write_samples(workdir, last, count):
    """Writes `samples/level_N.png`, the chain's samples of each level.

    Args:
        workdir: `pathlib.Path` with the runs `level_0`, `level_1`...
        last: int, the finest level.
        count: int, samples; those of all levels are of the same seeds.

    Returns:
        The files, the coarsest first.
    """
    gans = [found.gan for found in _restored(workdir, last)]
    paths = []
    for level in range(last + 1):
        samples = lapgan.chain(gans[: level + 1]).sample(np.arange(count))
        png = tf.io.encode_png(draw_images(samples.numpy())).numpy()
        paths.append(workdir / "samples" / f"level_{level}.png")
        write_bytes(paths[-1], png)
    return paths


def export(workdir, last, class_names):
    """Writes the chain as SavedModel, unless it is there; returns its folder.

    Args:
        workdir: as for `write_samples`.
        last: int.
        class_names: of the data.

    Raises:
        UserError: a level does not fit those below, or it cannot be written.
    """
    found = _restored(workdir, last)
    folder, step = workdir / "export", found[-1].step
    if not serving.is_finished(folder / str(step)):
        gan = lapgan.chain([one.gan for one in found])
        prior = keras.saving.serialize_keras_object(gan.prior)
        card = found[-1].card | {"prior": prior}
        serving.export_gan(
            gan, folder, step, class_names=tuple(class_names), card=card
        )
    return folder / str(step)


def _restored(workdir, last):
    return [
        networks.restore(WorkDir(workdir / f"level_{level}"))
        for level in range(last + 1)
    ]
