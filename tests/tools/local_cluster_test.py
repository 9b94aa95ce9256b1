"""Real processes, but puppets in place of TensorFlow.

A puppet calls the test, says who it is and waits: for a byte, its exit status;
or for the end of the call, so that none outlives its test. To the test the end
of the call is the end of the puppet. It says T when it is told to end.
"""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys

import pytest

from tests.waiting import SECONDS, wait_for
from tools import local_cluster

TOOL = pathlib.Path(local_cluster.__file__)
# Nothing here takes a second, but the machine may be busy.
SOON = SECONDS

PUPPET = """
import json, os, signal, socket, subprocess, sys

port, role, habit = sys.argv[1:]
index = json.loads(os.environ["TF_CONFIG"])["task"]["index"]
stubborn = habit == "stubborn" or (habit == "one stubborn" and index == 1)
if habit == "parent" and role == "worker":
    subprocess.Popen([sys.executable, "-S", __file__, port, "child", habit])
call = socket.create_connection(("127.0.0.1", int(port)))
def told_to_end(number, frame):
    call.sendall(b"T")
    if not stubborn:
        os._exit(128 + number)
signal.signal(signal.SIGTERM, told_to_end)
call.sendall(f"{role} {index} {os.getpid()}\\n".encode())
order = call.recv(1)
if order == b"\\xff":
    os.kill(os.getpid(), signal.SIGKILL)
os._exit(order[0] if order else 0)
"""

# The tool with less patience.
IMPATIENT = """
import sys
grace_seconds, sys.argv = float(sys.argv[1]), sys.argv[2:]
sys.path.insert(0, sys.argv[0].removesuffix("/tools/local_cluster.py"))
from tools import local_cluster
from tfgan_ref import processes
processes.GRACE_SECONDS = grace_seconds
local_cluster.main(local_cluster._parse_flags())
"""


def python(code, *arguments):
    return [sys.executable, "-S", "-c", code, *arguments]


def run_tool(*arguments):
    return subprocess.run(
        [sys.executable, str(TOOL), *arguments],
        capture_output=True,
        text=True,
        timeout=SOON,
    )


class Puppets:
    """The test's end of the calls.

    Attributes:
        said: name -> bytes, what it has said since it called.
        pids: name -> int.
    """

    def __init__(self, folder):
        self._script = folder / "puppet.py"
        self._script.write_text(PUPPET)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(SOON)
        self._calls, self.said, self.pids = {}, {}, {}

    def command(self, habit="plain"):
        port = self._listener.getsockname()[1]
        script = str(self._script)
        return [sys.executable, "-S", script, str(port), "worker", habit]

    def await_calls(self, *names):
        while set(names) - set(self._calls):
            call, _ = self._listener.accept()
            call.settimeout(SOON)
            role, index, pid = call.makefile().readline().split()
            name = f"{role} {index}"
            self._calls[name], self.said[name] = call, b""
            self.pids[name] = int(pid)

    def order(self, name, status):
        self._calls[name].sendall(bytes([status]))

    def await_another_call(self, name):
        self._calls.pop(name).close()
        self.await_calls(name)

    def is_gone(self, name, seconds=SOON):
        self._calls[name].settimeout(seconds)
        try:
            while word := self._calls[name].recv(1):
                self.said[name] += word
        except TimeoutError:
            return False
        except ConnectionError:
            pass
        return True

    def was_told_to_end(self, name):
        return self.is_gone(name) and self.said[name] == b"T"

    def close(self):
        for call in (*self._calls.values(), self._listener):
            call.close()


@pytest.fixture
def puppets(tmp_path):
    with contextlib.closing(Puppets(tmp_path)) as opened:
        yield opened


