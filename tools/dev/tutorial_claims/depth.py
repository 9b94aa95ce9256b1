"""Section 4.4: whose network is deeper, in what was published."""

import numpy as np

from tfgan_ref.models import (
    bigan,
    dcgan,
    improved_conv,
    improved_mlp,
    toy,
    wgan,
)
from tools.dev.tutorial import style
from tools.dev.tutorial.numbers import number
from tools.dev.tutorial.row import Row

HEAD = (
    "Section 4.4: layers with weights of both players, in published "
    "configurations"
)
SIZE = (6.4, 3.6)
ROWS = (
    Row(
        "4.4",
        "depth",
        "The discriminator is usually deeper than the generator",
        (
            "tfgan_ref/models/improved_conv.py::discriminator",
            "tfgan_ref/models/dcgan.py::discriminator",
        ),
        ("tests/claims/depth_test.py::test_layers_are_those_of_the_papers",),
        against="so it is where the discriminator also classifies; in the "
        "others both are as deep, or the generator is deeper",
    ),
)
_MNIST, _CIFAR = (28, 28, 1), (32, 32, 3)


def networks() -> dict:
    """Configuration -> generator and discriminator."""
    encoding = bigan.build(_MNIST)
    return {
        "DCGAN, 64 pixels": (
            dcgan.generator((64, 64, 3)),
            dcgan.discriminator((64, 64, 3)),
        ),
        "feature matching, MNIST": (
            improved_mlp.generator(_MNIST),
            improved_mlp.discriminator(_MNIST, 10),
        ),
        "feature matching, CIFAR-10": (
            improved_conv.generator(_CIFAR),
            improved_conv.discriminator(_CIFAR, 10),
        ),
        "PacGAN's plain GAN, points": (
            toy.generator(2),
            toy.discriminator(2),
        ),
        "unrolled GAN, notebook": toy.perceptrons(2, 256),
        "unrolled GAN, appendix": toy.perceptrons_of_paper(2, 256),
        "WGAN-GP, points": (wgan.generator(2), wgan.critic(2)),
        "BiGAN, MNIST": (encoding.generator, encoding.discriminator),
    }


def layers(network) -> int:
    """How many layers have a matrix of weights, or a kernel."""
    return sum(len(of.shape) > 1 for of in network.trainable_variables)


def compute():
    """The layers of each pair."""
    found = {
        name: tuple(map(layers, pair)) for name, pair in networks().items()
    }
    generators, discriminators = np.array(list(found.values())).T
    return {
        "layers": found,
        "numbers": {
            "deeper": number(
                f"of {len(found)}, those whose discriminator is deeper",
                np.sum(discriminators > generators),
            ),
            "alike": number(
                "as deep as the generator",
                np.sum(discriminators == generators),
            ),
            "less": number("less deep", np.sum(discriminators < generators)),
        },
    }


def draw(figure, computed):
    """A pair of bars for each."""
    axis = figure.subplots()
    found = computed["layers"]
    places = np.arange(len(found))[::-1]
    for k, (name, color) in enumerate(
        (("generator", style.MODEL), ("discriminator", style.DISCRIMINATOR))
    ):
        axis.barh(
            places + 0.2 - 0.4 * k,
            [pair[k] for pair in found.values()],
            0.36,
            color=color,
            label=name,
        )
    axis.set_yticks(places, list(found))
    axis.set(xlabel="layers with weights")
    axis.legend(fontsize=8)
