"""Runs that were not trained, but have all the files of one."""

import functools

import keras
import numpy as np

from tfgan_ref import priors
from tfgan_ref.data import images
from tfgan_ref.layers import minibatch_features
from tfgan_ref.layers import reference_normalization as reference
from tfgan_ref.models import (
    bigan,
    conditional,
    dcgan,
    feature_matching,
    infogan,
    minibatch,
    toy,
)
from tfgan_ref.outputs import write_json
from tfgan_ref.training import networks
from tfgan_ref.training.checkpoints import Checkpoints
from tfgan_ref.training.workdir import WorkDir

SHAPE = (28, 28, 1)


def data(shape=SHAPE):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (20, *shape), np.uint8)
    return images.Images("noise", pixels, np.arange(20) % 3, ("a", "b", "c"))


def make(name):
    """One of each kind of network, with an average or without."""
    if name == "dcgan":
        return dcgan.build(SHAPE, latent_dim=5, width=4, ema_decay=0.5)
    if name == "normal":
        return dcgan.build(SHAPE, latent_dim=5, width=4, prior=priors.Normal)
    if name == "virtual":
        return dcgan.build(
            SHAPE,
            latent_dim=5,
            width=4,
            normalization=reference.VirtualBatchNormalization,
            reference_size=3,
        )
    if name == "toy":
        return toy.build(2, generator_units=8, discriminator_units=4)
    if name == "feature_matching":
        return feature_matching.build(
            SHAPE, 3, latent_dim=5, discriminator_ema_decay=0.5
        )
    if name == "conditional":
        return conditional.build(SHAPE, 3, latent_dim=5, width=4)
    if name == "infogan":
        return infogan.build(SHAPE, latent_dim=5, categories=3, width=1)
    if name == "projection":
        return conditional.build(SHAPE, 3, kind=name, latent_dim=5, width=4)
    if name == "bigan":
        return bigan.build(SHAPE, latent_dim=5, units=8, ema_decay=0.5)
    return minibatch.build(
        SHAPE,
        latent_dim=5,
        width=4,
        make_minibatch_features=functools.partial(
            getattr(minibatch_features, name), kernels=4, dimension=3
        ),
    )


def save(gan, path, step=7):
    """A run at that step whose weights nothing else has."""
    workdir = WorkDir(path)
    gan.compile(keras.optimizers.Adam(0.1), keras.optimizers.Adam(0.1))
    rng = np.random.default_rng(step)
    for variable in gan.variables:
        if variable.dtype == "float32":
            scale = 3 / np.sqrt(np.prod(variable.shape[:-1]) + 99)
            noise = rng.normal(0, scale, variable.shape)
            # A variance stays positive.
            positive = "variance" in variable.path
            variable.assign_add(np.abs(noise) if positive else noise)
    images = gan.sample(range(8))
    assert np.std(images, 0).max() > 1e-3  # They differ.
    gan.step.assign(step)
    Checkpoints(gan, workdir.checkpoints).save()
    workdir.record_start({"a": 1}, {"revision": "abc"}, 0)
    write_json(workdir.networks, networks.describe(gan, data()))
    return workdir
