"""The ratios of tools/dev/benchmark.py that `--check` holds to a record."""

from __future__ import annotations

import contextlib

# What a ratio may be worse.
_TOLERANCE = 1.1
_FLOORS = ("ours", "feature_matching", "toy_step", "generation_1024")
_TIMES = {
    "ours to the plain step": ("ours", "ours_plain"),
    "ours in bfloat16 to ours": ("ours_bfloat16", "ours"),
    "ours to PyTorch in one round": ("ours", "torch_one_round"),
    "the same in bfloat16": ("ours_bfloat16", "torch_one_round_bfloat16"),
}


def ratios(record: dict) -> dict[str, float]:
    """The ratios that the numbers of a benchmark make, less is better."""
    found = {}
    for name in _FLOORS:
        with contextlib.suppress(KeyError):
            fraction = record["fraction_of_floor"][name]
            found[f"{name} to its floor"] = 1 / fraction
    for label, (name, other) in _TIMES.items():
        # None: it was not run.
        if record.get(name) and record.get(other):
            found[label] = record[name]["best"] / record[other]["best"]
    with contextlib.suppress(KeyError):
        memory = record["peak_memory_mb"]
        found["memory to the plain step's"] = (
            memory["ours"] / memory["ours_plain"]
        )
    return found


def check(
    now: dict[str, float], before: dict[str, float]
) -> tuple[list[str], list[str]]:
    """Compares the ratios of two benchmarks.

    Returns:
        A line for each that is worse than in the baseline by a tenth or more;
        and one for each that only one of the two holds.
    """
    worse = [
        f"{name}: {now[name]:.3f} instead of {before[name]:.3f}"
        for name in now
        if name in before and now[name] > _TOLERANCE * before[name]
    ]
    missing = [f"{name}: not in the record" for name in now.keys() - before]
    missing += [f"{name}: not measured" for name in before.keys() - now]
    return worse, sorted(missing)
