"""Contestants of several processes that work together."""

import dataclasses
import json

from tools import local_cluster
from tools.dev.benchmarking import turns


class Workers:
    """Processes of one multi-worker job, each on a core of its own.

    Args:
        name: of the contestant.
        entry: the contestant, without `cores`.
        count: how many.

    Attributes:
        result: as of `turns.Process`; a call takes as long as its slowest.
    """

    def __init__(self, name, entry, count=2):
        self._calls = entry.calls
        addresses = local_cluster.free_addresses(count)
        self._workers = [
            turns.Process(
                f"{name}, worker {index}",
                dataclasses.replace(
                    entry,
                    options=entry.options | {"cores": [index]},
                    environment={"TF_CONFIG": _config(addresses, index)},
                ),
                is_ready=False,
            )
            for index in range(count)
        ]
        try:
            for worker in self._workers:
                worker.wait()
        except BaseException:
            self.close()
            raise
        self.result = self._workers[0].result

    def ask(self, question):
        """Asks all; returns their answers."""
        for worker in self._workers:
            worker.send(question)
        return [worker.read() for worker in self._workers]

    def take_turn(self):
        """Times some calls."""
        times = self.ask(self._calls)
        self.result.milliseconds += map(max, zip(*times, strict=True))

    def close(self):
        """Ends the workers."""
        for worker in self._workers:
            worker.close()


def _config(addresses, index):
    cluster = {"worker": addresses}
    task = {"type": "worker", "index": index}
    return json.dumps({"cluster": cluster, "task": task})
