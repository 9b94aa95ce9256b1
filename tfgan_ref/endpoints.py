"""What a trained GAN serves: functions of batches, by name.

For any batch size from 1 on and in inference mode; `images` are float32
`[batch, height, width, channels]` in [0, 1]:

- `generate`, which is also `serving_default`: `latents` float32
  `[batch, latent_dim]`, or what else the generator takes -> `images`.
- `sample`: `seed` int64 `[batch]`, `truncation` float32 `[batch]`, and the
  game's conditions -> `images`. Each is a function of its seed and conditions
  alone; truncation in [0, 1] draws the latents to the prior's mean, and 1
  leaves them.
- `sample_png`: the same -> `png` string `[batch]`.
- `sample_png_bytes`: the same -> `png_bytes`, whose name tells TensorFlow
  Serving's REST API to send base64.
- `classify`, with a classifier: `images` -> `probabilities` float32
  `[batch, classes]`, those of the classes given that the image is real;
  `classes` int64 `[batch]`, the most probable; `realness` float32 `[batch]`,
  the probability that it is real, or what else of the game stands for it.
- `categorize`, where categories are found that are no classes: `images` ->
  `probabilities` float32 `[batch, categories]`, `categories` int64 `[batch]`.
- `encode`, with an encoder: `images` -> `latents` float32
  `[batch, latent_dim]`, and what else the game's codes are.
- `reconstruct`, with an encoder: `images` -> `images`, what is generated of
  their codes.
- `translate` or `upscale`, of a model that makes images of images: `images` ->
  `images`, of a size of their own.
- `next_frame`, of a model of videos: `frames` float32
  `[batch, height, width, frames]`, grey, the oldest first -> `images`.
- `sample`, of a model of tokens and then `serving_default`: `seed` and
  `truncation`, the sampling temperature -> `tokens` int64 `[batch]` or
  `[batch, length]`, `strings` string `[batch]`, what they are written as up to
  the first token that ends a string.

Inputs that are not finite are an error of the request, and so are a truncation
out of range and a class that there is not.
"""

from __future__ import annotations

import tensorflow as tf

from tfgan_ref.errors import UserError
from tfgan_ref.losses.semi_supervised import realness_logits
from tfgan_ref.spatial_first.network import infer

# Samples are computed so many at a time, since the last bit of a sum depends on
# how many examples a product or a convolution is given.
_CHUNK = 8
# The last two are empty: on a CPU without AVX-512 they are summed otherwise.
_FILLED = 6


def of_generator(gan):
    """The functions of a generator of images.

    Args:
        gan: `GAN`.

    Returns:
        dict, name -> (function of named batches -> dict of batches, dict of
        the inputs' `tf.TensorSpec` by name).

    Raises:
        UserError: the generator makes points.
    """
    shape = gan.sampler.output_shape
    if len(shape) != 4:
        raise UserError(
            "A generator of images was expected. Received: "
            f"output_shape={shape}"
        )

    def images_of(inputs):
        return _levels(infer(gan.sampler, inputs))

    def generate(**given):
        given = {name: _finite(rows, name) for name, rows in given.items()}
        named = isinstance(gan.generator_spec, dict)
        (only,) = [given] if named else given.values()
        return {"images": images_of(gan.checked(only))}

    def sample(seed, truncation, **conditions):
        given = {"truncation": truncation, **conditions}
        given = {name: _finite(rows, name) for name, rows in given.items()}
        inputs = gan.sample_inputs(seed, **given)
        images = in_chunks(
            lambda rows: images_of(gan.generator_inputs(rows)),
            inputs,
            shape[1:],
        )
        return {"images": images}

    def sample_png(**given):
        images = sample(**given)["images"]
        pixels = tf.cast(tf.round(255.0 * images), tf.uint8)
        png = tf.map_fn(tf.io.encode_png, pixels, fn_output_signature=tf.string)
        return {"png": png}

    def sample_png_bytes(**given):
        return {"png_bytes": sample_png(**given)["png"]}

    given = gan.generator_spec
    given = given if isinstance(given, dict) else {"latents": given}
    drawn = {
        "seed": tf.TensorSpec([None], tf.int64),
        "truncation": tf.TensorSpec([None], tf.float32),
        **gan.conditions,
    }
    return {
        "generate": (generate, given),
        "sample": (sample, drawn),
        "sample_png": (sample_png, drawn),
        "sample_png_bytes": (sample_png_bytes, drawn),
    }


def of_tokens(gan, symbols):
    """The function of a generator of tokens.

    Args:
        gan: `GAN` whose samples are one-hot rows.
        symbols: str of each token, "" of one that ends a string.

    Returns:
        As of `of_generator`.
    """
    shape = gan.sampler.output_shape

    def sample(seed, truncation):
        inputs = gan.sample_inputs(seed, _finite(truncation, "truncation"))
        rows = in_chunks(lambda z: infer(gan.sampler, z), inputs, shape[1:])
        tokens = tf.argmax(rows, -1)
        return {"tokens": tokens, "strings": written(tokens, symbols)}

    drawn = {
        "seed": tf.TensorSpec([None], tf.int64),
        "truncation": tf.TensorSpec([None], tf.float32),
    }
    return {"sample": (sample, drawn)}


