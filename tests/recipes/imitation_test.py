"""recipes.imitation as a user meets it, and its limits."""

import json
import re
import signal

import pytest

from tests.recipes import alone, driver
from tests.recipes import limit_checks as limits
from tfgan_ref.errors import UserError
from tfgan_ref.imitation import training, trajectories
from tfgan_ref.training.run import Config
from tfgan_ref.training.workdir import WorkDir
from tools import gallery

SMALL = ["--units=3", "--log_every=1", "--seed=5"]
GAIL = ["--batch_size=60", *SMALL]
CLONING = ["--method=cloning", *SMALL]
CARTPOLE = trajectories.recorded("CartPole-v0")
CASES = {
    "gail": [*GAIL, "--train_steps=2"],
    "whole": [*CLONING, "--train_steps=4", "--checkpoint_every=4"],
    "halves": [*CLONING, "--train_steps=2"],
    "again": [*CLONING, "--train_steps=4", "--workdir={}/halves"],
    "done": [*CLONING, "--train_steps=3", "--workdir={}/halves"],
    "other": [*CLONING, "--trajectories=2", "--workdir={}/halves"],
    "anew": [*CLONING, "--noresume", "--workdir={}/halves"],
    "expert": ["--method=expert", "--train_steps=1", "--every=3", *GAIL],
    "own": [*CLONING, "--train_steps=1", "--trajectories=10"]
    + ["--experts={}/expert/experts.json"],
    "others": [f"--experts={CARTPOLE}", "--environment=Acrobot-v1"],
    "unknown": ["--environment=Nope-v0"],
    "none": ["--environment=MountainCar-v0"],
    "missing": ["--experts={}/nothing.json"],
    "many": ["--trajectories=11"],
    "dry": ["--dry_run"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("imitation")


@pytest.fixture(scope="module")
def answers(folder):
    given = {
        case: [f"--workdir={folder / case}"]
        + [flag.replace("{}", str(folder)) for flag in own]
        for case, own in CASES.items()
    }
    return driver.answers("recipes.imitation", given, folder / "answers")


def metrics(folder, case):
    """But for the time that they took."""
    return [
        {name: value for name, value in line.items() if name != "seconds"}
        for line in WorkDir(folder / case).read_metrics()
    ]


def test_a_run_says_how_well_the_policy_acts(answers, folder):
    status, output = answers["gail"]
    assert status == 0, status
    assert "Done: step 2 of 2" in output
    *_, last = lines = metrics(folder, "gail")
    assert [line["step"] for line in lines] == [1, 2]
    assert "eval/return" not in lines[-2]
    row = f"gail, seed 5, 50 episodes +{last['eval/return']:.1f} "
    assert re.search(row, output)
    assert re.search(r"experts, 1 episodes, 20 pairs +200\.0 ", output)
    assert f"  TensorBoard  {folder / 'gail' / 'events'}\n" in output
    assert output.endswith(f"tensorboard --logdir {folder / 'gail'}\n")


def test_a_signal_is_named(tmp_path, capsys):
    result = training.Result(8, 1.0, signal.SIGINT)
    config = Config(str(tmp_path), train_steps=12)
    with alone.imported("recipes.imitation") as module:
        assert module._end(None, config, result, None) == 130
    assert capsys.readouterr().out.startswith("Stopped by SIGINT at step 8 of")


def test_a_policy_has_no_networks_to_show(answers, folder):
    flags = [f"--workdir={folder / 'whole'}", f"--out={folder / 'site'}"]
    with pytest.raises(UserError, match="no workdir of a GAN.* policy's run"):
        gallery.main(gallery._parse_flags(flags))
    assert not (folder / "site").exists()


def test_a_resumed_run_is_one_that_was_never_stopped(answers, folder):
    for case in ("halves", "again"):
        assert answers[case][0] == 0, answers[case]
    halves, whole = metrics(folder, "halves"), metrics(folder, "whole")
    # The end of the first half was evaluated as well.
    halves[1] = {n: v for n, v in halves[1].items() if "eval" not in n}
    assert halves == whole
    status, output = answers["done"]
    assert status == 0
    assert output.startswith("Nothing to do: the run is at step 4 already")
    assert "cloning, seed 5, 50 episodes" in output
    assert metrics(folder, "halves")[-1] == whole[-1]


@pytest.mark.parametrize("case", ["other", "anew"])
def test_another_run_is_refused(case, answers):
    line, _ = answers[case]
    assert line.startswith("error: ") and "holds a run" in line


def test_cloning_ends_with_its_returns(answers, folder):
    assert "cloning, seed 5, 50 episodes" in answers["whole"][1]
    assert metrics(folder, "whole")[-1]["eval/return"] >= 8


def test_an_expert_leaves_its_trajectories(answers, folder):
    status, output = answers["expert"]
    assert status == 0, status
    path = folder / "expert" / "experts.json"
    assert str(path) in output
    content = json.loads(path.read_text())
    assert (content["environment"], content["every"]) == ("CartPole-v0", 3)
    assert len(content["trajectories"]) == 10
    assert answers["own"][0] == 0, answers["own"]
    assert "experts, 10 episodes" in answers["own"][1]


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("others", "trajectories of CartPole-v0; those of Acrobot-v1"),
        ("unknown", "Received: Nope-v0"),
        ("none", "no experts of MountainCar-v0: --method=expert"),
        ("missing", "Cannot read"),
        ("many", "has 10 trajectories. Received: 11"),
    ],
)
def test_a_mistake_is_one_line_and_leaves_nothing(case, said, answers, folder):
    line, _ = answers[case]
    assert str(line).startswith("error: ") and said in line
    assert not (folder / case).exists()


def test_a_dry_run_writes_nothing(answers, folder):
    status, output = answers["dry"]
    assert status == 0, status
    settings, _ = json.JSONDecoder().raw_decode(output)
    assert (settings["train_steps"], settings["batch_size"]) == (301, 5000)
    assert settings["data"]["pairs"] == 20
    assert re.search(r"discriminator +10,\d\d\d parameters", output)
    assert "Dry run" in output
    assert not (folder / "dry").exists()


def test_flags_take_what_is_within_their_limits():
    limits.check(
        "recipes.imitation",
        limits.COMMON
        | {
            "method": (["gail", "cloning", "expert"], ["bc"]),
            "trajectories": limits.COUNT,
            "every": limits.COUNT,
            "units": limits.SIZE,
            "environment": (["x"], []),
            "experts": (["x"], []),
        },
    )
