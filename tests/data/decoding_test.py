import io
import itertools
import sys
import threading
from collections.abc import Sequence

import numpy as np
import pytest

from tfgan_ref import runtime
from tfgan_ref.data import decoding
from tfgan_ref.data.source import Source


class Asked(Sequence):
    """Image k is full of k, but every seventh cannot be decoded."""

    def __init__(self, count):
        self.count = count
        self.asked = []
        self.threads = set()

    def __len__(self):
        return self.count

    def __getitem__(self, k):
        if not 0 <= k < self.count:
            raise IndexError
        self.asked.append(k)
        self.threads.add(threading.current_thread())
        return (
            None
            if k % 7 == 3
            else (np.full([3, 2, 1], k % 256, np.uint8), 2 * k)
        )


def twice(image):
    return np.repeat(image, 2, 1)


def all_of(source, fit=twice):
    chunks = list(decoding.decode(source, fit))
    assert all(len(images) == len(labels) >= 1 for images, labels in chunks)
    images, labels = map(np.concatenate, zip(*chunks, strict=True))
    assert (images.dtype, labels.dtype) == (np.uint8, np.int32)
    return images, labels


def readable(count):
    return [k for k in range(count) if k % 7 != 3]


@pytest.mark.parametrize(
    "kind", [list, iter, lambda x: x], ids=["list", "iterator", "itself"]
)
@pytest.mark.parametrize("count", [1, 16, 17, 100])
def test_examples_keep_their_order_and_their_labels(kind, count):
    images, labels = all_of(Source(kind(Asked(count)), 3, 1))
    assert images.shape == (len(readable(count)), 3, 4, 1)
    assert images[:, 2, 3, 0].tolist() == readable(count)
    assert labels.tolist() == [2 * k for k in readable(count)]


def test_a_set_of_which_nothing_can_be_decoded_gives_nothing():
    assert list(decoding.decode(Source([None] * 40, 3, 1), twice)) == []
    assert list(decoding.decode(Source([], 3, 1), twice)) == []


def test_threads_are_at_work_at_the_same_time(monkeypatch):
    monkeypatch.setattr(runtime, "available_cores", lambda: 3)
    # Whoever waits alone would wait for ever.
    together = threading.Barrier(3, timeout=60)
    first = threading.local()

    def fit(image):
        if not hasattr(first, "done"):
            first.done = True
            together.wait()
        return image

    images, _ = all_of(Source(Asked(320), 3, 1), fit)
    assert images[:, 0, 0, 0].tolist() == [k % 256 for k in readable(320)]


def test_decoding_is_never_far_ahead_of_who_takes(monkeypatch):
    monkeypatch.setattr(runtime, "available_cores", lambda: 2)
    examples = Asked(10_000)
    chunks = decoding.decode(Source(examples, 3, 1), twice)
    for _ in itertools.islice(chunks, 10):
        pass
    chunks.close()
    assert len(examples.asked) < 300
    assert not any(thread.is_alive() for thread in examples.threads)


class Screen(io.StringIO):
    """Standard error, a terminal or none."""

    def __init__(self, is_terminal):
        super().__init__()
        self.is_terminal = is_terminal

    def isatty(self):
        return self.is_terminal


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_terminal_shows_how_far_it_is(monkeypatch, is_terminal):
    screen = Screen(is_terminal)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(decoding, "_BAR_SECONDS", 0)
    all_of(Source(Asked(64), 3, 1))
    shown = "Decoding" in screen.getvalue() and "/64" in screen.getvalue()
    assert shown == is_terminal


def test_an_error_of_a_source_is_raised_and_ends_the_threads():
    def examples():
        for k in range(10_000):
            if k == 50:
                raise LookupError("it is gone")
            yield np.zeros([2, 2, 1], np.uint8), k

    before = threading.active_count()
    with pytest.raises(LookupError, match="it is gone"):
        all_of(Source(examples(), 2, 1))
    assert threading.active_count() == before


def test_how_many_there_are_is_known_of_what_has_a_length():
    assert decoding.count(Source([1, 2, 3], 3, 1)) == 3
    assert decoding.count(Source(iter([1, 2]), 3, 1)) is None
    assert decoding.count(Source(iter([1, 2]), 3, 1, count=9)) == 9
