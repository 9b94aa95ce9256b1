import json
import pathlib
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from tests import small_records
from tests.small_run import make, save
from tfgan_ref import recorded
from tfgan_ref.errors import UserError
from tfgan_ref.outputs import write_json
from tfgan_ref.training import networks
from tfgan_ref.training.workdir import WorkDir
from tools.dev import (
    benchmark_tables,
    label_tables,
    mode_tables,
    record_result,
    records,
    results_table,
)

START = small_records.CIRCUMSTANCES | {
    "command": "python -m recipes.dcgan --seed=7"
}
CONFIG = {
    "settings": {
        "seed": 7,
        "batch_size": 32,
        "discriminator_steps": 2,
        "train_steps": 100,
    },
    "starts": [{"step": 0} | START],
}
METRICS = [
    {"step": 50, "seconds": 8.0, "loss/generator": 9.0},
    {
        "step": 100,
        "seconds": 16.0,
        "loss/generator": 1.25,
        "loss/discriminator": 0.5,
    },
]


@pytest.fixture
def workdir(tmp_path):
    run = WorkDir(tmp_path / "run")
    run.path.mkdir()
    run.config.write_text(json.dumps(CONFIG))
    run.metrics.write_text("".join(json.dumps(m) + "\n" for m in METRICS))
    return run


@pytest.fixture
def evaluated(workdir):
    settings = CONFIG["settings"] | {
        "labels": 50,
        "label_seed": 3,
        "dataset": "idx:some/mnist",
        "data": {"count": 320},
    }
    workdir.config.write_text(json.dumps(CONFIG | {"settings": settings}))
    errors = [{"eval/errors/raw": 30.0}, {"eval/errors/raw": 20.0}]
    lines = [json.dumps(m | e) for m, e in zip(METRICS, errors, strict=True)]
    workdir.metrics.write_text("\n".join(lines) + "\n")
    return workdir


BENCHMARK = {
    "gemm_gflops": 100.0,
    "torch_channels_last": None,
    "ours": {"best": 8.0, "median": 16.0},
    "keras_guide": {"best": 20.0, "median": 24.0},
    "floor_ms": 6.0,
    "fraction_of_floor": {"ours": 0.75},
    "peak_memory_mb": {"ours": 700.0, "keras_guide": 900.0},
    "sizes": [
        {
            "image_size": 64,
            "batch_size": 16,
            "ours": {"best": 40.0, "median": 41.0},
            "ours_plain": {"best": 48.0, "median": 49.0},
            "floor_ms": 24.0,
            "fraction_of_floor": 0.6,
        }
    ],
}


def test_a_record_holds_the_last_metrics_and_the_circumstances(workdir):
    record = record_result.record(workdir)
    assert record["metrics"] == {
        "loss/generator": 1.25,
        "loss/discriminator": 0.5,
    }
    assert (record["steps"], record["wall_seconds"]) == (100, 16.0)
    assert record["seed"] == 7
    assert record["settings"] == {"batch_size": 32, "discriminator_steps": 2}
    assert {name: record[name] for name in START} == START
    others = {"starts", "step", "late", "evaluations", "curves"}
    assert not others & record.keys()


def test_settings_that_change_no_number_are_left_out():
    settings = {"train_steps": 9, "log_every": 3, "workdir": "w", "clip": None}
    data = {"count": 3, "sha256": "0"}
    shown = {"labels": 0, "jit_compile": False, "data": data}
    assert record_result.kept(settings | shown) == shown
    assert record_result.kept({"data": {"means": [[1, 0]]}}) == {}


def test_the_means_of_late_evaluations_stand_beside_the_last(workdir):
    found = {25: 9.0, 50: 5.0, 75: 4.0, 90: 1.0, 100: 2.5}
    lines = [
        {"step": step, "seconds": 1.0, "loss/generator": 9.0, "eval/a": value}
        for step, value in found.items()
    ]
    lines[3]["eval/reverse_kl"] = 0.75
    workdir.metrics.write_text("\n".join(map(json.dumps, lines)))
    record = record_result.record(workdir)
    assert record["metrics"] == {"loss/generator": 9.0}
    assert record["evaluations"][-1]["eval/a"] == 2.5
    assert record["late"] == {
        "evaluations": 3,
        "eval/a": 2.5,
        "eval/reverse_kl": 0.75,
    }


