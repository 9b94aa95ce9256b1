"""Recipes on toy data as a user meets them."""

import json
import os
import re
import subprocess
import sys

import pytest

from tests.recipes import driver
from tests.waiting import Process, wait_for
from tfgan_ref.training.workdir import WorkDir

DIVERGENCES = (
    "total_variation, kl, reverse_kl, pearson_chi_squared, neyman_chi_squared, "
    "squared_hellinger, jeffreys, jensen_shannon, gan"
)
SMALL = [
    "--train_steps=4",
    "--batch_size=16",
    "--log_every=2",
    "--eval_every=2",
    "--sample_every=4",
    "--eval_samples=100",
]
SMALLER = ["--generator_units=4", "--discriminator_units=4"]
TOY = {
    "ring": SMALLER,
    # It stops at a step that no other number divides.
    "odd": [*SMALLER, "--train_steps=5", "--log_every=1", "--eval_every=5"],
    "after odd": [*SMALLER, "--train_steps=20", "--workdir={}/odd"],
    "dry": ["--dry_run", "--dataset=grid"],
    "least_squares": [
        "--game=least_squares",
        "--dataset=unequal_gaussians",
        *SMALLER,
    ],
    "unknown": ["--divergence=hellinger"],
    "none": ["--game=f_gan"],
    "few": ["--dataset=grid", "--eval_samples=24", *SMALLER],
    "export": ["--export", *SMALLER],
    "lone": [*SMALLER, "--minibatch_features", "--batch_size=1"],
}
# Those of `make conformance`.
MORE = {
    "features": ["--minibatch_features", "--discriminator_steps=2", *SMALLER],
    "two": ["--dataset=two_gaussians", *SMALLER],
    "gaussian": ["--dataset=gaussian", *SMALLER],
    "hinge": ["--game=hinge", *SMALLER],
    "jeffreys": ["--divergence=jeffreys", *SMALLER],
    "from data": [
        "--minibatch_features",
        "--minibatch_from_data",
        "--minibatch_kernels=3",
        *SMALLER,
    ],
}
UNROLLED = {
    "five": ["--unroll_steps=5", "--latent_dim=8"],
    "in turn": ["--nosimultaneous", "--networks=paper", "--latent_dim=8"],
    "more": ["--discriminator_steps=2"],
}
# Of `make conformance` as well.
LONGER = {
    "falling": ["--unroll_steps=0", "--train_steps=8"],
    "constant": ["--unroll_steps=0", "--train_steps=8", "--nolinear_decay"],
}


def answers(recipe, cases, folder):
    given = {
        case: [
            f"--workdir={folder / case}",
            *SMALL,
            *(flag.replace("{}", str(folder)) for flag in own),
        ]
        for case, own in cases.items()
    }
    return driver.answers(recipe, given, folder / "answers")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("toy")


@pytest.fixture(scope="module")
def toy(folder):
    return answers("recipes.toy", TOY, folder)


@pytest.fixture(scope="module")
def more(folder):
    return answers("recipes.toy", MORE, folder)


@pytest.fixture(scope="module")
def unrolled(folder):
    return answers("recipes.unrolled", UNROLLED, folder)


@pytest.fixture(scope="module")
def longer(folder):
    again = {
        f"longer {case}": [*flags, "--train_steps=10", workdir]
        for case, flags in LONGER.items()
        for workdir in [f"--workdir={folder / case}"]
    }
    return answers("recipes.unrolled", LONGER | again, folder)


@pytest.mark.parametrize("case", ["ring", "least_squares"])
def test_a_run_counts_modes_and_draws_its_samples(case, toy, folder):
    check_run(*toy[case], WorkDir(folder / case))


@pytest.mark.conformance
@pytest.mark.parametrize("case", MORE)
def test_so_does_a_run_of_another_game_or_density(case, more, folder):
    check_run(*more[case], WorkDir(folder / case))


def check_run(status, output, workdir):
    assert status == 0, status
    assert "Done: step 4 of 4" in output
    records = workdir.read_metrics()
    assert [record["step"] for record in records] == [2, 4]
    assert all("eval/modes_captured" in record for record in records)
    samples = sorted(path.name for path in workdir.samples.iterdir())
    assert samples == ["data.png", "step_000000.png", "step_000004.png"]


