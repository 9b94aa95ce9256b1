"""The workers of a multi-worker run: who they are, and whether they are there.

TensorFlow waits for a worker that does not come up without an end and without a
word, and tells of one that is gone in many lines that do not say where it was.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import os
import re
import socket
import sys
import threading
import time
from collections.abc import Iterator

from tfgan_ref import documents
from tfgan_ref.errors import UserError

TIMEOUT_SECONDS = 300.0  # Of `meet`.
_SHOWN = 200  # Characters of TF_CONFIG in a message.
_TF_CONFIG = {
    "cluster": {str: [str, ...]},
    "task": {"type": str, "index": documents.COUNT},
}
_POLL_SECONDS, _CONNECT_SECONDS = 0.2, 2.0
# What TensorFlow calls a worker in its messages.
_TASK = re.compile(r"/job:(\w+)/replica:\d+/task:(\d+)")


@dataclasses.dataclass(frozen=True)
class Cluster:
    """The workers, as TF_CONFIG names them.

    Attributes:
        addresses: type and index -> `host:port`.
        own: type and index of this process.
    """

    addresses: dict[tuple[str, int], str]
    own: tuple[str, int]

    def describe(self, task: tuple[str, int]) -> str:
        """A worker in words: `worker 1 (10.0.0.2:2222)`."""
        kind, index = task
        return f"{kind} {index} ({self.addresses[task]})"


def read() -> Cluster:
    """The workers that the environment variable TF_CONFIG names.

    Raises:
        UserError: it is missing or malformed.
    """
    text = os.environ.get("TF_CONFIG", "")
    try:
        if not text:
            raise documents.Damaged("it is not set, or empty")
        config = documents.parse(text, _TF_CONFIG)
        return _checked(config["cluster"], config["task"])
    except documents.Damaged as error:
        raise UserError(
            "The multi_worker strategy needs TF_CONFIG, a JSON object with "
            "`cluster`, addresses of the form host:port of `worker` and "
            "`chief`, and `task`; tools/local_cluster.py sets it. What is "
            f"wrong: {error}. Received: TF_CONFIG={text[:_SHOWN]!r}"
        ) from None


def of(strategy) -> Cluster:
    """The workers of a `tf.distribute.MultiWorkerMirroredStrategy`."""
    resolver = strategy.cluster_resolver
    jobs = resolver.cluster_spec().as_dict()
    return Cluster(_by_task(jobs), (resolver.task_type, resolver.task_id))


def _by_task(jobs):
    return {
        (kind, index): address
        for kind, found in jobs.items()
        for index, address in enumerate(found)
    }


def _checked(cluster, task):
    others = cluster.keys() - {"worker", "chief"}
    if others:
        raise documents.Damaged(f"cluster.{min(others)} is of another strategy")
    if len(cluster.get("chief", [])) > 1:
        raise documents.Damaged("cluster.chief has more than one address")
    addresses = _by_task(cluster)
    for (kind, index), address in addresses.items():
        _, _, port = address.rpartition(":")
        if not (re.fullmatch(r".+:\d{1,5}", address) and 0 < int(port) < 2**16):
            raise documents.Damaged(
                f"cluster.{kind}[{index}] is no host:port, but {address!r}"
            )
    for address, count in collections.Counter(addresses.values()).items():
        if count > 1:
            raise documents.Damaged(f"cluster has {address!r} twice")
    kind, index = task["type"], task["index"]
    if kind not in cluster:
        raise documents.Damaged(f"task.type {kind!r} is none of cluster")
    if (kind, index) not in addresses:
        raise documents.Damaged(
            f"task.index {index} is none of cluster.{kind}, which has "
            f"{len(cluster[kind])}"
        )
    return Cluster(addresses, (kind, index))


def meet(cluster: Cluster, timeout: float = TIMEOUT_SECONDS) -> None:
    """Waits until all workers are up, each at its own address.

    Args:
        cluster: of this process.
        timeout: seconds.

    Raises:
        UserError: this process cannot listen at its address, or a worker did
            not come up in time; it is named.
    """
    missing = cluster.addresses.keys() - {cluster.own}
    deadline = time.monotonic() + timeout
    with _listener(cluster):
        while True:
            missing = {
                task
                for task in missing
                if not _answers(cluster.addresses[task])
            }
            if not missing:
                return
            if time.monotonic() > deadline:
                raise UserError(
                    f"{_listed(cluster, missing)} did not come up within "
                    f"{timeout:g} s"
                )
            time.sleep(_POLL_SECONDS)


@contextlib.contextmanager
def watch(cluster: Cluster, timeout: float = TIMEOUT_SECONDS) -> Iterator[None]:
    """Ends this process with one line where what is within takes too long.

    For what TensorFlow does, which nothing else can interrupt.

    Args:
        cluster: of this process; who does not answer is named.
        timeout: seconds.
    """

    def end():
        others = cluster.addresses.keys() - {cluster.own}
        gone = {t for t in others if not _answers(cluster.addresses[t])}
        named = _listed(cluster, gone) or "A worker"
        print(f"error: {named} is gone", file=sys.stderr, flush=True)
        os._exit(1)

    timer = threading.Timer(timeout, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _listener(cluster):
    """What the others find until TensorFlow's own server is there."""
    host, port = _split(cluster.addresses[cluster.own])
    # TensorFlow listens everywhere; a name may be that of a service.
    on_loopback = host == "localhost" or host.startswith("127.")
    try:
        return socket.create_server(("127.0.0.1" if on_loopback else "", port))
    except OSError as error:
        raise UserError(
            f"{cluster.describe(cluster.own)} cannot listen there: "
            f"{error.strerror}"
        ) from None


def _answers(address):
    with contextlib.suppress(OSError):
        socket.create_connection(_split(address), _CONNECT_SECONDS).close()
        return True
    return False


def _split(address):
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def lost(cluster: Cluster, message: str) -> str | None:
    """Who is gone, by what TensorFlow says; None where it names nobody.

    Args:
        cluster: of this process.
        message: of the error.
    """
    named = {(kind, int(index)) for kind, index in _TASK.findall(message)}
    gone = (named & cluster.addresses.keys()) - {cluster.own}
    return f"{_listed(cluster, gone)} is gone" if gone else None


def _listed(cluster, tasks):
    return ", ".join(cluster.describe(task) for task in sorted(tasks))