def test_a_record_of_a_resumed_run_holds_every_start(workdir):
    starts = [*CONFIG["starts"], {"step": 50} | START | {"command": "again"}]
    workdir.config.write_text(json.dumps(CONFIG | {"starts": starts}))
    record = record_result.record(workdir)
    assert record["command"] == "again"
    assert record["starts"] == starts


def test_a_run_that_has_not_ended_is_not_recorded(workdir):
    settings = CONFIG["settings"] | {"train_steps": 200}
    workdir.config.write_text(json.dumps(CONFIG | {"settings": settings}))
    with pytest.raises(UserError, match="at step 100 of 200"):
        record_result.record(workdir)


@pytest.mark.parametrize("revision", ["unknown", "0123456789" * 4 + "-dirty"])
def test_a_run_of_code_without_a_commit_is_not_recorded(workdir, revision):
    starts = [{"step": 0} | START | {"revision": revision}]
    workdir.config.write_text(json.dumps(CONFIG | {"starts": starts}))
    with pytest.raises(UserError, match=f"Received: revision {revision}"):
        record_result.record(workdir)


def test_a_run_without_metrics_has_nothing_to_record(workdir):
    workdir.metrics.unlink()
    with pytest.raises(UserError, match=r"metrics\.jsonl holds no record"):
        record_result.record(workdir)


def test_the_table_has_a_row_for_each_training_run(workdir, tmp_path):
    results = tmp_path / "results"
    for name in "ba":
        record = record_result.record(workdir)
        recorded.write(results / f"{name}.json", record)
    small_records.write(results / "c.json", "benchmark", **BENCHMARK)
    _, _, *rows, _, note = results_table.tables(results).splitlines()
    assert [row.split("]")[0] for row in rows] == ["| [a", "| [b"]
    # 100 steps of 2 x 32 images in 16 s.
    assert "| 100 | 16 s | 400 | 1.25, 0.50 | 2 cores, some CPU |" in rows[0]
    assert "takes 8.0 ms at best, 75% of" in note
    assert "10) 2.50 times as long, 2.08 a pass" in note
    assert "PyTorch" not in note


def test_a_run_with_scores_of_its_samples_is_one_of_training(workdir, tmp_path):
    lines = [line | {"eval/fid/classifier": 3.0} for line in METRICS]
    workdir.metrics.write_text("".join(json.dumps(m) + "\n" for m in lines))
    record = record_result.record(workdir)
    assert record["late"]["eval/fid/classifier"] == 3.0
    recorded.write(tmp_path / "results" / "a.json", record)
    table = results_table.tables(tmp_path / "results")
    assert "| 100 | 16 s | 400 | 1.25, 0.50 | 2 cores, some CPU |" in table


def test_the_benchmark_has_a_table_of_steps_and_one_of_sizes(tmp_path):
    small_records.write(tmp_path / "benchmark.json", "benchmark", **BENCHMARK)
    page = "a\n<!-- benchmark -->\nold\n<!-- /benchmark -->\nb\n"
    received = results_table.updated(page, tmp_path).splitlines()
    assert (received[0], received[-1]) == ("a", "b")
    assert "| ours | 8.00 | 16.00 | 1.00 | 75% | 700 |" in received
    assert "| keras_guide | 20.00 | 24.00 | 2.50 |  | 900 |" in received
    assert "| 64 | 16 | 40.0 | 60% | 50% |" in received
    assert "old" not in received


def test_peers_with_our_arithmetic_and_the_usual_loop_are_told_apart(tmp_path):
    record = BENCHMARK | {
        "versions": {"tensorflow": "2.21.0", "torch": "2.13.0"},
        "dirty": True,
        "gemm_gflops_bfloat16": 190.0,
        "torch_channels_last": {"best": 12.0, "median": 13.0},
        "torch_one_round": {"best": 9.0, "median": 10.0},
        "ours_bfloat16": {"best": 5.0, "median": 6.0},
        "torch_one_round_bfloat16": {"best": 4.0, "median": 5.0},
        "jax_one_round": None,
        "not_run": {"jax_one_round": "jax is not installed"},
        "peak_memory_mb": dict.fromkeys(
            (
                "ours",
                "ours_bfloat16",
                "keras_guide",
                "torch_channels_last",
                "torch_one_round",
                "torch_one_round_bfloat16",
            ),
            500.0,
        ),
    }
    small_records.write(tmp_path / "benchmark.json", "benchmark", **record)
    page = "<!-- benchmark -->\n<!-- /benchmark -->\n"
    page = results_table.updated(page, tmp_path)
    assert "100 GFLOP/s, in bfloat16 190 GFLOP/s, TensorFlow 2.21.0, " in page
    assert "revision 012345678 with uncommitted changes, 2 cores" in page
    for row in (
        "| PyTorch with the same arithmetic | 10 | 1.12 | 0.80 |",
        "| JAX with the same arithmetic | 10 | not run | not run |",
        "| PyTorch's usual loop | 12 | 1.50, 1.25 a pass | not run |",
        "| Keras's guide | 12 | 2.50, 2.08 a pass | not run |",
        "| jax_one_round | not run | jax is not installed |  |  |  |",
    ):
        assert row in page.splitlines()
    note = benchmark_tables.notes({"some": record})
    assert "usual loop (12 passes to our 10) 1.50 times as long, 1.25" in note
    assert "our arithmetic in PyTorch 1.12 times as long" in note
    assert "in bfloat16 5.0 ms, our arithmetic in PyTorch 0.80 times" in note
    assert "JAX" not in note


