"""The limits of the flags of recipes.taxonomy."""

from tests.recipes import limit_checks as limits


def test_flags_take_what_is_within_their_limits():
    limits.check(
        "recipes.taxonomy",
        limits.IMAGES
        | {
            "task": (["table", "made_mnist"], ["mnist"]),
            "models": (
                ["made,nvp,vae,rbm,gsn,gmmn,gan", "gan,made", "rbm"],
                ["", "made,", "made,made", "mode"],
            ),
            "samples": ([8, 10**6], [7, 10**6 + 1]),
            "learning_rate": ([1e-9, 7.0], [0.0, -1e-9, "nan"]),
        },
    )
