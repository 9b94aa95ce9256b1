"""The limits of the flags of recipes.stacked_mnist."""

from tests.recipes import limit_checks as limits


def test_flags_take_what_is_within_their_limits():
    limits.check(
        "recipes.stacked_mnist",
        limits.IMAGES
        | {
            "count": limits.COUNT,
            "eval_every": limits.COUNT,
            "width": limits.COUNT,
        },
    )
