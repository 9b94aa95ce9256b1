"""The limits of the flags of recipes.dcgan."""

from tests.recipes import limit_checks as limits


def test_flags_take_what_is_within_their_limits():
    limits.check(
        "recipes.dcgan",
        limits.IMAGES
        | {
            "width": limits.SIZE,
            "kernel_size": limits.SIDE,
            "prior": (["uniform", "normal"], ["unit_uniform"]),
            "game": (
                ["minimax", "non_saturating", "maximum_likelihood"],
                ["hinge"],
            ),
            "normalization": (["batch", "reference", "virtual"], ["none"]),
            "reference_size": limits.REFERENCE,
            "historical_averaging": limits.WEIGHT,
        },
    )
