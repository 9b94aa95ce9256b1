import concurrent.futures
import dataclasses
import json
import math
import pathlib
import shutil
import signal

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from PIL import Image

from tfgan_ref import inference
from tfgan_ref.data import images, minibatches
from tfgan_ref.data import semi_supervised as labelled_minibatches
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.classification import ClassificationEvaluation
from tfgan_ref.gan import GAN
from tfgan_ref.layers import noise
from tfgan_ref.losses import adversarial
from tfgan_ref.models import lapgan, semi_supervised
from tfgan_ref.training import run as training

SETTINGS = {"seed": 3, "width": 4}


@pytest.fixture(scope="module")
def digits():
    return images.load("digits")


def make_gan(digits, steps_per_execution=1, **games):
    gan = lapgan.build(
        digits.image_shape, units=16, latent_dim=5, ema_decay=0.9, seed=3
    )
    gan.compile(
        keras.optimizers.Adam(1e-3),
        keras.optimizers.Adam(1e-3),
        steps_per_execution=steps_per_execution,
        **games,
    )
    return gan


def make_config(tmp_path, **changes):
    config = training.Config(
        workdir=str(tmp_path / "run"),
        train_steps=6,
        batch_size=8,
        seed=3,
        log_every=2,
        sample_every=3,
        checkpoint_every=4,
    )
    return dataclasses.replace(config, **changes)


def train(digits, config, gan=None, how=None, **settings):
    gan = gan or make_gan(digits)
    result = training.train(
        gan, digits, config, settings=SETTINGS | settings, **(how or {})
    )
    return gan, result


def weights(gan):
    return [variable.numpy() for variable in gan.variables]


def assert_equal_weights(first, second):
    for a, b in zip(weights(first), weights(second), strict=True):
        np.testing.assert_array_equal(a, b)


def records(config):
    with open(f"{config.workdir}/metrics.jsonl") as file:
        return [json.loads(line) for line in file]


@pytest.fixture(scope="module")
def finished(digits, tmp_path_factory):
    """A run that has ended, its GAN and its result."""
    config = make_config(tmp_path_factory.mktemp("finished"), export=True)
    return config, *train(digits, config)


def test_a_run_leaves_its_files(finished):
    config, gan, result = finished
    assert result.step == 6 and int(gan.step.numpy()) == 6
    run = pathlib.Path(config.workdir)
    assert json.loads((run / "config.json").read_text())["settings"] == SETTINGS
    assert [record["step"] for record in records(config)] == [2, 4, 6]
    assert sorted(path.name for path in (run / "samples").iterdir()) == [
        "data.png",
        *(f"step_{step:06d}.png" for step in (0, 3, 6)),
    ]
    with Image.open(result.samples) as grid:
        assert grid.size == (8 * 28, 8 * 28) and grid.mode == "L"
    assert sorted(
        path.name for path in (run / "checkpoints").glob("*.index")
    ) == [
        "ckpt-4.index",
        "ckpt-6.index",
    ]
    assert result.saved_model == run / "export" / "6"
    assert (result.saved_model / "saved_model.pb").exists()


def test_an_export_and_the_workdir_draw_the_grid_of_the_last_step(finished):
    config, _, result = finished
    grids = []
    for step in (3, 6):
        path = pathlib.Path(config.workdir, "samples", f"step_{step:06d}.png")
        rows = np.asarray(Image.open(path), float).reshape(8, 28, 8, 28)
        grids.append(rows.swapaxes(1, 2).reshape(64, 28, 28))
    for path in (result.saved_model, config.workdir):
        model = inference.load(path)
        images_ = 255 * model.sample(np.arange(64))[..., 0]
        assert np.abs(images_ - grids[1]).max() < 0.501
        assert np.abs(images_ - grids[0]).max() > 0.6  # Of another step.
        again = 255 * model.sample([9, 2])[..., 0]
        np.testing.assert_array_equal(again, images_[[9, 2]])