def written(tokens, symbols):
    """What tokens are written as, up to the first that ends a string.

    Args:
        tokens: int `[batch]` or `[batch, length]`.
        symbols: str of each token, "" of one that ends a string.

    Returns:
        string `[batch]`.
    """
    texts = tf.gather(tf.constant(symbols), tokens)
    if texts.shape.rank == 1:
        return texts
    before = tf.math.cumprod(tf.cast(texts != "", tf.int32), 1)
    shown = tf.where(before == 1, texts, "")
    return tf.strings.join(tf.unstack(shown, axis=1))


def of_classifier(network, realness=None):
    """The function of a classifier of images.

    Args:
        network: `keras.Model`, images in [-1, 1] -> class logits.
        realness: function of logits float32 `[batch, classes]` -> float32
            `[batch]` in [0, 1]; None: the probability of "real", where the
            logit of the fake class is 0 (`losses.semi_supervised`).

    Returns:
        As of `of_generator`.
    """
    realness = realness or (lambda logits: tf.sigmoid(realness_logits(logits)))

    def classify(images):
        logits = _logits(network, images)
        return {
            "probabilities": tf.nn.softmax(logits),
            "classes": tf.argmax(logits, -1),
            "realness": realness(logits),
        }

    return {"classify": (classify, _images_of(network.input_shape))}


def of_categories(categorize, shape):
    """The function of a game that tells categories of images.

    Args:
        categorize: function of images in [-1, 1] and `training` -> logits.
        shape: `(None, height, width, channels)`.

    Returns:
        As of `of_generator`.
    """

    def categorize_served(images):
        logits = _logits(categorize, images)
        return {
            "probabilities": tf.nn.softmax(logits),
            "categories": tf.argmax(logits, -1),
        }

    return {"categorize": (categorize_served, _images_of(shape))}


def _images_of(shape):
    return {"images": tf.TensorSpec([None, *shape[1:]])}


def _logits(classify, images):
    """Of images in [0, 1], float32."""
    images = 2.0 * _finite(images, "images") - 1.0
    return tf.cast(classify(images, training=False), tf.float32)


def of_encoder(encode, generate, shape):
    """The functions of an encoder of images.

    Args:
        encode: function of images in [-1, 1] -> dict of codes.
        generate: function of the codes by name -> dict with `images`.
        shape: `(None, height, width, channels)`.

    Returns:
        As of `of_generator`.
    """

    def encode_served(images):
        return encode(2.0 * _finite(images, "images") - 1.0)

    def reconstruct(images):
        return generate(**encode_served(images))

    given = {"images": tf.TensorSpec([None, *shape[1:]])}
    return {
        "encode": (encode_served, given),
        "reconstruct": (reconstruct, given),
    }


def of_images(name, make, shape, others=None, given="images"):
    """The function of a model that makes images of images.

    Args:
        name: what it is called, such as `translate`.
        make: function of images in [-1, 1], and of others by name, -> images
            in [-1, 1].
        shape: `(None, height, width, channels)` of the images it is given.
        others: dict, name -> `tf.TensorSpec` of what it takes besides.
        given: what the images it is given are called.

    Returns:
        As of `of_generator`.
    """

    def served(**inputs):
        inputs = {key: _finite(rows, key) for key, rows in inputs.items()}
        made = make(2.0 * inputs.pop(given) - 1.0, **inputs)
        return {"images": _levels(made)}

    images = tf.TensorSpec([None, *shape[1:]])
    return {name: (served, {given: images, **(others or {})})}


def in_chunks(function, inputs, shape):
    """Rows of a function of rows, six at a time, whatever their number.

    So each has the same bytes beside any others.

    Args:
        function: of `inputs` of eight rows, the last two zeros -> float32
            `[8, *shape]`.
        inputs: tensors `[count, ...]`, in any structure.
        shape: of a row, sequence of int.

    Returns:
        float32 `[count, *shape]`.
    """
    count = tf.shape(tf.nest.flatten(inputs)[0])[0]

    def chunks(rows):
        rest = [[0, 0] for _ in rows.shape[1:]]
        rows = tf.pad(rows, [[0, -count % _FILLED], *rest])
        rows = tf.reshape(rows, [-1, _FILLED, *rows.shape[1:]])
        return tf.pad(rows, [[0, 0], [0, _CHUNK - _FILLED], *rest])

    made = tf.map_fn(
        function,
        tf.nest.map_structure(chunks, inputs),
        fn_output_signature=tf.float32,
    )
    return tf.reshape(made[:, :_FILLED], [-1, *shape])[:count]


def _levels(made):
    """Images in [-1, 1], or somewhat beyond, in [0, 1]."""
    return tf.clip_by_value(0.5 * tf.cast(made, tf.float32) + 0.5, 0, 1)


def _finite(rows, name):
    rows = tf.convert_to_tensor(rows)
    if not rows.dtype.is_floating:
        return rows
    return tf.debugging.check_numerics(rows, f"{name} must be finite")
