"""The perceptrons for MNIST, layer by layer, as released."""

import keras

from tests.models.description import defaults, describe, synchronized
from tfgan_ref.models import improved_mlp

HIDDEN = [
    "Dense N(0.0, 0.1) units=500 use_bias=False",
    "BatchNormalization momentum=0.9 epsilon=1e-06 scale=False",
    "Activation activation=softplus",
]
GENERATOR = [
    "generator: latents",
    *HIDDEN,
    *HIDDEN,
    "WeightNormalization of (Dense N(0.0, 0.1) units=30 use_bias=False)"
    " train_scale=True",
    "Activation float32 activation=sigmoid",
    "Reshape float32 target_shape=(2, 3, 5)",
    "images: Rescaling float32 scale=2.0 offset=-1.0",
]


def weight_normalized(units):
    return (
        f"WeightNormalization of (Dense N(0.0, 0.1) units={units}"
        " use_bias=False)"
    )


DISCRIMINATOR = [
    *["discriminator: images", "Flatten"],
    *["Rescaling scale=0.5 offset=0.5", "GaussianNoise stddev=0.3"],
    *[f"{weight_normalized(1000)} activation=relu", "GaussianNoise stddev=0.5"],
    *[f"{weight_normalized(500)} activation=relu", "GaussianNoise stddev=0.5"],
    *[f"{weight_normalized(250)} activation=relu", "GaussianNoise stddev=0.5"],
    *[f"{weight_normalized(250)} activation=relu", "GaussianNoise stddev=0.5"],
    f"features: {weight_normalized(250)} activation=relu",
    "GaussianNoise stddev=0.5",
    "WeightNormalization of (Dense N(0.0, 0.1) float32 units=4 use_bias=False)"
    " float32 train_scale=True",
    "logits: Activation float32",
]


def test_the_networks_layer_by_layer():
    keras.config.set_dtype_policy("mixed_bfloat16")
    assert describe(improved_mlp.generator((2, 3, 5), 7)) == GENERATOR
    network = improved_mlp.discriminator((2, 3, 5), 4)
    assert describe(network) == DISCRIMINATOR
    kernels = 30 * 1000 + 1000 * 500 + 500 * 250 + 2 * 250 * 250 + 250 * 4
    units = 1000 + 500 + 3 * 250 + 4
    assert network.count_params() == kernels + 2 * units


def test_there_are_100_latents():
    assert defaults(improved_mlp.generator) == {"latent_dim": 100}


def test_batch_normalisation_is_synchronised_between_replicas(two_replicas):
    keras.config.set_dtype_policy("mixed_bfloat16")
    with two_replicas.scope():
        network = improved_mlp.generator((2, 3, 5), 7)
    assert describe(network) == synchronized(GENERATOR)
