"""tools/dev/benchmark_serving.py on a small run."""

import importlib

import pytest

from tests.small_run import make, save
from tfgan_ref import provenance, recorded, runtime
from tfgan_ref.errors import UserError
from tfgan_ref.serving import export
from tfgan_ref.training import networks
from tools.dev import benchmark_serving, results_table
from tools.dev.benchmarking import turns


def take(entries, rounds):
    """Every contestant works once; entry n has taken n + 2, 4 and 3 ms."""
    assert rounds == 1
    results = {}
    for number, (name, entry) in enumerate(entries.items()):
        if name.startswith("c_api"):  # It needs a process of its own.
            process = turns.Process(name, entry)
            flop = process.result.flop
            process.close()
        else:
            module, function = entry.function.split(".")
            package = importlib.import_module(
                f"tools.dev.benchmarking.{module}"
            )
            contestant = getattr(package, function)(**entry.options)
            contestant.call()
            flop = contestant.flop
        milliseconds = [number + 2.0, number + 4.0, number + 3.0]
        results[name] = turns.Result(flop, 1.0, milliseconds)
    return results


@pytest.mark.conformance
def test_every_loader_works_and_its_numbers_are_recorded(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(benchmark_serving, "_BATCH_SIZES", (64,))
    monkeypatch.setattr(runtime, "has_bfloat16", lambda: True)
    monkeypatch.setattr(turns, "take", take)
    workdir = save(make("dcgan"), tmp_path / "run[1]")
    found = networks.restore(workdir)
    card = found.card | {"command": "python -m recipes.none"}
    export.export_gan(found.gan, workdir.exports, 7, card=card)
    results = tmp_path / "results"
    benchmark_serving.main(
        benchmark_serving._parse_flags(
            [
                f"--workdir={workdir.path}",
                "--rounds=1",
                "--n=20",
                f"--json={results / 'serving.json'}",
            ]
        )
    )
    record = recorded.read(results / "serving.json")
    assert record["model"] == "python -m recipes.none"
    assert record["versions"] == provenance.versions()
    # The product of 2048 rows and columns in 2 ms.
    rate = 2 * 2048**3 / 2e-3
    assert 1e9 * record["gemm_gflops"] == pytest.approx(rate, rel=1e-5)
    # The projection of 5 latents to 7x7x8, and kernels of 5x5 on the pixels
    # of their inputs.
    flop = 2 * (5 * 7 * 7 * 8 + 25 * 8 * 4 * 7 * 7 + 25 * 4 * 1 * 14 * 14)
    counted = 1e6 * record["mflop_per_image"]
    assert counted == pytest.approx(flop, rel=0.1)
    # 20 samples in 3 ms at best.
    assert record["samples"] == pytest.approx(
        {
            "count": 20,
            "images_per_second": 20 / 3e-3,
            "floor_images_per_second": rate / counted,
            "fraction_of_floor": 20 / 3e-3 * counted / rate,
        },
        rel=1e-5,
    )
    # In 4 and 5 ms.
    half, png = record["samples_bfloat16_per_second"], record["png_per_second"]
    assert [half, png] == pytest.approx([20 / 4e-3, 20 / 5e-3], rel=1e-5)
    latencies = record["latency_ms"]
    assert [*latencies] == ["c_api_64", "saved_model_64", "keras_64"]
    for number, times in enumerate(latencies.values(), start=4):
        assert times == pytest.approx(
            {
                "p50": number + 3.0,
                "p99": number + 3.98,
                "calls": 3,
                "floor": 1e3 * 64 * counted / rate,
            },
            rel=1e-5,
        )
    assert "20 samples: 6,667 images/s" in capsys.readouterr().out
    page = results_table.updated("<!-- serving -->\n<!-- /serving -->", results)
    assert "| `tf.saved_model.load` | 64 | 8.000 |" in page
    assert "in bfloat16 5,000 images/s" in page
    assert "PNG files 4,000" in page


def test_a_run_without_an_export_is_one_line(tmp_path):
    workdir = save(make("dcgan"), tmp_path)
    with pytest.raises(UserError, match="is neither an export"):
        benchmark_serving.measure(workdir.path, 1, 8)


def test_a_wrong_flag_is_one_line(capsys):
    with pytest.raises(SystemExit):
        benchmark_serving._parse_flags(["--rounds=0"])
    assert "--rounds: a whole number in [1" in capsys.readouterr().err