def test_the_evaluations_of_a_run_are_recorded(evaluated):
    record = record_result.record(evaluated)
    assert record["evaluations"] == [
        {"step": 50, "seconds": 8.0, "eval/errors/raw": 30.0},
        {"step": 100, "seconds": 16.0, "eval/errors/raw": 20.0},
    ]


def test_semi_supervised_runs_have_a_table_of_errors_by_epoch(
    evaluated, tmp_path, monkeypatch
):
    # An epoch is 320 / 32 = 10 steps.
    monkeypatch.setattr(label_tables, "_MNIST_EXAMPLES", 320)
    results = tmp_path / "results"
    record = record_result.record(evaluated)
    recorded.write(results / "a.json", record)
    baseline = json.loads(json.dumps(record))
    baseline["settings"]["supervised"] = True
    last = {"eval/errors/raw": 70.0, "eval/errors/averaged": 60.0, "step": 9}
    baseline["evaluations"] = [last]
    recorded.write(results / "b.json", baseline)
    *_, head, _, row = results_table.tables(results).splitlines()
    assert head.split(" | ")[1:] == [
        "labels, their seed",
        "10 epochs",
        "time",
        "supervised only |",
    ]
    assert row == (
        "| [a](../results/a.json) | 50, 3 | 20 | 0 min, 2 cores "
        "| [70 / 60](../results/b.json) |"
    )


def test_generators_have_a_table_of_their_diversity(tmp_path):
    numbers = {"classes_covered": 9, "class_entropy": 2.25, "confidence": 0.5}
    record = {"generators": [{"generator": "a"} | numbers]}
    small_records.write(tmp_path / "one.json", "diversity", **record)
    record["generators"] *= 2
    record["mean"] = dict.fromkeys(numbers, 7.5)
    record["standard_deviation"] = dict.fromkeys(numbers, 0.25)
    record["dirty"] = True
    small_records.write(tmp_path / "two.json", "diversity", **record)
    *_, one, two = results_table.tables(tmp_path).splitlines()
    assert one == "| [one](../results/one.json) | 1 | 9.000 | 2.250 | 0.500 |"
    assert two.startswith("| [two](../results/two.json), of uncommitted code |")
    assert two.endswith("| 2 | 7.500 ± 0.250" + " | 7.500 ± 0.250" * 2 + " |")


def test_sums_of_latents_have_a_table_by_their_number(tmp_path):
    shares = {
        "1": {"tone": 0.25, "person": 0.5, "both": 0.1},
        "3": {"tone": 0.75, "person": 0.625, "both": 0.5},
    }
    small_records.write(tmp_path / "a.json", "arithmetic", shares=shares)
    *_, one, three = results_table.tables(tmp_path).splitlines()
    assert (
        one == "| [a](../results/a.json) | 1 | 25.0% | 50.0% | 10.0% | 12.5% |"
    )
    assert three.endswith(" | 3 | 75.0% | 62.5% | 50.0% | 12.5% |")


def test_the_table_replaces_only_what_stands_between_the_marks(tmp_path):
    page = "a\n<!-- results -->\nold\n<!-- /results -->\nb\n"
    small_records.write(tmp_path / "of_no_table.json", "convolutions")
    small_records.write(tmp_path / "baseline.json", "benchmark", floor_ms=None)
    small_records.write(tmp_path / "of_one.json", "representation")
    updated = results_table.updated(page, tmp_path)
    assert updated.startswith("a\n<!-- results -->\n\n| record |")
    assert updated.endswith("25.0% ± 0.3 |\n<!-- /results -->\nb\n")
    assert updated.count("(../results/") == 1
    assert "old" not in updated
    assert results_table.updated(updated, tmp_path) == updated


