"""Measures our training steps beside their peers, in turns, in one run.

    python tools/dev/benchmark.py --json=results/benchmark.json --plot=steps.png

Every contestant is a process of its own: the DCGAN of 32x32 grey pixels with
minibatches of 64, in our steps, in one in the manner of Keras's guide, and in
PyTorch's usual loop, if there is PyTorch (`pip install -e '.[benchmark]'`).
They take turns, so that other work on the machine slows all of them; best and
median are over all calls. The floor of a step is its arithmetic
(`flop.step_flop`) at the rate of a large float32 matrix product, measured in
the same run. Only ratios mean anything on another machine.
"""

from __future__ import annotations

import argparse
import importlib.util
import pathlib
import statistics
import sys
import tempfile

from tfgan_ref import runtime
from tfgan_ref.errors import guard
from tfgan_ref.outputs import check_writable, write_json

_BATCH_SIZE = 64
_IMAGE_SIZE = 32
_GENERATED = (1, 64, 1024)  # Batch sizes.
_SIZES = (  # Pixels, batch size, calls per turn.
    *((32, batch, max(2, 320 // batch)) for batch in (16, 32, 64, 128, 256)),
    (32, 512, 2),
    (28, 64, 5),
    (64, 64, 2),
    (128, 64, 1),
)
_LOSSES = 500  # Steps.
# Ratios of --check, which may be a tenth worse than in the baseline.
_TOLERANCE = 1.1


def measure(flags, folder: pathlib.Path) -> dict:
    """Lets the contestants take turns.

    Args:
        flags: of the command line.
        folder: for temporary files.

    Returns:
        dict, what --json writes.
    """
    from tools.dev.benchmarking import turns

    data = _write_images(folder, _IMAGE_SIZE)
    results = turns.take(_entries(data), flags.rounds)
    rate = _rate(results.pop("matrix_product"))
    times = {name: _summary(result) for name, result in results.items()}
    for name, batch_size in _by_batch():
        times[name]["images_per_second"] = (
            1e3 * batch_size / times[name]["best"]
        )
    floors = {
        name: 1e3 * result.flop / rate
        for name, result in results.items()
        if result.flop
    }
    # PyTorch's, where it takes no part.
    absent = dict.fromkeys(("torch_eager", "torch_channels_last"))
    return {
        **absent,
        **times,
        "batch_size": _BATCH_SIZE,
        "threads": runtime.available_cores(),
        "gemm_gflops": rate / 1e9,
        "floor_ms": floors["ours"],
        "floors_ms": floors,
        "fraction_of_floor": {
            name: floor / times[name]["best"] for name, floor in floors.items()
        },
        "pipeline_to_step": (
            times["ours"]["median"] / times["pipeline"]["median"]
        ),
        "first_step_seconds": {
            name: result.first_call_seconds for name, result in results.items()
        },
        "peak_memory_mb": {
            name: result.memory for name, result in results.items()
        },
    }


def measure_sizes(flags, folder: pathlib.Path) -> list[dict]:
    """Our step and its floor, for other images and minibatches."""
    from tools.dev.benchmarking import turns

    rows = []
    for image_size, batch_size, calls in _SIZES:
        options = {
            "data": _write_images(folder, image_size),
            "batch_size": batch_size,
        }
        results = turns.take(
            {
                "matrix_product": _ours("matrix_product", {}),
                "ours": _ours("step", options, calls=calls),
                "ours_plain": _ours(
                    "step", options | {"plain": True}, calls=calls
                ),
            },
            max(flags.rounds // 2, 1),
        )
        rate = _rate(results.pop("matrix_product"))
        floor = 1e3 * results["ours"].flop / rate
        times = {name: _summary(result) for name, result in results.items()}
        rows.append(
            {"image_size": image_size, "batch_size": batch_size}
            | times
            | {
                "floor_ms": floor,
                "fraction_of_floor": floor / times["ours"]["best"],
            }
        )
    return rows


def measure_losses(folder: pathlib.Path) -> dict[str, list]:
    """Losses of the generator and the discriminator, step by step.

    Of our step, of the plain one, and of the plain one with another seed: what
    a difference by chance looks like.
    """
    from tools.dev.benchmarking import turns

    options = {"data": _write_images(folder, _IMAGE_SIZE)}
    entries = {
        "ours": options,
        "ours_plain": options | {"plain": True},
        "ours_plain_other_seed": options | {"plain": True, "seed": 1},
    }
    losses = {}
    for name, chosen in entries.items():
        process = turns.Process(name, _ours("step", chosen))
        losses[name] = process.ask(f"losses {_LOSSES}")
        process.close()
    return losses


def check(content: dict, baseline: dict) -> list[str]:
    """Compares the ratios of two records.

    Returns:
        A line for each that is worse than in the baseline by a tenth or more.
    """
    worse = []
    for name, ratio in _ratios(content).items():
        before = _ratios(baseline)[name]
        if ratio > _TOLERANCE * before:
            worse.append(f"{name}: {ratio:.3f} instead of {before:.3f}")
    return worse


def _ratios(content):
    """Less is better."""
    plain = content["ours"]["best"] / content["ours_plain"]["best"]
    floors = {
        f"{name} to its floor": 1 / content["fraction_of_floor"][name]
        for name in ("ours", "feature_matching")
    }
    memory = content["peak_memory_mb"]
    return floors | {
        "ours to the plain step": plain,
        "memory to the plain step's": memory["ours"] / memory["ours_plain"],
    }


def _entries(data):
    """The contestants by name, and what else is timed."""
    from tools.dev.benchmarking.turns import Entry

    options = {"data": data, "batch_size": _BATCH_SIZE}
    entries = {
        "matrix_product": _ours("matrix_product", {}),
        "ours": _ours("step", options),
        "ours_plain": _ours("step", options | {"plain": True}),
        "ours_minimax": _ours("step", options | {"game": "minimax"}),
        "ours_xla": _ours("step", options | {"jit_compile": True}),
        "feature_matching": _ours("feature_matching_step", {}, calls=15),
        "pipeline": _ours("pipeline", options, calls=2000),
    }
    for name, batch_size in _by_batch():
        entries[name] = _ours("generation", {"batch_size": batch_size})
    # TensorFlow's defaults, which depend on the CPU; and on any.
    for suffix, setting in (("", None), ("_onednn", "1"), ("_no_onednn", "0")):
        entries["keras_guide" + suffix] = Entry(
            "keras_guide.step", options, {"TF_ENABLE_ONEDNN_OPTS": setting}
        )
    if importlib.util.find_spec("torch"):
        for name, channels_last in (
            ("torch_eager", False),
            ("torch_channels_last", True),
        ):
            entries[name] = Entry(
                "torch_example.step",
                options
                | {
                    "channels_last": channels_last,
                    "threads": runtime.available_cores(),
                },
            )
    else:
        print("PyTorch is not installed, and takes no part.")
    return entries


def _ours(function, options, calls=5):
    from tools.dev.benchmarking.turns import Entry

    environment = {"TF_ENABLE_ONEDNN_OPTS": "1"}
    return Entry(f"ours.{function}", options, environment, calls)


def _by_batch():
    return [(f"generation_{batch}", batch) for batch in _GENERATED]


def _write_images(folder, image_size):
    """The digits of scikit-learn, in the size wanted; the path."""
    import numpy as np

    from tfgan_ref.data import images

    path = folder / f"{image_size}.npy"
    if not path.exists():
        data = images.load("digits", image_size=image_size)
        np.save(path, data.images, allow_pickle=False)
    return str(path)


def _rate(result):
    """FLOP per second."""
    return 1e3 * result.flop / min(result.milliseconds)


def _summary(result):
    times = result.milliseconds
    return {"best": min(times), "median": statistics.median(times)}


def main(flags) -> int:
    """Measures, records and prints; the exit status is 1 after a regression."""
    baseline = _read(pathlib.Path(flags.check)) if flags.check else None
    check_writable(flags.json, flags.plot)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        content = measure(flags, folder)
        if not flags.quick:
            content["sizes"] = measure_sizes(flags, folder)
            content["losses"] = measure_losses(folder)
    if flags.json:
        from tfgan_ref import provenance

        write_json(pathlib.Path(flags.json), provenance.describe() | content)
    if flags.plot:
        from tools.dev.benchmarking import charts

        charts.draw(content, pathlib.Path(flags.plot))
    _print(content)
    worse = check(content, baseline) if baseline else []
    for line in worse:
        print(f"Regression: {line}")
    return 1 if worse else 0


def _print(content):
    print(f"Matrix product: {content['gemm_gflops']:.0f} GFLOP/s")
    print(f"{'ms':24} {'best':>9} {'median':>9} {'floor':>9}")
    for name, times in content.items():
        if not isinstance(times, dict) or "median" not in times:
            continue
        print(f"{name:24} {times['best']:9.3f} {times['median']:9.3f}", end="")
        if name in content["floors_ms"]:
            print(
                f" {content['floors_ms'][name]:9.3f}, "
                f"{content['fraction_of_floor'][name]:.0%} of it",
                end="",
            )
        if "images_per_second" in times:
            print(f" {times['images_per_second']:,.0f} images/s", end="")
        print()
    for row in content.get("sizes", []):
        print(
            f"{row['image_size']:4} pixels, {row['batch_size']:4} images: "
            f"{row['ours']['best']:9.1f} ms, "
            f"{row['fraction_of_floor']:.0%} of the floor"
        )
    print(f"The pipeline is {content['pipeline_to_step']:.0f} times our step.")
    for name in ("first_step_seconds", "peak_memory_mb"):
        ours, plain = (content[name][step] for step in ("ours", "ours_plain"))
        print(f"{name}: {ours:.1f}; plain {plain:.1f}")


def _read(path):
    """The record of --check, whose ratios must be there."""
    from tools.dev import records

    records.read(path, _ratios)
    return records.read(path)


def _parse_flags(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=7, help="turns of each")
    parser.add_argument(
        "--quick", action="store_true", help="neither sizes nor losses"
    )
    parser.add_argument("--json", help="where to record the result")
    parser.add_argument("--plot", help="where to draw it, a .png file")
    parser.add_argument(
        "--check", help="a record; fail if a ratio is a tenth worse"
    )
    flags = parser.parse_args(arguments)
    if flags.rounds < 1:
        parser.error(f"--rounds must be positive. Received: {flags.rounds}")
    if flags.plot and not flags.plot.endswith(".png"):
        parser.error(f"--plot must end in .png. Received: {flags.plot}")
    if flags.plot and not importlib.util.find_spec("matplotlib"):
        parser.error("--plot needs matplotlib (the extra `figures`)")
    return flags


if __name__ == "__main__":
    # The workers are modules beside this program.
    sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
    sys.exit(guard(main, _parse_flags()))
