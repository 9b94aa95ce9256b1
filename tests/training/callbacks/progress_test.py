import contextlib
import os
import sys
import threading
import types

import tqdm

from tfgan_ref.training.callbacks.progress import ProgressBar


def test_a_bar_that_nobody_reads_any_more_stops_nothing(monkeypatch):
    reads, writes = os.pipe()
    os.close(reads)
    step = types.SimpleNamespace(numpy=lambda: 0)
    bar = ProgressBar(train_steps=3, images_per_step=5)
    bar.set_model(types.SimpleNamespace(step=step, steps_per_execution=1))
    stderr = open(writes, "w", buffering=1)
    monkeypatch.setattr(sys, "stderr", stderr)
    bar.on_train_begin()
    bar._bar.mininterval = 0
    for _ in range(3):
        bar.on_train_batch_end(0, {"loss/generator": 0.5})
    bar.close()
    monkeypatch.undo()
    with contextlib.suppress(BrokenPipeError):
        stderr.close()
    assert bar._bar.n == 3
    # Another thread can draw, as that does which Python waits for as it ends.
    drawn = []

    def draw():
        with tqdm.tqdm.get_lock():
            drawn.append(True)

    thread = threading.Thread(target=draw, daemon=True)
    thread.start()
    thread.join(10)
    assert drawn


def test_a_bar_is_closed_before_it_begins(capsys):
    ProgressBar(train_steps=3, images_per_step=5).close()
    assert capsys.readouterr() == ("", "")
