"""InfoGAN as released for MNIST: numbers and layers by hand."""

from tests.models.description import defaults, describe
from tfgan_ref import priors
from tfgan_ref.models import infogan
from tfgan_ref.models.infogan import InfoGAN

NORMALIZATION = "BatchNormalization N(1.0, 0.02) momentum=0.9 epsilon=1e-05"
HALVING = "kernel_size=(4, 4) strides=(2, 2) padding=same"
LEAKY = "LeakyReLU negative_slope=0.01"


def dense(units, rest="use_bias=False"):
    return f"Dense N(0.0, 0.02) units={units} {rest}".strip()


GENERATOR = [
    "generator: latents, category, code",
    *["category: InputLayer", "code: InputLayer", "Concatenate"],
    *[dense(1024), NORMALIZATION, "ReLU"],
    *[dense(7 * 7 * 128), NORMALIZATION, "ReLU"],
    "Reshape target_shape=(7, 7, 128)",
    f"Conv2DTranspose N(0.0, 0.02) filters=64 {HALVING} use_bias=False",
    *[NORMALIZATION, "ReLU"],
    f"Conv2DTranspose N(0.0, 0.02) filters=1 {HALVING}",
    "Activation activation=sigmoid",
    "images: Rescaling scale=2.0 offset=-1.0",
]
DISCRIMINATOR = [
    "discriminator: images",
    "Rescaling scale=0.5 offset=0.5",
    f"Conv2D TruncatedNormal filters=64 {HALVING}",
    LEAKY,
    f"Conv2D TruncatedNormal filters=128 {HALVING} use_bias=False",
    *[NORMALIZATION, LEAKY, "Flatten"],
    *[dense(1024), NORMALIZATION, LEAKY],
    # The heads.
    dense(128),
    *[NORMALIZATION, LEAKY],
    *[dense(1, ""), dense(10, ""), dense(2, "")],
    "Reshape target_shape=()",
]


def test_what_is_not_given_is_as_released():
    assert defaults(infogan.build) == {
        "categories": 10,
        "codes": 2,
        "latent_dim": 62,
        "width": 64,
        "information": 1.0,
        "ema_decay": 0.0,
        "seed": 0,
    }
    assert defaults(InfoGAN) == {"information": 1.0}


def test_the_networks_layer_by_layer():
    gan = infogan.build((28, 28, 1))
    assert describe(gan.generator) == GENERATOR
    (first, *layers), (wanted, *others) = (
        describe(gan.discriminator),
        DISCRIMINATOR,
    )
    assert first == wanted
    assert sorted(layers) == sorted(others)  # Heads are in no order.
    assert gan.prior == priors.Product(
        latents=priors.Uniform(62),
        category=priors.Categorical(10),
        code=priors.Uniform(2),
    )
    outputs = gan.discriminator.output.items()
    assert {name: x.shape for name, x in outputs} == {
        "logits": (None,),
        "category": (None, 10),
        "code": (None, 2),
    }
