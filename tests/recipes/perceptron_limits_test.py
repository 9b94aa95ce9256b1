"""The limits of the flags of recipes.perceptron."""

from tests.recipes import limit_checks as limits


def test_flags_take_what_is_within_their_limits():
    limits.check(
        "recipes.perceptron",
        limits.IMAGES | {"networks": (["gan10", "gan50"], ["gan20", ""])},
    )
