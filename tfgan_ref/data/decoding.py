"""Examples decoded by several threads, in their order."""

from __future__ import annotations

import collections
import concurrent.futures
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import tqdm

from tfgan_ref import runtime
from tfgan_ref.data.source import Source

_CHUNK = 16  # Examples that a thread takes at a time.
_BAR_SECONDS = 1  # What takes less needs no bar.
_AHEAD = 2  # Chunks per thread, decoded or waiting for it.


def decode(
    source: Source, fit: Callable[[np.ndarray], np.ndarray]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Decodes the examples of a source and brings them to one size.

    Examples that are a sequence are also decoded by the threads; others only
    brought to size. On a terminal a bar shows how far it is.

    Args:
        source: see `Source`.
        fit: function of an image uint8 `[height, width, channels]` -> uint8 of
            one shape.

    Yields:
        Images uint8 `[n, ...]` and labels int32 `[n]`, n >= 1.
    """

    def work(examples):
        pairs = [
            (fit(example[0]), example[1]) for example in examples if example
        ]
        return pairs and tuple(zip(*pairs, strict=True))

    chunks = _in_order(work, _chunks(source.examples))
    with tqdm.tqdm(
        total=count(source),
        desc="Decoding",
        unit=" images",
        delay=_BAR_SECONDS,
        leave=False,
        disable=None,  # Where there is no terminal.
    ) as bar:
        for chunk in filter(None, chunks):
            images, labels = chunk
            yield np.stack(images), np.array(labels, np.int32)
            bar.update(len(labels))


def count(source: Source) -> int | None:
    """How many examples there are at most; None where nobody knows."""
    if isinstance(source.examples, Sequence):
        return len(source.examples)
    return source.count


def _chunks(examples: Iterable) -> Iterator[Iterable]:
    """Of a sequence, chunks that are read when they are iterated over."""
    if isinstance(examples, Sequence):
        for start in range(0, len(examples), _CHUNK):
            stop = min(start + _CHUNK, len(examples))
            yield map(examples.__getitem__, range(start, stop))
        return
    iterator = iter(examples)
    while chunk := list(itertools.islice(iterator, _CHUNK)):
        yield chunk


def _in_order(function, chunks):
    """`map` by threads that are never far ahead of who iterates."""
    threads = runtime.available_cores()
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        waiting: collections.deque = collections.deque()
        try:
            for chunk in chunks:
                waiting.append(pool.submit(function, chunk))
                if len(waiting) > _AHEAD * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)
