"""The limits of the flags of recipes.ppgn."""

import math

from tests.recipes import limit_checks as limits


def test_flags_take_what_is_within_their_limits():
    limits.check(
        "recipes.ppgn",
        limits.IMAGES
        | {
            "width": limits.SIZE,
            "units": ([4, 16384], [3, 16385]),
            "disturbance": ([1e-9, 7.0], [0.0, -1e-9, math.nan]),
            "chain_steps": ([1, 10_000], [0, 10_001]),
            **{
                name: limits.WEIGHT
                for name in (
                    "image_weight",
                    "feature_weight",
                    "gan_weight",
                    "prior_weight",
                    "condition_weight",
                    "noise_weight",
                    "step_size",
                    "last_step_size",
                )
            },
        },
    )
