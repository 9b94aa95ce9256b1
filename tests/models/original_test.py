"""The first GAN."""

import numpy as np
import pytest

from tests.models.description import defaults, describe
from tfgan_ref import priors
from tfgan_ref.errors import UserError
from tfgan_ref.models import original

CASES = {
    "original": lambda: original.build((4, 4, 1), latent_dim=3, ema_decay=0.5)
}


def test_the_networks_layer_by_layer():
    assert defaults(original.build) == {
        "means": None,
        "latent_dim": 100,
        "ema_decay": 0.0,
        "seed": 0,
    }
    gan = original.build((28, 28, 1), seed=4)
    hidden = "Dense RandomUniform units=1200 activation=relu"
    assert describe(gan.generator) == [
        "generator: latents",
        hidden,
        hidden,
        "Dense RandomUniform units=784 activation=sigmoid",
        "Reshape target_shape=(28, 28, 1)",
        "images: Rescaling scale=2.0 offset=-1.0",
    ]
    assert describe(gan.discriminator) == [
        "discriminator: images",
        "Flatten",
        "Rescaling scale=0.5 offset=0.5",
        "Dropout rate=0.2",
        *[
            "Maxout RandomUniform units=240 pieces=5",
            "Dropout rate=0.5",
        ]
        * 2,
        "Dense RandomUniform units=1",
        "logits: Reshape target_shape=()",
    ]
    for network, side in ((gan.generator, 0.05), (gan.discriminator, 0.005)):
        for kernel in network.trainable_variables[::2]:
            largest = np.abs(kernel.numpy()).max()
            assert 0.97 * side < largest <= side
            assert abs(kernel.numpy().mean()) < 0.1 * side
    assert gan.seed == 4
    assert gan.prior == priors.Uniform(100, -(3**0.5), 3**0.5)


def test_the_first_samples_are_near_the_datas_mean():
    means = np.array([[0.0, 0.25], [0.5, 1.0]])[..., None]
    gan = original.build((2, 2, 1), means=means, latent_dim=3)
    bias = gan.generator.trainable_variables[-1].numpy()
    np.testing.assert_allclose(bias[1:3], [np.log(1 / 3), 0.0], atol=1e-6)
    np.testing.assert_allclose(bias[[0, 3]], [-16.118, 16.118], atol=1e-3)
    without = original.build((2, 2, 1), latent_dim=3)
    assert not without.generator.trainable_variables[-1].numpy().any()


def test_no_latents_are_one_line():
    with pytest.raises(UserError, match="`latent_dim` .*Received: 0$"):
        original.build((4, 4, 1), latent_dim=0)
