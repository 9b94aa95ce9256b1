"""The limits of the flags of recipes.unrolled."""

from tests.recipes import limit_checks as limits


def test_flags_take_what_is_within_their_limits():
    limits.check(
        "recipes.unrolled",
        limits.POINTS
        | {
            "unroll_steps": ([0, 1000], [-1, 1001]),
            "networks": (["released", "paper"], ["mlp"]),
        },
    )