def test_a_run_in_another_thread_is_the_same_but_for_signals(
    finished, digits, tmp_path, caplog
):
    _, main, _ = finished
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    handlers = []

    def stream(*args, **options):
        handlers.extend(map(signal.getsignal, numbers))
        return minibatches.stream(*args, **options)

    before = [signal.getsignal(number) for number in numbers]
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        gan, result = pool.submit(
            train, digits, make_config(tmp_path), how={"stream": stream}
        ).result()
    assert result.step == 6 and result.signal is None
    assert handlers == before * 2  # Of its first examples, and of all.
    assert [signal.getsignal(number) for number in numbers] == before
    assert "Not in the main thread: signals do not end" in caplog.text
    assert_equal_weights(main, gan)
    for name in ("metrics.jsonl", "samples/step_000006.png"):
        assert (tmp_path / "run" / name).stat().st_size
    assert list((tmp_path / "run" / "events").iterdir())


def test_a_record_has_what_is_documented(digits, tmp_path):
    config = make_config(tmp_path)
    train(digits, config)
    for record in records(config):
        # Every third step samples are looked at.
        looked = {"diagnosis/spread", "diagnosis/copies"}
        assert record.keys() == (looked if record["step"] == 6 else set()) | {
            "step",
            "seconds",
            "diagnosis/doubt",
            "diagnosis/generator_slope",
            "loss/generator",
            "loss/discriminator",
            "accuracy/real",
            "accuracy/fake",
            "logits/real",
            "logits/fake",
            "gradient_norm/generator",
            "gradient_norm/discriminator",
            "learning_rate/generator",
            "learning_rate/discriminator",
            "perf/images_per_second",
        }
        assert all(math.isfinite(value) for value in record.values())
        assert 0 <= record["accuracy/real"] <= 1
    seconds = [record["seconds"] for record in records(config)]
    assert seconds == sorted(seconds) and seconds[0] > 0


def test_a_finished_run_does_nothing_more(digits, tmp_path):
    config = make_config(tmp_path)
    first, done = train(digits, config)
    metrics = tmp_path / "run" / "metrics.jsonl"
    one, _, three = metrics.read_text().splitlines()
    metrics.write_text(f"{one}\ngarbage\n{three}\n")
    before = metrics.stat(), metrics.read_text()
    second, result = train(digits, config)
    assert result.step == 6 and result.seconds == done.seconds
    after = metrics.stat(), metrics.read_text()
    assert after[1] == before[1] and after[0].st_ino == before[0].st_ino
    assert_equal_weights(first, second)


@pytest.mark.parametrize(
    "discriminator_steps",
    [pytest.param(1, marks=pytest.mark.conformance), 2],
)
def test_a_run_in_two_parts_equals_one_in_one(
    digits, tmp_path, discriminator_steps
):
    kwargs = {"discriminator_steps": discriminator_steps}
    whole, _ = train(
        digits,
        make_config(tmp_path / "whole", log_every=1),
        make_gan(digits, **kwargs),
    )
    parts = make_config(tmp_path / "parts", log_every=1)
    train(
        digits,
        dataclasses.replace(parts, train_steps=3),
        make_gan(digits, **kwargs),
    )
    resumed, _ = train(digits, parts, make_gan(digits, **kwargs))
    assert_equal_weights(whole, resumed)
    found = [
        [
            {name: r[name] for name in r if name[:4] in ("loss", "grad")}
            for r in records(config)
        ]
        for config in (make_config(tmp_path / "whole"), parts)
    ]
    assert found[0] == found[1]
    assert all(len(record) == 4 for record in found[0])


