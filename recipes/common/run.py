"""The flags that every recipe has, and what every recipe does with them.

Nothing here imports TensorFlow before the flags are parsed, so that `--help`
and a mistyped flag are answered at once.
"""

from __future__ import annotations

import logging as stdlib_logging
import pathlib
import shlex
import sys

from absl import app, flags, logging

from recipes.common import define, initial, seeds, usage
from recipes.common.unused import refuse_unused
from tfgan_ref import cluster, precision, runtime
from tfgan_ref.errors import UserError, guard
from tfgan_ref.training import chained

# Public are those that a recipe reads itself.
_WORKDIR = flags.DEFINE_string(
    "workdir",
    None,
    "Folder of the run; a run that is there is resumed. All workers share it.",
    required=True,
)
TRAIN_STEPS = define.whole("train_steps", 1500, "Generator updates in all.")
BATCH_SIZE = define.whole(
    "batch_size", 64, "Examples over all replicas.", high=2**20
)
LATENT_DIM = define.width("latent_dim", 100, "Length of z.")
SEED = define.whole(
    "seed",
    0,
    "Of the weights, the latents and the order of the data.",
    low=0,
    high=2**32 - 1,
)
_STRATEGY = flags.DEFINE_enum(
    "strategy", "one_device", runtime.STRATEGIES, "tf.distribute strategy."
)
_VIRTUAL_DEVICES = define.whole(
    "virtual_devices",
    1,
    "Logical CPU devices, to try --strategy=mirrored.",
    high=128,
)
_WORKER_TIMEOUT = define.number(
    "worker_timeout",
    cluster.TIMEOUT_SECONDS,
    "Seconds in which all workers of --strategy=multi_worker must come up.",
    above=True,
)
_PREEMPTED_STATUS = define.whole(
    "preempted_status",
    0,
    "With which the chief of --strategy=multi_worker ends when a signal has "
    "stopped the workers, for a scheduler that starts anew what does not end "
    "with 0.",
    low=0,
    high=255,
)
EMA_DECAY = define.number(
    "ema_decay",
    0.999,
    "Of the generator's average; 0: none.",
    high=1.0,
    below=True,
)
_PRECISION = flags.DEFINE_enum(
    "precision",
    "float32",
    ["float32", "mixed_bfloat16", "auto"],
    "Of the layers; weights and losses are float32; auto: if some steps of "
    "each are faster in bfloat16.",
)
STEPS_PER_EXECUTION = define.whole(
    "steps_per_execution",
    1,
    "Steps per call of the graph; unset, as many as divide all other numbers "
    "of steps, up to this.",
    high=10_000,
)
JIT_COMPILE = flags.DEFINE_enum(
    "jit_compile",
    "false",
    ["auto", "true", "false"],
    "Compile with XLA; auto: if some steps of each are faster so.",
)
_LOG_EVERY = define.whole("log_every", 50, "Steps.")
SAMPLE_EVERY = define.whole("sample_every", 250, "Steps.")
CHECKPOINT_EVERY = define.whole("checkpoint_every", 250, "Steps.")
_CHECKPOINTS_TO_KEEP = define.whole(
    "checkpoints_to_keep", 3, "The newest so many."
)
EXPORT = flags.DEFINE_bool(
    "export", False, "Write the generator as a SavedModel at the end."
)
_DIAGNOSE = flags.DEFINE_bool(
    "diagnose",
    True,
    "Look for symptoms wherever metrics are logged, see docs/diagnosis.md.",
)
_RESUME = flags.DEFINE_bool("resume", True, "Go on with the workdir's run.")
DRY_RUN = flags.DEFINE_bool(
    "dry_run", False, "Print what would be done, and do nothing."
)

flags.register_validator("workdir", bool, "a folder was expected")

