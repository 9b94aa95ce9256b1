"""The limits of the flags of recipes.next_frame."""

from tests.recipes import limit_checks as limits


def test_flags_take_what_is_within_their_limits():
    limits.check(
        "recipes.next_frame",
        limits.IMAGES
        | {
            "canvas": (["28", "32"], ["27", "64"]),
            "width": limits.SIZE,
            "error_weight": limits.WEIGHT,
            "gradient_weight": limits.WEIGHT,
            "gan_weight": limits.WEIGHT,
            "pretrain_steps": ([0, 7], [-1]),
        },
    )