def test_a_workdir_of_any_name_holds_a_run_like_any_other(digits, tmp_path):
    def make_dense_gan():
        keras.utils.set_random_seed(3)
        generator, discriminator = (
            keras.Sequential(
                [
                    keras.Input(given),
                    layers.Flatten(),
                    layers.Dense(math.prod(wanted), "tanh"),
                    layers.Reshape(wanted),
                ],
                name=name,
            )
            for name, given, wanted in (
                ("generator", (5,), digits.image_shape),
                ("discriminator", digits.image_shape, ()),
            )
        )
        gan = GAN(generator, discriminator, seed=3)
        gan.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3))
        return gan

    config = make_config(tmp_path, export=True, checkpoints_to_keep=1)
    whole, _ = train(digits, config, make_dense_gan())
    workdir = tmp_path / "r[u]n*?\\" / "caf\udce9"
    config = dataclasses.replace(config, workdir=str(workdir))
    short = dataclasses.replace(config, train_steps=3, export=False)
    train(digits, short, make_dense_gan())
    parts, result = train(digits, config, make_dense_gan())
    assert_equal_weights(whole, parts)
    assert result.saved_model == workdir / "export" / "6"
    assert len(list((workdir / "events").iterdir())) == 4
    for run in (tmp_path / "run", workdir):
        kept = [path.name for path in (run / "checkpoints").glob("*.index")]
        assert kept == ["ckpt-6.index"]
    models = map(
        inference.load, (tmp_path / "run", workdir, workdir / "export")
    )
    first, *others = (model.sample([3, 4]) for model in models)
    for images_ in others:
        np.testing.assert_array_equal(first, images_)

    # What is no finished export is not taken for one.
    shutil.rmtree(result.saved_model)
    result.saved_model.mkdir()
    train(digits, config, parts)
    assert inference.load(workdir / "export").card["step"] == 6
    (result.saved_model / "saved_model.pb").unlink()
    with pytest.raises(UserError, match="6 is there already, but"):
        train(digits, config, parts)


def test_a_stream_of_labels_and_an_evaluation_make_no_other_run(
    digits, tmp_path
):
    def make_semi_supervised_gan():
        keras.utils.set_random_seed(3)
        gan = semi_supervised.SemiSupervisedGAN(
            keras.Sequential(
                [
                    keras.Input((5,)),
                    layers.Dense(28 * 28, "tanh"),
                    layers.Reshape(digits.image_shape),
                ]
            ),
            keras.Sequential(
                [
                    keras.Input(digits.image_shape),
                    layers.Flatten(),
                    noise.Dropout(0.5),
                    layers.Dense(10),
                ]
            ),
            discriminator_ema_decay=0.9,
            seed=3,
        )
        gan.compile(
            keras.optimizers.Adam(1e-3),
            keras.optimizers.Adam(1e-3),
            discriminator_steps=2,
        )
        return gan

    firsts = []

    def stream(data, batch_size, *, first, **options):
        firsts.append(first)
        assert options.keys() == {"seed", "input_context"}
        assert (batch_size, options["seed"]) == (8, 3)
        return labelled_minibatches.stream(
            data, batch_size, first=first, **options
        )

    few = dataclasses.replace(
        digits, labels=images.keep_labels(digits.labels, 20, seed=0)
    )
    evaluate = ClassificationEvaluation(digits, 10)
    whole_config = make_config(tmp_path / "whole", eval_every=2)
    whole, _ = train(
        few,
        whole_config,
        make_semi_supervised_gan(),
        {"stream": stream, "evaluate": evaluate},
    )
    config = make_config(tmp_path / "parts", train_steps=3)
    for train_steps in (3, 6):
        resumed, _ = train(
            few,
            dataclasses.replace(config, train_steps=train_steps),
            make_semi_supervised_gan(),
            {"stream": stream},
        )
    # Products of tall, thin matrices may be summed by one thread or by two.
    for a, b in zip(weights(whole), weights(resumed), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-6)
    # A run that begins draws its first minibatches.
    assert firsts == [0, 0, 0, 0, 3 * 2]
    errors = [
        record["eval/errors/averaged"] for record in records(whole_config)
    ]
    assert len(errors) == 3 and errors[-1] < errors[0]
    assert records(config)[-1].keys() >= {"loss/labelled", "loss/unlabelled"}


