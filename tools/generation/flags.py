"""Flags of the programs that draw from a model and write into a folder."""

from __future__ import annotations

import argparse

from tfgan_ref import ranges


def add_common(add) -> None:
    """Adds them.

    Args:
        add: `add_argument` of a parser.
    """
    add("--model", default="runs/fashion_mnist", help="an export or a workdir")
    add(
        "--checkpoint",
        type=ranges.checkpoint,
        help="step, or best, of a workdir; else the newest",
    )
    add(
        "--ema",
        action=argparse.BooleanOptionalAction,
        help="averaged weights, of a workdir; else where there are some",
    )
    add("--bfloat16", action="store_true", help="compute so, of a workdir")
    add(
        "--class",
        dest="label",
        help="name or number: a conditional model is asked for it, InfoGAN for "
        "a category; of another one samples that `classify` sees so are drawn",
    )
    add("--seed", type=ranges.FIRST_SEED, default=0, help="the first")
    add("--out", required=True, help="a folder")
    add("--overwrite", action="store_true", help="files that are there")
    add("--zoom", type=ranges.ZOOM, default=1, help="side of each pixel")
