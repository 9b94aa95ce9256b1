"""The limits of the flags of recipes.feature_matching."""

from tests.recipes import limit_checks as limits


def test_flags_take_what_is_within_their_limits():
    limits.check(
        "recipes.feature_matching",
        limits.LABELS
        | {
            "networks": (["mlp", "cifar10", "svhn"], ["dcgan"]),
            "game": (["maximum_likelihood"], ["wasserstein"]),
        },
    )
