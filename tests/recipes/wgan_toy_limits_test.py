"""The limits of the flags of recipes.wgan_toy."""

from tests.recipes import limit_checks as limits


def test_flags_take_what_is_within_their_limits():
    limits.check(
        "recipes.wgan_toy",
        limits.POINTS
        | limits.WASSERSTEIN
        | {
            "units": limits.SIZE,
        },
    )
