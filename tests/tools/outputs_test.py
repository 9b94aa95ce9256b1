"""Every tool tries its outputs before its work, which here would fail."""

import importlib
import sys

import pytest

from tfgan_ref.errors import UserError

MODEL = "--model=nosuch"
CASES = [
    ("tools.dev.benchmark", ["--json=OUT.json"]),
    ("tools.dev.benchmark", ["--plot=OUT.png"]),
    ("tools.dev.benchmark_serving", ["--workdir=nosuch", "--json=OUT.json"]),
    ("tools.dev.benchmarking.convolutions", ["--json=OUT.json"]),
    (
        "tools.edit",
        [MODEL, "--picture=nosuch", "--strokes=nosuch", "--out=OUT"],
    ),
    ("tools.evaluate", [MODEL, "--json=OUT.json"]),
    (
        "tools.evaluate_diversity",
        ["--classifier=nosuch", "--generator=nosuch", "--json=OUT.json"],
    ),
    (
        "tools.evaluate_ensemble",
        ["--classifier=nosuch", "--dataset=nosuch", "--json=OUT.json"],
    ),
    ("tools.evaluate_likelihood", [MODEL, "--json=OUT.json"]),
    ("tools.evaluate_neighbours", [MODEL, "--json=OUT.json"]),
    ("tools.evaluate_representation", [MODEL, "--json=OUT.json"]),
    ("tools.gallery", ["--workdir=nosuch", "--out=OUT"]),
    ("tools.generate", [MODEL, "--out=OUT"]),
    ("tools.generate", [MODEL, "--out=OUT.png"]),
    ("tools.generate", [MODEL, "--out=OUT.gif"]),
    ("tools.generate", [MODEL, "--out=OUT.npz"]),
    ("tools.generate", ["interpolate", MODEL, "--out=OUT"]),
    (
        "tools.generate",
        ["arithmetic", MODEL, "--out=OUT", "--a=1", "--b=2", "--c=3"],
    ),
    ("tools.generate", ["project", MODEL, "--image=nosuch", "--out=OUT"]),
    ("tools.generate", ["neighbours", MODEL, "--out=OUT"]),
    ("tools.dev.profile_step", ["--plot=OUT.png"]),
    (
        "tools.dev.record_result",
        ["--workdir=nosuch", "--name=x", "--results=OUT"],
    ),
    ("tools.train_classifier", ["--dataset=nosuch", "--out=OUT.keras"]),
    ("tools.dev.tutorial_page", ["--root=OUT"]),
    ("tools.dev.published_page", ["--root=OUT"]),
]
# Measurements that need nothing but time.
STOPPED = {"tools.dev.benchmarking.convolutions": "measure"}


@pytest.mark.parametrize(("name", "flags"), CASES)
def test_what_cannot_be_written_is_known_before_the_work(
    name, flags, tmp_path, monkeypatch
):
    (tmp_path / "file").write_text("mine")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nosuch"))
    module = importlib.import_module(name)
    if name in STOPPED:
        monkeypatch.setattr(module, STOPPED[name], None)
    out = str(tmp_path / "file" / "x")
    flags = [flag.replace("OUT", out) for flag in flags]
    with pytest.raises(UserError, match=f"^Cannot write {out}") as error:
        module.main(module._parse_flags(flags))
    assert "\n" not in str(error.value)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize(
    "name", ["tools.dev.benchmark", "tools.dev.profile_step"]
)
def test_a_plot_is_a_png_file(name, capsys):
    module = importlib.import_module(name)
    with pytest.raises(SystemExit):
        module._parse_flags(["--plot=steps.svg"])
    message = capsys.readouterr().err
    assert "--plot must end in .png. Received: steps.svg" in message
