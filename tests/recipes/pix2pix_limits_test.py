"""The limits of the flags of recipes.pix2pix."""

import math

from tests.recipes import limit_checks as limits


def test_flags_take_what_is_within_their_limits():
    limits.check(
        "recipes.pix2pix",
        limits.IMAGES
        | {
            "pair": (
                ["edges", "grey", "mask", "lowres", "folder:x"],
                ["", "blur", "folder:", "x"],
            ),
            "receptive_field": (["1", "16", "34", "70"], ["2", "142"]),
            "width": limits.SIZE,
            "dropout": ([0.0, 0.9999], [-1e-9, 1.0, math.nan]),
            "l1_weight": limits.WEIGHT,
            "gan_weight": limits.WEIGHT,
            "kid_extractor": (["pixels"], []),
        },
    )
