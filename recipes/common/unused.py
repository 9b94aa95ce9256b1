"""Flags that would have no effect are refused."""

from absl import flags

from tfgan_ref.errors import UserError

# What has no effect where no discriminator is trained.
OF_DISCRIMINATOR = (
    "discriminator_lr",
    "discriminator_steps",
    "real_target",
    "simultaneous",
)


def refuse_unused(where, *names):
    """Refuses flags that were set and would have no effect.

    Args:
        where: what makes them useless, as the message names it.
        *names: of flags.

    Raises:
        UserError: one of them was set.
    """
    for name in names:
        flag = flags.FLAGS[name]
        if not flag.using_default_value:
            raise UserError(
                f"--{name} has no effect {_with(where)}. "
                f"Received: --{name}={flag.value}"
            )


def _with(where):
    return f"with {where}" if where.startswith("--") else where
