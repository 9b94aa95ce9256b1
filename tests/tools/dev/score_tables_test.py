"""Runs with labels, codes and encoders, seeds side by side."""

import pytest

from tests import small_records
from tools.dev import score_tables


def record(recipe, seed, scores, dataset="idx:some/mnist", **settings):
    lines = [{"step": step, "seconds": 1.0} | scores for step in (400, 900)]
    lines[0] = {key: 0.0 for key in lines[0]}
    usual = {"dataset": dataset, "batch_size": 64, "width": None}
    return small_records.of_kind(
        "run",
        command=f"python -m recipes.{recipe} --workdir=runs/a",
        seed=seed,
        steps=900,
        wall_seconds=60.0 * seed,
        settings=usual | settings,
        evaluations=lines,
    )


def rows(**records):
    (_, _, *found) = score_tables.table(records).strip().splitlines()
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in found]


def test_kinds_are_rows_and_seeds_are_not():
    def of(seed, share, kind):
        scores = {
            "eval/class_accuracy/classifier": share,
            "eval/class_accuracy/classifier/real": 0.99,
            "eval/fid/classifier": 3.0,
        }
        return record("conditional", seed, scores, kind=kind, width=64)

    acgan, concat = rows(
        a=of(1, 0.75, "concat"), b=of(1, 0.96, "acgan"), c=of(3, 0.98, "acgan")
    )
    assert acgan == [
        "mnist",
        "conditional, acgan, width 64",
        "900",
        "[1](../results/b.json), [3](../results/c.json)",
        "of the class asked for, % 97 ± 1.4; of real images, % 99 ± 0",
        "2 min",
    ]
    assert concat[1] == "conditional, concat, width 64"
    assert concat[4] == "of the class asked for, % 75; of real images, % 99"


@pytest.mark.parametrize(
    ("recipe", "settings", "key"),
    [
        ("infogan", {"width": 8}, "accuracy/majority"),
        ("bigan", {"units": 8}, "reconstruction/error"),
        ("ali", {"width": 8}, "reconstruction/error"),
        (
            "catgan",
            {"categories": 20, "units": 8},
            "error_rate/majority",
        ),
        (
            "catgan",
            {"categories": 10, "labels": 100},
            "error_rate/raw",
        ),
        (
            "aae",
            {"kind": "clusters", "prior": "gaussian", "categories": 16},
            "cluster_error/surest",
        ),
        (
            "aae",
            {
                "kind": "classes",
                "prior": "gaussian",
                "categories": 16,
                "labels": 100,
            },
            "error_rate/encoder",
        ),
    ],
)
def test_a_run_of_each_is_measured(recipe, settings, key):
    made = record(recipe, 1, {f"eval/{key}": 0.5}, **settings)
    assert score_tables.is_measured(made)
    ((*_, measured, _),) = rows(a=made)
    assert "0.5" in measured or "50" in measured


def test_a_pyramid_s_levels_are_rows():
    coarse, fine = rows(
        **{
            name: record("lapgan", 1, {"eval/fid/classifier": fid}, level=level)
            for name, level, fid in (("a", 0, 3.0), ("b", 1, 7.0))
        }
    )
    assert coarse[1] == "lapgan, level 0" and coarse[4] == "FID 3"
    assert fine[1] == "lapgan, level 1" and fine[4] == "FID 7"


def test_strings_are_judged_before_the_game_as_well():
    def of(seed, before, after):
        made = record("sequence", seed, {"eval/valid": after}, task="grammar")
        made["settings"]["pretrain_steps"] = 400
        made["evaluations"][0] |= {"step": 400, "eval/valid": before}
        return made

    (row,) = rows(a=of(0, 0.5, 0.9), b=of(1, 0.75, 0.95))
    assert row[1] == "sequence, grammar"
    before, after = row[4].split("; ")
    assert before == "valid before the game, % 62.5 ± 18"
    assert after == "after, % 92.5 ± 3.5"


def test_a_run_of_likelihood_alone_is_no_run_of_the_game():
    def of(value, steps):
        scores = {"eval/oracle_nll": value}
        return record("sequence", 1, scores, pretrain_steps=steps)

    game, alone = rows(a=of(3.0, 900), b=of(2.0, 400))
    assert (game[1], alone[1]) == ("sequence", "sequence, no game")
    assert "after 2" in game[4] and "after 3" in alone[4]


def test_an_environment_stands_for_the_data():
    made = record(
        "imitation",
        1,
        {"eval/return": 200.0},
        dataset=None,
        method="gail",
        environment="CartPole-v0",
    )
    (row,) = rows(a=made)
    assert row[:2] == ["CartPole-v0", "imitation, gail"]
    assert row[4:6] == ["return 200", "1 min"]


def test_a_run_that_did_not_measure_this_is_not_of_this_table():
    scores = {"eval/fid/classifier": 3.0}
    assert not score_tables.is_measured(record("conditional", 1, scores))
    scores = {"eval/class_accuracy/classifier": 0.5}
    assert not score_tables.is_measured(record("dcgan", 1, scores))
    assert not score_tables.is_measured({"kind": "figures"})