def test_records_after_the_checkpoint_are_made_anew(digits, tmp_path):
    config = make_config(tmp_path)
    train(digits, config)
    for path in (tmp_path / "run" / "checkpoints").glob("ckpt-6*"):
        path.unlink()
    metrics = tmp_path / "run" / "metrics.jsonl"
    damaged = metrics.read_text().replace('{"step": 2,', "{", 1)
    metrics.write_text(damaged)
    train(digits, config)
    assert [record["step"] for record in records(config)] == [4, 6]
    kept = tmp_path / "run" / "metrics.jsonl.damaged"
    assert kept.read_text() == damaged


def test_steps_per_execution_change_nothing(digits, tmp_path):
    one, _ = train(digits, make_config(tmp_path / "1"))
    three, _ = train(
        digits,
        make_config(tmp_path / "3", log_every=3, checkpoint_every=6),
        make_gan(digits, steps_per_execution=3),
    )
    for a, b in zip(weights(one), weights(three), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_a_loss_that_is_not_finite_stops_and_leaves_the_checkpoint(
    digits, tmp_path
):
    gan = make_gan(digits)

    def loss(fake_logits):
        cost = adversarial.non_saturating_generator_loss(fake_logits)
        return tf.where(gan.step.value < 5, cost, math.nan)

    gan.generator_loss = loss
    with pytest.raises(
        UserError, match="loss/generator is nan at step 6.*ckpt-4"
    ):
        train(digits, make_config(tmp_path), gan)
    kept = (tmp_path / "run" / "checkpoints").glob("*.index")
    assert [path.name for path in kept] == ["ckpt-4.index"]


@pytest.mark.parametrize("name", ["checkpoints", "samples", "export"])
def test_what_cannot_be_written_is_known_before_the_training(
    digits, tmp_path, name
):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / name).write_text("mine")
    gan = make_gan(digits)
    with pytest.raises(UserError, match=f"Cannot write .*run/{name}/"):
        train(digits, make_config(tmp_path, export=True), gan)
    assert int(gan.step.numpy()) == 0
    assert not (tmp_path / "run" / "config.json").exists()


def test_other_settings_are_refused(digits, tmp_path):
    config = make_config(tmp_path)
    train(digits, config)
    with pytest.raises(UserError, match="width=4.*width=8"):
        train(digits, config, width=8)


def test_without_resume_an_existing_run_is_refused(digits, tmp_path):
    config = make_config(tmp_path)
    train(digits, config)
    with pytest.raises(UserError, match="holds a run at step 6"):
        train(digits, dataclasses.replace(config, resume=False))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"train_steps": 0}, "`train_steps` must be positive. Received: 0"),
        ({"log_every": -1}, "`log_every` must be positive. Received: -1"),
        ({"batch_size": 1798}, "`batch_size` .* 1797. Received: 1798"),
        ({"batch_size": 0}, "`batch_size` .* Received: 0"),
    ],
)
def test_a_wrong_number_is_refused_before_anything_is_written(
    digits, tmp_path, change, message
):
    with pytest.raises(UserError, match=message):
        train(digits, make_config(tmp_path, **change))
    assert not (tmp_path / "run").exists()


def test_a_resumed_run_must_fit_the_steps_per_execution(digits, tmp_path):
    train(digits, make_config(tmp_path, train_steps=3))
    gan = make_gan(digits, steps_per_execution=2)
    config = make_config(tmp_path, sample_every=4)
    with pytest.raises(UserError, match="step must be a multiple.* 3"):
        train(digits, config, gan)


def test_periods_must_fit_the_steps_per_execution(digits, tmp_path):
    gan = make_gan(digits, steps_per_execution=4)
    with pytest.raises(UserError, match="multiple of steps_per_execution=4"):
        train(digits, make_config(tmp_path), gan)
