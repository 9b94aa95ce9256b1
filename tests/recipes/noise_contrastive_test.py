"""recipes.noise_contrastive as a user meets it, and its limits."""

import re

import pytest

from tests.recipes import driver
from tests.recipes import limit_checks as limits
from tfgan_ref.training.workdir import WorkDir

SMALL = ["--units=4", "--cells=64", "--batch_size=16", "--train_steps=4"]
SMALL += ["--eval_every=2", "--log_every=2", "--sample_every=4"]
CASES = {
    "line": [],
    "plane": ["--dataset=grid", "--cells=200"],
    "dry": ["--dry_run"],
    "dry again": ["--dry_run", "--workdir={}/line"],
    "export": ["--export"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("noise_contrastive")


@pytest.fixture(scope="module")
def answers(folder):
    given = {
        case: [
            f"--workdir={folder / case}",
            *SMALL,
            *(flag.replace("{}", str(folder)) for flag in own),
        ]
        for case, own in CASES.items()
    }
    return driver.answers(
        "recipes.noise_contrastive", given, folder / "answers"
    )


@pytest.mark.parametrize("case", ["line", "plane"])
def test_a_run_ends_with_a_table(case, answers, folder):
    status, output = answers[case]
    assert status == 0, status
    assert "Done: step 4 of 4" in output
    last = WorkDir(folder / case).read_metrics()[-1]
    rows = re.findall(r"^(\w+) +([\d.]+) +([-+][\d.]+)$", output, re.M)
    assert [row[0] for row in rows] == [
        "noise_contrast",
        "self_contrast",
        "maximum_likelihood",
    ]
    for name, kl, error in rows:
        assert float(kl) == pytest.approx(last[f"eval/kl/{name}"], abs=1e-4)
        found = last[f"eval/log_z_error/{name}"]
        assert float(error) == pytest.approx(found, abs=1e-4)
    samples = {path.name for path in WorkDir(folder / case).samples.iterdir()}
    assert {"step_000004.png", "densities_000004.png"} <= samples
    # What is shown is not the noise, which never changes.
    path = WorkDir(folder / case).samples / "densities_000004.png"
    assert f"  densities    {path}\n" in output and "step_00" not in output


def test_a_dry_run_writes_nothing(answers, folder):
    for case in ("dry", "dry again"):
        status, output = answers[case]
        assert status == 0, status
        assert "Dry run" in output and "estimator" not in output
    assert not (folder / "dry").exists()


def test_points_are_not_served(answers):
    line, _ = answers["export"]
    assert line.startswith("error: --export is for images")


def test_flags_take_what_is_within_their_limits():
    limits.check(
        "recipes.noise_contrastive",
        limits.POINTS
        | {"units": limits.SIZE, "cells": ([2, 16384], [1, 16385])},
    )
