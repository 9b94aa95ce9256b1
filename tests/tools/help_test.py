"""What every program answers to --help, and the names of their flags."""

import importlib
import pathlib
import subprocess
import sys

import pytest

from tests.recipes import alone

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Started by others alone, with arguments that no user types.
PARTS = {"tools/dev/benchmarking/c_api.py", "tools/dev/benchmarking/worker.py"}


def programs(folder):
    found = sorted(
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*.py")
        if '\nif __name__ == "__main__":\n' in path.read_text()
    )
    return [path for path in found if path not in PARTS]


def stamps():
    """Of every file that belongs to the project: when it was written."""
    files = (
        path
        for folder in ("docs", "recipes", "results", "tests", "tools", ".")
        for path in (ROOT / folder).glob("*" if folder == "." else "**/*")
        if path.is_file() and path.suffix != ".pyc"
    )
    return {path: path.stat().st_mtime_ns for path in files}


def test_help_of_every_tool_says_its_flags_and_changes_nothing(tmp_path):
    before = stamps()
    paths = programs("tools")
    assert len(paths) > 15
    for path in paths:
        done = subprocess.run(
            [sys.executable, path, "--help"],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, ""), path
        assert done.stdout.startswith(f"usage: {path.rpartition('/')[2]}")
    assert stamps() == before


@pytest.mark.parametrize("path", programs("recipes"))
def test_helpshort_of_a_recipe_lists_all_of_its_flags(path):
    name = path.removesuffix(".py").replace("/", ".")
    with alone.imported(name):
        wanted = {flag.name for flag in alone.flags_of_recipes()}
    done = subprocess.run(
        [sys.executable, "-m", name, "--helpshort"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    listed = [line[4:] for line in lines if line.startswith("  --")]
    names = {line.removeprefix("[no]").partition(":")[0] for line in listed}
    assert names == wanted and len(names) > 25
    assert done.stdout.startswith(lines[0]) and lines[0].strip()
    # A command of several lines is as it is typed.
    source = (ROOT / path).read_text()
    for line in lines:
        assert not line.startswith("    python") or f"{line}\n" in source


@pytest.mark.parametrize(
    ("tool", "now", "before"),
    [
        (
            "generate",
            ["--count=3", "--out=o"],
            ["--n=3", "--out=o"],
        ),
        (
            "generate",
            ["neighbours", "--count=3", "--out=o"],
            ["neighbours", "--n=3", "--out=o"],
        ),
        ("client", ["generate", "--out=o"], ["generate", "--output_dir=o"]),
        ("gallery", ["--model=m", "--out=o"], ["--workdir=m", "--out=o"]),
        ("export", ["--model=m", "--out=o"], ["--workdir=m", "--out=o"]),
        (
            "evaluate",
            ["--model=a", "--count=7"],
            ["--model=a", "--samples=7"],
        ),
        (
            "evaluate_diversity",
            ["--model=a", "--model=b", "--count=7"],
            ["--generator=a", "--generator=b", "--samples=7"],
        ),
        (
            "evaluate_ensemble",
            ["--dataset=d", "--model=a", "--model=b"],
            ["--dataset=d", "--classifier=a", "--classifier=b"],
        ),
        (
            "dev.benchmark_serving",
            ["--model=m", "--count=7"],
            ["--workdir=m", "--n=7"],
        ),
    ],
)
def test_old_names_of_flags_are_the_new_ones(tool, now, before):
    parse = importlib.import_module(f"tools.{tool}")._parse_flags
    assert vars(parse(before)) == vars(parse(now))


@pytest.mark.parametrize("as_file", [False, True])
def test_cost_is_the_old_name_of_game(as_file, tmp_path):
    given = ["--cost=nosuch", f"--workdir={tmp_path / 'run'}"]
    if as_file:
        (tmp_path / "flags").write_text("\n".join(given))
        given = [f"--flagfile={tmp_path / 'flags'}"]
    done = subprocess.run(
        [sys.executable, "-m", "recipes.toy", *given],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: flag --game=nosuch: value should be")
