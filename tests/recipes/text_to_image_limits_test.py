"""The limits of the flags of recipes.text_to_image."""

from tests.recipes import limit_checks as limits


def test_flags_take_what_is_within_their_limits():
    limits.check(
        "recipes.text_to_image",
        limits.IMAGES
        | {
            "stage": ([1, 2], [0, 3]),
            "width": limits.SIDE,
            "text_dim": limits.SIZE,
            "condition_dim": limits.SIZE,
            "kl_weight": limits.WEIGHT,
        },
    )