# What may differ when a run is resumed: where things are, how long and how
# often, and what changes the result by no more than rounding.
FREE = frozenset(
    {
        "workdir",
        "strategy",
        "virtual_devices",
        "worker_timeout",
        "preempted_status",
        "dataset",
        "data_dir",
        "train_steps",
        "steps_per_execution",
        "log_every",
        "sample_every",
        "eval_every",
        "eval_count",
        "eval_share",
        "metrics",
        "extractor",
        "keep_best",
        "evaluation",
        "checkpoint_every",
        "checkpoints_to_keep",
        "export",
        "diagnose",
        "resume",
        "dry_run",
    }
)


def run(main) -> None:
    """Runs a recipe: `app.run` with one line for a user's mistake.

    Args:
        main: function without arguments; its return value is the exit status.
    """
    # The help is printed in it, too.
    guard(app.run, lambda _: _main_of(main)(), None, _parse_flags)


def _main_of(main):
    return main if seeds.SEEDS.value is None else seeds.run


def make_strategy():
    """Sets the precision; returns the strategy. Before any operation.

    Raises:
        UserError: the devices are not as asked for, or a flag has no effect.
    """
    if _STRATEGY.value != "multi_worker":
        of_workers = _WORKER_TIMEOUT.name, _PREEMPTED_STATUS.name
        refuse_unused("without --strategy=multi_worker", *of_workers)
    for flag in (JIT_COMPILE, _PRECISION):
        if flag.value == "auto" and _STRATEGY.value != "one_device":
            refuse_unused(f"--strategy={_STRATEGY.value}", flag.name)
    _log_own_lines()
    logging.info(runtime.describe_onednn())
    runtime.set_threads(for_xla=JIT_COMPILE.value != "false")
    strategy = runtime.make_strategy(
        _STRATEGY.value, _VIRTUAL_DEVICES.value, _WORKER_TIMEOUT.value
    )
    import keras

    if _PRECISION.value == "mixed_bfloat16":
        precision.warn_of_emulation()
    # From bfloat16 `measured` can go back.
    is_auto = _PRECISION.value == "auto"
    keras.config.set_dtype_policy(
        "mixed_bfloat16" if is_auto else _PRECISION.value
    )
    return strategy


def train(
    gan,
    data,
    *,
    fixed=(),
    evaluating=None,
    scored_by=None,
    picture=None,
    **how,
) -> int:
    """Trains as the flags say; returns the exit status.

    Args:
        gan: compiled.
        data: images or points, see `tfgan_ref.data.protocol`.
        fixed: names of flags in `FREE` that this run may not change after all.
        evaluating: dict, what `training.Config` has of evaluations.
        scored_by: dict of JSON values, which must not change while scores are
            taken; None where none are.
        picture: name of an evaluation's, which tells more than samples do.
        **how: `stream`, `evaluate`, `draw` and `sample_count` of
            `training.train`.
    """
    from recipes.common import evaluation, executions, report
    from tfgan_ref.training import run as training

    chained.check_free(_WORKDIR.value)
    config = make_config(**(evaluating or {}))
    executions.fit(gan, config)
    settings = make_settings(data.facts)
    before = _settings_before(config)
    evaluation.settle(settings, scored_by, before, config.workdir)
    _tell_of_replicas(settings, before)
    initial.start(gan, config, settings, before)
    if DRY_RUN.value:
        training.check(config, gan, data.count)
        report.print_plan(gan, config, settings, data.summary)
        return 0
    gan = _choose(gan, data, config, how.get("stream"), settings, before)
    result = training.train(
        gan,
        data,
        config,
        settings=settings,
        free=FREE.difference(fixed) | _newer_flags(before),
        **how,
    )
    if result is None:
        return 0
    status = _PREEMPTED_STATUS.value
    return report.print_result(config, result, status, picture)


def is_told(status, strategy) -> bool:
    """Whether this process prints what a run has come to, besides `train`.

    Args:
        status: of `train`.
        strategy: of `make_strategy`.
    """
    is_over = status == 0 and not DRY_RUN.value
    return is_over and runtime.is_chief(strategy)