@pytest.fixture
def start():
    """Starts the tool with that many workers of a command."""
    started = []
    # In the background of a shell SIGINT is ignored, under nohup SIGHUP, and so
    # by what we start.
    before = {
        number: signal.signal(number, handler)
        for number, handler in (
            (signal.SIGINT, signal.default_int_handler),
            (signal.SIGHUP, signal.SIG_DFL),
        )
    }

    def start_tool(workers, command, grace_seconds=None):
        arguments = [str(TOOL), "-n", str(workers), "--", *command]
        if grace_seconds is not None:
            arguments = ["-c", IMPATIENT, str(grace_seconds), *arguments]
        tool = subprocess.Popen(
            [sys.executable, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(tool)
        return tool

    yield start_tool
    for number, handler in before.items():
        signal.signal(number, handler)
    for tool in started:
        with tool:
            tool.kill()


# What the workers get.


def test_each_worker_gets_its_own_place_in_one_cluster(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", "what was there before")
    monkeypatch.setenv("TFGAN_ANYTHING", "kept")
    code = (
        "from os import environ;"
        "print(environ['TF_CONFIG'], environ['TFGAN_ANYTHING'])"
    )
    done = run_tool("-n", "3", "--", *python(code))
    assert done.returncode == 0
    assert done.stderr == ""
    configs = {}
    for line in done.stdout.splitlines():
        prefix, content = line.split("] ")
        assert content.endswith(" kept")
        configs[prefix] = json.loads(content.removesuffix(" kept"))
    assert sorted(configs) == ["[worker 0", "[worker 1", "[worker 2"]
    addresses = configs["[worker 0"]["cluster"]["worker"]
    assert len(set(addresses)) == 3
    for index in range(3):
        assert configs[f"[worker {index}"] == {
            "cluster": {"worker": addresses},
            "task": {"type": "worker", "index": index},
        }
    for address in addresses:
        host, port = address.split(":")
        assert host == "127.0.0.1"
        assert 1024 <= int(port) < 65536


def test_a_worker_can_listen_at_its_address():
    code = (
        "import json, os, socket;"
        "config = json.loads(os.environ['TF_CONFIG']);"
        "place = config['cluster']['worker'][config['task']['index']];"
        "host, port = place.split(':');"
        "socket.create_server((host, int(port)));"
        "print('listens')"
    )
    done = run_tool("--", *python(code))
    assert sorted(done.stdout.splitlines()) == [
        "[worker 0] listens",
        "[worker 1] listens",
    ]


def test_the_command_after_the_dashes_is_passed_on_untouched():
    code = "import sys; print(sys.argv[1:])"
    arguments = ["-n", "7", "--workers=9", "--", "a b", "", "*", "--help"]
    done = run_tool("-n", "1", "--", *python(code, *arguments))
    assert done.stdout == f"[worker 0] {arguments}\n"
    assert done.returncode == 0


# What the workers say.


def test_each_line_of_both_streams_gets_the_number_of_its_worker():
    code = (
        "import os;"
        "os.write(1, b'one\\n\\n  two\\n');"
        "os.write(2, b'error');"
        "os.write(1, b' and no newline')"
    )
    done = run_tool("-n", "2", "--", *python(code))
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    for index in range(2):
        prefix = f"[worker {index}] "
        assert [
            line.removeprefix(prefix)
            for line in lines
            if line.startswith(prefix)
        ] == ["one", "", "  two", "error and no newline"]
    assert len(lines) == 8


def test_output_that_is_not_text_and_progress_bars_get_through():
    code = "import os; os.write(1, b'10%\\r20%\\rcaf\\xe9\\n')"
    done = run_tool("-n", "1", "--", *python(code))
    assert done.stdout.splitlines() == [
        "[worker 0] 10%",
        "[worker 0] 20%",
        "[worker 0] caf\N{REPLACEMENT CHARACTER}",
    ]


def test_output_appears_while_the_worker_still_runs(puppets, start):
    code = (
        "import subprocess, sys; print('began', flush=True);"
        "sys.exit(subprocess.call(sys.argv[1:]))"
    )
    tool = start(1, python(code, *puppets.command()))
    puppets.await_calls("worker 0")
    assert tool.stdout.readline() == "[worker 0] began\n"
    assert tool.poll() is None
    puppets.order("worker 0", 0)
    assert tool.wait(SOON) == 0


def test_much_output_neither_blocks_nor_gets_lost():
    code = "for _ in range(5000): print('x' * 99)"
    done = run_tool("-n", "2", "--", *python(code))
    lines = done.stdout.splitlines()
    assert sorted(set(lines)) == [
        f"[worker {index}] " + "x" * 99 for index in range(2)
    ]
    assert len(lines) == 10_000


# How it ends.


def is_known(pid):
    """Whether somebody has still to ask for its status."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_succeeds_when_the_last_worker_has_succeeded(puppets, start):
    tool = start(2, puppets.command())
    puppets.await_calls("worker 0", "worker 1")
    puppets.order("worker 0", 0)
    wait_for(lambda: not is_known(puppets.pids["worker 0"]))
    # The tool has seen its end, and leaves the other to finish.
    puppets.order("worker 1", 0)
    assert puppets.is_gone("worker 1") and not puppets.said["worker 1"]
    assert tool.wait(SOON) == 0


@pytest.mark.parametrize("failing", [0, 1])
def test_one_failure_stops_the_others_and_their_children(
    puppets, start, failing
):
    tool = start(2, puppets.command("parent"))
    puppets.await_calls("worker 0", "worker 1", "child 0", "child 1")
    puppets.order(f"worker {failing}", 3)
    assert puppets.was_told_to_end(f"worker {1 - failing}")
    assert puppets.was_told_to_end(f"child {1 - failing}")
    # Its own child holds the output open: not what this test is about.
    puppets.order(f"child {failing}", 0)
    output, _ = tool.communicate(timeout=SOON)
    assert tool.returncode == 3
    assert f"worker {failing}" in output


def test_the_children_of_the_one_that_failed_are_stopped_too(puppets, start):
    tool = start(2, puppets.command("parent"))
    puppets.await_calls("worker 0", "worker 1", "child 0", "child 1")
    puppets.order("worker 1", 3)
    assert puppets.was_told_to_end("child 1")
    assert tool.wait(SOON) == 3


def test_a_worker_that_a_signal_ended_gives_128_and_its_number(puppets, start):
    tool = start(2, puppets.command())
    puppets.await_calls("worker 0", "worker 1")
    puppets.order("worker 1", 0xFF)
    assert puppets.is_gone("worker 0")
    assert tool.wait(SOON) == 128 + 9


def test_a_worker_that_ignores_sigterm_is_killed(puppets, start):
    tool = start(2, puppets.command("stubborn"), grace_seconds=1.0)
    puppets.await_calls("worker 0", "worker 1")
    puppets.order("worker 0", 5)
    assert puppets.was_told_to_end("worker 1")
    assert tool.wait(SOON) == 5


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
)
def test_interrupting_it_stops_all_workers_and_their_children(
    puppets, start, number, status
):
    tool = start(2, puppets.command("parent"))
    names = ["worker 0", "worker 1", "child 0", "child 1"]
    puppets.await_calls(*names)
    # To the tool alone: the workers have sessions of their own.
    tool.send_signal(number)
    assert all(puppets.was_told_to_end(name) for name in names)
    output, _ = tool.communicate(timeout=SOON)
    assert tool.returncode == status
    assert "Traceback" not in output


def test_more_signals_during_the_stop_leave_no_worker(puppets, start):
    tool = start(2, puppets.command("one stubborn"), grace_seconds=2.0)
    puppets.await_calls("worker 0", "worker 1")
    tool.send_signal(signal.SIGHUP)
    assert puppets.is_gone("worker 0")
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        tool.send_signal(number)
    assert puppets.is_gone("worker 1")
    output, _ = tool.communicate(timeout=SOON)
    assert tool.returncode == 129
    assert output == ""


def test_a_hang_up_that_is_ignored_stops_nothing(puppets, start):
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # As by nohup.
    tool = start(2, puppets.command())
    puppets.await_calls("worker 0", "worker 1")
    tool.send_signal(signal.SIGHUP)
    assert not puppets.is_gone("worker 0", seconds=0.5)
    for name in ("worker 0", "worker 1"):
        puppets.order(name, 0)
    assert tool.wait(SOON) == 0


def test_workers_are_stopped_where_nobody_reads_any_more(puppets, start):
    code = (
        "import subprocess, sys; subprocess.call(sys.argv[1:]);"
        "print('late', flush=True); subprocess.call(sys.argv[1:])"
    )
    tool = start(1, python(code, *puppets.command()))
    puppets.await_calls("worker 0")
    tool.stdout.close()
    puppets.order("worker 0", 0)
    puppets.await_another_call("worker 0")
    tool.send_signal(signal.SIGHUP)
    assert puppets.is_gone("worker 0")
    assert tool.wait(SOON) == 129


# Wrong use.


def test_a_program_that_is_not_there_gives_one_line_and_status_1(tmp_path):
    missing = str(tmp_path / "nothing")
    done = run_tool("--", missing, "--flag")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert missing in line


def test_a_program_that_cannot_be_run_gives_one_line_and_status_1(tmp_path):
    script = tmp_path / "script.py"
    script.write_text("print('not executable')")
    done = run_tool("--", str(script))
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert str(script) in line


def test_without_a_command_one_is_asked_for():
    done = run_tool("-n", "2")
    assert done.returncode != 0
    assert "command" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("workers", ["0", "-1", "two"])
def test_a_number_of_workers_that_is_none_is_refused(workers):
    done = run_tool(f"--workers={workers}", "--", *python("print(1)"))
    assert done.returncode != 0
    assert workers in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
