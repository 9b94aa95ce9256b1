"""The benchmark: real workers with small work, and its arithmetic."""

import copy
import subprocess
import sys

import numpy as np
import pytest

from tests.tools.dev.results_test import BENCHMARK
from tfgan_ref.errors import UserError
from tools.dev import benchmark
from tools.dev.benchmarking import charts, turns


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "32.npy"
    pixels = np.random.default_rng(0).integers(0, 256, (20, 32, 32, 1), "uint8")
    np.save(path, pixels)
    return str(path)


def test_contestants_take_turns_in_processes_of_their_own(data):
    small = {"data": data, "batch_size": 4}
    results = turns.take(
        {
            "ours": turns.Entry("ours.step", small | {"width": 4}, calls=3),
            "guide": turns.Entry("keras_guide.step", small, calls=1),
        },
        rounds=2,
    )
    ours, guide = results.values()
    assert (len(ours.milliseconds), len(guide.milliseconds)) == (6, 2)
    assert min(ours.milliseconds + guide.milliseconds) > 0
    assert ours.flop > 0 and guide.flop is None
    assert ours.first_call_seconds > 0.5
    assert 100 < ours.memory < 10000


def test_the_same_seed_gives_the_plain_step_the_same_losses(data):
    losses = []
    for plain in (False, True):
        options = {"data": data, "batch_size": 4, "width": 4, "plain": plain}
        process = turns.Process("ours", turns.Entry("ours.step", options))
        losses.append(process.ask("losses 3"))
        process.close()
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-3)
    assert np.shape(losses) == (2, 3, 2)


def test_a_contestant_that_fails_says_why():
    entry = turns.Entry("ours.pipeline", {"data": "/nowhere.npy"})
    with pytest.raises(UserError, match="pipeline ended.*No such file"):
        turns.Process("pipeline", entry)


def test_pytorchs_step_trains(data):
    pytest.importorskip("torch")
    from tools.dev.benchmarking import torch_example

    step = torch_example.step(data, batch_size=4, channels_last=True, width=4)
    generator_cost, discriminator_cost = step.call()
    assert 0 < generator_cost < 5 and 0 < discriminator_cost < 5


RECORD = BENCHMARK | {
    "ours_plain": {"best": 12.0, "median": 18.0},
    "fraction_of_floor": {"ours": 0.75, "feature_matching": 0.5},
    "peak_memory_mb": {"ours": 700.0, "ours_plain": 700.0},
}


def test_the_same_ratios_on_a_slower_machine_are_no_regression():
    slower = copy.deepcopy(RECORD)
    for name in ("ours", "ours_plain"):
        slower[name] = {key: 3 * t for key, t in slower[name].items()}
    assert benchmark.check(slower, RECORD) == []


def test_a_ratio_that_is_a_tenth_worse_is_named():
    worse = copy.deepcopy(RECORD)
    worse["ours"]["best"] = 9.0
    worse["fraction_of_floor"]["feature_matching"] = 0.46
    assert benchmark.check(worse, RECORD) == [
        "ours to the plain step: 0.750 instead of 0.667"
    ]
    worse["fraction_of_floor"]["feature_matching"] = 0.45
    lines = benchmark.check(worse, RECORD)
    assert lines[0].startswith("feature_matching to its floor: 2.222")
    assert len(lines) == 2


def test_steps_and_losses_are_drawn(tmp_path):
    losses = [[1.0 / (1 + i), 1.4] for i in range(60)]
    content = {name: None for name in charts._NAMES} | RECORD
    content["losses"] = dict.fromkeys(("a", "b", "c"), losses)
    charts.draw(content, tmp_path / "chart.png")
    assert (tmp_path / "chart.png").read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--rounds=0"], "--rounds must be positive. Received: 0"),
        (["--check=/nowhere.json"], "Cannot read /nowhere.json"),
        ([f"--check={__file__}"], "benchmark_test.py is no record"),
    ],
)
def test_a_mistake_is_named_before_anything_is_measured(arguments, message):
    done = subprocess.run(
        [sys.executable, benchmark.__file__, *arguments],
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert message in done.stderr.splitlines()[-1]
