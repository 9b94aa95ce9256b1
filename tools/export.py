"""Exports a checkpoint of a run as a SavedModel for TensorFlow Serving.

    python tools/export.py --model=runs/fashion_mnist --out=models/fashion

Writes models/fashion/<step>/; docs/sampling.md has its signatures. Neither
the data set nor the run's flags are needed.
"""

from __future__ import annotations

import argparse
import pathlib

from tfgan_ref import ranges
from tfgan_ref.command_line import Parser
from tfgan_ref.errors import guard


def main(flags) -> None:
    """Restores, exports, and says where."""
    from tfgan_ref.serving import export, warmup
    from tfgan_ref.training import networks
    from tfgan_ref.training.workdir import WorkDir

    workdir = WorkDir(flags.model)
    found = networks.restore(workdir, step=flags.checkpoint, averaged=flags.ema)
    version = found.step if flags.version is None else flags.version
    path = export.export_gan(
        found.gan,
        pathlib.Path(flags.out).expanduser(),
        version,
        class_names=found.class_names,
        card=found.card,
    )
    print(f"Step {found.step} of {workdir.path}: {path}")
    if not (path / export.EXTRA / warmup.FILE).exists():
        print("Without warm-up requests: the extra `serving` is missing")


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    parser.add_argument("--model", "--workdir", required=True, help="a workdir")
    parser.add_argument(
        "--checkpoint",
        type=ranges.checkpoint,
        help="its step, or best; the newest by default",
    )
    parser.add_argument(
        "--ema",
        action=argparse.BooleanOptionalAction,
        help="averaged weights; by default where there are some",
    )
    parser.add_argument("--out", required=True, help="folder of the versions")
    parser.add_argument(
        "--version",
        type=ranges.VERSION,
        help="the step by default; never overwritten",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    guard(lambda: main(_parse_flags()))
