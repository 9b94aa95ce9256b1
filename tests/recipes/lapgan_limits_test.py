"""The limits of the flags of recipes.lapgan."""

from tests.recipes import limit_checks as limits


def test_flags_take_what_is_within_their_limits():
    limits.check(
        "recipes.lapgan",
        limits.IMAGES
        | {
            "levels": ([2, 8], [1, 9]),
            "level": ([0, 7], [-1, 8]),
            "width": limits.SIZE,
            "units": limits.SIDE,
        },
    )
