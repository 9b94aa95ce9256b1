"""Scaling: real workers with small work, and the model's arithmetic."""

import pytest

from tests import small_records
from tfgan_ref import documents, record_kinds
from tfgan_ref.errors import UserError
from tools.dev import benchmark_scaling, scaling_tables
from tools.dev.benchmarking import ring

MB = 1e6  # Bytes.


def test_a_ring_of_two_sends_a_half_there_and_back():
    link = ring.Link(hop=0.1, bandwidth=MB)  # 1 MB a millisecond.
    # Two messages of 2 MB, each after a hop.
    assert ring.reduction(10**6, 2, link) == pytest.approx(0.2 + 4.0)
    # Of four, six of 1 MB.
    assert ring.reduction(10**6, 4, link) == pytest.approx(0.6 + 6.0)
    assert ring.reduction(10**6, 1, link) == 0.0


def test_a_step_is_what_it_computes_and_all_of_its_reductions():
    link = ring.Link(hop=0.5, bandwidth=MB)
    numbers = [500, 250_000, 1_000]
    assert ring.step(40.0, numbers, 2, link) == pytest.approx(
        {
            "compute": 40.0,
            "statistics": 1.0 + 0.002 + 1.0 + 0.004,
            "gradients": 1.0 + 1.0,
        }
    )


def test_the_link_is_the_one_that_took_so_long():
    link = ring.Link(hop=0.3, bandwidth=2 * MB)
    times = [(n, ring.reduction(n, 2, link)) for n in (500, 10**6)]
    found = ring.measured(*times)
    assert found.hop == pytest.approx(link.hop)
    assert found.bandwidth == pytest.approx(link.bandwidth)


def test_the_model_is_made_of_what_was_measured():
    found = {
        "milliseconds": {
            benchmark_scaling._ONE: {"median": 100.0},
            benchmark_scaling._TWO: {"median": 115.5},
        },
        "reductions_ms": 5.5,
        "collectives": [500, 10**6],
        "reduction_ms": {"500": 0.602, "1000000": 4.6},
    }
    here, *linked = benchmark_scaling.model(found, gbits=8.0, hop=0.05)
    assert (here["workers"], here["is_here"]) == (2, True)
    assert here["statistics"] == pytest.approx(0.602)
    assert here["gradients"] == pytest.approx(4.6)
    assert here["efficiency"] == pytest.approx(100 / (110 + 0.602 + 4.6))
    assert [row["workers"] for row in linked] == [2, 8, 64, 512]
    # 1 MB a millisecond; 14 hops of half a MB.
    assert linked[1]["gradients"] == pytest.approx(14 * (0.05 + 0.5))


def test_one_core_is_too_few(monkeypatch):
    monkeypatch.setattr(benchmark_scaling.runtime, "available_cores", lambda: 1)
    with pytest.raises(UserError, match="Two cores"):
        benchmark_scaling.main(benchmark_scaling._parse_flags([]))


@pytest.mark.conformance
def test_all_contestants_take_turns(capsys):
    found = benchmark_scaling.measure(rounds=1, width=2)
    found["link"] = {"gbits": 10.0, "hop_microseconds": 50.0}
    found["modelled"] = benchmark_scaling.model(found, 10.0, 0.05)
    documents.check("x", found, record_kinds.KINDS["scaling"][0])
    calls = {name: t["median"] for name, t in found["milliseconds"].items()}
    assert len(calls) == 4 and min(calls.values()) > 0
    # See gradients_test: the sizes of a DCGAN of two feature maps.
    assert len(found["collectives"]) == 19
    small, large = found["reduction_ms"].values()
    assert 0 < small < large and small < found["reductions_ms"]
    assert 0 < found["input_ms"] < calls[benchmark_scaling._ONE]
    benchmark_scaling.show(found)
    assert "of one process" in capsys.readouterr().out


def test_the_table_has_every_ratio_and_every_row_of_the_model():
    names = (
        benchmark_scaling._ONE,
        benchmark_scaling._BOTH,
        benchmark_scaling._TWO,
    )
    rates = dict(zip(names, (100.0, 200.0, 150.0), strict=True))
    record = small_records.of_kind(
        "scaling",
        milliseconds=dict.fromkeys(names, {"best": 1.0, "median": 2.0}),
        images_per_second=rates,
    )
    text = scaling_tables.scaling(record)
    assert "| two workers, one core each | 2 | 150 | 0.75 | 1.50 |" in text
    assert "has 2 reductions, which alone take 5.5 ms" in text
    assert "| 2 on this machine | 110 | 0.6 | 4.5 | 88% |" in text
