import subprocess

import pytest

from tests import small_records
from tfgan_ref import recorded
from tfgan_ref.errors import UserError
from tools.dev import first_steps, record_result

# A recipe that trains for ever, and its losses: by its seed and the step.
RECIPE = """
import json, pathlib, sys, time
flags = dict(word.lstrip("-").split("=") for word in sys.argv[1:])
run = pathlib.Path(flags["workdir"]) / flags.get("level", "")
run.mkdir(parents=True)
with (run / "metrics.jsonl").open("w") as out:
    for step in range(1, int(flags.get("train_steps", 10**9)) + 1):
        loss = float(flags["seed"]) + 1 / step
        line = {"step": step, "seconds": 1.0, "loss/generator": loss}
        line["accuracy"] = 1.0
        out.write(json.dumps(line | FLAGS(flags)) + "\\n")
        out.flush()
        time.sleep(0.001)
print("as far as the flags go")
"""


@pytest.fixture
def checkout(tmp_path):
    recipes = tmp_path / "checkout" / "recipes"
    recipes.mkdir(parents=True)
    write(recipes)
    return recipes.parent


def write(recipes, flags="lambda flags: {}"):
    (recipes / "fake.py").write_text(RECIPE.replace("FLAGS", f"({flags})"))


def a_run(flags="--seed=3", **settings):
    command = f"python -m recipes.fake {flags} --workdir=runs/a"
    return small_records.of_kind("run", command=command, settings=settings)


def test_the_first_losses_are_those_of_each_step(checkout, tmp_path):
    found = first_steps.losses(a_run(), checkout, steps=4)
    losses = [4.0, 3.5, 3 + 1 / 3, 3.25]
    assert found == {"loss/generator": pytest.approx(losses)}
    assert not (checkout / "runs").exists()


def test_a_step_is_logged_and_made_by_itself(checkout):
    write(
        checkout / "recipes",
        "lambda flags: {'loss/every': int(flags['log_every']), "
        "'loss/times': int(flags['steps_per_execution'])}",
    )
    run = a_run(
        "--seed=3 --log_every=100 --steps_per_execution=50",
        steps_per_execution=50,
    )
    found = first_steps.losses(run, checkout, steps=2)
    assert (found["loss/every"], found["loss/times"]) == ([1, 1], [1, 1])


def test_a_level_is_made_by_itself(checkout):
    write(checkout / "recipes", "lambda flags: {'loss/l': int(flags['level'])}")
    found = first_steps.losses(a_run(level=2), checkout, steps=1)
    assert found["loss/l"] == [2]


def test_nothing_is_exported(checkout):
    write(checkout / "recipes", "lambda flags: {'loss/n': len(flags)}")
    plain = first_steps.losses(a_run(), checkout, steps=1)
    assert (
        first_steps.losses(a_run("--seed=3 --export"), checkout, steps=1)
        == plain
    )


def test_nothing_runs_on(checkout, monkeypatch):
    started = []
    start = subprocess.Popen

    def popen(*arguments, **kwargs):
        started.append(start(*arguments, **kwargs))
        return started[-1]

    monkeypatch.setattr(first_steps.subprocess, "Popen", popen)
    first_steps.losses(a_run(), checkout, steps=2)
    assert [process.returncode for process in started] != [None]


def test_a_run_that_ends_before_is_one_line(checkout):
    with pytest.raises(UserError, match="ended: as far as the flags go"):
        first_steps.losses(a_run("--seed=3 --train_steps=3"), checkout)
    with pytest.raises(UserError, match="A recipe was expected"):
        first_steps.losses({"command": "bazel run"}, checkout)


def test_a_run_that_does_not_begin_is_not_waited_for(checkout, monkeypatch):
    monkeypatch.setattr(first_steps, "_SECONDS", 0.5)
    with pytest.raises(UserError, match="fewer than 1000000 steps in 0 s"):
        first_steps.losses(a_run(), checkout, steps=10**6)


NAN = float("nan")
BEFORE = {
    "loss/generator": [2.0, 3.0, None],
    "loss/d": [-0.5, 0.0, 7.0],
    "loss/still": [1000.0, 1000.0, NAN],
}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, None),
        ({"loss/generator": [2.019, 2.981, None]}, None),
        ({"loss/d": [-0.64, 0.14, 7.14]}, None),
        ({"loss/still": [1000.009, 999.991, NAN]}, None),
        ({"loss/d": [-0.5, 0.0, 7.16]}, "step 3, loss/d: 7.0; 7.16"),
        (
            {"loss/generator": [2.0, 3.021, None], "loss/d": [-0.5, 0.0, 9.0]},
            "step 2, loss/generator: 3.0; 3.021",
        ),
        (
            {"loss/still": [1000.0, 1000.02, NAN]},
            "step 2, loss/still: 1000.0; 1000.02",
        ),
        (
            {"loss/still": [1000.0, 1000.0, 1.0]},
            "step 3, loss/still: nan; 1.0",
        ),
        (
            {"loss/generator": [2.0, 3.0, 1.0]},
            "step 3, loss/generator: None; 1.0",
        ),
        ({"loss/new": [1.0]}, "loss/generator, loss/d, loss/still; loss/ge"),
    ],
)
def test_losses_differ_by_a_fiftieth_of_the_way_they_go(change, found):
    said = first_steps.difference(BEFORE, BEFORE | change)
    assert said == found or (found and said.startswith(found))


