"""A run goes on with its own data, or is told which files are others."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Collection

from tfgan_ref.data import tree
from tfgan_ref.data.notes import shown, some
from tfgan_ref.data.protocol import Data
from tfgan_ref.errors import UserError
from tfgan_ref.training.workdir import WorkDir


def check(
    workdir: WorkDir,
    settings: dict[str, object],
    data: Data,
    *,
    free: Collection[str],
) -> None:
    """Checks the settings as `WorkDir.check` does, and then the data.

    Args:
        workdir: of the run.
        settings: every setting, JSON values; `data` among them is the data's
            facts.
        data: of the run.
        free: names that may differ, `data` for the data.

    Raises:
        UserError: as for `WorkDir.check`, or the data are others.
    """
    now, told = (
        json.loads(json.dumps(facts))
        for facts in (data.facts, settings.get("data"))
    )
    kind, _, folder = data.name.partition(":")
    if kind != "folder" or told not in (None, now) or "data" in free:
        workdir.check(settings, free=free)
        return
    workdir.check(settings, free={*free, "data"})
    if not workdir.config.exists():
        return
    config = workdir.read_config()
    before = config["settings"].get("data") or config.get("fixed", {}).get(
        "data"
    )
    if isinstance(before, dict) and before != now:
        raise UserError(
            f"{workdir.path} holds a run on other images: "
            f"{before.get('count')} of {before.get('image_shape')} then, "
            f"{now['count']} of {now['image_shape']} now. "
            + _changed(pathlib.Path(folder).expanduser(), workdir.config)
            + "Put them back as they were, or choose another workdir"
        )


def _changed(folder, config) -> str:
    """What is newer than the last start of the run, in words."""
    begun = config.stat().st_mtime_ns
    files = tree.below(folder).files
    changed = [path for path in files if path.stat().st_ctime_ns > begun]
    known = {path.parent for path in changed}
    emptied = [
        path
        for path in sorted({folder, *(path.parent for path in files)} - known)
        if path.stat().st_mtime_ns > begun
    ]
    names = [shown(path.relative_to(folder)) for path in changed]
    gone = [f"{shown(path)}/" for path in emptied]
    parts = []
    if names:
        parts.append(f"New or changed since its last start: {some(names)}. ")
    if gone:
        parts.append(f"Taken since then from: {some(gone)}. ")
    return "".join(parts)
