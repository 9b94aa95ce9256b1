"""Records as tools/dev/record_result.py writes them, small ones."""

import numpy as np

from tests import small_records

MEANS = [[1, 0], [0, 1], [-1, 0]]
# Step -> modes and share of high quality.
EVALUATIONS = {100: (1, 0.25), 500: (2, 0.0), 900: (3, 0.5)}


def write_ring(folder, name, evaluations=EVALUATIONS, nearest=(0, 2)):
    """A run whose samples are near one mode at a time."""
    noise = np.random.default_rng(0).normal(0, 0.1, (7, 2))
    content = {
        "means": MEANS,
        "evaluations": [
            {
                "step": step,
                "eval/modes_captured": float(modes),
                "eval/high_quality": quality,
            }
            for step, (modes, quality) in evaluations.items()
        ],
        "samples": {
            str(100 * (k + 1)): (noise + MEANS[mode]).tolist()
            for k, mode in enumerate(nearest)
        },
    }
    path = folder / f"{name}.json"
    small_records.write(path, "run", **content)
    return path


def write_critic(folder, **evaluated):
    """Both runs with a critic."""
    steps = np.arange(1, 21)
    curves = {
        "step": steps.tolist(),
        "critic/estimate": (20 / steps).tolist(),
        "critic/gradient_norm": [2.0] * 10 + [1.25] * 10,
    }
    for name in ("wgan_mnist", "wgan_ring_seed1"):
        path = folder / f"{name}.json"
        small_records.write(path, "run", curves=curves, **evaluated)


def write_toy(path, modes, quality):
    """A run on points of which one evaluation of three is looked at."""
    lines = [
        {"step": step, "eval/modes_captured": m, "eval/high_quality": quality}
        for step, m in ((5_000, 0), (10_000, modes), (20_000, 9))
    ]
    small_records.write(path, "run", evaluations=lines)
