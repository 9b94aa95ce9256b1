"""The limits of the flags of recipes.minibatch."""

from tests.recipes import limit_checks as limits


def test_flags_take_what_is_within_their_limits():
    limits.check(
        "recipes.minibatch",
        limits.LABELS
        | {
            "minibatch_features": (["released", "paper", "none"], ["all"]),
            "minibatch_kernels": limits.SIZE,
            "minibatch_dimension": limits.SIZE,
            "networks": (["dcgan", "cifar10"], ["mlp"]),
            "generator_steps": ([1, 10000], [0, 10001]),
            "width": limits.SIZE,
            "kernel_size": limits.SIDE,
        },
    )
