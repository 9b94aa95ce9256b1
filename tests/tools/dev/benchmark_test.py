"""The benchmark: real workers with small work, and its arithmetic."""

import copy
import subprocess
import sys
import time

import keras
import numpy as np
import pytest

from tests.tools.dev.results_test import BENCHMARK
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.optimizers import FusedAdam
from tools.dev import benchmark
from tools.dev.benchmarking import charts, ours, turns


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "32.npy"
    pixels = np.random.default_rng(0).integers(0, 256, (20, 32, 32, 1), "uint8")
    np.save(path, pixels)
    return str(path)


@pytest.fixture(scope="module")
def played(data):
    """Results, the order of turns, losses after ours, and seconds in all."""
    order, losses = [], []
    take_turn = turns.Process.take_turn

    def watched(process):
        take_turn(process)
        order.append(process._name)
        if process._name == "ours":
            losses.append(process.ask("losses 2"))

    small = {"data": data, "batch_size": 4}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turns.Process, "take_turn", watched)
        begin = time.perf_counter()
        results = turns.take(
            {
                "ours": turns.Entry("ours.step", small | {"width": 4}, calls=3),
                "guide": turns.Entry("keras_guide.step", small, calls=1),
            },
            rounds=2,
        )
        seconds = time.perf_counter() - begin
    return results, order, losses, seconds


def test_contestants_take_turns_in_processes_of_their_own(played):
    results, order, _, seconds = played
    assert order == ["ours", "guide", "ours", "guide"]
    of_ours, of_guide = results.values()
    assert (len(of_ours.milliseconds), len(of_guide.milliseconds)) == (6, 2)
    every_call = of_ours.milliseconds + of_guide.milliseconds
    assert min(every_call) > 0 and sum(every_call) < 1e3 * seconds
    for result in (of_ours, of_guide):
        assert 0 < result.first_call_seconds < seconds
        assert 100 < result.memory < 10000
    # Convolutions of 4x4, and the projection of 100 latents to 4x4x16; a step
    # is 3 passes of the generator and 7 of the discriminator, of 4 images.
    convolutions = 2 * 16 * (16 * 8 * 16 + 8 * 4 * 64 + 4 * 1 * 256)
    generator, discriminator = convolutions + 2 * 100 * 256, convolutions
    expected = 4 * (3 * generator + 7 * discriminator)
    assert of_ours.flop == pytest.approx(expected, rel=0.1)
    assert of_guide.flop == 0


def test_the_same_seed_gives_the_plain_step_the_same_losses(data, played):
    _, _, losses, _ = played
    plain = ours.step(data, batch_size=4, width=4, plain=True)
    expected = np.array([plain.call() for _ in range(14)])
    # One call to begin with, three to warm up and three of the first turn;
    # then two losses, three calls and two losses.
    np.testing.assert_allclose(losses, expected[[[7, 8], [12, 13]]], rtol=1e-2)
    np.testing.assert_allclose(losses[0], expected[[7, 8]], rtol=1e-3)


@pytest.mark.parametrize("plain", [False, True])
def test_the_plain_step_is_keras_s_own(plain, data, monkeypatch):
    made = []
    compile_gan = GAN.compile

    def compiled(gan, *optimizers, **options):
        made.append(([type(x) for x in optimizers], options["spatial_first"]))
        compile_gan(gan, *optimizers, **options)

    monkeypatch.setattr(GAN, "compile", compiled)
    ours.step(data, batch_size=4, width=4, plain=plain)
    adam = keras.optimizers.Adam if plain else FusedAdam
    assert made == [([adam, adam], not plain)]


def test_a_contestant_that_fails_says_why():
    with pytest.raises(UserError, match="pipeline ended: .*nowhere"):
        turns.Process("pipeline", turns.Entry("nowhere.pipeline"))


def test_pytorchs_step_trains(data):
    pytest.importorskip("torch")
    from tools.dev.benchmarking import torch_example

    step = torch_example.step(data, batch_size=4, channels_last=True, width=4)
    generator_cost, discriminator_cost = step.call()
    assert 0 < generator_cost < 5 and 0 < discriminator_cost < 5


def test_floors_and_rates_follow_from_the_times(tmp_path, monkeypatch):
    times = {
        "matrix_product": ([4.0, 2.0, 9.0], 10**9),
        "ours": ([8.0, 16.0, 24.0], 10**9),
        "ours_plain": ([20.0, 10.0, 12.0], 10**9),
        "feature_matching": ([5.0, 5.0, 5.0], 5 * 10**8),
        "pipeline": ([0.5, 0.25, 0.125], None),
        "generation_1": ([2.0, 4.0, 4.0], None),
        "generation_64": ([16.0, 8.0, 8.0], None),
    }

    def take(entries, rounds):
        assert rounds == 3
        return {
            name: turns.Result(flop, 1.5, milliseconds, memory=100.0)
            for name in entries
            for milliseconds, flop in [times.get(name, ([6.0, 3.0, 1.0], 0))]
        }

    monkeypatch.setattr(turns, "take", take)
    flags = benchmark._parse_flags(["--rounds=3"])
    measured = benchmark.measure(flags, tmp_path)
    # A thousand million in 2 ms.
    assert measured["gemm_gflops"] == pytest.approx(500)
    assert measured["ours"] == {"best": 8.0, "median": 16.0}
    assert measured["floor_ms"] == pytest.approx(2.0)
    assert measured["floors_ms"] == pytest.approx(
        {"ours": 2.0, "ours_plain": 2.0, "feature_matching": 1.0}
    )
    assert measured["fraction_of_floor"] == pytest.approx(
        {"ours": 0.25, "ours_plain": 0.2, "feature_matching": 0.2}
    )
    speeds = [
        measured[f"generation_{batch}"]["images_per_second"]
        for batch in (1, 64, 1024)
    ]
    assert speeds == pytest.approx([500, 8000, 1_024_000])
    assert measured["pipeline_to_step"] == pytest.approx(16.0 / 0.25)
    assert measured["first_step_seconds"]["ours"] == 1.5
    assert measured["peak_memory_mb"]["keras_guide"] == 100.0


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


def test_steps_and_losses_are_drawn(tmp_path, monkeypatch):
    from matplotlib import pyplot

    losses = [[1.0 / (1 + i), 1.5 + i] for i in range(60)]
    content = {name: None for name in charts._NAMES} | RECORD
    content["losses"] = dict.fromkeys(("a", "b", "c"), losses)
    drawn = []
    with monkeypatch.context() as patch:
        patch.setattr(pyplot, "close", drawn.append)
        charts.draw(content, tmp_path / "chart.png")
    assert (tmp_path / "chart.png").read_bytes()[:4] == b"\x89PNG"
    ((steps, curves),) = (figure.axes for figure in drawn)
    pyplot.close(drawn[0])
    assert [label.get_text() for label in steps.get_yticklabels()] == [
        "Keras guide, defaults",
        "ours, plain",
        "ours",
    ]
    median, best = ([bar.get_width() for bar in c] for c in steps.containers)
    assert (median, best) == ([24.0, 18.0, 16.0], [20.0, 12.0, 8.0])
    (floor,) = steps.get_lines()
    assert set(floor.get_xdata()) == {6.0}
    assert len(curves.get_lines()) == 3 * 2
    _, discriminator, *_ = curves.get_lines()
    # Means of steps 0 to 24 and 25 to 49; what is left is no window.
    assert discriminator.get_xydata().tolist() == [[25, 13.5], [50, 38.5]]


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
