"""Section 4.4: more steps for the discriminator."""

import numpy as np

from tools.dev import records
from tools.dev.tutorial.numbers import number
from tools.dev.tutorial.row import Row

ROWS = (
    Row(
        "4.4",
        "k > 1",
        "k > 1 steps of the discriminator per step of the generator do not "
        "usually result in a clear improvement",
        ("tfgan_ref/gan.py::GAN",),
        (
            "tests/gan_test.py::test_steps_are_those_of_numpy_on_any_number_"
            "of_replicas",
            "tests/claims/recorded_test.py::test_balance_is_the_mean_over_the_"
            "seeds",
        ),
        against="here it is worse than no improvement: on points k > 1 costs "
        "modes and quality, see [below](#the-balance-of-the-two-players)",
    ),
)
STEP = 10_000  # Evaluation at which the runs are compared.
_RUNS = {1: "plain_ring", 2: "balance_ring_k2", 5: "balance_ring_k5"}
_SEEDS = (1, 2, 3)


def compute(results):
    """What k steps make, means over three seeds.

    Args:
        results: `pathlib.Path` of the records.

    Raises:
        NotRecorded: a run is not there.
    """
    numbers = {}
    for k, name in _RUNS.items():
        found = [_read(results / f"{name}_seed{seed}.json") for seed in _SEEDS]
        modes, quality = np.mean(found, 0)
        numbers[f"modes_{k}"] = number(
            f"k = {k}: modes of 8, mean of {len(_SEEDS)} seeds", modes
        )
        numbers[f"quality_{k}"] = number("share within 3 sigma", quality)
    return {"numbers": numbers}


def _read(path):
    if not path.is_file():
        raise records.NotRecorded(
            f"{path.parent} holds no {path.name}: make the run with "
            "`python -m recipes.toy --discriminator_steps=K --seed=S`"
        )
    return records.read(path, _pick)


def _pick(record):
    (line,) = [e for e in record["evaluations"] if e["step"] == STEP]
    return line["eval/modes_captured"], line["eval/high_quality"]
