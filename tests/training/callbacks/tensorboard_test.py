"""A real TensorBoard, asked over HTTP for what a run has written."""

import json
import re
import signal
import sys
import urllib.parse
import urllib.request

import keras
import pytest
import tensorflow as tf
from PIL import Image

from tests.waiting import SECONDS, Process, wait_for
from tfgan_ref.data import images
from tfgan_ref.evaluation.result import Evaluation
from tfgan_ref.models import dcgan
from tfgan_ref.training import run as training
from tfgan_ref.training.callbacks.tensorboard import open_writer

SETTINGS = {
    "seed": 1,
    "learning_rate": 0.25,
    "game": "minimax",
    "dataset": "idx:/data/digits/",
    "log_every": 2,
    "workdir": "runs/1",
    "data": {},
}


def train(workdir, digits, evaluate, train_steps):
    gan = dcgan.build(digits.image_shape, width=2, latent_dim=3)
    gan.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(2e-3))
    config = training.Config(
        workdir=str(workdir),
        train_steps=train_steps,
        batch_size=4,
        log_every=2,
        sample_every=6,
        eval_every=2,
        checkpoint_every=6,
    )
    return training.train(
        gan, digits, config, settings=SETTINGS, evaluate=evaluate
    )


def interrupted(gan):
    """An evaluation in which the user loses patience."""
    if int(gan.step.numpy()) == 2:
        signal.raise_signal(signal.SIGINT)
    share = int(gan.step.numpy()) / 100
    return Evaluation({"eval/high_quality": share})


@pytest.fixture(scope="module")
def workdir(tmp_path_factory):
    """Of a run that a signal has stopped at step 3, and that went on to 6."""
    workdir = tmp_path_factory.mktemp("run")
    digits = images.load("digits")
    # A start of which nothing but the events of later steps is left.
    writer = open_writer(workdir / "events", 0)
    with writer.as_default():
        for step in (2, 4, 6):
            tf.summary.scalar("loss/generator", 99.0, step, "Of before.")
    writer.close()
    for path in (workdir / "events").iterdir():
        # TensorBoard reads them in the order of their seconds.
        path.rename(
            path.with_name(re.sub(r"\.\d+\.", ".1.", path.name, count=1))
        )
    assert train(workdir, digits, interrupted, 6).step == 3
    assert train(workdir, digits, interrupted, 6).step == 6
    return workdir


@pytest.fixture(scope="module")
def ask(workdir, tmp_path_factory):
    """Starts TensorBoard, and returns a function path -> JSON."""
    # All is read before it answers, else it reads while it is asked.
    command = [
        *(sys.executable, "-m", "tensorboard.main", f"--logdir={workdir}"),
        *("--host=127.0.0.1", "--port=0", "--load_fast=false"),
        *("--reload_task=blocking", "--reload_interval=0"),
    ]
    with Process(command, tmp_path_factory.mktemp("log") / "log") as server:
        found = wait_for(
            lambda: re.search(
                r"http://127\.0\.0\.1:\d+/", server.log.read_text()
            ),
            server,
        )

        def get(path, load=json.load):
            address = found[0] + "data/plugin/" + path
            with urllib.request.urlopen(address, timeout=SECONDS) as response:
                return load(response)

        yield get


def tags_of(ask, plugin):
    """Tag -> description."""
    tags = ask(f"{plugin}/tags")["events"]
    return {tag: found["description"] for tag, found in tags.items()}


