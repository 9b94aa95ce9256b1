"""SavedModels for TensorFlow Serving."""

from __future__ import annotations

import pathlib
import shutil

import keras
import tensorflow as tf

from tfgan_ref.errors import UserError, reason


def export_generator(
    generator: keras.Model, folder: pathlib.Path, version: int
) -> pathlib.Path:
    """Writes the generator as the SavedModel `folder/<version>`.

    Signature `generate`, which is also `serving_default`: `latents` float32
    `[batch, latent_dim]` -> `images` float32 `[batch, height, width,
    channels]` in [-1, 1], for any batch size, in inference mode.

    Args:
        generator: built model, latents -> images.
        folder: TensorFlow Serving's base path.
        version: int >= 0, a version that is not there yet.

    Returns:
        The SavedModel's folder.

    Raises:
        UserError: the version is there already, or cannot be written.
    """
    target = folder / str(version)
    if target.exists():
        raise UserError(f"{target} is there already")
    latents = tf.TensorSpec(
        [None, generator.input_shape[-1]], tf.float32, name="latents"
    )

    def generate(latents):
        images = generator(latents, training=False)
        return {"images": tf.cast(images, tf.float32)}

    archive = keras.export.ExportArchive()
    # Not track()ed, so that every weight is stored once.
    archive.add_endpoint("generate", generate, input_signature=[latents])
    # A number alone is a version to TensorFlow Serving: this is none yet.
    unfinished = folder / f".unfinished-{version}"
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        archive.write_out(str(unfinished), verbose=False)
        unfinished.rename(target)
    except (OSError, tf.errors.OpError) as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise UserError(f"Cannot write {target}: {reason(error)}") from None
    return target
