"""Real workers on loopback: faults, and what comes of the run after them."""

import itertools
import json
import pathlib
import re
import signal
import sys

import numpy as np
import pytest
import tensorflow as tf

from tests.waiting import SECONDS, Process, wait_for
from tfgan_ref import processes
from tfgan_ref.training import checkpoints
from tfgan_ref.training.workdir import WorkDir
from tools import local_cluster
from tools.dev import chaos

pytestmark = pytest.mark.conformance
RECIPE = (
    *(sys.executable, "-m", "recipes.dcgan", "--dataset=digits", "--width=4"),
    *("--batch_size=16", "--checkpoint_every=10", "--log_every=5"),
    *("--sample_every=100", "--seed=2"),
)
WORKERS = ("--strategy=multi_worker", "--worker_timeout=60")
TWO_DEVICES = ("--strategy=mirrored", "--virtual_devices=2")


def start(workdir, *flags, of_each=((), ()), before=((), ()), steps=30):
    """A job of two workers, with what each has behind or before its command."""
    common = [*RECIPE, *WORKERS, f"--train_steps={steps}", *flags]
    addresses = local_cluster.free_addresses(2)
    folders = workdir if isinstance(workdir, list) else [workdir] * 2
    workers = [
        local_cluster.start(
            [
                *before[index],
                *common,
                f"--workdir={folders[index]}",
                *of_each[index],
            ],
            addresses,
            index,
        )
        for index in range(2)
    ]
    return addresses, workers


def ended(workers):
    """Statuses and outputs."""
    said = [worker.communicate(timeout=SECONDS)[0] for worker in workers]
    return [worker.returncode for worker in workers], said


def train(folder, *flags, steps=30):
    """One process, to the end."""
    command = [*RECIPE, f"--workdir={folder}", f"--train_steps={steps}", *flags]
    with Process(command, folder.parent / "log.txt") as process:
        assert process.ended() == 0, process.log.read_text()


def weights(folder):
    (*_, step) = checkpoints.steps(folder / "checkpoints")
    reader = tf.train.load_checkpoint(
        str(folder / "checkpoints" / f"ckpt-{step}")
    )
    return {
        name: reader.get_tensor(name)
        for name in reader.get_variable_to_shape_map()
        if "gan/" in name
    }


@pytest.mark.parametrize(
    ("victim", "number", "flags", "status"),
    [
        (0, signal.SIGINT, [], 0),
        (1, signal.SIGTERM, ["--preempted_status=75"], 75),
    ],
)
def test_a_signal_to_one_worker_stops_all_with_a_checkpoint(
    tmp_path, victim, number, flags, status
):
    workdir = WorkDir(tmp_path / "run")
    _, workers = start(workdir.path, steps=100_000, of_each=(flags, flags))
    wait_for(lambda: workdir.metrics.exists() and workdir.read_metrics())
    workers[victim].send_signal(number)
    statuses, said = ended(workers)
    assert statuses == [status, 0], said  # The chief's, which the job has.
    found = re.search(r"Preempted at step (\d+) of 100000; the same", said[0])
    assert checkpoints.steps(workdir.checkpoints)[-1] == int(found[1])
    assert "Preempted" not in said[1]


def test_a_job_goes_on_with_one_worker_and_then_with_two_replicas(tmp_path):
    whole = tmp_path / "whole"
    train(whole, *TWO_DEVICES)
    moved = tmp_path / "moved"
    statuses, said = ended(start(moved, steps=10)[1])
    assert statuses == [0, 0], said
    train(moved, steps=20)
    train(moved, *TWO_DEVICES)
    expected = weights(whole)
    for name, value in weights(moved).items():
        assert value == pytest.approx(expected[name], rel=1e-5, abs=1e-5), name


