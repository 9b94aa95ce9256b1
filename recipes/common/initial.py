"""--init_from: a new run begins from another one's weights."""

from __future__ import annotations

import pathlib

from absl import flags

from recipes.common.unused import refuse_unused

_INIT_FROM = flags.DEFINE_string(
    "init_from",
    None,
    "Run, export or NAME.keras from whose weights a new run begins; networks "
    "must fit, all other settings may differ.",
)
flags.register_validator(
    "init_from",
    lambda path: path is None or bool(path),
    "a run, an export or NAME.keras was expected",
)


def refuse_for_several(flag: str) -> None:
    """Refuses weights where several runs would begin.

    Args:
        flag: which chooses one of them.

    Raises:
        UserError: weights are given.
    """
    refuse_unused(f"without --{flag}, of several runs", _INIT_FROM.name)


def start(gan, config, settings, before) -> None:
    """Sets the weights of a run that begins, and writes it to the settings.

    A run that has a checkpoint goes on from that, whether or not it is told
    again where it began.

    Args:
        gan: compiled.
        config: `training.Config`.
        settings: of this run, `init_from` as the flag has it.
        before: settings of the run that is there, or none.
    """
    from tfgan_ref.training import checkpoints
    from tfgan_ref.training.workdir import WorkDir

    path, told = _INIT_FROM.value, before.get("init_from")
    known = told.get("path") if isinstance(told, dict) else None
    if before and path is not None and not _is_same(path, known):
        return  # Another run, which is refused.
    if checkpoints.steps(WorkDir(config.workdir).checkpoints):
        settings["init_from"] = told
    elif source := path or known:
        from tfgan_ref import initial_weights

        weights = initial_weights.read(source)
        weights.assign(gan)
        settings["init_from"] = weights.facts


def _is_same(path, known):
    """Whether two paths are one, however they are written."""
    return known is not None and (
        pathlib.Path(path).expanduser().resolve()
        == pathlib.Path(known).expanduser().resolve()
    )
