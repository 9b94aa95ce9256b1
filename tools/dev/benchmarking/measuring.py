"""Lets the contestants of tools/dev/benchmark.py take turns; the arithmetic."""

from __future__ import annotations

import pathlib
import statistics
import sys

from tfgan_ref import runtime
from tools.dev.benchmarking import contestants, turns

_IMAGE_SIZE = 32
_SIZES = (  # Pixels, batch size, calls per turn.
    *((32, batch, max(2, 320 // batch)) for batch in (16, 32, 64, 128, 256)),
    (32, 512, 2),
    (28, 64, 5),
    (64, 64, 2),
    (128, 64, 1),
)
_LOSSES = 500  # Steps.
_SEEDS = (0, 1, 2)


def measure(folder: pathlib.Path, rounds: int, only: str = "") -> dict:
    """Lets the contestants take turns.

    Args:
        folder: for temporary files.
        rounds: int >= 1, turns of each.
        only: who takes part, see `contestants.choose`.

    Returns:
        dict, what --json writes.

    Raises:
        UserError: a contestant is unknown, or does not work.
    """
    path = folder / f"{_IMAGE_SIZE}.npy"
    entries, reasons = contestants.choose(str(path), only)
    for name, reason in reasons.items():
        print(f"{name}: not run, {reason}.", file=sys.stderr)
    _write_images(folder, _IMAGE_SIZE)
    results = turns.take(entries, rounds)
    rates = {
        name: _rate(results.pop(name))
        for name in entries
        if name.startswith(contestants.PRODUCT)
    }
    content: dict = dict.fromkeys(reasons)
    content |= {name: _summary(result) for name, result in results.items()}
    for name in contestants.GENERATED.keys() & results:
        content[name]["images_per_second"] = (
            1e3 * contestants.GENERATED[name] / content[name]["best"]
        )
    return content | {
        "not_run": reasons,
        "batch_size": contestants.BATCH_SIZE,
        "threads": runtime.available_cores(),
        **_floors(results, rates),
        **_overheads(results),
    }


def measure_sizes(folder: pathlib.Path, rounds: int) -> list[dict]:
    """Our step and its floor, for other images and minibatches."""
    rows = []
    for image_size, batch_size, calls in _SIZES:
        options = {
            "data": _write_images(folder, image_size),
            "batch_size": batch_size,
        }
        results = turns.take(
            {
                "matrix_product": contestants.ours("matrix_product"),
                "ours": contestants.ours("step", options, calls),
                "ours_plain": contestants.ours(
                    "step", options | {"plain": True}, calls
                ),
            },
            rounds,
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
    options = {"data": _write_images(folder, _IMAGE_SIZE)}
    entries = {
        "ours": options,
        "ours_plain": options | {"plain": True},
        "ours_plain_other_seed": options | {"plain": True, "seed": 1},
    }
    return {name: _losses(chosen) for name, chosen in entries.items()}


def measure_precisions(folder: pathlib.Path) -> dict[str, list]:
    """Mean losses of the later half of the steps, by precision.

    Of the generator and the discriminator, for each of `_SEEDS`: whether
    bfloat16 changes more than a seed does.
    """
    data = _write_images(folder, _IMAGE_SIZE)
    precisions = ["float32"] + ["mixed_bfloat16"] * runtime.has_bfloat16()
    means: dict[str, list] = {}
    for precision in precisions:
        for seed in _SEEDS:
            options = {"data": data, "seed": seed, "precision": precision}
            later = _losses(options)[_LOSSES // 2 :]
            generator, discriminator = zip(*later, strict=True)
            pair = [statistics.mean(generator), statistics.mean(discriminator)]
            means.setdefault(precision, []).append(pair)
    return means


def _losses(options):
    process = turns.Process("ours", contestants.ours("step", options))
    losses = process.ask(f"losses {_LOSSES}")
    process.close()
    return losses


def _floors(results, rates):
    """Rates of products, and what they would make of a contestant's work."""
    floors = {
        name: 1e3 * result.flop / rates[contestants.product_of(name)]
        for name, result in results.items()
        if result.flop
    }
    small = {
        name: 1e3 * results[name].flop / rates[contestants.SMALL_PRODUCT]
        for name in contestants.SMALL
        if name in floors
    }
    return {
        **{
            name.replace(contestants.PRODUCT, "gemm_gflops"): rate / 1e9
            for name, rate in rates.items()
        },
        "floor_ms": floors.get("ours"),
        "floors_ms": floors,
        "fraction_of_floor": _fractions(floors, results),
        "floors_100_rows_ms": small,
        "fraction_of_floor_100_rows": _fractions(small, results),
    }


def _fractions(floors, results):
    return {
        name: floor / min(results[name].milliseconds)
        for name, floor in floors.items()
    }


def _overheads(results):
    """Start, memory and the pipeline's time beside the step's."""
    ratio = None
    if {"ours", "pipeline"} <= results.keys():
        ours, pipeline = (
            statistics.median(results[name].milliseconds)
            for name in ("ours", "pipeline")
        )
        ratio = ours / pipeline
    return {
        "pipeline_to_step": ratio,
        "first_step_seconds": {
            name: result.first_call_seconds for name, result in results.items()
        },
        "peak_memory_mb": {
            name: result.memory for name, result in results.items()
        },
    }


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
