"""The limits of the flags of recipes.wgan."""

from tests.recipes import limit_checks as limits


def test_flags_take_what_is_within_their_limits():
    limits.check(
        "recipes.wgan",
        limits.IMAGES
        | limits.WASSERSTEIN
        | {
            "width": limits.SIZE,
            "kernel_size": limits.SIDE,
        },
    )
