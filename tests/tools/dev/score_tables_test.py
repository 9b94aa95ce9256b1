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
        "conditional, acgan, 64 width",
        "900",
        "[1](../results/b.json), [3](../results/c.json)",
        "of the class asked for, % 97 ± 1.4; of real images, % 99 ± 0",
        "",
        "2 min",
    ]
    assert concat[1] == "conditional, concat, 64 width"
    assert concat[4] == "of the class asked for, % 75; of real images, % 99"


@pytest.mark.parametrize(
    ("recipe", "settings", "key", "published"),
    [
        ("infogan", {"width": 8}, "accuracy/majority", "95 % by majority"),
        ("bigan", {"units": 8}, "reconstruction/error", "7.29, 9.51; 97.4 %"),
        ("ali", {"width": 8}, "reconstruction/error", ""),
        (
            "catgan",
            {"categories": 20, "units": 8},
            "error_rate/majority",
            "9.7 % by majority",
        ),
        (
            "catgan",
            {"categories": 10, "labels": 100},
            "error_rate/raw",
            "1.91 %",
        ),
        (
            "aae",
            {"kind": "clusters", "prior": "gaussian", "categories": 16},
            "cluster_error/surest",
            "9.55 % by the surest",
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
            "1.90 %",
        ),
    ],
)
def test_what_was_published_is_beside_its_like(
    recipe, settings, key, published
):
    made = record(recipe, 1, {f"eval/{key}": 0.5}, **settings)
    assert score_tables.is_measured(made)
    ((*_, measured, found, _),) = rows(a=made)
    assert found == published
    assert "0.5" in measured or "50" in measured


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
    assert row[4:6] == ["return 200", "200 ± 0"]


def test_a_run_that_did_not_measure_this_is_not_of_this_table():
    scores = {"eval/fid/classifier": 3.0}
    assert not score_tables.is_measured(record("conditional", 1, scores))
    scores = {"eval/class_accuracy/classifier": 0.5}
    assert not score_tables.is_measured(record("dcgan", 1, scores))
    assert not score_tables.is_measured({"kind": "figures"})
