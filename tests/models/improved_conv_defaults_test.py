"""The networks for CIFAR-10 and SVHN, layer by layer, as released."""

import keras

from tests.models.description import defaults, describe, synchronized
from tfgan_ref.layers.minibatch_features import MinibatchFeatures
from tfgan_ref.models import improved_conv

DECONVOLUTION = "Conv2DTranspose N(0.0, 0.05) filters={} kernel_size=(5, 5)"
DECONVOLUTION += " strides=(2, 2) padding=same use_bias=False"
CONVOLUTION = "WeightNormalization of (Conv2D N(0.0, 0.05) filters={}"
CONVOLUTION += " kernel_size=({}){} use_bias=False)"
NORMALIZATION = "BatchNormalization momentum=0.9 epsilon=1e-06 scale=False"
LEAKY = "LeakyReLU negative_slope=0.2"

GENERATOR = [
    "generator: latents",
    "Dense N(0.0, 0.05) units=8192 use_bias=False",
    *[NORMALIZATION, "ReLU", "Reshape target_shape=(4, 4, 512)"],
    *[DECONVOLUTION.format(256), NORMALIZATION, "ReLU"],
    *[DECONVOLUTION.format(128), NORMALIZATION, "ReLU"],
    f"WeightNormalization of ({DECONVOLUTION.format(1)}) train_scale=True",
    "images: Activation float32 activation=tanh",
]


def three(filters):
    same = CONVOLUTION.format(filters, "3, 3", " padding=same")
    halving = CONVOLUTION.format(
        filters, "3, 3", " strides=(2, 2) padding=same"
    )
    return [same, LEAKY, same, LEAKY, halving, LEAKY]


def last(filters, *features):
    small = CONVOLUTION.format(filters, "1, 1", "")
    return [
        *[CONVOLUTION.format(filters, "3, 3", ""), LEAKY],
        *[small, LEAKY, small, LEAKY],
        "features: GlobalAveragePooling2D",
        *features,
        "WeightNormalization of (Dense N(0.0, 0.05) float32 units=4"
        " use_bias=False) float32 train_scale=True",
        "logits: Activation float32",
    ]


def test_what_is_not_given_is_as_released():
    assert defaults(improved_conv.generator) == {"latent_dim": 100}
    assert defaults(improved_conv.discriminator) == {
        "widths": (96, 192),
        "make_minibatch_features": None,
    }
    assert improved_conv.IMAGE_SIZE == 32


def test_the_networks_layer_by_layer():
    keras.config.set_dtype_policy("mixed_bfloat16")
    shape = (32, 32, 1)
    assert describe(improved_conv.generator(shape, 7)) == GENERATOR
    half = "Dropout rate=0.5"
    beginning = ["discriminator: images", "Dropout rate=0.2"]
    network = improved_conv.discriminator(shape, 4, widths=(2, 3))
    assert describe(network) == [
        *[*beginning, *three(2), half, *three(3), half],
        *last(3),
    ]
    # Of more widths the last goes on.
    network = improved_conv.discriminator(shape, 4, widths=(2, 3, 5))
    assert describe(network) == [
        *[*beginning, *three(2), half, *three(3), half, *three(5), half],
        *last(5),
    ]


def test_with_minibatch_features_there_is_noise():
    network = improved_conv.discriminator(
        (32, 32, 1),
        4,
        widths=(2, 3),
        make_minibatch_features=lambda: MinibatchFeatures(6, 7),
    )
    end = last(3, "MinibatchFeatures kernels=6 dimension=7")
    assert [line.replace(" float32", "") for line in describe(network)] == [
        *["discriminator: images", "GaussianNoise stddev=0.2"],
        *[*three(2), *three(3)],
        *[line.replace(" float32", "") for line in end],
    ]


def test_batch_normalisation_is_synchronised_between_replicas(two_replicas):
    keras.config.set_dtype_policy("mixed_bfloat16")
    with two_replicas.scope():
        network = improved_conv.generator((32, 32, 1), 1)
    assert describe(network) == synchronized(GENERATOR)
