"""The limits of the flags of recipes.infogan."""

from tests.recipes import limit_checks as limits


def test_flags_take_what_is_within_their_limits():
    limits.check(
        "recipes.infogan",
        limits.IMAGES
        | {
            "categories": limits.SIDE,
            "codes": limits.SIZE,
            "width": limits.SIZE,
            "information": limits.WEIGHT,
        },
    )