def test_unset_the_steps_of_a_call_divide_all_others(toy, folder):
    def of(case):
        settings = WorkDir(folder / case).read_config()["settings"]
        return settings["steps_per_execution"]

    assert of("ring") == 2
    status, output = toy["after odd"]
    assert status == 0, status
    assert "Done: step 20 of 20" in output
    # As its first start said.
    assert of("odd") == 1
    dry = json.JSONDecoder().raw_decode(toy["dry"][1])[0]
    assert dry["steps_per_execution"] == 2


def test_a_dry_run_tells_the_density(toy, folder):
    status, output = toy["dry"]
    assert status == 0, status
    assert "25 Gaussians in 2 dimensions" in output
    settings = json.JSONDecoder().raw_decode(output)[0]
    assert settings["data"]["scales"] == [0.05] * 25
    assert (settings["beta_1"], settings["simultaneous"]) == (0.8, False)
    assert not (folder / "dry").exists()


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("unknown", f"one of {DIVERGENCES}. Received: 'hellinger'"),
        ("none", f"one of {DIVERGENCES}. Received: ''"),
        ("few", "the 25 modes were expected. Received: 24"),
        ("export", "--export is for images"),
        ("lone", "need at least 2 examples on each of the 1 replicas"),
    ],
)
def test_a_mistake_is_one_line(case, said, toy, folder):
    line, _ = toy[case]
    assert line.startswith("error: ") and said in line
    assert len(line.splitlines()) == 1
    assert not (folder / case).exists()


@pytest.mark.parametrize("case", ["five", "in turn"])
def test_an_unrolled_run_counts_modes(case, unrolled, folder):
    status, output = unrolled[case]
    assert status == 0, status
    assert "Done: step 4 of 4" in output
    last = WorkDir(folder / case).read_metrics()[-1]
    assert "eval/modes_captured" in last
    if case == "five":
        # So many steps ahead the discriminator's cost is less.
        assert -last["loss/generator"] < last["loss/discriminator"]


@pytest.mark.conformance
def test_learning_rates_fall_in_the_last_third(longer, folder):
    falling, constant = (
        [
            line["loss/generator"]
            for line in WorkDir(folder / case).read_metrics()
        ]
        for case in ("falling", "constant")
    )
    # Steps 2, 4, 6 and 8; the first smaller step is the seventh.
    assert falling[:3] == constant[:3]
    assert falling[3] != constant[3]


@pytest.mark.conformance
def test_only_a_run_of_constant_rates_may_become_longer(longer):
    line, _ = longer["longer falling"]
    assert line.startswith("error: ") and "train_steps" in line
    status, output = longer["longer constant"]
    assert status == 0, status
    assert "Done: step 10 of 10" in output


def test_unrolled_steps_are_one_of_each(unrolled):
    line, _ = unrolled["more"]
    assert re.search("error: .*steps are one of each player", line)


# The terminal of its arguments ends with it.
TERMINAL = """
import pty, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup ignores it.
pty.spawn(sys.argv[1:])
"""
# As a shell does it passes the hang-up on, and it tells the exit status.
SHELL = """
trap 'kill -HUP $!' HUP
"$@" & wait $!
wait $!
echo $? > "$0.unfinished"
mv "$0.unfinished" "$0"
"""


def test_a_terminal_that_is_closed_ends_a_run_with_a_checkpoint(tmp_path):
    workdir = WorkDir(tmp_path / "run")
    status = tmp_path / "status"
    recipe = [sys.executable, "-m", "recipes.toy", f"--workdir={workdir.path}"]
    terminal = Process(
        [sys.executable, "-S", "-c", TERMINAL, "sh", "-c", SHELL, str(status)]
        + [*recipe, *SMALLER, "--train_steps=20000", "--log_every=1"],
        tmp_path / "log",
        cwd=driver.ROOT,
        stdin=subprocess.DEVNULL,
    )
    with terminal:
        wait_for(
            lambda: workdir.metrics.exists() and workdir.metrics.read_text(),
            terminal,
        )
        terminal.kill()
    # Not signalled, it would end with its last step.
    wait_for(lambda: status.exists() and status.read_text())
    assert status.read_text() == "129\n"
    last = workdir.read_metrics()[-1]["step"]
    assert (workdir.checkpoints / f"ckpt-{last}.index").exists()


def test_unroll_steps_below_zero_are_a_wrong_flag():
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "recipes.unrolled",
            "--unroll_steps=-1",
            "--workdir=w",
        ],
        cwd=driver.ROOT,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(driver.ROOT)},
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ") and "unroll_steps" in line
