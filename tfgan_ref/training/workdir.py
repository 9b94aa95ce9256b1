"""The folder of one run: its files, its lock, its configuration."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import pathlib
import re
from collections.abc import Collection, Iterator

from absl import logging

from tfgan_ref import documents, provenance
from tfgan_ref.errors import UserError
from tfgan_ref.outputs import write_json
from tfgan_ref.training import chained, records

# Settings that say where a run is, how long it may become, how it tells of
# itself and by what it is judged.
ABOUT_THE_RUN = frozenset(
    {
        "checkpoint_every",
        "checkpoints_to_keep",
        "data_dir",
        "diagnose",
        "dry_run",
        "eval_count",
        "eval_every",
        "eval_share",
        "export",
        "extractor",
        "keep_best",
        "log_every",
        "metrics",
        "preempted_status",
        "resume",
        "sample_every",
        "train_steps",
        "worker_timeout",
        "workdir",
    }
)

_START = {
    "step": documents.COUNT,
    "command?": str,
    "revision?": str,
    "versions?": {str: str},
    "hardware?": dict,
}
# Settings that had another name when a run began.
_RENAMED = {"cost": "game"}
_CONFIG = {"settings": dict, "starts": [_START, ...], "fixed?": dict}
# In commands, the recipe and a flag; `--noname` is of a flag that is a bool.
_RECIPE = re.compile(r"python (?:-m |\S*/)?(recipes[./]\w+)")
_FLAG = re.compile(r"\s'?--?(\w+)")


class WorkDir:
    """The files of one run.

    Args:
        path: the folder; `lock` makes it.

    Attributes:
        path: `pathlib.Path` of the folder.
        config: every resolved setting, what else must not change, see
            `tfgan_ref.training.fixed`, and of each start of the run the
            command, revision, versions, hardware and step.
        networks: what the networks are, see `tfgan_ref.training.networks`.
        metrics: one JSON object per logged step.
        events: TensorBoard's folder.
        checkpoints: folder of `tf.train.Checkpoint` files.
        best: folder in it of the one with the best score, see `best`.
        samples: folder of PNG grids.
        exports: folder of SavedModels, one per version.
    """

    def __init__(self, path: str | os.PathLike):
        self.path = pathlib.Path(path).expanduser()
        self.config = self.path / "config.json"
        self.networks = self.path / "networks.json"
        self.metrics = self.path / "metrics.jsonl"
        self.events = self.path / "events"
        self.checkpoints = self.path / "checkpoints"
        self.best = self.checkpoints / "best"
        self.samples = self.path / "samples"
        self.exports = self.path / "export"

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Makes the folder and keeps other processes out of it.

        The lock ends with the process, however that ends.

        Raises:
            UserError: the path is a file, cannot be written, or is in use.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            # Nothing is written to it: it may be a link to another file; and
            # nobody waited for, if it is a pipe.
            handle = open(
                self.path / ".lock",
                "a",
                opener=lambda path, how: os.open(path, how | os.O_NONBLOCK),
            )
        except OSError as error:
            raise self._no_folder(error.strerror) from None
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise UserError(
                    f"Another process is training in {self.path}"
                ) from None
            yield

    def check_folder(self) -> None:
        """Raises `UserError`, as `lock` does, where the path is a file."""
        if os.path.exists(self.path) and not self.path.is_dir():
            raise self._no_folder(os.strerror(errno.ENOTDIR))

    def _no_folder(self, why):
        return UserError(
            "--workdir must be a folder that can be written. "
            f"Received: {self.path} ({why})"
        )

    def check(
        self, settings: dict[str, object], *, free: Collection[str]
    ) -> None:
        """Checks that the run with these settings may use the folder.

        Args:
            settings: every setting, JSON values.
            free: names of the settings that may differ from those of a run
                that is there.

        Raises:
            UserError: config.json is damaged, is missing beside checkpoints,
                or differs.
        """
        if self.config.exists():
            _compare(self, settings, free)
        elif any(self.checkpoints.glob("*")):
            raise UserError(
                f"{self.path} has checkpoints but no config.json: "
                "restore it or choose another workdir"
            )

    def record_start(
        self,
        settings: dict[str, object],
        circumstances: dict[str, object],
        step: int,
        fixed: dict[str, object] | None = None,
    ) -> None:
        """Writes the settings and adds a start to those in config.json.

        Args:
            settings: every setting, JSON values.
            circumstances: command, revision, versions, hardware. A warning
                names what differs from the start before.
            step: at which step training starts.
            fixed: what else must not change, JSON values.
        """
        starts = self.read_config()["starts"] if self.config.exists() else []
        for name in ("revision", "versions"):
            if starts and starts[-1].get(name) != circumstances.get(name):
                logging.warning(
                    "This run began with other %s: %s, now %s",
                    name,
                    starts[-1].get(name),
                    circumstances.get(name),
                )
        starts.append({"step": step} | circumstances)
        content = {"settings": settings, "starts": starts}
        write_json(self.config, content | ({"fixed": fixed} if fixed else {}))

    def read_config(self) -> dict:
        """Returns config.json; raises `UserError` if it is damaged."""
        if not self.config.exists():
            chained.check_is_one(self.path)
        return documents.read(
            self.config, _CONFIG, "restore it or choose another workdir"
        )

    def read_metrics(self) -> list[dict]:
        """The logged records, see `records.read`."""
        return records.read(self.metrics)


def _compare(workdir, settings, free):
    """Names a setting that would change the result, of those typed first."""
    config = workdir.read_config()
    # As JSON gives them back: tuples are lists.
    settings = json.loads(json.dumps(settings))
    stored = {
        _RENAMED.get(name, name): value
        for name, value in config["settings"].items()
    }
    typed = _typed(_command(config)) | _typed(provenance.command())

    def order(name):
        # A flag before the data, which may differ because of it.
        return name == "data", name not in typed, name

    for name in sorted(stored.keys() | settings.keys(), key=order):
        before, now = stored.get(name), settings.get(name)
        if name not in free and before != now:
            raise other_run(workdir, name, before, now)


def other_run(workdir: WorkDir, name, before, now) -> UserError:
    """The refusal of a folder whose run differs in what a name stands for.

    Another recipe is named instead: most of its flags differ.
    """
    there, here = (
        _recipe(command)
        for command in (_command(workdir.read_config()), provenance.command())
    )
    if there and here and there != here:
        return UserError(
            f"{workdir.path} holds a run of {there}. Received: {here}. "
            "Choose another workdir"
        )
    offer = ""
    if workdir.networks.exists():  # A policy's run has none to begin from.
        offer = (
            ", in which a new run can begin from its weights: "
            f"--init_from={workdir.path}"
        )
    return UserError(
        f"{workdir.path} holds a run with {name}={before}. "
        f"Received: {name}={now}. Choose another workdir{offer}"
    )


def _command(config) -> str:
    """Of the last start, if it is known."""
    return config["starts"][-1].get("command", "")


def _recipe(command):
    """Such as recipes.dcgan; None of another program."""
    found = _RECIPE.match(command)
    return found and found[1].replace("/", ".")


def _typed(command) -> set[str]:
    """Names of flags in a command, those without `no` in front as well."""
    names = _FLAG.findall(command)
    return {*names, *(name.removeprefix("no") for name in names)}
