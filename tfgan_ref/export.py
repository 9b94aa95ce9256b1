"""SavedModels for TensorFlow Serving."""

from __future__ import annotations

import pathlib
import shutil

import keras
import tensorflow as tf

from tfgan_ref.errors import UserError, reason
from tfgan_ref.losses.semi_supervised import realness_logits


def export_generator(
    generator: keras.Model,
    folder: pathlib.Path,
    version: int,
    classifier: keras.Model | None = None,
) -> pathlib.Path:
    """Writes a generator, and a classifier, as SavedModel `folder/<version>`.

    Signature `generate`, which is also `serving_default`: `latents` float32
    `[batch, latent_dim]` -> `images` float32 `[batch, height, width,
    channels]` in [-1, 1]. Signature `classify`, with a classifier: such
    `images` -> `probabilities` float32 `[batch, classes]`, those of the
    classes given that the image is real; `classes` int64 `[batch]`, the most
    probable; `realness` float32 `[batch]`, the probability that it is real.
    All for any batch size, in inference mode.

    Args:
        generator: built model, latents -> images.
        folder: TensorFlow Serving's base path.
        version: int >= 0, a version that is not there yet.
        classifier: built model, images -> class logits, the logit of the fake
            class being 0 (`losses.semi_supervised`).

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
    if classifier is not None:
        _add_classifier(archive, classifier)
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


def _add_classifier(archive, classifier):
    images = tf.TensorSpec(
        [None, *classifier.input_shape[1:]], tf.float32, name="images"
    )

    def classify(images):
        logits = tf.cast(classifier(images, training=False), tf.float32)
        return {
            "probabilities": tf.nn.softmax(logits),
            "classes": tf.argmax(logits, -1),
            "realness": tf.sigmoid(realness_logits(logits)),
        }

    archive.add_endpoint("classify", classify, input_signature=[images])
