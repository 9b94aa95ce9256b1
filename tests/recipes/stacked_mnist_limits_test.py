"""The limits of the flags of recipes.stacked_mnist."""

from tests.recipes import limit_checks as limits


def test_flags_take_what_is_within_their_limits():
    limits.check(
        "recipes.stacked_mnist",
        limits.IMAGES
        | {
            "count": ([1, 67108864], [0, 67108865]),
            "eval_samples": limits.EVAL_SAMPLES,
            "width": limits.SIZE,
            "networks": (["dcgan", "deep", "released"], ["pacgan", ""]),
        },
    )
