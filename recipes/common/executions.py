"""How many steps a call of the graph has, and which compiler makes it."""

import math

from absl import flags, logging

from tfgan_ref.data import minibatches
from tfgan_ref.training import autotune, checkpoints
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
        flag.value,
        config.train_steps,
        config.log_every,
        config.sample_every,
        config.eval_every,
        config.checkpoint_every,
        # A run that a signal stopped goes on from any step.
        *checkpoints.steps(WorkDir(config.workdir).checkpoints),
    )


def choose_compiler(gan, data, config, stream) -> None:
    """--jit_compile=auto: as the run there began, or what is faster.

    Args:
        gan: compiled.
        data: of the run.
        config: `training.Config`.
        stream: of `training.train`, or None.
    """
    workdir = WorkDir(config.workdir)
    if config.resume and workdir.config.exists():
        settings = workdir.read_config()["settings"]
        gan.jit_compile = bool(settings.get("jit_compile"))
        logging.info("jit_compile: %s, as before", gan.jit_compile)
    else:
        make_stream = stream or minibatches.stream
        times = autotune.choose_jit_compile(
            gan, make_stream(data, config.batch_size, seed=config.seed)
        )
        logging.info(
            "jit_compile: %s; a step took %.1f ms without XLA, %.1f ms with it",
            gan.jit_compile,
            times[False],
            times[True],
        )
