"""tools/dev/figures.py: what is drawn and said; of the numbers see claims/."""

import sys

import pytest
from PIL import Image

from tests.claims import runs
from tfgan_ref import recorded
from tfgan_ref.errors import UserError
from tools.dev import figures
from tools.dev.tutorial import numbers
from tools.dev.tutorial_claims import every, fig15, fig22, fig32


def test_a_caption_states_what_was_measured_and_what_should_come_out():
    computed = {
        "numbers": {
            "a": numbers.number("slope", -0.50004, -0.5),
            "b": numbers.number("error", 3.4e-11, 0),
            "c": numbers.number("modes", 7, 8, numbers.claimed("5.1.1")),
            "d": numbers.number("share", 0.25),
        }
    }
    assert numbers.caption("Head", computed) == (
        "Head. slope: -0.5 (closed form: -0.5); error: 3e-11 (closed form: 0); "
        "modes: 7 (claimed in 5.1.1: 8); share: 0.25."
    )


def write_runs(folder):
    """The runs of all recorded claims."""
    for module in (fig15, fig22, fig32):
        for name, _ in module.RUNS.values():
            runs.write_ring(folder, name)
    runs.write_critic(folder)
    for name in ("plain_ring", "balance_ring_k2", "balance_ring_k5"):
        for seed in (1, 2, 3):
            path = folder / f"{name}_seed{seed}.json"
            runs.write_toy(path, 8, 0.5)


@pytest.fixture
def run(monkeypatch):
    """The program, in this process."""

    def start(*arguments):
        monkeypatch.setattr(sys, "argv", ["tools/dev/figures.py", *arguments])
        figures.main(figures._parse_flags(arguments))

    return start


def test_only_draws_one_and_records_what_its_caption_says(
    run, tmp_path, capsys
):
    run(f"--out={tmp_path}", "--only=fig16", "--json")
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["details", "fig16.png", "figures.json"]
    with Image.open(tmp_path / "fig16.png") as picture:
        assert picture.format == "PNG" and picture.width == 900
    assert (tmp_path / "fig16.png").stat().st_size < 60_000
    record = recorded.read(tmp_path / "figures.json")
    assert (record["kind"], record["names"]) == ("figures", ["fig16"])
    (content,) = record["figures"].values()
    accepted = content["numbers"]["minimax_accepted"]
    assert (accepted["expected"], accepted["by"]) == (-0.95, "closed form")
    assert f"fig16: {content['head']}. minimax" in capsys.readouterr().out


def test_all_are_drawn_but_those_that_are_not_recorded(
    run, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(figures, "NAMES", ("fig22", "fig36"))
    run(f"--out={tmp_path}", f"--results={tmp_path}")
    assert [path.name for path in tmp_path.iterdir()] == ["fig36.png"]
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("fig22 is left out")
    assert "python -m recipes.unrolled --networks=paper" in line


def test_without_the_folder_of_records_nothing_is_drawn(run, tmp_path):
    out = tmp_path / "out"
    record = tmp_path / "figures.json"
    mine = '{"kind": "figures"}'
    record.write_text(mine)
    flags = [f"--out={out}", f"--json={record}", f"--results={tmp_path}/none"]
    with pytest.raises(UserError, match="of records was expected. .*none"):
        run(*flags)
    assert record.read_text() == mine and not out.exists()


def test_a_recorded_figure_is_drawn(run, tmp_path):
    write_runs(tmp_path)
    out = tmp_path / "out"
    for name in figures.RECORDED:
        run(f"--out={out}", f"--results={tmp_path}", f"--only={name}")
    drawn = {path.stem: path.read_bytes()[:4] for path in out.glob("*.png")}
    # Of balance there are numbers alone.
    assert drawn == dict.fromkeys(
        set(figures.RECORDED) - {"balance"}, b"\x89PNG"
    )


def test_only_a_figure_that_is_not_recorded_is_an_error(run, tmp_path):
    with pytest.raises(UserError, match="recipes.unrolled"):
        run(f"--out={tmp_path}", f"--results={tmp_path}", "--only=fig22")


def test_an_unknown_name_is_one_line_that_names_them_all(capsys):
    with pytest.raises(SystemExit) as stop:
        figures._parse_flags(["--out=x", "--only=fig1"])
    assert stop.value.code == 2
    line = capsys.readouterr().err.splitlines()[-1]
    assert all(name in line for name in figures.NAMES)
    assert "Received: fig1 (" in line


def test_without_matplotlib_is_one_line(monkeypatch, capsys):
    monkeypatch.setattr(figures.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit):
        figures._parse_flags(["--out=x"])
    line = capsys.readouterr().err.splitlines()[-1]
    assert "matplotlib is needed (the extra `figures`)" in line


def test_a_folder_that_cannot_be_written_is_one_line(run, tmp_path):
    (tmp_path / "file").write_text("")
    out = tmp_path / "out"
    for flags in (
        [f"--out={tmp_path}/file"],
        [f"--out={out}", f"--json={tmp_path}"],
    ):
        with pytest.raises(UserError, match="Cannot write"):
            run(*flags, "--only=fig36")
    assert not out.exists()


def test_every_claim_that_can_be_computed_has_its_name():
    computed = {
        name
        for name, module in every.MODULES.items()
        if hasattr(module, "compute")
    }
    assert set(figures.NAMES) == computed
    # In the order of the page.
    assert list(figures.NAMES) == [n for n in every.MODULES if n in computed]
    for name in figures.NAMES:
        module = every.MODULES[name]
        arguments = module.compute.__code__.co_varnames[:1]
        assert (name in figures.RECORDED) == (arguments == ("results",))
        if hasattr(module, "draw"):
            assert module.HEAD and len(module.SIZE) == 2
