"""A process that times one contestant whenever it is told to.

    python -m tools.dev.benchmarking.worker MODULE.FUNCTION OPTIONS

`tools.dev.benchmarking.MODULE` has FUNCTION, which takes the options, a JSON
object, and returns a `Contestant`. The process makes one call, says
`{"flop": ...}`, and answers every line that it reads with one of JSON:

- a number: so many calls, the list of the milliseconds of a step;
- "losses N": N calls, the losses of each as a list of pairs;
- "collectives": the numbers that each reduction of a step takes;
- "memory": the most memory that the process has had, in MB.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

from tfgan_ref.errors import guard


class Contestant(NamedTuple):
    """What is timed.

    Attributes:
        call: function without arguments that returns when the work is done,
            with the generator's and the discriminator's loss if there are.
        flop: floating-point operations of a step; 0: not counted.
        steps: of a call; times are those of one.
        collectives: how many numbers each reduction of a step takes.
    """

    call: Callable[[], object]
    flop: int = 0
    steps: int = 1
    collectives: Callable[[], list[int]] = list


def main() -> None:
    """Makes the contestant, and answers."""
    module, function = sys.argv[1].split(".")
    # What libraries print is not an answer.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    package = importlib.import_module(f"tools.dev.benchmarking.{module}")
    contestant = getattr(package, function)(**json.loads(sys.argv[2]))
    contestant.call()
    print(json.dumps({"flop": contestant.flop}), file=answers)
    for line in sys.stdin:
        print(json.dumps(_answer(contestant, line.split())), file=answers)


def _answer(contestant, words):
    if words == ["memory"]:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if words == ["collectives"]:
        return contestant.collectives()
    if words[0] == "losses":
        return [
            [float(loss) for loss in contestant.call()]
            for _ in range(int(words[1]))
        ]
    times = []
    for _ in range(int(words[0])):
        begin = time.perf_counter()
        contestant.call()
        seconds = time.perf_counter() - begin
        times.append(1e3 * seconds / contestant.steps)
    return times


if __name__ == "__main__":
    guard(main)
