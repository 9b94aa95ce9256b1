"""tools.dev.benchmarking.convolutions: rates by a clock, of equal work."""

import types

import numpy as np
import pytest

from tfgan_ref import recorded
from tools.dev.benchmarking import convolutions


def test_rates_are_operations_by_the_time_of_a_call(monkeypatch):
    calls = []
    parts = {
        "first": (lambda: calls.append("first"), 6e9),
        "second": (lambda: calls.append("second"), 1.2e10),
    }
    # Seconds of a turn, which is ten calls; the first round warms up.
    turns = [0.001, 0.001, 10, 80, 40, 240, 20, 60]
    ticks = iter([tick for turn in turns for tick in (100.0, 100.0 + turn)])
    clock = types.SimpleNamespace(perf_counter=lambda: next(ticks))
    monkeypatch.setattr(convolutions, "time", clock)
    monkeypatch.setattr(convolutions, "_functions", lambda: parts)
    # 6 GFLOP in 1, 4 and 2 s; 12 GFLOP in 8, 24 and 6 s.
    assert convolutions.measure(rounds=3) == {
        "first": pytest.approx({"best": 6.0, "median": 3.0}),
        "second": pytest.approx({"best": 2.0, "median": 1.5}),
    }
    assert calls == 4 * (10 * ["first"] + 10 * ["second"])


def test_both_orders_of_dimensions_do_the_same_work(monkeypatch):
    monkeypatch.setattr(convolutions, "_BATCH", 2)
    monkeypatch.setattr(convolutions, "_MATRIX", 7)
    monkeypatch.setattr(convolutions, "_SHAPES", ((16, 4, 3), (8, 5, 6)))
    parts = convolutions._functions()
    assert parts.pop("matrix product")[1] == 2 * 7 * 7 * 7
    assert len(parts) == 2 * 2 * 3
    for pixels, flop in (
        # Images, pixels of the smaller image, weights of the kernel.
        (16, 2 * 2 * (8 * 8) * (4 * 4 * 4 * 3)),
        (8, 2 * 2 * (4 * 4) * (4 * 4 * 5 * 6)),
    ):
        for part in ("forward", "of the input", "of the kernel"):
            results = []
            for order in ("batch first", "spatial first"):
                function, counted = parts[f"{pixels} pixels, {part}, {order}"]
                assert counted == flop
                results.append(function().numpy())
            expected, received = results
            if part != "of the kernel":
                expected = expected.transpose(1, 2, 0, 3)
            assert np.std(expected) > 0.1
            np.testing.assert_allclose(received, expected, atol=1e-3)


def test_the_rates_are_recorded(tmp_path, monkeypatch, capsys):
    rates = {"forward": {"best": 2.0, "median": 1.5}}
    monkeypatch.setattr(convolutions, "measure", lambda rounds: rates)
    path = tmp_path / "a.json"
    convolutions.main(convolutions._parse_flags([f"--json={path}"]))
    assert recorded.read(path)["gflops"] == rates
    assert "forward" in capsys.readouterr().out


def test_rounds_must_be_positive(capsys):
    with pytest.raises(SystemExit):
        convolutions._parse_flags(["--rounds=0"])
    assert "--rounds: a whole number in [1" in capsys.readouterr().err
