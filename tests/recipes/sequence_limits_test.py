"""The limits of the flags of recipes.sequence."""

from tests.recipes import limit_checks as limits


def test_flags_take_what_is_within_their_limits():
    limits.check(
        "recipes.sequence",
        limits.COMMON
        | {
            "eval_every": limits.COUNT,
            "eval_samples": ([1, 2**20], [0, 2**20 + 1]),
            "task": (["grammar", "oracle"], ["digits"]),
            "length": ([2, 64], [1, 0, 65]),
            "strings": ([1, 2**20], [0, 2**20 + 1]),
            "vocabulary": ([2, 5000], [1, 0, 5001]),
            "oracle_seed": ([0, 2**32 - 1], [-1, 2**32]),
            "estimator": (
                ["reinforce", "boundary_seeking", "gumbel_softmax"]
                + ["straight_through"],
                ["embedding"],
            ),
            "rollouts": ([0, 64], [-1, 65]),
            "temperature": ([1e-9, 7.0], [0.0, -1e-9, "nan", "inf"]),
            "reward": (["logit", "log_d", "d"], ["D"]),
            "pretrain_steps": ([0, 2**31 - 1], [-1, 2**31]),
            "pretrain_lr": limits.RATE,
            "units": limits.SIZE,
            "embedding_dim": limits.SIZE,
            "discriminator": (["lstm", "convolution"], ["cnn"]),
            "discriminator_units": limits.SIZE,
        },
    )
