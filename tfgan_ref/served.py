"""What a trained GAN serves: TensorFlow functions of batches, by name."""

from __future__ import annotations

import keras
import tensorflow as tf

from tfgan_ref import latents as priors
from tfgan_ref.errors import UserError
from tfgan_ref.losses.semi_supervised import realness_logits

# Samples are computed so many at a time, since the last bit of a convolution's
# sum depends on how many examples it is given.
_CHUNK = 8
# Inputs of each function, their dtype and rank, and its outputs.
_SAMPLE = {"seed": (tf.int64, 1), "truncation": (tf.float32, 1)}
INTERFACE = {
    "generate": ({"latents": (tf.float32, 2)}, {"images"}),
    "sample": (_SAMPLE, {"images"}),
    "sample_png": (_SAMPLE, {"png"}),
    "sample_png_bytes": (_SAMPLE, {"png_bytes"}),
    "classify": (
        {"images": (tf.float32, 4)},
        {"probabilities", "classes", "realness"},
    ),
}


class Served:
    """The functions of a generator, and of a classifier.

    For any batch size and in inference mode; `images` are float32
    `[batch, height, width, channels]` in [0, 1]:

    - `generate`, which is also `serving_default`: `latents` float32
      `[batch, latent_dim]` -> `images`.
    - `sample`: `seed` int64 `[batch]`, `truncation` float32 `[batch]` ->
      `images`. Each is a function of its seed alone, see
      `latents.of_seeds`; truncation in [0, 1] draws the latents to the
      prior's mean, and 1 leaves them.
    - `sample_png`: the same -> `png` string `[batch]`.
    - `sample_png_bytes`: the same -> `png_bytes`, whose name tells TensorFlow
      Serving's REST API to send base64.
    - `classify`, with a classifier: `images` -> `probabilities` float32
      `[batch, classes]`, those of the classes given that the image is real;
      `classes` int64 `[batch]`, the most probable; `realness` float32
      `[batch]`, the probability that it is real.

    Inputs that are not finite are an error of the request.

    Args:
        generator: built model, latents -> images in [-1, 1].
        classifier: built model, images in [-1, 1] -> class logits, the logit
            of the fake class being 0 (`losses.semi_supervised`); or None.
        prior: the generator's, of `latents`.

    Raises:
        UserError: the generator draws points.
    """

    def __init__(
        self,
        generator: keras.Model,
        classifier: keras.Model | None,
        prior=priors.uniform,
    ):
        if len(generator.output_shape) != 4:
            raise UserError(
                "A generator of images was expected. Received: "
                f"output_shape={generator.output_shape}"
            )
        self._generator = generator
        self._classifier = classifier
        self._prior = prior

    @property
    def weights(self) -> list[tf.Variable]:
        """The variables that the functions need."""
        return [
            variable.value
            for network in (self._generator, self._classifier)
            if network is not None
            for variable in network.variables
        ]

    def signatures(self) -> dict[str, tf.types.experimental.ConcreteFunction]:
        """The functions, by their names."""
        latent_dim = self._generator.input_shape[-1]
        latents = tf.TensorSpec([None, latent_dim], tf.float32, name="latents")
        seed = tf.TensorSpec([None], tf.int64, name="seed")
        truncation = tf.TensorSpec([None], tf.float32, name="truncation")
        generate = _trace(self._generate, latents)
        signatures = {
            "generate": generate,
            "serving_default": generate,
            "sample": _trace(self._sample, seed, truncation),
            "sample_png": _trace(self._sample_png, seed, truncation),
            "sample_png_bytes": _trace(self._png_bytes, seed, truncation),
        }
        if self._classifier is not None:
            shape = [None, *self._classifier.input_shape[1:]]
            images = tf.TensorSpec(shape, tf.float32, name="images")
            signatures["classify"] = _trace(self._classify, images)
        return signatures

    def _generate(self, latents):
        return {"images": self._images(_finite(latents, "latents"))}

    def _sample(self, seed, truncation):
        latent_dim = self._generator.input_shape[-1]
        latents = priors.truncate(
            self._prior,
            priors.of_seeds(self._prior, seed, latent_dim),
            _finite(truncation, "truncation"),
        )
        count = tf.shape(latents)[0]
        latents = tf.pad(latents, [[0, -count % _CHUNK], [0, 0]])
        chunks = tf.map_fn(
            self._images,
            tf.reshape(latents, [-1, _CHUNK, latent_dim]),
            fn_output_signature=tf.float32,
        )
        shape = self._generator.output_shape[1:]
        return {"images": tf.reshape(chunks, [-1, *shape])[:count]}

    def _sample_png(self, seed, truncation):
        images = self._sample(seed, truncation)["images"]
        pixels = tf.cast(tf.round(255.0 * images), tf.uint8)
        png = tf.map_fn(tf.io.encode_png, pixels, fn_output_signature=tf.string)
        return {"png": png}

    def _png_bytes(self, seed, truncation):
        return {"png_bytes": self._sample_png(seed, truncation)["png"]}

    def _classify(self, images):
        images = 2.0 * _finite(images, "images") - 1.0
        logits = self._classifier(images, training=False)
        logits = tf.cast(logits, tf.float32)
        return {
            "probabilities": tf.nn.softmax(logits),
            "classes": tf.argmax(logits, -1),
            "realness": tf.sigmoid(realness_logits(logits)),
        }

    def _images(self, latents):
        images = self._generator(latents, training=False)
        return tf.clip_by_value(0.5 * tf.cast(images, tf.float32) + 0.5, 0, 1)


def inputs_of(function) -> dict[str, tf.TensorSpec]:
    """The inputs of a signature, by name, of a fresh or of a loaded one."""
    positional, named = function.structured_input_signature
    return {spec.name: spec for spec in positional} | dict(named)


def fits(function, name: str) -> bool:
    """Whether a signature of that name is as `Served` has it.

    Its batch may be of any size, and all other sizes are known.
    """
    inputs, outputs = INTERFACE[name]
    specs = inputs_of(function)
    received = {
        key: (spec.dtype, spec.shape.rank) for key, spec in specs.items()
    }
    return (
        received == inputs
        and set(function.structured_outputs) == outputs
        and all(
            spec.shape[0] is None and None not in tuple(spec.shape[1:])
            for spec in specs.values()
        )
    )


def _trace(function, *specs):
    return tf.function(function, input_signature=specs).get_concrete_function()


def _finite(tensor, name):
    return tf.debugging.check_numerics(tensor, f"{name} must be finite")
