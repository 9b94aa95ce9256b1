"""The workers of TF_CONFIG: sockets and messages, without TensorFlow."""

import contextlib
import json
import socket
import subprocess
import sys
import threading

import pytest

from tfgan_ref import cluster
from tfgan_ref.errors import UserError

CHIEF, WORKER = ("chief", 0), ("worker", 0)


def free_addresses(count):
    with contextlib.ExitStack() as stack:
        held = [
            stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            for _ in range(count)
        ]
        return [f"127.0.0.1:{one.getsockname()[1]}" for one in held]


def of(addresses, index=0):
    tasks = {("worker", i): address for i, address in enumerate(addresses)}
    return cluster.Cluster(tasks, ("worker", index))


def test_tf_config_names_the_workers(monkeypatch):
    jobs = {"chief": ["a:1"], "worker": ["b:2", "c:3"]}
    config = {"cluster": jobs, "task": {"type": "worker", "index": 1}}
    monkeypatch.setenv("TF_CONFIG", json.dumps(config))
    found = cluster.read()
    assert found.own == ("worker", 1)
    assert found.addresses[CHIEF] == "a:1"
    assert found.describe(found.own) == "worker 1 (c:3)"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cluster": 7}, "cluster"),
        ({"cluster": {"worker": "a:1"}}, "cluster.worker"),
        ({"cluster": {"worker": []}}, "cluster.worker: one at least"),
        ({"cluster": {"worker": ["a"]}}, r"cluster.worker\[0\] .* 'a'"),
        ({"cluster": {"worker": ["a:1", "b:x"]}}, r"cluster.worker\[1\]"),
        ({"cluster": {"worker": ["a:1", "a:1"]}}, "cluster has 'a:1' twice"),
        ({"cluster": {"ps": ["a:1"], "worker": ["a:2"]}}, "cluster.ps is of"),
        (
            {"cluster": {"chief": ["a:1", "b:1"], "worker": ["c:1"]}},
            "cluster.chief has more than one",
        ),
        ({"task": {"type": "worker"}}, "task.index"),
        ({"task": {"type": 3, "index": 0}}, "task.type"),
        ({"task": {"type": "worker", "index": "0"}}, "task.index"),
        ({"task": {"type": "chief", "index": 0}}, "task.type 'chief' is none"),
        (
            {"task": {"type": "worker", "index": 2}},
            "task.index 2 is none of cluster.worker, which has 2",
        ),
    ],
)
def test_what_is_wrong_with_tf_config_has_its_key(monkeypatch, change, said):
    config = {
        "cluster": {"worker": ["a:1", "b:2"]},
        "task": {"type": "worker", "index": 0},
    }
    monkeypatch.setenv("TF_CONFIG", json.dumps(config | change))
    with pytest.raises(UserError, match=f"What is wrong: .*{said}") as caught:
        cluster.read()
    assert "\n" not in str(caught.value)


def test_no_tf_config_is_said_in_so_many_words(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    with pytest.raises(UserError, match="What is wrong: it is not set"):
        cluster.read()


def test_workers_meet_whoever_is_first():
    addresses = free_addresses(3)
    errors = []

    def meet(index):
        try:
            cluster.meet(of(addresses, index), timeout=60)
        except UserError as error:
            errors.append(error)

    threads = [threading.Thread(target=meet, args=(i,)) for i in range(3)]
    threads[1].start()
    threads[0].start()
    threads[1].join(1.0)
    assert threads[0].is_alive() and threads[1].is_alive()
    # The last one's server is TensorFlow's: it stays.
    host, _, port = addresses[2].rpartition(":")
    with socket.create_server((host, int(port))):
        for thread in threads[:2]:
            thread.join(60)
    assert not errors


def test_who_does_not_come_up_is_named():
    addresses = free_addresses(3)
    host, _, port = addresses[1].rpartition(":")
    with socket.create_server((host, int(port))):
        with pytest.raises(UserError) as caught:
            cluster.meet(of(addresses), timeout=0.01)
    assert str(caught.value) == (
        f"worker 2 ({addresses[2]}) did not come up within 0.01 s"
    )


def test_an_address_that_is_taken_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(UserError, match=r"^worker 0 \(127.* cannot listen"):
            cluster.meet(of([address, *free_addresses(1)]))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            "The following tasks are unhealthy:\n/job:worker/replica:0/task:1"
            "\nThe tasks have crashed.",
            "worker 1 (b:2) is gone",
        ),
        (
            "from remote target /job:chief/replica:0/task:0 while calling",
            "chief 0 (c:3) is gone",
        ),
        ("[[node on /job:worker/replica:0/task:0/device:CPU:0]]", None),
        ("/job:ps/replica:0/task:4", None),
        ("no space left", None),
    ],
)
def test_who_is_gone_is_read_from_the_error(message, expected):
    found = cluster.Cluster(
        {WORKER: "a:1", ("worker", 1): "b:2", CHIEF: "c:3"}, WORKER
    )
    assert cluster.lost(found, message) == expected


def test_what_takes_too_long_ends_with_the_name_of_who_is_gone():
    (gone,) = free_addresses(1)
    program = (
        "import time; from tfgan_ref import cluster\n"
        f"found = cluster.Cluster({{('worker', 0): 'a:1', ('worker', 1): "
        f"{gone!r}}}, ('worker', 0))\n"
        "with cluster.watch(found, 60): pass\n"
        "with cluster.watch(found, .01): time.sleep(300)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr == f"error: worker 1 ({gone}) is gone\n"
