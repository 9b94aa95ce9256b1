"""Section 4.4: how deep the published networks are."""

from tests.claims.numbers import measured
from tools.dev.tutorial_claims import depth


def test_layers_are_those_of_the_papers():
    computed = depth.compute()
    assert computed["layers"] == {
        # A projection and four convolutions; the mirror image of it.
        "DCGAN, 64 pixels": (5, 5),
        # 500, 500, 784; 1000, 500, 250, 250, 250, 10.
        "feature matching, MNIST": (3, 6),
        # A projection and three; seven 3x3, two 1x1, and the last.
        "feature matching, CIFAR-10": (4, 10),
        # Four of 400 and the last; three of maxout and the last.
        "PacGAN's plain GAN, points": (5, 4),
        "unrolled GAN, notebook": (3, 3),
        "unrolled GAN, appendix": (3, 2),
        "WGAN-GP, points": (4, 4),
        "BiGAN, MNIST": (3, 3),
    }
    assert measured(computed) == {"deeper": 2, "alike": 4, "less": 2}
