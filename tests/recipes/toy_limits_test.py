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
            "networks": (["pacgan", "unrolled_paper"], ["paper"]),
            "minibatch_kernels": limits.SIZE,
            "generator_units": limits.SIZE,
            "discriminator_units": limits.SIZE,
        },
    )
