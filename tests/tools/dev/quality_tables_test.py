"""Runs whose samples were measured, seeds side by side."""

import pytest

from tests import small_records
from tfgan_ref.errors import UserError
from tools.dev import quality_tables

SCORES = ("fid", "kid", "precision", "recall")
OF_REAL = 4.0, 0.05, 0.025, 0.0125


def record(
    seed, fid, dataset="mnist", recipe="dcgan", of_real=OF_REAL, **settings
):
    last = {}
    for kind, values in ("", (fid, 0.5, 0.25, 0.125)), ("/real", of_real):
        for name, value in zip(SCORES, values, strict=True):
            last[f"eval/{name}/classifier{kind}"] = value
    usual = {
        "dataset": dataset,
        "generator_lr": 2e-4,
        "discriminator_lr": 2e-4,
        "batch_size": 64,
        "real_target": 1.0,
    }
    return small_records.of_kind(
        "run",
        command=f"python -m recipes.{recipe} --workdir=runs/a",
        seed=seed,
        steps=4500,
        wall_seconds=60.0 * seed,
        settings=usual | settings,
        evaluations=[{"step": 4500, "seconds": 1.0} | last],
    )


def rows(**records):
    (_, _, *found) = quality_tables.table(records).strip().splitlines()
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in found]


def test_seeds_are_one_row_below_the_real_images_of_their_data():
    game = {"game": "minimax"}
    found = rows(
        a=record(1, 40.0, **game),
        b=record(2, 44.0, **game),
        c=record(1, 30.0, "idx:some/fashion_mnist", **game),
    )
    fashion, of_fashion, mnist, of_mnist = found
    assert fashion[:2] == ["fashion_mnist", "real images"]
    assert of_fashion[:2] == ["fashion_mnist", "DCGAN, minimax"]
    assert of_fashion[4:] == ["30", "0.5", "25", "12.5", "1 min"]
    assert mnist[4:] == ["4", "0.05", "2.5", "1.25", ""]
    links = "[1](../results/a.json), [2](../results/b.json)"
    assert of_mnist[2:5] == ["4,500", links, "42 ± 2.8"]
    assert of_mnist[-1] == "2 min"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        (
            {"game": "non_saturating", "real_target": 0.9},
            "DCGAN, non-saturating, smoothed",
        ),
        (
            {"game": "minimax", "generator_lr": 8e-4, "discriminator_lr": 4e-4},
            "DCGAN, minimax, rates 0.0008, 0.0004",
        ),
        ({"recipe": "wgan", "generator_lr": 1e-4}, "WGAN-GP"),
        ({"recipe": "minibatch"}, "minibatch features"),
    ],
)
def test_a_row_says_which_game_was_played(changes, name):
    _, row = rows(a=record(1, 40.0, **changes))
    assert row[1] == name


def test_runs_measured_by_two_networks_share_no_table():
    others = record(2, 40.0, of_real=(4.0, 0.05, 0.026, 0.0125))
    with pytest.raises(UserError, match="^mnist: measured by two extractors"):
        rows(a=record(1, 40.0), b=others)


def test_a_run_of_other_scores_or_none_is_not_of_this_table():
    measured = record(1, 40.0)
    assert quality_tables.is_measured(measured)
    del measured["evaluations"][-1]["eval/kid/classifier"]
    assert not quality_tables.is_measured(measured)
    assert not quality_tables.is_measured({"evaluations": []})
    assert not quality_tables.is_measured({})
