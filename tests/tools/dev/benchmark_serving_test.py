"""tools/dev/benchmark_serving.py on a small run."""

import json

import pytest

from tests.small_run import make, save
from tfgan_ref import provenance
from tfgan_ref.errors import UserError
from tfgan_ref.serving import export
from tfgan_ref.training import networks
from tools.dev import benchmark_serving, results_table


def test_every_loader_takes_its_turns_and_is_recorded(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(benchmark_serving, "_BATCH_SIZES", (64,))
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
    record = json.loads((results / "serving.json").read_text())
    assert record["model"] == "python -m recipes.none"
    assert record["versions"] == provenance.versions()
    latencies = record["latency_ms"]
    assert set(latencies) == {
        f"{loader}_64" for loader in ("c_api", "saved_model", "keras")
    }
    for times in latencies.values():
        assert 0 < times["p50"] <= times["p99"]
        # 2 x 28^2 x 6.25 x 4 in the last layer alone.
        rate = 1e6 * record["gemm_gflops"]  # FLOP per ms.
        assert times["floor"] > 64 * 39200 / rate
    drawn = record["samples"]
    assert drawn["fraction_of_floor"] == pytest.approx(
        drawn["images_per_second"] / drawn["floor_images_per_second"]
    )
    assert "20 samples: " in capsys.readouterr().out
    page = results_table.updated("<!-- serving -->\n<!-- /serving -->", results)
    p50 = latencies["saved_model_64"]["p50"]
    assert f"| `tf.saved_model.load` | 64 | {p50:.3f} |" in page


def test_a_run_without_an_export_is_one_line(tmp_path):
    workdir = save(make("dcgan"), tmp_path)
    with pytest.raises(UserError, match="is neither an export"):
        benchmark_serving.measure(workdir.path, 1, 8)


def test_a_wrong_flag_is_one_line(capsys):
    with pytest.raises(SystemExit):
        benchmark_serving._parse_flags(["--rounds=0"])
    assert "--rounds must be positive" in capsys.readouterr().err
