"""Which optimizers a GAN refuses, in one line."""

from __future__ import annotations

import keras

from tfgan_ref.errors import UserError

_CLIPPING = ("clipnorm", "clipvalue", "global_clipnorm")


def get(name, given):
    """The optimizer of that argument, which may be its name.

    Raises:
        UserError: it is none.
    """
    try:
        return keras.optimizers.get(given)
    except ValueError:
        raise UserError(
            f"`{name}` must be an optimizer or the name of one. "
            f"Received: {given}"
        ) from None


def of_one_turn_each(optimizers):
    """Raises `UserError` where two of a dict of optimizers are one."""
    seen = set()
    for optimizer in optimizers.values():
        if id(optimizer) in seen:
            raise UserError(
                "Each network needs an optimizer of its own. Received: "
                f"{optimizer.name} for both"
            )
        seen.add(id(optimizer))


def check(name, optimizer, replicas):
    """Raises `UserError` for what an optimizer could not honour.

    Args:
        name: of the argument.
        optimizer: `keras.optimizers.Optimizer`.
        replicas: int.
    """
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        raise UserError(
            f"`{name}`: losses are not scaled; mixed_bfloat16 needs none of "
            "it. Received: LossScaleOptimizer"
        )
    if optimizer.loss_scale_factor is not None:
        raise UserError(
            f"`{name}`: losses are not scaled, so that steps would be that "
            "many times too small. Received: "
            f"loss_scale_factor={optimizer.loss_scale_factor}"
        )
    if optimizer.use_ema:
        raise UserError(
            f"`{name}`: use_ema would have no effect; averages are the GAN's "
            "own, `ema_decay`. Received: use_ema=True"
        )
    if replicas == 1:
        return
    for setting in (*_CLIPPING, "gradient_accumulation_steps"):
        if getattr(optimizer, setting) is not None:
            raise UserError(
                f"`{name}`: Keras does `{setting}` before the replicas' "
                "gradients are added, which is another step. Received: "
                f"{setting}={getattr(optimizer, setting)} on {replicas} "
                "replicas"
            )
