"""A model of a step on N workers that reduce by rings, as TensorFlow's do.

In a ring of N, each part of what is reduced goes through 2 (N - 1) hops, and
each worker sends and receives 2 (N - 1) / N of all bytes (Patarasuk and Yuan
2009, Bandwidth Optimal All-reduce Algorithms for Clusters of Workstations).
"""

from __future__ import annotations

import dataclasses

_BYTES = 4  # Of a number.
LARGE = 10_000  # Numbers: from here on a reduction is one of gradients.


@dataclasses.dataclass(frozen=True)
class Link:
    """Between two workers.

    Attributes:
        hop: milliseconds of a message that has hardly any bytes.
        bandwidth: bytes per millisecond, each way.
    """

    hop: float
    bandwidth: float


def reduction(numbers: int, workers: int, link: Link) -> float:
    """Milliseconds of a reduction over so many workers."""
    hops = 2 * (workers - 1)
    return hops * (link.hop + numbers * _BYTES / workers / link.bandwidth)


def step(
    compute: float, collectives: list[int], workers: int, link: Link
) -> dict[str, float]:
    """Milliseconds of a step in which nothing overlaps.

    Args:
        compute: milliseconds.
        collectives: numbers of each reduction.
        workers: int >= 1.
        link: between neighbours in the ring.

    Returns:
        `compute`, `statistics` and `gradients`.
    """
    times = {"compute": compute, "statistics": 0.0, "gradients": 0.0}
    for numbers in collectives:
        kind = "gradients" if numbers >= LARGE else "statistics"
        times[kind] += reduction(numbers, workers, link)
    return times


def measured(small: tuple[int, float], large: tuple[int, float]) -> Link:
    """The link by which two workers took so long.

    Args:
        small: numbers and milliseconds of a reduction of few.
        large: the same of many.
    """
    (few, short), (many, long) = small, large
    bandwidth = _BYTES * (many - few) / (long - short)
    return Link(short / 2 - few * _BYTES / 2 / bandwidth, bandwidth)
