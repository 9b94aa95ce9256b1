"""What TensorBoard says of tags, draws in one chart and compares runs by."""

import re

import pytest

from tfgan_ref.training.callbacks.charts import make_layout
from tfgan_ref.training.callbacks.hyperparameters import of_settings
from tfgan_ref.training.callbacks.tags import describe


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("loss/generator", "eq. 13"),
        ("loss/discriminator", "eq. 8"),
        ("logits/fake", "eq. 9"),
        ("gradient_norm/encoder", "3.2.3"),
        ("eval/errors/averaged", "4.1"),
        ("eval/modes_captured", "5.1.1"),
        ("eval/of/tomorrow", "evaluation"),
        ("critic/estimate", "Arjovsky"),
    ],
)
def test_a_tag_is_described_by_its_longest_beginning(tag, said):
    assert said in describe(tag)


@pytest.mark.parametrize("tag", ["", "loss", "loss/", "loss/generators", "x"])
def test_what_nobody_has_described_is_not(tag):
    assert describe(tag) == ""


def test_charts_hold_the_tags_that_there_are_and_no_others():
    tags = ["loss/generator", "loss/generators", "eval/fid/a", "eval/fid/b"]
    tags += ["eval/fid_2", "critic/estimate"]
    charts = {
        chart.title: [
            tag for tag in tags if re.match(chart.multiline.tag[0], tag)
        ]
        for category in make_layout(tags).category
        for chart in category.chart
    }
    assert charts == {
        "costs of both players": ["loss/generator"],
        "the critic": ["critic/estimate"],
        "fid": ["eval/fid/a", "eval/fid/b"],
        "fid 2": ["eval/fid_2"],
    }


def test_hyperparameters_are_no_paths_and_nothing_about_logging():
    settings = {
        "seed": 3,
        "beta_1": 0.5,
        "simultaneous": False,
        "game": "minimax",
        "dataset": "folder:/home/me/cats/",
        "augment": None,
        "data": {"count": 3},
        "init_from": "runs/1",
        "workdir": "runs/2",
        "log_every": 50,
        "diagnose": True,
        "train_steps": 9,
    }
    assert of_settings(settings) == {
        "seed": 3,
        "beta_1": 0.5,
        "simultaneous": False,
        "game": "minimax",
        "dataset": "folder:cats",
    }
