"""The limits of the flags of recipes.ali, recipes.ali_toy and recipes.bigan."""

from tests.recipes import limit_checks as limits

ENCODER = limits.IMAGES | {"neighbours": limits.COUNT}


def test_flags_take_what_is_within_their_limits():
    limits.check("recipes.ali", ENCODER | {"width": limits.SIDE})


def test_those_of_bigan_do():
    limits.check("recipes.bigan", ENCODER | {"units": limits.SIZE})


def test_those_of_points_do():
    limits.check(
        "recipes.ali_toy",
        limits.POINTS
        | {"generator_units": limits.SIZE, "discriminator_units": limits.SIZE},
    )
