"""Prints the ids of the examples that a worker of TF_CONFIG is given.

python tests/conformance/seen_ids.py EXAMPLES BATCH_SIZE STEPS
"""

import json
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
from tfgan_ref import runtime
from tfgan_ref.data import images, minibatches


def main():
    """One line of JSON: a list for each step."""
    count, batch_size, steps = map(int, sys.argv[1:])
    strategy = runtime.make_strategy("multi_worker")
    ids = np.arange(count, dtype=np.int32)
    data = images.Images("ids", np.zeros((count, 1, 1, 1), np.uint8), ids)
    given = strategy.distribute_datasets_from_function(
        lambda context: minibatches.stream(
            data, batch_size, seed=0, with_labels=True, input_context=context
        )
    )
    iterator, seen = iter(given), []
    for _ in range(steps):
        _, labels = next(iterator)
        (own,) = strategy.experimental_local_results(labels)
        seen.append(own.numpy().tolist())
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