def make_config(**evaluating):
    """`training.Config` of the flags.

    Args:
        **evaluating: what it has of evaluations.
    """
    from tfgan_ref.training import run as training

    return training.Config(
        workdir=_WORKDIR.value,
        train_steps=TRAIN_STEPS.value,
        batch_size=BATCH_SIZE.value,
        seed=SEED.value,
        log_every=_LOG_EVERY.value,
        sample_every=SAMPLE_EVERY.value,
        checkpoint_every=CHECKPOINT_EVERY.value,
        checkpoints_to_keep=_CHECKPOINTS_TO_KEEP.value,
        resume=_RESUME.value,
        export=EXPORT.value,
        diagnose=_DIAGNOSE.value,
        **evaluating,
    )


def make_settings(data) -> dict[str, object]:
    """Every flag of the recipe, and what the data set turned out to be.

    Args:
        data: its facts, JSON values.
    """
    by_module = flags.FLAGS.flags_by_module_dict()
    ours = {
        flag.name: flag.value
        for module, module_flags in by_module.items()
        if module.startswith("recipes.") or module == sys.argv[0]
        for flag in module_flags
        if flag.name != "seeds"  # Several runs', of which this is one.
    }
    return dict(sorted(ours.items())) | {"data": data}


def _choose(gan, data, config, stream, settings, before):
    """What `auto` stands for, and writes it to the settings; the GAN."""
    from recipes.common import measured
    from tfgan_ref.data import minibatches

    def some():
        make_stream = stream or minibatches.stream
        return make_stream(data, config.batch_size, seed=config.seed)

    if _PRECISION.value == "auto":
        gan, settings["precision"] = measured.precision(gan, some, before)
    if JIT_COMPILE.value == "auto":
        measured.jit_compile(gan, some, before)
    settings["jit_compile"] = gan.jit_compile
    return gan


def _tell_of_replicas(settings, before):
    """What another number of them changes in a run that goes on."""
    now, then = (
        [f"{n}={of.get(n)}" for n in ("strategy", "virtual_devices")]
        for of in (settings, before)
    )
    if before and now != then:
        logging.warning(
            "This run was last on %s, now %s: its steps are the same up to "
            "rounding, but for noise in layers and DiffAugment, which each "
            "replica draws of its own",
            ", ".join(then),
            ", ".join(now),
        )


def _settings_before(config):
    """Those of the run that is there and goes on, if any."""
    from tfgan_ref.training.workdir import WorkDir

    workdir = WorkDir(config.workdir)
    if config.resume and workdir.config.exists():
        return workdir.read_config()["settings"]
    return {}


def _newer_flags(before) -> set[str]:
    """Those that the run's first version did not have, left as they are."""
    return {
        name
        for name in flags.FLAGS
        if before
        and name not in before
        and flags.FLAGS[name].using_default_value
    }


def _log_own_lines():
    """Shows our log lines from INFO on, errors of others."""
    logging.set_verbosity(logging.INFO)
    root = pathlib.Path(__file__).parents[2]
    ours = (root / "tfgan_ref", root / "recipes")
    logging.get_absl_handler().addFilter(
        lambda record: (
            record.levelno >= stdlib_logging.ERROR
            or any(
                pathlib.Path(record.pathname).is_relative_to(folder)
                for folder in ours
            )
        )
    )


def _parse_flags(argv):
    usage.define_help()
    try:
        _, *rest = flags.FLAGS(usage.by_new_names(argv))
    except flags.Error as error:
        message = " ".join(str(error).split())
        raise UserError(f"{message} (--helpshort lists the flags)") from None
    if rest:
        raise UserError(
            f"flags were expected, of the form --name=value. Received: "
            f"{shlex.join(rest)}"
        )
    return [argv[0]]
