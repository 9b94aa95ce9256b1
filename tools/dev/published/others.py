"""Densities, likelihoods, imitation, representations."""

from __future__ import annotations

from tools.dev.published.claim import Claim, Number, Row, last

_RADFORD = "[Radford et al. (2016)](https://arxiv.org/abs/1511.06434)"
_SVM = tuple(
    Number(words, f"representations:{which}:accuracy:value", 100.0)
    for words, which in (
        ("", "trained"),
        ("initial weights", "initial"),
        ("pixels", "pixels"),
    )
)
_NEAREST = (
    Number("", "errors:samples:value", 100.0),
    Number("real images", "errors:real:value", 100.0),
)
CLAIMS = (
    Claim(
        "DCGAN's discriminator: accuracy of a linear SVM on its features, %",
        f"{_RADFORD}, section 5: of ImageNet, for CIFAR-10. Ours are of the "
        "data set itself; beside them the initial weights and the pixels.",
        tuple(
            Row(words, f"representation_{name}", _SVM, published, setup)
            for words, name, published, setup in (
                ("MNIST", "mnist", "", "none"),
                ("Fashion-MNIST", "fashion_mnist", "", "none"),
                ("CIFAR-10", "cifar10", "82.8", "trained on ImageNet"),
            )
        ),
        "A discriminator that was never trained is nearly as good: training "
        "adds .25 points on MNIST, .8 on Fashion-MNIST.",
    ),
    Claim(
        "Samples as a training set: error of 1-NN on MNIST's test set, %",
        f"{_RADFORD}, section 8.1: 50,000 samples, with the classes asked for.",
        tuple(
            Row(words, f"neighbours_mnist_{name}", _NEAREST, published, setup)
            for words, name, published, setup in (
                (
                    "concatenation",
                    "concat",
                    "2.98; a GAN of perceptrons 6.28",
                    "real images 3.1",
                ),
                ("AC-GAN", "acgan", "", "none"),
                ("projection", "projection", "", "none"),
            )
        ),
        "Ours had 10 epochs. AC-GAN's samples are the most often of the class "
        "asked for, and the worst training set: they are alike.",
    ),
    Claim(
        "The first GAN: Parzen windows on MNIST, nats",
        "[Goodfellow et al. (2014)](https://arxiv.org/abs/1406.2661), table 1. "
        "The estimate is far from the likelihood and puts models in a wrong "
        "order ([Theis et al. 2016](https://arxiv.org/abs/1511.01844)).",
        (
            Row(
                "the released configuration",
                "original_mnist_parzen",
                (Number("", "metrics:parzen:value"),),
                "225 ± 2",
                "epochs unknown; ± over test images",
            ),
        ),
        "Ours had 250 epochs, in which the momentum rises, and its samples are "
        "digits, some of them in pieces. The estimate rises no more: 187, 180 "
        "and 184 at steps 115,000, 120,000 and 125,000. Test images have 238. "
        "The authors saved a model at every epoch; which one they measured is "
        "not told.",
    ),
    Claim(
        "A GAN of ten latents: log-likelihood of MNIST's test images, nats",
        "[Wu et al. (2017)](https://arxiv.org/abs/1611.04273), table 2, by "
        "annealed importance sampling.",
        (
            Row(
                "Gaussians around samples, variance fixed; gap of the bounds",
                "likelihood_mnist_gan10",
                (
                    Number("", "log_likelihood:value"),
                    Number("gap", "gap:value"),
                ),
                "328.8 ± 5.5",
                "1,000 images; 8,000 epochs",
            ),
        ),
        "Ours is the mean of 20 test images, of a standard error of 79 nats, "
        "after 67 epochs. The paper does not describe its discriminator; ours "
        "is the first GAN's.",
    ),
    Claim(
        "SeqGAN: the oracle's nats per token of samples",
        "[Yu et al. (2017)](https://arxiv.org/abs/1609.05473), table 1, of "
        "another oracle, with 5,000 words: compare what the game gains, not "
        "the numbers.",
        (
            Row(
                "likelihood, then the game; the floor",
                "oracle_game",
                (
                    Number("", last("oracle_nll")),
                    Number("floor", last("oracle_nll/floor")),
                ),
                "8.74",
                "SeqGAN, released oracle, floor 5.76",
            ),
            Row(
                "likelihood for as long",
                "oracle_likelihood",
                (
                    Number("", last("oracle_nll")),
                    Number("floor", last("oracle_nll/floor")),
                ),
                "9.04",
                "maximum likelihood alone",
            ),
        ),
        "The game makes samples more probable to the oracle than likelihood "
        "alone for as long does. Held-out strings become a little less "
        "probable by both ([results](results.md)).",
    ),
    Claim(
        "GAIL and cloning: return, from one trajectory",
        "[Ho and Ermon (2016)](https://arxiv.org/abs/1606.03476), released "
        "results: 20 pairs of CartPole, of Acrobot every fifth of an episode.",
        (
            *(
                Row(
                    f"{words}, {environment}",
                    f"{method}_{environment.lower()}",
                    (Number("", last("return")),),
                    published,
                    "7 runs",
                )
                for environment, numbers in (
                    ("CartPole", ("200 ± 0", "71.9 ± 25.9")),
                    ("Acrobot", ("-77.3 ± 4.3", "-130.6 ± 39.0")),
                )
                for (method, words), published in zip(
                    (("gail", "GAIL"), ("cloning", "cloning")),
                    numbers,
                    strict=True,
                )
            ),
        ),
        "On CartPole cloning is perfect or far from it. On Acrobot six seeds "
        "have -88 to -132, and the seventh hardly ever swings up: -500. The "
        "experts are others (-72 of Acrobot here, -75.25 there).",
    ),
    Claim(
        "Wasserstein GAN with gradient penalty",
        "[Gulrajani et al. (2017)](https://arxiv.org/abs/1704.00028): no "
        "number of theirs is of MNIST or of points.",
        (
            Row(
                "points, a ring: modes of eight; distance W_1 of 1,000 samples",
                "wgan_ring",
                (
                    Number("", last("modes_captured")),
                    Number("exact", last("earth_mover/exact")),
                    Number(
                        "of two draws of the data", last("earth_mover/data")
                    ),
                    Number("the critic's estimate", last("earth_mover/critic")),
                ),
                "",
                "a picture",
            ),
            Row(
                "MNIST, 10,000 steps: FID by our classifier",
                "wgan_gp_mnist_10000",
                (Number("", last("fid/classifier")),),
                "",
                "20.3 by Inception, Lucic et al. (2018): another measure",
            ),
        ),
        "The exact distance of 1,000 samples is at most a third more than that "
        "of two draws of the data. That much is chance, which the critic's "
        "estimate leaves out: it is not fitted to these samples.",
    ),
)
