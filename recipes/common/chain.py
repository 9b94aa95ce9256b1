"""What the levels of a pyramid make together, of the files of their runs."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from tfgan_ref import documents
from tfgan_ref.models import lapgan
from tfgan_ref.outputs import write_bytes
from tfgan_ref.pictures import draw_images
from tfgan_ref.serving import export as serving
from tfgan_ref.training import networks
from tfgan_ref.training.workdir import WorkDir

_STEPS = "steps_of_levels"  # In the card.


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

    Its version is the finest level's step, or the next that is free where that
    is there of other levels.

    Args:
        workdir: as for `write_samples`.
        last: int.
        class_names: of the data.

    Raises:
        UserError: a level does not fit those below, or it cannot be written.
    """
    found = _restored(workdir, last)
    folder, steps = workdir / "export", [one.step for one in found]
    version = steps[-1]
    while serving.is_finished(folder / str(version)):
        if _steps_of(folder / str(version)) == steps:
            return folder / str(version)
        version += 1  # Of other levels, or of other steps of theirs.
    gan = lapgan.chain([one.gan for one in found])
    prior = keras.saving.serialize_keras_object(gan.prior)
    card = found[-1].card | {"prior": prior, _STEPS: steps}
    serving.export_gan(
        gan, folder, version, class_names=tuple(class_names), card=card
    )
    return folder / str(version)


def _steps_of(export):
    """Of the levels that an export was made of, the coarsest first."""
    path = export / serving.EXTRA / serving.MODEL_CARD
    return documents.read(path, {f"{_STEPS}?": [int]}).get(_STEPS)


def _restored(workdir, last):
    return [
        networks.restore(WorkDir(workdir / f"level_{level}"))
        for level in range(last + 1)
    ]
