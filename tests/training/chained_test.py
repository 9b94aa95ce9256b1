"""A folder of several runs, where one run is expected, and the other way."""

import pytest

from tfgan_ref import inference
from tfgan_ref.errors import UserError
from tfgan_ref.training import chained
from tools import diagnose, export, gallery, generate


@pytest.fixture(params=["level", "stage"])
def kind(request):
    return request.param


@pytest.fixture
def folder(kind, tmp_path):
    for number in (2, 1):
        run = tmp_path / "runs" / f"{kind}_{number}"
        run.mkdir(parents=True)
        (run / "config.json").write_text("{}")
    (tmp_path / "runs" / f"{kind}_3").mkdir()  # None yet.
    return tmp_path / "runs"


TOOLS = {
    "generate": (generate, ["--model={}", "--out={}/../out"]),
    "checkpoint": (
        generate,
        ["--model={}", "--checkpoint=1", "--out={}/../out"],
    ),
    "export": (export, ["--model={}", "--out={}/../out"]),
    "gallery": (gallery, ["--model={}", "--out={}/../out"]),
    "diagnose": (diagnose, ["--workdir={}"]),
}


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_names_the_runs_and_what_they_make_together(tool, kind, folder):
    module, flags = TOOLS[tool]
    wanted = (
        f"{folder} holds {kind}s, each a run of its own: {folder}/{kind}_1, "
        f"{folder}/{kind}_2"
    )

    def said():
        given = [flag.replace("{}", str(folder)) for flag in flags]
        with pytest.raises(UserError) as caught:
            module.main(module._parse_flags(given))
        return str(caught.value)

    assert said() == wanted
    (folder / "export").mkdir()
    together = f"; {folder}/export is what they make together"
    assert said() == wanted + together
    assert not (folder / "../out").exists()


def test_other_folders_are_as_before(tmp_path):
    (tmp_path / "levels_1").mkdir()
    chained.check_is_one(tmp_path)
    chained.check_free(tmp_path)
    with pytest.raises(UserError, match="neither an export"):
        inference.load(tmp_path)


def test_runs_of_another_kind_are_not_joined(kind, folder):
    chained.check_free(folder, kind)
    others = {"level", "stage", None} - {kind}
    for other in others:
        with pytest.raises(UserError, match=f"holds {kind}s, each a run"):
            chained.check_free(folder, other)
    run = folder / f"{kind}_1"
    chained.check_free(run)
    with pytest.raises(UserError, match=f"holds a run .*folder of {kind}s was"):
        chained.check_free(run, kind)
