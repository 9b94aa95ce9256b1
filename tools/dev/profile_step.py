"""Draws where the time of a training step goes, ours beside the plain one.

    python tools/dev/profile_step.py --plot=docs/images/profile.png

Sums the time of TensorFlow's operations over some steps of DCGAN-32 under
TensorFlow's profiler, on all cores: two operations at a time on two cores make
up to two milliseconds per millisecond of the clock.
"""

from __future__ import annotations

import collections
import importlib.util
import io
import json
import pathlib
import subprocess
import sys
import tempfile

from tfgan_ref.command_line import Parser
from tfgan_ref.errors import guard
from tfgan_ref.outputs import check_writable, write_bytes

_STEPS = 10
_WARM_UP = 5
# The first group that fits: a part of the operation's name or of its kind.
_GROUPS = {
    "gradients of kernels": ("kernel_gradient", "BackpropFilter"),
    "convolutions": ("Conv2D", "Conv3D"),
    "matrix products": ("MatMul",),
    "batch normalisation": ("batch_normalization", "BatchNorm"),
    "activations": ("Relu", "Tanh"),
    "Adam": ("adam",),
    "layout": ("Transpose", "Pad", "Pack"),
    "other": ("",),
}


def profile(plain: bool) -> dict[str, float]:
    """Milliseconds of operations per step, by group.

    Args:
        plain: bool, Keras's layers and Adam as the networks are written.
    """
    import numpy as np
    import tensorflow as tf

    from tfgan_ref.data import images
    from tools.dev.benchmarking import ours

    with tempfile.TemporaryDirectory() as folder:
        data = pathlib.Path(folder) / "images.npy"
        pixels = images.load("digits", image_size=32).images
        np.save(data, pixels, allow_pickle=False)
        step = ours.step(str(data), plain=plain)
        for _ in range(_WARM_UP):
            step.call()
        tf.profiler.experimental.start(folder)
        for _ in range(_STEPS):
            step.call()
        tf.profiler.experimental.stop()
        (trace,) = pathlib.Path(folder).rglob("*.xplane.pb")
        return _sum(trace.read_bytes())


def _sum(trace):
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    space = xplane_pb2.XSpace.FromString(trace)
    times: dict[str, float] = collections.defaultdict(float)
    for plane in space.planes:
        for line in plane.lines:
            for event in line.events:
                name = plane.event_metadata[event.metadata_id].name
                node, colon, kind = name.rpartition(":")
                # Not functions, nor what is none of TensorFlow's operations.
                if colon and kind.isidentifier() and "::" not in name:
                    times[_group(name)] += event.duration_ps / 1e9 / _STEPS
    return dict(times)


def _group(name):
    return next(
        group
        for group, parts in _GROUPS.items()
        if any(part.lower() in name.lower() for part in parts)
    )


def draw(rows: dict[str, dict[str, float]], path: pathlib.Path) -> None:
    """Draws one bar per step, in the colours of the groups.

    Args:
        rows: milliseconds by group, of each step.
        path: .png file, overwritten.

    Raises:
        UserError: it cannot be written.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axis = plt.subplots(figsize=(9, 2.8))
    names = list(rows)[::-1]
    left = [0.0] * len(names)
    for group in _GROUPS:
        widths = [rows[name].get(group, 0.0) for name in names]
        axis.barh(names, widths, left=left, label=group)
        left = [a + b for a, b in zip(left, widths, strict=True)]
    axis.set_xlabel("ms of operations per step, over all cores")
    axis.legend(
        ncols=4, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, 1.4)
    )
    drawn = io.BytesIO()
    figure.savefig(drawn, dpi=110, bbox_inches="tight", format="png")
    plt.close(figure)
    write_bytes(path, drawn.getvalue())


def main(flags) -> None:
    """Profiles each step in a process of its own, draws and prints."""
    if flags.step:
        print(json.dumps(profile(plain=flags.step == "plain")))
        return
    check_writable(flags.plot)
    rows = {}
    for name in ("ours", "plain"):
        done = subprocess.run(
            [sys.executable, __file__, f"--step={name}"],
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        rows[name] = json.loads(done.stdout.splitlines()[-1])
    if flags.plot:
        draw(rows, pathlib.Path(flags.plot))
    print(f"{'ms per step, all cores':24} {'ours':>8} {'plain':>8}")
    for group in _GROUPS:
        cells = (f"{rows[name].get(group, 0.0):8.2f}" for name in rows)
        print(f"{group:24}", *cells)


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    parser.add_argument("--plot", help="where to draw it, a .png file")
    parser.add_argument("--step", choices=["ours", "plain"], help="one alone")
    flags = parser.parse_args(arguments)
    if flags.plot and not flags.plot.endswith(".png"):
        parser.error(f"--plot must end in .png. Received: {flags.plot}")
    if flags.plot and not importlib.util.find_spec("matplotlib"):
        parser.error("--plot needs matplotlib (the extra `figures`)")
    return flags


if __name__ == "__main__":
    # The contestants are modules beside this program.
    sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
    guard(lambda: main(_parse_flags()))
