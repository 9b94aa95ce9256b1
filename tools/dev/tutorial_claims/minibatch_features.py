"""Section 5.1.1: a discriminator that sees how alike samples are."""

from tools.dev.tutorial.row import Row

_ENTROPY = ":mean:class_entropy"
ROWS = (
    Row(
        "5.1.1",
        "minibatch features",
        "A discriminator that sees the similarities within a minibatch keeps "
        "the generator from collapsing; they work well, if their definition is "
        "copied exactly",
        (
            "tfgan_ref/layers/minibatch_features.py::MinibatchFeatures",
            "tfgan_ref/models/minibatch.py::MinibatchGAN",
        ),
        (
            "tests/layers/minibatch_features_test.py::test_features_are_those_"
            "of_the_definition",
        ),
        records=(
            (
                "MNIST, entropy of the classes drawn, nats, of at most 2.303, "
                "without",
                "diversity_mnist_none" + _ENTROPY,
            ),
            (
                "with the features as released",
                "diversity_mnist_released" + _ENTROPY,
            ),
            (
                "Fashion-MNIST, without",
                "diversity_fashion_mnist_none" + _ENTROPY,
            ),
            (
                "with the features as released",
                "diversity_fashion_mnist_released" + _ENTROPY,
            ),
        ),
        against="on Fashion-MNIST samples are less diverse with them, not "
        "more; on a ring they cost modes, see [below](#minibatch-features)",
    ),
)
