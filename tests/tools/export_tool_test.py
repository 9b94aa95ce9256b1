"""tools/export.py, in a process of its own where that matters."""

import shutil

import numpy as np
import pytest

from tests import forked
from tests.small_run import make, save
from tfgan_ref import inference
from tfgan_ref.errors import UserError
from tfgan_ref.serving import warmup
from tfgan_ref.training.workdir import WorkDir
from tools import export, gallery, generate


@pytest.fixture(scope="module")
def workdir(tmp_path_factory):
    path = tmp_path_factory.mktemp("run")
    for step in (7, 9):
        workdir = save(make("dcgan"), path, step)
    return workdir


def run(workdir, out, *flags):
    export.main(
        export._parse_flags(
            [f"--workdir={workdir.path}", f"--out={out}", *flags]
        )
    )


def test_a_fresh_process_exports_the_newest_checkpoint(workdir, tmp_path):
    out = tmp_path / "models"
    done = forked.run(
        export.__file__, f"--workdir={workdir.path}", f"--out={out}"
    )
    assert done.returncode == 0, done.stderr
    first, *others = done.stdout.splitlines()
    assert first == f"Step 9 of {workdir.path}: {out / '9'}"
    warm = (out / "9" / "assets.extra" / warmup.FILE).exists()
    assert bool(others) != warm
    z = np.full((2, 5), 0.25, np.float32)
    expected = inference.load(workdir.path).generate(z)
    images = inference.load(out).generate(z)
    np.testing.assert_allclose(images, expected, atol=1e-6)


@pytest.mark.parametrize("ema", [True, False])
def test_checkpoint_average_and_version_are_chosen(ema, workdir, tmp_path):
    flag = "--ema" if ema else "--no-ema"
    run(workdir, tmp_path, "--checkpoint=7", flag, "--version=3")
    model = inference.load(tmp_path / "3")
    assert (model.card["step"], model.card["averaged"]) == (7, ema)
    z = np.full((2, 5), 0.25, np.float32)
    chosen = inference.load(workdir.path, checkpoint=7, averaged=ema)
    np.testing.assert_allclose(model.generate(z), chosen.generate(z), atol=1e-6)


def test_folders_may_have_any_name(workdir, tmp_path, capsys):
    path = tmp_path / "r[u]n" / "*"
    shutil.copytree(workdir.path, path)
    out = tmp_path / "?"
    run(WorkDir(path), out)
    assert capsys.readouterr().out.startswith(f"Step 9 of {path}: {out / '9'}")
    for model in (path, out):
        flags = ["--n=2", f"--model={model}", f"--out={model / 'drawn'}"]
        generate.main(generate._parse_flags(flags))
    drawn, again = (
        [file.read_bytes() for file in sorted((model / "drawn").iterdir())]
        for model in (path, out)
    )
    assert drawn == again and len(set(drawn)) == 2
    page = ["--zoom=1", f"--workdir={path}", f"--out={tmp_path / 'p[1]'}"]
    gallery.main(gallery._parse_flags(page))
    assert (tmp_path / "p[1]" / "index.html").exists()
    assert "No interpolations" not in capsys.readouterr().out


def test_a_version_is_never_overwritten(workdir, tmp_path):
    run(workdir, tmp_path, "--version=3", "--checkpoint=7")
    with pytest.raises(UserError, match="3 is there already"):
        run(workdir, tmp_path, "--version=3", "--checkpoint=9")
    assert inference.load(tmp_path).card["step"] == 7
    assert [path.name for path in tmp_path.iterdir()] == ["3"]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--version=latest"], "was expected. Received: latest"),
        (["--version=-1"], "in [0, 2^63 - 1] was expected. Received: -1"),
        (["--checkpoint=x"], "--checkpoint: a whole number in"),
    ],
)
def test_a_wrong_flag_is_one_line(flags, said, capsys):
    with pytest.raises(SystemExit) as caught:
        export._parse_flags(["--workdir=w", "--out=o", *flags])
    assert caught.value.code == 2
    assert said in capsys.readouterr().err.splitlines()[-1]


def test_a_folder_that_is_no_run_leaves_nothing(tmp_path):
    (tmp_path / "w").mkdir()
    with pytest.raises(UserError, match="is no workdir of a GAN"):
        export.main(
            export._parse_flags(
                [f"--workdir={tmp_path / 'w'}", f"--out={tmp_path / 'out'}"]
            )
        )
    assert not (tmp_path / "out").exists()
