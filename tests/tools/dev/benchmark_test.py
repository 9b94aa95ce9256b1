"""The benchmark: real workers with small work, and its arithmetic."""

import ast
import copy
import importlib.util
import pathlib
import subprocess
import sys
import time

import keras
import numpy as np
import pytest

from tests import small_records
from tests.tools.dev.results_test import BENCHMARK
from tfgan_ref import recorded, runtime
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.optimizers import FusedAdam
from tools.dev import benchmark
from tools.dev.benchmarking import (
    charts,
    contestants,
    measuring,
    ours,
    regressions,
    turns,
)


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


@pytest.mark.conformance
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


@pytest.mark.conformance
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


def take(entries, rounds):
    """Every call of a contestant takes as long as `TIMES` says."""
    assert rounds == 3
    return {
        name: turns.Result(flop, 1.5, milliseconds, memory=100.0)
        for name in entries
        for milliseconds, flop in [TIMES.get(name, ([6.0, 3.0, 1.0], None))]
    }


TIMES = {
    "matrix_product": ([4.0, 2.0, 9.0], 10**9),
    "matrix_product_bfloat16": ([1.0, 2.0, 4.0], 10**9),
    "matrix_product_100_rows": ([4.0, 4.0, 5.0], 10**9),
    "ours": ([8.0, 16.0, 24.0], 10**9),
    "ours_bfloat16": ([5.0, 6.0, 7.0], 10**9),
    "ours_plain": ([20.0, 10.0, 12.0], 10**9),
    "feature_matching": ([5.0, 5.0, 5.0], 5 * 10**8),
    "toy_step": ([10.0, 12.0, 16.0], 5 * 10**8),
    "pipeline": ([0.5, 0.25, 0.125], None),
    "generation_1": ([2.0, 4.0, 4.0], None),
    "generation_64": ([16.0, 8.0, 8.0], None),
}


@pytest.fixture
def everyone(monkeypatch):
    """All contestants can take part, in no time."""
    monkeypatch.setattr(turns, "take", take)
    monkeypatch.setattr(contestants, "_why_not", lambda name: None)


def test_floors_and_rates_follow_from_the_times(tmp_path, everyone):
    measured = measuring.measure(tmp_path, rounds=3)
    # A thousand million in 2, in 1 and in 4 ms.
    assert measured["gemm_gflops"] == pytest.approx(500)
    assert measured["gemm_gflops_bfloat16"] == pytest.approx(1000)
    assert measured["gemm_gflops_100_rows"] == pytest.approx(250)
    assert measured["ours"] == {"best": 8.0, "median": 16.0}
    assert measured["floor_ms"] == pytest.approx(2.0)
    assert measured["floors_ms"] == pytest.approx(
        {
            "ours": 2.0,
            "ours_bfloat16": 1.0,
            "ours_plain": 2.0,
            "feature_matching": 1.0,
            "toy_step": 1.0,
        }
    )
    assert measured["fraction_of_floor"] == pytest.approx(
        {
            "ours": 0.25,
            "ours_bfloat16": 0.2,
            "ours_plain": 0.2,
            "feature_matching": 0.2,
            "toy_step": 0.1,
        }
    )
    assert measured["floors_100_rows_ms"] == pytest.approx({"toy_step": 2.0})
    assert measured["fraction_of_floor_100_rows"] == {"toy_step": 0.2}
    speeds = [
        measured[f"generation_{batch}"]["images_per_second"]
        for batch in ("1", "64", "1024", "1024_bfloat16")
    ]
    assert speeds == pytest.approx([500, 8000, 1_024_000, 1_024_000])
    assert measured["pipeline_to_step"] == pytest.approx(16.0 / 0.25)
    assert measured["first_step_seconds"]["ours"] == 1.5
    assert measured["peak_memory_mb"]["keras_guide"] == 100.0
    assert measured["not_run"] == {}