def lose(page, results):
    """The line with which the program leaves a page alone."""
    flags = [f"--page={page}", f"--results={results}"]
    before = page.stat().st_mtime_ns, page.read_text()
    with pytest.raises(UserError) as error:
        results_table.main(results_table._parse_flags(flags))
    assert (page.stat().st_mtime_ns, page.read_text()) == before
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("<!-- results -->\nmine\n<!-- /results -->\n")
    return path


def test_a_folder_without_records_takes_no_table_from_a_page(page, tmp_path):
    missing, empty = tmp_path / "missing", tmp_path / "empty"
    empty.mkdir()
    assert lose(page, missing) == (
        f"A folder of records was expected. Received: {missing}"
    )
    assert lose(page, page).endswith(f"Received: {page}")
    assert lose(page, empty) == f"{empty} holds no record, NAME.json"


SUPERVISED = {"supervised": True, "data": {"count": 60000}}
LABELS = {"labels": 1, "label_seed": 1}


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("run", {}),
        ("run", {"metrics": {"loss/generator": 1.0}}),
        ("run", {"evaluations": [], "settings": SUPERVISED}),
        ("run", {"evaluations": [], "settings": SUPERVISED | LABELS}),
        ("run", {"evaluations": [], "settings": {"labels": 1, "data": {}}}),
        ("run", {"evaluations": [{"step": 1, "eval/modes_captured": 8}]}),
        (
            "run",
            {
                "evaluations": [{"step": 1, "eval/modes_captured": 8}],
                "command": "python -m recipes.toy",
            },
        ),
        ("benchmark", {"floor_ms": 1.0, "ours": None}),
    ],
)
def test_a_record_without_what_is_shown_is_named(kind, content, page, tmp_path):
    results = tmp_path / "results"
    small_records.write(results / "a.json", "benchmark", **BENCHMARK)
    small_records.write(results / "x.json", kind, **content)
    said = lose(page, results)
    assert said.startswith(f"{results / 'x.json'} is damaged (")


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "",
        "[1]",
        pytest.param("[" * 100_000, id="deep"),
        "{}",
        '{"kind": "benchmark"}',
    ],
)
def test_a_damaged_record_is_named_and_the_page_stays(page, text, tmp_path):
    results = tmp_path / "results"
    small_records.write(results / "a.json", "benchmark", **BENCHMARK)
    (results / "x.json").write_text(text)
    assert lose(page, results).startswith(f"{results / 'x.json'} is damaged")


@pytest.mark.parametrize("kind", ["benchmark", "scaling", "serving"])
def test_a_benchmark_that_is_missing_or_damaged_is_named(kind, tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"<!-- {kind} -->\nmine\n<!-- /{kind} -->\n")
    path = tmp_path / f"{kind}.json"
    assert lose(page, tmp_path).startswith(f"Cannot read {path}: No such file")
    path.write_text('{"ours": {"best": 3}, "samples": {}}')
    assert lose(page, tmp_path).startswith(f"{path} is damaged")
    small_records.write(path, "run")
    assert lose(page, tmp_path).startswith(f"{path} is damaged")


