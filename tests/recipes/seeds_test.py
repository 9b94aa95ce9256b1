"""--seeds: several runs at once, each as it would be alone."""

import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from tests.recipes import driver
from tests.waiting import Process, wait_for
from tfgan_ref import runtime
from tfgan_ref.training.workdir import WorkDir

SMALL = [
    "--generator_units=4",
    "--discriminator_units=4",
    "--batch_size=16",
    "--eval_samples=100",
    "--sample_every=1000",
    "--checkpoint_every=1000",
    "--log_every=50",
]


def command(workdir, *given):
    recipe = [sys.executable, "-m", "recipes.toy", f"--workdir={workdir}"]
    return [*recipe, *given]


def started(workdir, *given, log):
    return Process(command(workdir, *SMALL, *given), log, cwd=driver.ROOT)


def weights(workdir, step):
    """Name -> array, of a checkpoint."""
    reader = tf.train.load_checkpoint(str(workdir.checkpoints / f"ckpt-{step}"))
    return {
        name: reader.get_tensor(name)
        for name in reader.get_variable_to_shape_map()
        if name.endswith("VARIABLE_VALUE")
    }


def last_step(workdir):
    return workdir.read_metrics()[-1]["step"]


@pytest.fixture(scope="module", autouse=True)
def _all_cores():
    """Runs are as many at a time as there are cores: not those of a worker."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, range(os.cpu_count()))
    yield
    os.sched_setaffinity(0, before)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("seeds")


@pytest.fixture(scope="module")
def stopped(folder):
    """Two seeds that SIGTERM has stopped on their way."""
    if runtime.available_cores() < 2:
        pytest.skip("two runs at a time need two cores")
    runs = [WorkDir(folder / "w" / f"seed_{seed}") for seed in (5, 3)]
    several = ["--seeds=5,3", "--train_steps=1000000"]
    log = folder / "log"
    with started(folder / "w", *several, log=log) as process:
        for run in runs:
            wait_for(
                lambda run=run: (
                    run.metrics.exists() and run.metrics.read_text()
                ),
                process,
            )
        process.send_signal(signal.SIGTERM)
        status = process.ended()
    return status, runs, log.read_text()


def test_a_signal_ends_all_runs_with_a_checkpoint(stopped):
    status, runs, said = stopped
    assert status == 128 + signal.SIGTERM
    for run in runs:
        step = last_step(run)
        assert (run.checkpoints / f"ckpt-{step}.index").exists()
        # Its process has gone: nobody holds its lock.
        with run.lock():
            pass
    assert "[seed 3] Stopped by SIGTERM" in said
    assert "[seeds] seed 5 ended with 143" in said


@pytest.mark.conformance
def test_each_goes_on_and_is_what_it_is_alone(stopped, folder):
    _, (five, three), _ = stopped
    steps = 50 * (1 + max(last_step(five), last_step(three)) // 50)
    # A third cannot begin; it has to wait, and the others go on.
    (folder / "w" / "seed_0").write_text("a file")
    alone = WorkDir(folder / "alone")
    end = f"--train_steps={steps}"
    with (
        started(folder / "w", "--seeds=5,0,3", end, log=folder / "2") as all_,
        started(alone.path, "--seed=3", end, log=folder / "alone.log") as one,
    ):
        assert one.ended() == 0, one.log.read_text()
        assert all_.ended() == 1
    said = (folder / "2").read_text()
    assert said.splitlines()[-1] == "error: failed were the seeds 0"
    assert "[seed 0] error: " in said and "seed_0" in said
    assert f"[seed 5] Done: step {steps} of {steps}" in said
    assert "Resumed at step" in said
    expected = weights(alone, steps)
    received = weights(three, steps)
    assert received.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_array_equal(received[name], value, err_msg=name)
    other = weights(five, steps)
    assert any(np.any(other[name] != expected[name]) for name in expected)


def said_of(*given):
    done = subprocess.run(
        [*given], cwd=driver.ROOT, capture_output=True, text=True
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--seeds=1,1"], "--seeds=1,1: different numbers"),
        (["--seeds=1,2", "--seed=0"], "Received: --seed=0 --seeds=1,2"),
        (["--seeds=1,2", "--strategy=multi_worker"], "=multi_worker"),
    ],
)
def test_a_mistake_is_one_line(given, said, tmp_path):
    status, _, error = said_of(*command(tmp_path / "w", *given))
    (line,) = error.splitlines()
    assert status == 1
    assert line.startswith("error: ") and said in line
    assert not (tmp_path / "w").exists()


def test_the_folder_of_one_run_is_refused(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({}))
    status, _, error = said_of(*command(tmp_path, "--seeds=1,2"))
    (line,) = error.splitlines()
    assert status == 1
    assert (
        line
        == f"error: {tmp_path} holds a run; --seeds needs a folder of several"
    )


def test_a_dry_run_says_what_would_be_started(tmp_path):
    workdir = tmp_path / "a b"
    status, output, _ = said_of(
        *command(workdir, "--dry_run", "--seeds=7,4", "--nosimultaneous")
    )
    assert status == 0
    first, *commands, last = output.splitlines()
    assert first.startswith("2 runs, ")
    for seed, line in zip((7, 4), commands, strict=True):
        assert line.endswith(
            " -m recipes.toy --nosimultaneous "
            f"--seed={seed} '--workdir={workdir}/seed_{seed}'"
        )
    assert last.startswith("Dry run: nothing was started")
    assert not workdir.exists()