def test_some_contestants_alone_are_measured(tmp_path, everyone, capsys):
    out = tmp_path / "some.json"
    flags = ["--only=ours,jax_*", "--rounds=3", f"--json={out}"]
    assert benchmark.main(benchmark._parse_flags(flags)) == 0
    record = recorded.read(out)
    assert list(record["ratios"]) == ["ours to its floor"]
    timed = [
        name
        for name, times in record.items()
        if isinstance(times, dict) and "median" in times
    ]
    assert timed == ["ours", "jax_one_round", "jax_one_round_bfloat16"]
    assert record["pipeline_to_step"] is None
    printed = capsys.readouterr().out
    assert "in bfloat16: 1000 GFLOP/s" in printed
    assert "2.000, 25% of it" in printed
    with pytest.raises(UserError, match="ours, .*jax_one_round.*'none' is non"):
        measuring.measure(tmp_path, 3, "ours,none")


def test_who_cannot_take_part_is_said_with_the_reason(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(turns, "take", take)
    monkeypatch.setattr(runtime, "has_bfloat16", lambda: False)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name != "jax")
    monkeypatch.setenv("CXX", "no-such-compiler")
    names = "ours*6,torch_one*,torch_compiled,jax_one_round"
    measured = measuring.measure(tmp_path, 3, names)
    cpu_cannot = "the CPU does not compute in bfloat16"
    assert measured["not_run"] == {
        "matrix_product_bfloat16": cpu_cannot,
        "ours_bfloat16": cpu_cannot,
        "torch_one_round_bfloat16": cpu_cannot,
        "torch_compiled": "torch.compile needs a compiler, no-such-compiler",
        "jax_one_round": "jax is not installed",
    }
    assert measured["torch_one_round"]["best"] == 1.0
    assert measured["ours_bfloat16"] is None
    said = capsys.readouterr().err.splitlines()
    assert "jax_one_round: not run, jax is not installed." in said


def test_losses_of_both_precisions_are_means_of_the_later_steps(
    tmp_path, monkeypatch
):
    class Process:
        def __init__(self, name, entry):
            seed, precision = (
                entry.options[name] for name in ("seed", "precision")
            )
            self.shift = 10 * seed + 100 * (precision != "float32")

        def ask(self, question):
            assert question == "losses 500"
            return [[self.shift + i, -i] for i in range(500)]

        def close(self):
            pass

    monkeypatch.setattr(turns, "Process", Process)
    monkeypatch.setattr(runtime, "has_bfloat16", lambda: True)
    # The mean of 250 to 499 is 374.5.
    assert measuring.measure_precisions(tmp_path) == {
        "float32": [[374.5, -374.5], [384.5, -374.5], [394.5, -374.5]],
        "mixed_bfloat16": [[474.5, -374.5], [484.5, -374.5], [494.5, -374.5]],
    }
    monkeypatch.setattr(runtime, "has_bfloat16", lambda: False)
    assert list(measuring.measure_precisions(tmp_path)) == ["float32"]


def test_every_contestant_is_a_function_with_these_options():
    for name, entry in contestants._everyone("x.npy").items():
        module, function = entry.function.split(".")
        path = importlib.util.find_spec(f"tools.dev.benchmarking.{module}")
        tree = ast.parse(pathlib.Path(path.origin).read_text())
        (found,) = (
            node
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and node.name == function
        )
        arguments = {argument.arg for argument in found.args.args}
        assert entry.options.keys() <= arguments, name