def test_a_page_without_marks_is_refused(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("nothing")
    done = subprocess.run(
        [sys.executable, results_table.__file__, f"--page={page}"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr == f"error: {page} has no place for the table\n"


@pytest.mark.parametrize("name", ["seed", "train_steps"])
def test_settings_that_are_missing_are_named(workdir, name):
    settings = dict(CONFIG["settings"])
    del settings[name]
    workdir.config.write_text(json.dumps(CONFIG | {"settings": settings}))
    with pytest.raises(UserError, match=rf"config\.json does not tell {name}"):
        record_result.record(workdir)


def test_what_would_be_no_record_is_refused(workdir, tmp_path):
    settings = CONFIG["settings"] | {"batch_size": "32", "data": 3}
    workdir.config.write_text(json.dumps(CONFIG | {"settings": settings}))
    flags = [f"--workdir={workdir.path}", "--name=a", f"--results={tmp_path}"]
    with pytest.raises(
        UserError,
        match=r"config\.json is damaged \(settings\.batch_size: a cou",
    ):
        record_result.main(record_result._parse_flags(flags))
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_start_of_no_revision_is_one_line(workdir):
    workdir.config.write_text(json.dumps(CONFIG | {"starts": [{"step": 0}]}))
    with pytest.raises(UserError, match="Received: revision None"):
        record_result.record(workdir)


def test_where_no_record_can_be_written_is_known_first(tmp_path):
    (tmp_path / "file").write_text("")
    flags = [f"--workdir={tmp_path}/none", "--name=x"]
    flags.append(f"--results={tmp_path}/file")
    with pytest.raises(UserError, match=r"Cannot write .*file/.*x\.json"):
        record_result.main(record_result._parse_flags(flags))


def test_a_workdir_that_is_not_there_is_one_line(tmp_path):
    command = [
        sys.executable,
        str(pathlib.Path(record_result.__file__)),
        f"--workdir={tmp_path / 'nosuch'}",
        "--name=x",
        f"--results={tmp_path}",
    ]
    failed = subprocess.run(command, capture_output=True, text=True)
    assert failed.returncode == 1
    assert failed.stderr.startswith("error: Cannot read")
    assert len(failed.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def toy_record(seed, modes, quality, divergence=None, **settings):
    last = {
        "step": 9,
        "seconds": 60.0 * seed,
        "eval/modes_captured": modes,
        "eval/high_quality": quality,
    }
    if quality:
        last["eval/reverse_kl"] = 0.25 * seed
    return {
        "command": f"python -m recipes.toy --seed={seed} --workdir=w",
        "seed": seed,
        "steps": 9,
        "wall_seconds": 60.0 * seed,
        "evaluations": [
            {
                "step": 1,
                "seconds": 30.0,
                "eval/modes_captured": seed + 1.0,
                "eval/high_quality": 0.0,
            },
            last,
        ],
        "settings": {
            "dataset": "ring",
            "divergence": divergence,
            "discriminator_steps": 1,
            "ema_decay": 0.0,
            "generator_lr": 1e-4,
            "discriminator_lr": 1e-4,
            **settings,
        },
    }


def late(modes, quality, reverse_kl=None):
    means = {"eval/modes_captured": modes, "eval/high_quality": quality}
    if reverse_kl is not None:
        means["eval/reverse_kl"] = reverse_kl
    return {"late": {"evaluations": 3} | means}


def test_seeds_of_one_configuration_are_one_row():
    records = {
        "b": toy_record(1, 8.0, 0.5) | late(7.0, 0.5, 0.5),
        "a": toy_record(3, 6.0, 0.7) | late(6.0, 0.6, 1.0),
        "other": toy_record(1, 0.0, 0.0, "kl", discriminator_steps=2)
        | late(0.0, 0.0),
    }
    assert all(mode_tables.is_toy(record) for record in records.values())
    assert not mode_tables.is_toy({"evaluations": [{"eval/errors/raw": 1}]})
    *_, plain, other = mode_tables.table(records).splitlines()
    cells = [cell.strip() for cell in plain.strip("|").split("|")]
    assert cells == [
        "toy, ring",
        "9",
        "[1](../results/b.json), [3](../results/a.json)",
        "7 ± 1.4",
        "60 ± 14",
        "0.5 ± 0.35",
        "6.5, 55, 0.75",
        "2 min",
    ]
    cells = [cell.strip() for cell in other.strip("|").split("|")]
    assert cells[0] == "toy, ring, kl, k = 2"
    assert cells[3:7] == ["0", "0", "none", "0, 0, none"]


def test_runs_of_other_lengths_are_compared_at_one_step():
    records = {
        "a": toy_record(3, 6.0, 0.7) | late(6.0, 0.6, 1.0),
        "b": toy_record(5, 8.0, 0.5),
    }
    (*_, row) = mode_tables.table(records, "../results", step=1).splitlines()
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[1:4] == [
        "1",
        "[3](../results/a.json), [5](../results/b.json)",
        "5 ± 1.4",
    ]
    assert cells[6:] == ["", "30 s"]
    with pytest.raises(UserError, match="--seed=3 .* not evaluated at 2"):
        mode_tables.table(records, step=2)


@pytest.mark.parametrize(
    ("settings", "described"),
    [
        (
            {"minibatch_features": True},
            "toy, ring, 100 minibatch features, from data",
        ),
        (
            {
                "minibatch_features": True,
                "minibatch_kernels": 20,
                "minibatch_from_data": False,
            },
            "toy, ring, 20 minibatch features",
        ),
        (
            {"generator_units": 400, "discriminator_units": 50},
            "toy, ring, discriminator units 50",
        ),
        (
            {"lipschitz": "clipping", "discriminator_steps": 5},
            "toy, ring, clipping",
        ),
        ({"dataset": "idx:some/mnist"}, "toy, mnist"),
        ({"dataset": "grid"}, "toy, grid"),
    ],
)
def test_a_row_says_what_is_unusual(settings, described):
    record = toy_record(1, 8.0, 0.5, **settings)
    (*_, row) = mode_tables.table({"a": record}).splitlines()
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[0] == described


def test_unrolled_runs_tell_their_rates():
    record = toy_record(1, 8.0, 0.5, unroll_steps=5, linear_decay=True)
    record["command"] = "python -m recipes.unrolled --seed=1"
    (*_, row) = mode_tables.table({"a": record}).splitlines()
    assert "| unrolled, ring, K = 5, rates 0.0001, 0.0001, falling |" in row


def test_runs_of_the_appendix_on_unrolling_tell_that_they_are():
    record = toy_record(
        1, 8.0, 0.5, unroll_steps=10, simultaneous=False, networks="paper"
    )
    record["command"] = "python -m recipes.unrolled --seed=1"
    (*_, row) = mode_tables.table({"a": record}).splitlines()
    assert "| unrolled, ring, K = 10, networks paper, in turn, rates" in row
    plain = toy_record(
        1, 8.0, 0.5, divergence="kl", simultaneous=False, networks="pacgan"
    )
    other = toy_record(
        2,
        8.0,
        0.5,
        divergence="kl",
        simultaneous=False,
        networks="unrolled_paper",
    )
    rows = mode_tables.table({"a": plain, "b": other}).splitlines()[-2:]
    assert [row.split(" |")[0] for row in rows] == [
        "| toy, ring, kl",
        "| toy, ring, kl, networks paper",
    ]


def test_the_curves_of_a_critic_are_recorded(workdir):
    critic = [
        {"critic/estimate": 3.0, "critic/gradient_norm": 1.5},
        {"critic/estimate": 2.0, "critic/gradient_norm": 1.25},
    ]
    lines = [json.dumps(m | c) for m, c in zip(METRICS, critic, strict=True)]
    workdir.metrics.write_text("\n".join(lines) + "\n")
    assert record_result.record(workdir)["curves"] == {
        "step": [50, 100],
        "critic/estimate": [3.0, 2.0],
        "critic/gradient_norm": [1.5, 1.25],
    }


def test_points_of_every_checkpoint_are_recorded(tmp_path):
    workdir = save(make("toy"), tmp_path)
    config = workdir.read_config()
    write_json(workdir.config, config | {"settings": {"seed": 4}})
    with pytest.raises(UserError, match="is no run on points: no --samples"):
        record_result.samples(workdir, 3)
    settings = {"seed": 4, "data": {"means": [[0.5, 1], [2, 3]]}}
    write_json(workdir.config, config | {"settings": settings})
    drawn = record_result.samples(workdir, 3)
    assert drawn["means"] == [[0.5, 1], [2, 3]]
    (points,) = drawn["samples"].values()
    found = networks.restore(workdir)
    latents = tf.concat(
        [tf.random.stateless_normal([1, 2], [seed, 0]) for seed in range(3)], 0
    )
    np.testing.assert_allclose(points, found.gan.generator(latents), atol=6e-4)


@pytest.mark.parametrize("name", ["../x", "a/b", "/etc/x", ""])
def test_a_record_stays_in_its_folder(name, capsys):
    with pytest.raises(SystemExit) as stop:
        record_result._parse_flags(["--workdir=w", f"--name={name}"])
    assert stop.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "--name: a name was expected" in line


def test_a_record_is_read_as_one_would_run_it_here(monkeypatch):
    record = {
        "command": "python tools/benchmark.py --dataset=idx:../some/where/mnist"
        " --workdir=/mnt/runs/a --data_dir=~/b --cost=hinge --out=c/../d",
        "settings": {"cost": "hinge"},
    }
    monkeypatch.setattr(records.recorded, "read", lambda _: record)
    read = records.read(pathlib.Path("of_before.json"))
    assert read["command"] == (
        "python tools/dev/benchmark.py --dataset=idx:mnist"
        " --workdir=a --data_dir=b --game=hinge --out=c/../d"
    )
    assert read["settings"] == {"game": "hinge"}
