"""The limits of the flags of recipes.aae."""

from tests.recipes import limit_checks as limits


def test_flags_take_what_is_within_their_limits():
    limits.check(
        "recipes.aae",
        limits.IMAGES
        | {
            "kind": (["plane", "clusters", "classes"], ["codes"]),
            "prior": (["gaussian", "ring", "swiss_roll"], ["uniform"]),
            "labels": limits.COUNT,
            "label_seed": ([0, 4294967295], [-1, 4294967296]),
            "categories": ([2, 1024], [1, 1025]),
            "code_noise": ([0, 0.3, 10], [-0.1, "nan"]),
            "reconstruction_lr": limits.RATE,
            "units": limits.SIZE,
        },
    )
