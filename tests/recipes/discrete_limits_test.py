"""The limits of the flags of recipes.discrete."""

from tests.recipes import limit_checks as limits


def test_flags_take_what_is_within_their_limits():
    limits.check(
        "recipes.discrete",
        limits.COMMON
        | {
            "eval_every": limits.COUNT,
            "dataset": (["zipf", "geometric", "even"], ["digits"]),
            "categories": ([2, 16384], [1, 0, 16385]),
            "estimator": (
                ["reinforce", "boundary_seeking", "gumbel_softmax"]
                + ["straight_through", "embedding"],
                ["maligan"],
            ),
            "temperature": ([1e-9, 7.0], [0.0, -1e-9, "nan", "inf"]),
            "reward": (["logit", "log_d", "d"], ["D"]),
            "units": limits.SIZE,
            "estimates": ([2, 2**31 - 1], [1, 2**31]),
        },
    )
