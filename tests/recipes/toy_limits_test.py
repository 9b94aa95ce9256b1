"""The limits of the flags of recipes.toy."""

from tests.recipes import limit_checks as limits


def test_flags_take_what_is_within_their_limits():
    limits.check(
        "recipes.toy",
        limits.POINTS
        | {
            "game": (
                ["minimax", "non_saturating", "maximum_likelihood"]
                + ["least_squares", "hinge", "f_gan"],
                ["kl"],
            ),
            "minibatch_kernels": limits.COUNT,
            "generator_units": limits.COUNT,
            "discriminator_units": limits.COUNT,
        },
    )
