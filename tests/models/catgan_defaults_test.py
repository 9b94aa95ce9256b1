"""CatGAN: numbers and layers by hand."""

from tests.models.description import defaults, describe
from tfgan_ref import priors
from tfgan_ref.models import catgan
from tfgan_ref.models.catgan import CatGAN, SemiSupervisedCatGAN

NORMALIZATION = "BatchNormalization momentum=0.9 epsilon=2e-05"


def hidden(units, slope, *noise):
    dense = f"Dense LecunNormal units={units} use_bias=False"
    leaky = f"LeakyReLU negative_slope={slope}"
    return [dense, *noise, NORMALIZATION, leaky]


NOISE = "GaussianNoise stddev=0.3"
GENERATOR = [
    "generator: latents",
    *hidden(500, 0.1),
    *hidden(500, 0.1),
    *hidden(1000, 0.2),
    "Dense LecunNormal units=784",
    "Activation activation=sigmoid",
    "Reshape target_shape=(28, 28, 1)",
    "images: Rescaling scale=2.0 offset=-1.0",
]
DISCRIMINATOR = [
    "discriminator: images",
    *["Flatten", "Rescaling scale=0.5 offset=0.5", NOISE],
    *hidden(1000, 0.1, NOISE),
    *hidden(500, 0.1, NOISE),
    *hidden(250, 0.1, NOISE),
    *hidden(250, 0.1, NOISE),
    *hidden(250, 0.1, NOISE),
    "logits: Dense LecunNormal units=20",
]


def test_what_is_not_given_is_as_in_the_port():
    assert defaults(catgan.build) == {
        "categories": 20,
        "label_weight": None,
        "latent_dim": 128,
        "units": 1000,
        "ema_decay": 0.0,
        "discriminator_ema_decay": 0.0,
        "seed": 0,
    }
    assert defaults(SemiSupervisedCatGAN) == {"label_weight": 1.0}


def test_the_networks_layer_by_layer():
    gan = catgan.build((28, 28, 1))
    assert type(gan) is CatGAN
    assert describe(gan.generator) == GENERATOR
    assert describe(gan.discriminator) == DISCRIMINATOR
    assert gan.prior == priors.Uniform(128, 0.0, 1.0)
    kernels = [x for x in gan.trainable_variables if len(x.shape) == 2]
    assert len(kernels) == 4 + 6
    for kernel in kernels:  # 1e-5 / 2 of the square.
        assert abs(float(kernel.regularizer.l2) - 5e-6) < 1e-12
