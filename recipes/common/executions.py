"""How many steps a call of the graph has."""

import math

from absl import flags

from tfgan_ref.training import checkpoints
from tfgan_ref.training.workdir import WorkDir


def fit(gan, config) -> None:
    """Where nobody said how many steps a call has, they divide what is said.

    Args:
        gan: compiled.
        config: `training.Config`.
    """
    flag = flags.FLAGS["steps_per_execution"]
    if not flag.using_default_value:
        return
    gan.steps_per_execution = flag.value = math.gcd(
        gan.steps_per_execution,
        config.train_steps,
        config.log_every,
        config.sample_every,
        config.eval_every,
        *config.eval_at,
        config.checkpoint_every,
        # A run that a signal stopped goes on from any step.
        *checkpoints.steps(WorkDir(config.workdir).checkpoints),
    )
