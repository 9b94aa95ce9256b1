"""The steps of this project, and what is around them."""

import keras
import numpy as np
import tensorflow as tf

from tfgan_ref import flop, optimizers, runtime
from tfgan_ref.data import images, minibatches, semi_supervised, toy
from tfgan_ref.losses import adversarial
from tfgan_ref.models import dcgan, feature_matching, unrolled
from tfgan_ref.models import toy as toy_models
from tools.dev.benchmarking.worker import Contestant

_GENERATOR_LOSSES = {
    "minimax": adversarial.minimax_generator_loss,
    "non_saturating": adversarial.non_saturating_generator_loss,
}
_MATRIX_SIZE = 2048
# As published, and the recipes' defaults.
_FEATURE_MATCHING_BATCH = 100
_TOY_BATCH = 100
_UNROLLED_BATCH = 512
_STEPS = 10  # Of a call, of small networks.
_TOY_UNITS = 400
_PRODUCTS = 100


def step(
    data,
    batch_size=64,
    kernel_size=4,
    width=64,
    game="non_saturating",
    plain=False,
    jit_compile=False,
    seed=0,
    precision="float32",
):
    """A simultaneous step of DCGAN.

    Args:
        data: .npy file of uint8 images.
        batch_size: int.
        kernel_size: int.
        width: int.
        game: of `_GENERATOR_LOSSES`.
        plain: bool, Keras's layers and Adam, as the networks are written.
        jit_compile: bool.
        seed: int.
        precision: policy of Keras.
    """
    runtime.set_threads(for_xla=jit_compile)
    keras.config.set_dtype_policy(precision)
    pixels = np.load(data, allow_pickle=False)
    gan = dcgan.build(
        pixels.shape[1:], width=width, kernel_size=kernel_size, seed=seed
    )
    adam = keras.optimizers.Adam if plain else optimizers.FusedAdam
    gan.compile(
        adam(2e-4, beta_1=0.5),
        adam(2e-4, beta_1=0.5),
        generator_loss=_GENERATOR_LOSSES[game],
        jit_compile=jit_compile,
        spatial_first=not plain,
    )
    labels = np.full(len(pixels), -1, np.int32)
    stream = minibatches.stream(
        images.Images("benchmark", pixels, labels), batch_size, seed=seed
    )
    return Contestant(
        _call(gan.make_train_function(), iter(stream)),
        flop.step_flop(gan, batch_size),
    )


def feature_matching_step(precision="float32"):
    """A step of feature matching on MNIST's shapes."""
    runtime.set_threads()
    keras.config.set_dtype_policy(precision)
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (1000, 28, 28, 1), np.uint8)
    labels = np.arange(1000, dtype=np.int32) % 10
    data = images.Images("noise", pixels, labels)
    gan = feature_matching.build(data.image_shape, 10)
    gan.initialize(pixels[:500] / 127.5 - 1.0)
    gan.compile(
        optimizers.InnerEpsilonAdam(3e-3, beta_1=0.5),
        optimizers.InnerEpsilonAdam(3e-3, beta_1=0.5),
        steps_per_execution=_STEPS,
    )
    stream = semi_supervised.stream(data, _FEATURE_MATCHING_BATCH, seed=0)
    minibatch = iter(stream.take(1).cache().repeat())
    return Contestant(
        _call(gan.make_train_function(), minibatch),
        flop.step_flop(gan, _FEATURE_MATCHING_BATCH),
        _STEPS,
    )


def toy_step(batch_size=_TOY_BATCH):
    """A step of recipes/toy.py on the ring: PacGAN's plain GAN, in turns."""
    runtime.set_threads()
    gan = toy_models.build(2)
    gan.compile(
        optimizers.FusedAdam(1e-4, beta_1=0.8),
        optimizers.FusedAdam(1e-4, beta_1=0.8),
        simultaneous=False,
        steps_per_execution=_STEPS,
    )
    return _on_the_ring(gan, batch_size)


def unrolled_step(batch_size=_UNROLLED_BATCH, unroll_steps=5):
    """A step of recipes/unrolled.py on the ring, without its decay."""
    runtime.set_threads()
    gan = unrolled.build(2, unroll_steps=unroll_steps)
    gan.compile(
        optimizers.FusedAdam(1e-3, beta_1=0.5),
        optimizers.FusedAdam(3e-4, beta_1=0.5),
        steps_per_execution=_STEPS,
    )
    return _on_the_ring(gan, batch_size)


def _on_the_ring(gan, batch_size):
    stream = toy.stream(toy.load("ring"), batch_size, seed=0)
    return Contestant(
        _call(gan.make_train_function(), iter(stream)),
        flop.step_flop(gan, batch_size),
        _STEPS,
    )


def matrix_product(dtype="float32"):
    """The product of two large matrices."""
    a, b = tf.cast(tf.random.normal([2, _MATRIX_SIZE, _MATRIX_SIZE]), dtype)
    product = tf.function(lambda: tf.reduce_sum(tf.matmul(a, b)))
    return Contestant(lambda: float(product()), 2 * _MATRIX_SIZE**3)


def matrix_product_100_rows():
    """100 rows times as many matrices as wide as a layer of the toy GAN.

    One after the other, as in a perceptron, with the threads of its step.
    """
    runtime.set_threads()
    rows = tf.random.normal([_TOY_BATCH, _TOY_UNITS])
    orthogonal, _ = tf.linalg.qr(tf.random.normal([_TOY_UNITS, _TOY_UNITS]))

    @tf.function
    def products():
        x = rows
        for _ in range(_PRODUCTS):
            x = tf.matmul(x, orthogonal)
        return tf.reduce_sum(x)

    return Contestant(
        lambda: float(products()),
        2 * _PRODUCTS * _TOY_BATCH * _TOY_UNITS**2,
    )


def pipeline(data, batch_size=64):
    """A minibatch of the input pipeline that nothing consumes."""
    pixels = np.load(data, allow_pickle=False)
    labels = np.full(len(pixels), -1, np.int32)
    stream = minibatches.stream(
        images.Images("benchmark", pixels, labels), batch_size, seed=0
    )
    iterator = iter(stream)
    return Contestant(lambda: next(iterator))


def generation(
    image_size=32, batch_size=64, kernel_size=4, precision="float32"
):
    """Samples of one batch."""
    keras.config.set_dtype_policy(precision)
    generator = dcgan.generator(
        (image_size, image_size, 1), kernel_size=kernel_size
    )
    latents = tf.random.uniform([batch_size, generator.input_shape[1]], -1, 1)
    sample = tf.function(lambda z: generator(z, training=False))
    return Contestant(
        lambda: sample(latents).numpy() is None,
        flop.forward_flop(generator, batch_size),
    )


def _call(train_function, iterator):
    def call():
        logs = train_function(iterator)
        return float(logs["loss/generator"]), float(logs["loss/discriminator"])

    return call