def test_workers_of_other_flags_are_named(tmp_path):
    addresses, workers = start(
        tmp_path / "run", of_each=(["--ema_decay=0.5"], [])
    )
    statuses, said = ended(workers)
    assert statuses == [1, 1]
    for text, value in zip(said, ("0.5", "0.999"), strict=True):
        assert (
            f"error: worker 1 ({addresses[1]}) has other flags than the chief."
            f" Received here: --ema_decay={value}" in text
        )


def test_a_folder_that_is_not_shared_is_said(tmp_path):
    addresses, workers = start([tmp_path / "one", tmp_path / "two"])
    statuses, said = ended(workers)
    assert statuses == [1, 1]
    for text in said:
        assert f"error: worker 1 ({addresses[1]}) does not see the" in text


def test_kills_change_nothing(tmp_path, capsys):
    command = [*RECIPE, "--train_steps=600", "--ema_decay=0.9"]
    chaos.run(command, tmp_path, kills=2, seed=3)
    assert "2 kills: " in capsys.readouterr().out


def test_workers_see_every_example_once_an_epoch():
    examples, batch_size, steps = 30, 12, 5  # Two epochs.
    addresses = local_cluster.free_addresses(2)
    program = pathlib.Path(__file__).with_name("seen_ids.py")
    numbers = map(str, (examples, batch_size, steps))
    command = [sys.executable, str(program), *numbers]
    statuses, said = ended(
        [local_cluster.start(command, addresses, index) for index in range(2)]
    )
    assert statuses == [0, 0], said
    of_workers = [json.loads(text.splitlines()[-1]) for text in said]
    in_order = []
    for shares in zip(*of_workers, strict=True):
        assert [len(share) for share in shares] == [batch_size // 2] * 2
        in_order += itertools.chain(*shares)
    for epoch in (in_order[:examples], in_order[examples:]):
        assert sorted(epoch) == list(range(examples))


def test_a_full_disk_of_the_chief_ends_all_and_keeps_what_was_there(tmp_path):
    workdir = WorkDir(tmp_path / "run")
    statuses, said = ended(start(workdir.path, steps=10)[1])
    assert statuses == [0, 0], said
    before = weights(workdir.path)

    # Of 200 blocks of 1 KB: a checkpoint has more.
    limited = ("bash", "-c", 'ulimit -f 200; exec "$@"', "limited")
    statuses, said = ended(
        start(workdir.path, steps=1000, before=(limited, ()))[1]
    )
    assert statuses == [1, 1]
    assert re.search("ended: .*The last good checkpoint is .*-10", said[0])
    assert "worker 0 (" in said[1] and ") is gone" in said[1]
    for name, value in weights(workdir.path).items():
        np.testing.assert_array_equal(value, before[name])


def test_a_checkpoint_that_was_cut_short_is_named_and_the_last_taken(tmp_path):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    for folder, steps in ((whole, 30), (cut, 20)):
        statuses, said = ended(start(folder, steps=steps)[1])
        assert statuses == [0, 0], said
    (data,) = (cut / "checkpoints").glob("ckpt-20.data*")
    data.write_bytes(data.read_bytes()[:-100])
    statuses, said = ended(start(cut)[1])
    assert statuses == [0, 0], said
    assert re.search("ckpt-20 is damaged.*the one before", said[0]), said[0]
    assert "Resumed at step 10" in said[0]
    expected = weights(whole)
    for name, value in weights(cut).items():
        np.testing.assert_array_equal(value, expected[name], name)


def test_a_second_job_in_the_folder_is_refused_whole(tmp_path):
    workdir = WorkDir(tmp_path / "run")
    _, first = start(workdir.path, steps=100_000)
    try:
        wait_for(lambda: workdir.metrics.exists() and workdir.read_metrics())
        addresses, second = start(workdir.path, steps=100_000)
        statuses, said = ended(second)
        assert statuses == [1, 1], said
        assert "error: Another process is training in" in said[0]
        assert f"error: worker 0 ({addresses[0]}) is gone" in said[1]
        assert [worker.poll() for worker in first] == [None, None]
    finally:
        processes.stop(first)
        ended(first)
