"""What the tools that measure a model have in common: flags, time, a record."""

from __future__ import annotations

import argparse
import pathlib
import time
from collections.abc import Callable

from tfgan_ref import ranges, record_kinds, recorded, runtime


def run(flags, evaluate: Callable[[argparse.Namespace], dict]) -> None:
    """Measures, records and says how long it took.

    Args:
        flags: among them `json`, the record's file or None.
        evaluate: function of the flags that measures, prints and returns a
            record without its `seconds`.

    Raises:
        UserError: the file cannot be written, which is known first; or as of
            `evaluate`.
    """
    target = pathlib.Path(flags.json).expanduser() if flags.json else None
    recorded.check_writable(target)
    begin = time.perf_counter()
    runtime.set_threads()  # Two batches of samples at a time.
    content = evaluate(flags)
    seconds = time.perf_counter() - begin
    summary, _ = record_kinds.KINDS[content["kind"]]
    if "seconds" in summary:
        content["seconds"] = seconds
    if target:
        recorded.write(target, content)
    print(f"{seconds:.0f} s in all")


def add_data(add) -> None:
    """The flags of the images; `add` is `add_argument` of a parser."""
    add("--dataset", help="as for a recipe; else that of the run")
    add("--data_dir", help="as for a recipe")
    for name in ("fit", "background"):
        add(f"--{name}", help="as for a recipe; else as the run had it")


def add_weights(add, unset: str = "the newest") -> None:
    """The flags of which weights are measured; `unset`: without a step."""
    add(
        "--checkpoint",
        type=ranges.checkpoint,
        help=f"of a workdir, its step or best; else {unset}",
    )
    add(
        "--ema",
        action=argparse.BooleanOptionalAction,
        help="averaged weights, of a workdir; else where there are some",
    )