def records(workdir):
    lines = (workdir / "metrics.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_scalars_are_logged_at_every_second_step_and_the_last(ask):
    assert tags_of(ask, "scalars").keys() == {
        "diagnosis/doubt",
        "diagnosis/generator_slope",
        "diagnosis/spread",
        "diagnosis/copies",
        "perf/evaluation_share",
        "loss/generator",
        "loss/discriminator",
        "accuracy/real",
        "accuracy/fake",
        "mean_logits/real",
        "mean_logits/fake",
        "gradient_norm/generator",
        "gradient_norm/discriminator",
        "learning_rate/generator",
        "learning_rate/discriminator",
        "perf/images_per_second",
        "eval/high_quality",
    }
    points = ask("scalars/scalars?run=events&tag=loss/generator")
    assert [step for _, step, _ in points] == [2, 3, 4, 6]
    points = ask("scalars/scalars?run=events&tag=learning_rate/discriminator")
    assert [value for _, _, value in points] == pytest.approx([2e-3] * 4)


def test_what_a_killed_start_has_logged_is_not_shown(ask):
    points = ask("scalars/scalars?run=events&tag=loss/generator")
    assert all(value < 99.0 for _, _, value in points)


def test_metrics_jsonl_has_the_same_numbers(ask, workdir):
    for tag, name in (
        ("mean_logits/fake", "logits/fake"),
        *[("gradient_norm/generator",) * 2, ("loss/discriminator",) * 2],
    ):
        points = ask(f"scalars/scalars?run=events&tag={tag}")
        logged = {r["step"]: r[name] for r in records(workdir) if name in r}
        assert {step: value for _, step, value in points} == pytest.approx(
            logged, rel=1e-6
        )
    # Before the signal's last step nobody knew that it would be.
    assert sorted(logged) == [2, 3, 4, 6]
    norms = [r for r in records(workdir) if "gradient_norm/generator" in r]
    assert [record["step"] for record in norms] == [2, 4, 6]


def test_every_tag_says_what_it_is(ask):
    for plugin in ("scalars", "histograms"):
        for tag, description in tags_of(ask, plugin).items():
            assert description, tag
    for tag, found in ask("images/tags")["events"].items():
        assert found["description"], tag
    assert "eq. 8" in tags_of(ask, "scalars")["loss/discriminator"]


def test_what_belongs_together_is_one_chart(ask):
    layout = ask("custom_scalars/layout")
    charts = {
        category["title"]: {
            chart["title"]: set(
                ask(
                    "custom_scalars/scalars?"
                    + urllib.parse.urlencode(
                        {"run": "events", "tag": chart["multiline"]["tag"][0]}
                    )
                )["tag_to_events"]
            )
            for chart in category["chart"]
        }
        for category in layout["category"]
    }
    assert charts == {
        "The game": {
            "costs of both players": {"loss/generator", "loss/discriminator"},
            "mean logits on real and fake": {
                "mean_logits/real",
                "mean_logits/fake",
            },
            "accuracies": {"accuracy/real", "accuracy/fake"},
        },
        "Diagnosis": {
            "slopes by the logits": {
                "diagnosis/doubt",
                "diagnosis/generator_slope",
            },
            "variety of samples": {"diagnosis/spread", "diagnosis/copies"},
        },
        "Its steps": {
            "gradient norms": {
                "gradient_norm/generator",
                "gradient_norm/discriminator",
            },
            "learning rates": {
                "learning_rate/generator",
                "learning_rate/discriminator",
            },
            "images per second": {"perf/images_per_second"},
        },
        "Evaluations": {"high quality": {"eval/high_quality"}},
    }


def test_logits_are_histograms(ask):
    assert tags_of(ask, "histograms").keys() == {"logits/real", "logits/fake"}


def test_samples_and_data_are_images(ask):
    assert ask("images/tags")["events"].keys() == {"samples", "data"}
    for tag, steps in (("samples", [0, 3, 6]), ("data", [0])):
        grids = ask(f"images/images?run=events&tag={tag}&sample=0")
        assert [grid["step"] for grid in grids] == steps
        path = f"images/individualImage?{grids[-1]['query']}"
        size = ask(path, load=lambda response: Image.open(response).size)
        assert size == (8 * 28, 8 * 28)


def test_configuration_and_networks_are_texts(ask):
    assert set(ask("text/tags")["events"]) == {
        "config",
        "summary/generator",
        "summary/discriminator",
    }
    text = ask("text/text?run=events&tag=config")[-1]
    assert "learning_rate" in text["text"] and "0.25" in text["text"]
    text = ask("text/text?run=events&tag=summary/discriminator")[-1]
    assert "conv2d" in text["text"]


def test_the_graph_is_that_of_the_training_step(ask):
    assert ask("graphs/info")["events"]["run_graph"]
    graph = ask(
        "graphs/graph?run=events", load=lambda response: response.read()
    )
    # The networks' gradients and the optimizers' updates.
    for name in (b"BackpropFilter", b"AssignSubVariableOp"):
        assert name in graph


def test_runs_are_compared_by_hyperparameters_and_last_values(ask, workdir):
    experiment = ask("hparams/experiment?request=%7B%7D")
    names = {info["name"] for info in experiment["hparamInfos"]}
    assert names == {"seed", "learning_rate", "game", "dataset"}
    statuses = '"STATUS_UNKNOWN","STATUS_SUCCESS"'
    found = ask(
        "hparams/session_groups?"
        + urllib.parse.urlencode(
            {
                "request": '{"startIndex":0,"sliceSize":9,'
                f'"allowedStatuses":[{statuses}]}}'
            }
        )
    )
    (group,) = found["sessionGroups"]
    assert group["name"] == "events"
    assert group["hparams"] == {
        "seed": 1,
        "learning_rate": 0.25,
        "game": "minimax",
        "dataset": "idx:digits",
    }
    (session,) = group["sessions"]
    assert session["status"] == "STATUS_SUCCESS"
    last = records(workdir)[-1]
    values = {v["name"]["tag"]: v["value"] for v in session["metricValues"]}
    for name in ("loss/generator", "eval/high_quality"):
        assert values[name] == pytest.approx(last[name], rel=1e-6)
