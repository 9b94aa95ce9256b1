import json
import os
import signal
import sys
import textwrap

import pytest

from tests.waiting import Process, wait_for
from tfgan_ref import provenance
from tfgan_ref.errors import UserError
from tfgan_ref.training.workdir import WorkDir

SETTINGS = {"batch_size": 64, "sizes": (4, 8), "train_steps": 100}
CIRCUMSTANCES = {"revision": "abc", "versions": {"keras": "3"}}


def claim(workdir, free=("train_steps",), step=0, **changes):
    workdir.path.mkdir(exist_ok=True)
    workdir.check(SETTINGS | changes, free=free)
    workdir.record_start(SETTINGS | changes, CIRCUMSTANCES, step)


@pytest.fixture
def workdir(tmp_path):
    return WorkDir(tmp_path / "run")


def test_a_first_claim_writes_settings_and_circumstances(workdir):
    claim(workdir)
    stored = json.loads(workdir.config.read_text())
    assert stored["settings"]["batch_size"] == 64
    assert stored["starts"] == [{"step": 0} | CIRCUMSTANCES]


def test_a_second_start_is_added_to_the_first(workdir):
    claim(workdir)
    claim(workdir, step=60)
    starts = workdir.read_config()["starts"]
    assert [start["step"] for start in starts] == [0, 60]


def test_a_free_setting_may_differ_and_the_last_one_is_kept(workdir):
    claim(workdir)
    claim(workdir, train_steps=200)
    assert workdir.read_config()["settings"]["train_steps"] == 200


def test_another_setting_is_refused_with_its_name_and_both_values(workdir):
    claim(workdir)
    with pytest.raises(UserError, match="batch_size=64.*batch_size=32"):
        claim(workdir, batch_size=32)


def test_a_setting_may_have_the_name_of_before(workdir):
    workdir.path.mkdir()
    begun = SETTINGS | {"cost": "hinge"}
    workdir.record_start(begun, CIRCUMSTANCES, 0)
    workdir.check(SETTINGS | {"game": "hinge"}, free=())
    with pytest.raises(UserError, match="game=hinge.*game=minimax"):
        workdir.check(SETTINGS | {"game": "minimax"}, free=())


def test_a_setting_that_only_one_run_has_is_refused(workdir):
    claim(workdir)
    with pytest.raises(UserError, match="width=None.*width=8"):
        claim(workdir, width=8)


def test_what_was_typed_is_named_first(workdir, monkeypatch):
    begun = "python -m recipes.dcgan --nofast '--zoom=a b' --workdir=w"
    monkeypatch.setitem(CIRCUMSTANCES, "command", begun)
    claim(workdir, age=1, fast=False, kind="a", zoom="a b")
    now = "python recipes/dcgan.py --workdir=w --kind=b"
    monkeypatch.setattr(provenance, "command", lambda: now)
    others = {"age": 2, "fast": True, "kind": "b", "zoom": "c"}
    for name in ("fast", "kind", "zoom", "age"):
        with pytest.raises(UserError, match=f"holds a run with {name}="):
            claim(workdir, **others)
        others[name] = workdir.read_config()["settings"][name]


def test_another_recipe_is_named_and_no_flag_of_it(workdir, monkeypatch):
    begun = "python -m recipes.perceptron --workdir=w"
    monkeypatch.setitem(CIRCUMSTANCES, "command", begun)
    claim(workdir)
    workdir.networks.touch()
    now = "python -m recipes.discrete --workdir=w"
    monkeypatch.setattr(provenance, "command", lambda: now)
    with pytest.raises(UserError) as caught:
        claim(workdir, batch_size=32)
    assert str(caught.value) == (
        f"{workdir.path} holds a run of recipes.perceptron. Received: "
        "recipes.discrete. Choose another workdir"
    )


def test_weights_are_offered_where_there_are_networks(workdir):
    claim(workdir)
    for has_networks in (False, True):
        with pytest.raises(UserError) as caught:
            claim(workdir, batch_size=32)
        offered = f"begin from its weights: --init_from={workdir.path}"
        assert (offered in str(caught.value)) == has_networks
        workdir.networks.touch()


@pytest.mark.parametrize("length", [0, 1, 40])
def test_a_config_that_is_cut_short_is_refused(workdir, length):
    claim(workdir)
    workdir.config.write_text(workdir.config.read_text()[:length])
    with pytest.raises(UserError, match=r"config.json is damaged .*restore it"):
        claim(workdir)


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{}",
        '{"settings": {}}',
        '{"settings": 3, "starts": [{"step": 0}]}',
        '{"settings": {}, "starts": []}',
        '{"settings": {}, "starts": {"step": 0}}',
        '{"settings": {}, "starts": [1]}',
        '{"settings": {}, "starts": [{"step": 0}, {}]}',
        '{"settings": {}, "starts": [{"step": "0"}]}',
        '{"settings": {}, "starts": [{"step": -1}]}',
        '{"settings": {}, "starts": [{"step": 0, "command": 5}]}',
        '{"settings": {}, "starts": [{"step": 0}], "fixed": []}',
        '{"settings": {}, "settings": {"a": 1}, "starts": [{"step": 0}]}',
        pytest.param("[" * 100_000, id="deep"),
    ],
)
def test_a_config_of_another_form_is_refused(workdir, text):
    workdir.path.mkdir()
    workdir.config.write_text(text)
    with pytest.raises(UserError, match="damaged"):
        claim(workdir)
    assert workdir.config.read_text() == text


def test_checkpoints_without_a_config_are_refused(workdir):
    workdir.checkpoints.mkdir(parents=True)
    (workdir.checkpoints / "ckpt-5.index").touch()
    with pytest.raises(UserError, match=r"no config\.json"):
        claim(workdir)
    assert not workdir.config.exists()


def test_a_file_cannot_be_a_workdir(tmp_path):
    path = tmp_path / "file"
    path.write_text("mine")
    with pytest.raises(UserError, match="must be a folder.*file"):
        with WorkDir(path).lock():
            pass
    with pytest.raises(UserError, match="must be a folder.*file"):
        WorkDir(path).check_folder()
    assert path.read_text() == "mine"
    for folder in (tmp_path, tmp_path / "new"):
        WorkDir(folder).check_folder()


def test_a_folder_that_cannot_be_written_is_refused():
    # Nobody, root included, makes folders here.
    with pytest.raises(UserError, match="must be a folder that can be written"):
        with WorkDir("/proc/self/run").lock():
            pass


def test_a_second_process_is_refused_until_the_first_is_killed(
    workdir, tmp_path
):
    code = f"""
        import signal
        from tfgan_ref.training.workdir import WorkDir
        with WorkDir({str(workdir.path)!r}).lock():
            print("locked", flush=True)
            signal.pause()
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    with Process(command, tmp_path / "log") as holder:
        wait_for(lambda: holder.log.read_text() == "locked\n", holder)
        with pytest.raises(UserError, match="Another process is training"):
            with workdir.lock():
                pass
        holder.kill()
        assert holder.ended() == -signal.SIGKILL
    with workdir.lock():
        pass


def test_a_lock_that_is_a_link_leaves_its_file(tmp_path):
    theirs = tmp_path / "theirs"
    theirs.write_text("kept")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / ".lock").symlink_to(theirs)
    with WorkDir(tmp_path / "run").lock():
        assert theirs.read_text() == "kept"


def test_nobody_waits_for_a_pipe_in_place_of_the_lock(workdir):
    workdir.path.mkdir()
    os.mkfifo(workdir.path / ".lock")
    with pytest.raises(UserError, match="a folder that can be written"):
        workdir.lock().__enter__()