def test_the_code_of_a_commit_is_there_and_the_data_of_today(
    tmp_path, monkeypatch
):
    def git(*words):
        who = ["-c", "user.name=a", "-c", "user.email=b"]
        done = subprocess.run(
            ["git", *who, *words], cwd=tmp_path, check=True, capture_output=True
        )
        return done.stdout.decode().strip()

    git("init")
    (tmp_path / "code.py").write_text("old")
    git("add", ".")
    git("commit", "-m", "a")
    old = git("rev-parse", "HEAD")
    (tmp_path / "code.py").write_text("new")
    (tmp_path / ".data").mkdir()
    (tmp_path / ".data" / "images").write_text("here")
    monkeypatch.setattr(first_steps, "_ROOT", tmp_path)
    with first_steps.code_of(old) as code:
        assert (code / "code.py").read_text() == "old"
        assert (code / ".data" / "images").read_text() == "here"
    with (
        pytest.raises(UserError, match=f"The code of {'0' * 40} is not here"),
        first_steps.code_of("0" * 40),
    ):
        pass


@pytest.fixture
def results(checkout, tmp_path, monkeypatch):
    monkeypatch.setattr(first_steps, "_ROOT", checkout)
    monkeypatch.setattr(first_steps.losses, "__defaults__", (checkout, 2))
    folder = tmp_path / "results"
    same = {"loss/generator": [4.0, 3.5]}
    other = {"loss/generator": [4.0, 9.0]}
    recorded.write(folder / "a.json", a_run() | {"first_steps": same})
    recorded.write(folder / "b.json", a_run() | {"first_steps": other})
    recorded.write(folder / "c.json", a_run())
    broken = a_run("--seed=x") | {"first_steps": same}
    recorded.write(folder / "d.json", broken)
    small_records.write(folder / "e.json", "convolutions")
    return folder


def test_every_run_is_verified_and_its_verdict_kept(results, capsys):
    flags = ["--verify", f"--results={results}"]
    assert record_result.main(record_result._parse_flags(flags)) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "a: same"
    assert lines[1] == "b: differ: step 2, loss/generator: 9.0; 3.5"
    assert lines[2] == "c: unchecked: the record does not hold them"
    assert lines[3].startswith("d: unchecked: ")
    assert lines[3].endswith("could not convert string to float: 'x'")
    assert lines[4:] == ["1 of 4 records differ"]
    found = recorded.read(results / "first_steps.json")
    assert found["counts"] == {"same": 1, "differ": 1, "unchecked": 2}
    assert found["differ"] == {"b": "step 2, loss/generator: 9.0; 3.5"}
    assert found["same"] == {"a": found["revision"][:9]}


def test_the_verdict_of_one_is_put_to_the_others(results):
    first_steps.verify(results, ["a", "b", "c"])
    (results / "c.json").unlink()  # Then its verdict goes, too.
    same = {"loss/generator": [4.0, 3.5]}
    recorded.write(results / "b.json", a_run() | {"first_steps": same})
    flags = ["--verify", "--name=b", f"--results={results}"]
    assert record_result.main(record_result._parse_flags(flags)) == 0
    found = recorded.read(results / "first_steps.json")
    assert (sorted(found["same"]), found["differ"]) == (["a", "b"], {})
    assert found["unchecked"] == {}


PAGE = "x [a](../results/a.json), [b](../results/b.json) y [c](page.md)\n"


def test_links_to_records_that_differ_are_marked(tmp_path):
    assert first_steps.marked(PAGE, tmp_path) == PAGE
    path = tmp_path / "first_steps.json"
    small_records.write(path, "first_steps", differ={"z": "step 1"})
    assert first_steps.marked(PAGE, tmp_path) == PAGE
    small_records.write(path, "first_steps", differ={"b": "step 1"})
    page = first_steps.marked(PAGE, tmp_path)
    assert "[a](../results/a.json), [b](../results/b.json) (&dagger;) y" in page
    assert page.endswith(
        "\n(&dagger;): the code of today gives other losses in the first 20 "
        "steps.\n"
    )


@pytest.mark.parametrize(
    "flags",
    [
        [],
        ["--workdir=a"],
        ["--name=a"],
        ["--verify", "--workdir=a"],
        ["--verify", "--samples=3"],
        ["--verify", "--name="],
        ["--verify", "--name=../a"],
    ],
)
def test_flags_that_fit_nothing_are_refused(flags, capsys):
    with pytest.raises(SystemExit):
        record_result._parse_flags(flags)
    assert "expected" in capsys.readouterr().err or "--verify" in flags
