"""The limits of the flags of recipes.original."""

from tests.recipes import limit_checks as limits


def test_flags_take_what_is_within_their_limits():
    limits.check("recipes.original", limits.IMAGES)
