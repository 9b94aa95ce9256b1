"""The limits of the flags of recipes.super_resolution."""

from tests.recipes import limit_checks as limits


def test_flags_take_what_is_within_their_limits():
    limits.check(
        "recipes.super_resolution",
        limits.IMAGES
        | {
            "content": (["pixels", "features"], ["vgg"]),
            "blocks": limits.SIZE,
            "width": limits.SIZE,
            "gan_weight": limits.WEIGHT,
            "pretrain_steps": ([0, 7], [-1]),
        },
    )
