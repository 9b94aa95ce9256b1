"""Section 5.4: a classifier that learns from few labels."""

from tools.dev.tutorial.row import Row

_ERRORS = ":evaluations:-1:eval/errors/raw"
_LABELS = (100, 50, 20)
ROWS = (
    Row(
        "4.1, 5.4",
        "feature matching",
        "A discriminator of n + 1 classes, whose generator matches mean "
        "features, learns well from very few labels, from 20 on",
        (
            "tfgan_ref/losses/feature_matching.py::mean_squared",
            "tfgan_ref/models/feature_matching.py::FeatureMatchingGAN",
        ),
        (
            "tests/losses/feature_matching_test.py::test_distance_is_the_mean_"
            "over_the_features",
            "tests/models/feature_matching_test.py::test_steps_are_those_of_"
            "float64_on_any_number_of_replicas",
        ),
        records=tuple(
            pair
            for labels in _LABELS
            for pair in (
                (
                    f"MNIST, {labels} labels, errors of 10,000",
                    f"feature_matching_mnist_{labels}_seed1" + _ERRORS,
                ),
                (
                    "the classifier alone",
                    f"supervised_mnist_{labels}_seed1" + _ERRORS,
                ),
            )
        ),
        against="with 20 labels it gains little, where the paper has 1677 ± "
        "452 of ten seeds and runs three times as long; with 50, 221 ± 136",
    ),
)
