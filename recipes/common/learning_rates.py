"""The flags of the learning rates' schedules, the same for both players."""

from __future__ import annotations

from absl import flags

from recipes.common import define
from recipes.common.unused import refuse_unused
from tfgan_ref.errors import UserError

SCHEDULE = flags.DEFINE_enum(
    "lr_schedule",
    None,
    ["constant", "linear", "cosine"],
    "How both learning rates fall; unset: as the recipe has it, most constant.",
)
define.whole(
    "lr_decay_steps",
    None,
    "In how many steps they fall; unset: what --train_steps leaves.",
)
define.whole(
    "lr_warmup_steps",
    None,
    "Steps before, in which they rise from 0; with --lr_schedule=cosine.",
    low=0,
)
define.number(
    "lr_final",
    None,
    "What is left of them in the end, a share; unset: 0.",
    low=0,
    high=1,
)


def resolve() -> None:
    """Fills in the flags that depend on others.

    Raises:
        UserError: a flag that has no effect was set, or no step is left.
    """
    values, kind = flags.FLAGS, SCHEDULE.value
    if kind in (None, "constant"):
        where = f"--lr_schedule={kind}" if kind else "without --lr_schedule"
        names = ("lr_decay_steps", "lr_warmup_steps", "lr_final")
        refuse_unused(where, *names)
        return
    if kind == "linear":
        refuse_unused("--lr_schedule=linear", "lr_warmup_steps")
    warmup = values.lr_warmup_steps or 0
    left = values.train_steps - warmup
    if values.lr_decay_steps is None and left < 1:
        raise UserError(
            "--lr_warmup_steps must leave some of --train_steps. "
            f"Received: {warmup} of {values.train_steps}"
        )
    values["lr_warmup_steps"].value = warmup
    values["lr_decay_steps"].value = values.lr_decay_steps or left
    values["lr_final"].value = values.lr_final or 0.0


def schedule(rate: float, updates):
    """What a player's optimizer takes for its learning rate; after `resolve`.

    Args:
        rate: where it falls from.
        updates: function of a number of steps: as many updates has the player
            in them.
    """
    from keras.optimizers import schedules

    if SCHEDULE.value == "constant":
        return rate
    values = flags.FLAGS
    warmup, final = values.lr_warmup_steps, values.lr_final
    rising = updates(warmup)
    # Few steps may be none of this player's.
    falling = max(updates(warmup + values.lr_decay_steps) - rising, 1)
    if SCHEDULE.value == "linear":
        return schedules.PolynomialDecay(rate, falling, final * rate)
    return schedules.CosineDecay(
        0.0 if rising else rate,
        falling,
        alpha=final,
        warmup_target=rate if rising else None,
        warmup_steps=rising,
    )
