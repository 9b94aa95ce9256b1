"""A real TensorBoard, asked over HTTP for what a run has written."""

import json
import re
import sys
import urllib.request

import keras
import pytest
import tensorflow as tf
from PIL import Image

from tests.waiting import SECONDS, Process, wait_for
from tfgan_ref.data import images
from tfgan_ref.models import dcgan
from tfgan_ref.training import run as training
from tfgan_ref.training.callbacks.tensorboard import open_writer

SETTINGS = {"seed": 1, "learning_rate": 0.25, "game": "minimax", "data": {}}


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """Trains, starts TensorBoard, and returns a function path -> JSON."""
    workdir = tmp_path_factory.mktemp("run")
    digits = images.load("digits")
    gan = dcgan.build(digits.image_shape, width=2, latent_dim=3)
    gan.compile(keras.optimizers.Adam(), keras.optimizers.Adam())
    # A start of which nothing but the events of later steps is left.
    writer = open_writer(workdir / "events", 0)
    with writer.as_default():
        for step in (2, 4, 6):
            tf.summary.scalar("loss/generator", 9.0, step)
    writer.close()
    config = training.Config(
        workdir=str(workdir),
        train_steps=4,
        batch_size=4,
        log_every=2,
        sample_every=4,
        checkpoint_every=4,
    )
    training.train(gan, digits, config, settings=SETTINGS)
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


def test_scalars_are_logged_at_every_second_step(ask):
    tags = ask("scalars/tags")["events"]
    assert tags.keys() == {
        "diagnosis/doubt",
        "diagnosis/generator_slope",
        "diagnosis/spread",
        "diagnosis/copies",
        "loss/generator",
        "loss/discriminator",
        "accuracy/real",
        "accuracy/fake",
        "perf/images_per_second",
    }
    points = ask("scalars/scalars?run=events&tag=loss/generator")
    assert [step for _, step, _ in points] == [2, 4]


def test_what_a_killed_start_has_logged_is_not_shown(ask):
    points = ask("scalars/scalars?run=events&tag=loss/generator")
    assert [value < 9.0 for _, _, value in points] == [True, True]


def test_logits_are_histograms(ask):
    assert ask("histograms/tags")["events"].keys() == {
        "logits/real",
        "logits/fake",
    }


def test_samples_are_images(ask):
    assert ask("images/tags")["events"].keys() == {"samples"}
    grids = ask("images/images?run=events&tag=samples&sample=0")
    assert [grid["step"] for grid in grids] == [0, 4]
    path = f"images/individualImage?{grids[1]['query']}"
    size = ask(path, load=lambda response: Image.open(response).size)
    assert size == (8 * 28, 8 * 28)


def test_configuration_and_networks_are_texts(ask):
    assert set(ask("text/tags")["events"]) == {
        "config",
        "summary/generator",
        "summary/discriminator",
    }
    (text,) = ask("text/text?run=events&tag=config")
    assert "learning_rate" in text["text"] and "0.25" in text["text"]
    (text,) = ask("text/text?run=events&tag=summary/discriminator")
    assert "conv2d" in text["text"]


def test_the_graph_is_that_of_the_training_step(ask):
    graphs = ask("graphs/info")["events"]["tags"]
    assert graphs["train_function"]["op_graph"]


def test_the_settings_are_hyperparameters(ask):
    experiment = ask("hparams/experiment?request=%7B%7D")
    names = {info["name"] for info in experiment["hparamInfos"]}
    assert names == {"seed", "learning_rate", "game"}
