"""The limits of the flags of recipes.catgan."""

from tests.recipes import limit_checks as limits


def test_flags_take_what_is_within_their_limits():
    limits.check(
        "recipes.catgan",
        limits.LABELS
        | {
            "categories": limits.SIDE,
            "units": ([4, 16384], [3, 16385]),
            "label_weight": limits.WEIGHT,
        },
    )
