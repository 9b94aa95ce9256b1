"""SavedModels for TensorFlow Serving, and for whoever has TensorFlow alone."""

from __future__ import annotations

import json
import pathlib
import shutil
import tempfile

import keras
import tensorflow as tf

from tfgan_ref import latents as priors
from tfgan_ref.errors import UserError, reason
from tfgan_ref.losses.semi_supervised import realness_logits

MODEL_CARD = "model_card.json"

# Samples are computed so many at a time, since the last bit of a convolution's
# sum depends on how many examples it is given.
_CHUNK = 8


def export_generator(
    generator: keras.Model,
    folder: pathlib.Path,
    version: int,
    classifier: keras.Model | None = None,
    *,
    prior=priors.uniform,
    class_names: tuple[str, ...] = (),
    card: dict[str, object] | None = None,
) -> pathlib.Path:
    """Writes a generator, and a classifier, as SavedModel `folder/<version>`.

    Signatures, for any batch size and in inference mode; `images` are float32
    `[batch, height, width, channels]` in [0, 1]:

    - `generate`, which is also `serving_default`: `latents` float32
      `[batch, latent_dim]` -> `images`.
    - `sample`: `seed` int64 `[batch]`, `truncation` float32 `[batch]` ->
      `images`. Each is a function of its seed alone; truncation in [0, 1]
      draws the latents to the prior's mean, and 1 leaves them.
    - `sample_png`: the same -> `png` string `[batch]`.
    - `classify`, with a classifier: `images` -> `probabilities` float32
      `[batch, classes]`, those of the classes given that the image is real;
      `classes` int64 `[batch]`, the most probable; `realness` float32
      `[batch]`, the probability that it is real.

    Inputs that are not finite are an error of the request. The names of the
    classes are the asset `labels.txt`, the model card is
    `assets.extra/model_card.json`.

    Args:
        generator: built model, latents -> images in [-1, 1].
        folder: TensorFlow Serving's base path.
        version: int >= 0, a version that is not there yet.
        classifier: built model, images in [-1, 1] -> class logits, the logit
            of the fake class being 0 (`losses.semi_supervised`).
        prior: the generator's, of `latents`.
        class_names: of the classes, if any.
        card: JSON values that the model card tells beside the signatures.

    Returns:
        The SavedModel's folder.

    Raises:
        UserError: the version is there already, or cannot be written.
    """
    target = folder / str(version)
    if target.exists():
        raise UserError(f"{target} is there already")
    # A number alone is a version to TensorFlow Serving: this is none yet.
    unfinished = folder / f".unfinished-{version}"
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            served = _Served(generator, classifier, prior)
            module = tf.Module()
            # Tracked here and nowhere else, every weight is stored once.
            module.weights = served.weights
            if class_names:
                labels = pathlib.Path(scratch) / "labels.txt"
                labels.write_text("\n".join(class_names) + "\n")
                module.labels = tf.saved_model.Asset(str(labels))
            signatures = served.signatures()
            tf.saved_model.save(module, str(unfinished), signatures)
        _write_card(unfinished, signatures, card or {})
        unfinished.rename(target)
    except (OSError, tf.errors.OpError) as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise UserError(f"Cannot write {target}: {reason(error)}") from None
    return target


class _Served:
    """The functions that are served."""

    def __init__(self, generator, classifier, prior):
        self._networks = generator, classifier
        self._prior = prior

    @property
    def weights(self):
        """The variables that the functions need."""
        return [
            variable.value
            for network in self._networks
            if network is not None
            for variable in network.variables
        ]

    def signatures(self):
        generator, classifier = self._networks
        latent_dim = generator.input_shape[-1]
        latents = tf.TensorSpec([None, latent_dim], tf.float32, name="latents")
        seed = tf.TensorSpec([None], tf.int64, name="seed")
        truncation = tf.TensorSpec([None], tf.float32, name="truncation")
        generate = _trace(self._generate, latents)
        signatures = {
            "generate": generate,
            "serving_default": generate,
            "sample": _trace(self._sample, seed, truncation),
            "sample_png": _trace(self._sample_png, seed, truncation),
        }
        if classifier is not None:
            images = tf.TensorSpec(
                [None, *classifier.input_shape[1:]], tf.float32, name="images"
            )
            signatures["classify"] = _trace(self._classify, images)
        return signatures

    def _generate(self, latents):
        return {"images": self._images(_finite(latents, "latents"))}

    def _sample(self, seed, truncation):
        latents = self._latents(seed, truncation)
        count = tf.shape(latents)[0]
        latents = tf.pad(latents, [[0, -count % _CHUNK], [0, 0]])
        chunks = tf.map_fn(
            self._images,
            tf.reshape(latents, [-1, _CHUNK, latents.shape[1]]),
            fn_output_signature=tf.float32,
        )
        shape = self._networks[0].output_shape[1:]
        return {"images": tf.reshape(chunks, [-1, *shape])[:count]}

    def _sample_png(self, seed, truncation):
        images = self._sample(seed, truncation)["images"]
        pixels = tf.cast(tf.round(255.0 * images), tf.uint8)
        png = tf.map_fn(tf.io.encode_png, pixels, fn_output_signature=tf.string)
        return {"png": png}

    def _classify(self, images):
        _, classifier = self._networks
        images = 2.0 * _finite(images, "images") - 1.0
        logits = tf.cast(classifier(images, training=False), tf.float32)
        return {
            "probabilities": tf.nn.softmax(logits),
            "classes": tf.argmax(logits, -1),
            "realness": tf.sigmoid(realness_logits(logits)),
        }

    def _images(self, latents):
        images = self._networks[0](latents, training=False)
        return tf.clip_by_value(0.5 * tf.cast(images, tf.float32) + 0.5, 0, 1)

    def _latents(self, seed, truncation):
        """Each row is drawn from its own seed, whatever the others are."""
        latent_dim = self._networks[0].input_shape[-1]

        def draw(seed):
            return self._prior([1, latent_dim], tf.stack([seed, 0]))[0]

        latents = tf.map_fn(draw, seed, fn_output_signature=tf.float32)
        latents = tf.ensure_shape(latents, [None, latent_dim])
        mean = priors.mean(self._prior)
        truncation = _finite(truncation, "truncation")[:, None]
        return mean + truncation * (latents - mean)


def _trace(function, *specs):
    return tf.function(function, input_signature=specs).get_concrete_function()


def _finite(tensor, name):
    return tf.debugging.check_numerics(tensor, f"{name} must be finite")


def _write_card(folder, signatures, card):
    """The model card, in the folder that servers leave alone."""
    described = {
        name: {
            "inputs": _describe(
                {
                    spec.name: spec
                    for spec in function.structured_input_signature[0]
                }
            ),
            "outputs": _describe(function.structured_outputs),
        }
        for name, function in signatures.items()
    }
    extra = folder / "assets.extra"
    extra.mkdir()
    content = card | {"signatures": described, "images": "[0, 1]"}
    (extra / MODEL_CARD).write_text(json.dumps(content, indent=2) + "\n")


def _describe(specs):
    return {
        name: {"dtype": spec.dtype.name, "shape": [None, *spec.shape[1:]]}
        for name, spec in specs.items()
    }
