"""Two steps of all cases, by one process or by the workers of TF_CONFIG.

    python tests/conformance/two_steps.py FOLDER

Writes FOLDER/CASE.npz, if it is the chief: all variables and both metrics.
"""

import os
import pathlib
import sys

import keras
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
from tests.conformance import cases
from tfgan_ref import runtime


def main():
    """Trains and writes."""
    name = "multi_worker" if "TF_CONFIG" in os.environ else "one_device"
    strategy = runtime.make_strategy(name)
    for case in cases.every():
        keras.utils.set_random_seed(3)
        with strategy.scope():
            gan = cases.compiled(*case.values)
        if cases.is_noisy(gan):
            continue
        metrics = [cases.fit(gan, 1) for _ in range(2)]
        path = pathlib.Path(sys.argv[1], f"{case.id}.npz")
        if runtime.is_chief(strategy):
            np.savez(
                path,
                *cases.state_of(gan),
                **{
                    f"{step} {name}": value
                    for step, found in enumerate(metrics)
                    for name, value in found.items()
                },
            )
        print(case.id, flush=True)


if __name__ == "__main__":
    main()