@pytest.mark.conformance
@pytest.mark.parametrize("name", ["toy_step", "unrolled_step"])
def test_steps_on_toy_data_are_those_of_their_recipes(name, monkeypatch):
    made = []
    compile_gan = GAN.compile

    def compiled(gan, *optimizers, **options):
        compile_gan(gan, *optimizers, **options)
        made.append(gan)

    monkeypatch.setattr(GAN, "compile", compiled)
    contestant = getattr(ours, name)(batch_size=4)
    generator_cost, discriminator_cost = contestant.call()
    (gan,) = made
    assert gan.steps_per_execution == contestant.steps == 10
    rates = [
        (float(optimizer.learning_rate), optimizer.beta_1)
        for optimizer in (gan.generator_optimizer, gan.discriminator_optimizer)
    ]
    if name == "toy_step":
        assert rates == [(pytest.approx(1e-4), 0.8)] * 2
        assert not gan.simultaneous
        # G + 6 D and 3 G + 2 D, of hidden layers of 400 and 5 x 200 units.
        generator = 2 * 400 + 3 * 400**2 + 400 * 2
        discriminator = 2 * 1000 + 2 * 200 * 1000 + 200
        expected = 4 * generator + 8 * discriminator
    else:
        assert rates == [
            (pytest.approx(1e-3), 0.5),
            (pytest.approx(3e-4), 0.5),
        ]
        assert discriminator_cost == -generator_cost
        # 5 steps ahead of two hidden layers of 128.
        generator = 256 * 128 + 128**2 + 128 * 2
        discriminator = 2 * 128 + 128**2 + 128
        expected = 3 * generator + (18 * 5 + 7) * discriminator
    assert contestant.flop == pytest.approx(2 * 4 * expected, rel=0.1)


@pytest.mark.conformance
def test_bfloat16_is_that_of_the_recipes(data):
    step = ours.step(data, batch_size=4, width=4, precision="mixed_bfloat16")
    assert keras.config.dtype_policy().name == "mixed_bfloat16"
    single = ours.step(data, batch_size=4, width=4)
    assert keras.config.dtype_policy().name == "float32"
    assert step.call() == pytest.approx(single.call(), rel=0.05)
    assert step.call() != single.call()


RECORD = BENCHMARK | {
    "ours_plain": {"best": 12.0, "median": 18.0},
    "fraction_of_floor": {"ours": 0.75, "feature_matching": 0.5},
    "peak_memory_mb": {"ours": 700.0, "ours_plain": 700.0},
}


def check(now, before):
    return regressions.check(
        regressions.ratios(now), regressions.ratios(before)
    )


def test_the_same_ratios_on_a_slower_machine_are_no_regression():
    slower = copy.deepcopy(RECORD)
    for name in ("ours", "ours_plain"):
        slower[name] = {key: 3 * t for key, t in slower[name].items()}
    assert check(slower, RECORD) == ([], [])


def test_a_ratio_that_is_a_tenth_worse_is_named():
    worse = copy.deepcopy(RECORD)
    worse["ours"]["best"] = 9.0
    worse["fraction_of_floor"]["feature_matching"] = 0.46
    lines, _ = check(worse, RECORD)
    assert lines == ["ours to the plain step: 0.750 instead of 0.667"]
    worse["fraction_of_floor"]["feature_matching"] = 0.45
    lines, _ = check(worse, RECORD)
    assert lines[0].startswith("feature_matching to its floor: 2.222")
    assert len(lines) == 2


def test_a_ratio_that_one_record_lacks_is_said_and_not_compared():
    now = copy.deepcopy(RECORD) | {
        "torch_one_round": {"best": 10.0, "median": 11.0},
        "ours_bfloat16": None,
    }
    before = copy.deepcopy(RECORD) | {
        "ours_bfloat16": {"best": 6.0, "median": 7.0}
    }
    assert regressions.ratios(now)["ours to PyTorch in one round"] == 0.8
    assert regressions.ratios(before)["ours in bfloat16 to ours"] == 0.75
    assert check(now, before) == (
        [],
        [
            "ours in bfloat16 to ours: not measured",
            "ours to PyTorch in one round: not in the record",
        ],
    )
    assert regressions.ratios({"ours": None}) == {}


def test_a_baseline_is_a_summary_with_ratios(tmp_path):
    path = tmp_path / "baseline.json"
    ratios = {"ours to its floor": 1.25}
    small_records.write(path, "benchmark", floor_ms=None, ratios=ratios, x=1)
    recorded.details_of(path).unlink()
    assert benchmark._read(path) == ratios
    small_records.write(path, "benchmark", floor_ms=None)
    with pytest.raises(UserError, match=r"baseline\.json holds no ratio"):
        benchmark._read(path)


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
        (["--rounds=0"], "--rounds: a whole number in [1, "),
        (["--check=/nowhere.json"], "Cannot read /nowhere.json"),
        ([f"--check={__file__}"], "benchmark_test.py is damaged"),
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
