"""Calls of a trained generator: by Keras, from a SavedModel, by the C API."""

import importlib.metadata

import numpy as np

from tools.dev.benchmarking.worker import Contestant

# What stands for all of them: the latents of one batch.
_SEED = 0


def keras(workdir, batch_size):
    """The Keras model of a run, in a `tf.function`."""
    import tensorflow as tf

    from tfgan_ref import flop
    from tfgan_ref.training import networks
    from tfgan_ref.training.workdir import WorkDir

    generator = networks.restore(WorkDir(workdir)).gan.sampler
    call = tf.function(lambda z: generator(z, training=False))
    z = tf.constant(_latents(batch_size, generator.input_shape[-1]))
    return Contestant(
        lambda: call(z).numpy() is None,
        flop.forward_flop(generator, batch_size),
    )


def saved_model(folder, batch_size):
    """The signature `generate`, loaded by `tf.saved_model.load`."""
    import tensorflow as tf

    from tfgan_ref import inference

    model = inference.load(folder)
    generate = model.signature("generate")
    z = tf.constant(_latents(batch_size, model.latent_dim))
    return Contestant(lambda: generate(latents=z)["images"].numpy() is None)


def native(folder, batch_size, latent_dim, input_name, output_name):
    """The same in TensorFlow's C API; its names of the tensors are given."""
    from tools.dev.benchmarking import c_api

    # The package is found, but not imported.
    package = importlib.metadata.distribution("tensorflow")
    file = package.locate_file("tensorflow/libtensorflow_cc.so.2")
    library = c_api.Library(str(file))
    session = c_api.Session(library, folder)
    z = _latents(batch_size, latent_dim)

    def call():
        tensor = c_api.make_tensor(library, "float32", z.shape, z.tobytes())
        (images,) = session.run({input_name: tensor}, [output_name])
        for used in (tensor, images):
            library.delete(used)

    return Contestant(call)


def samples(folder, count, bfloat16=False):
    """What tools/generate.py does for `count` images, but for the file."""
    from tfgan_ref import inference, runtime
    from tools.generation import sampling

    runtime.set_threads()
    model = inference.load(folder, bfloat16=bfloat16)
    return Contestant(lambda: sampling.draw(model, np.arange(count)) is None)


def samples_bfloat16(folder, count):
    """The same of a workdir, in bfloat16."""
    return samples(folder, count, bfloat16=True)


def png(folder, count):
    """What it does for their files, but for the disk."""
    from tfgan_ref import inference
    from tools.generation import pictures, sampling

    images = sampling.draw(inference.load(folder), np.arange(count))
    return Contestant(lambda: [pictures.png(pixels) for pixels in images])


def _latents(batch_size, latent_dim):
    rng = np.random.default_rng(_SEED)
    return rng.uniform(-1, 1, (batch_size, latent_dim)).astype(np.float32)
