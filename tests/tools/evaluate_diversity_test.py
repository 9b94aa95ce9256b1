import functools
import json
import math
import pathlib
import shutil
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import forked
from tfgan_ref import priors, provenance, recorded
from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import classifier
from tfgan_ref.training.workdir import WorkDir
from tools import evaluate_diversity

TOOL = pathlib.Path(evaluate_diversity.__file__)
SHAPE = (2, 3, 1)
LEVELS = np.array([-1.0, 0.0, 1.0], np.float32)


class Generator(tf.Module):
    """Fills the image with z_0, or with one value."""

    def __init__(self, value=None, shape=SHAPE, scale=1.0):
        super().__init__()
        self._shape = shape
        self._value = value
        # Without its variables, a generator does not generate.
        self._scale = tf.Variable(scale)

    def __call__(self, latents):
        z = latents[:, 0] if self._value is None else self._value
        filled = tf.fill([tf.shape(latents)[0], *self._shape], 0.0)
        z = tf.cast(tf.reshape(z, [-1, 1, 1, 1]), tf.float32)
        return {"images": self._scale * (filled + z)}


def export(
    folder,
    generator,
    *,
    name="generate",
    argument="latents",
    shape=(None, 5),
    dtype=tf.float32,
    output="images",
):
    spec = tf.TensorSpec(shape, dtype, name=argument)
    # From [-1, 1] to what is served.
    generate = tf.function(
        lambda z: {output: 0.5 * generator(z)["images"] + 0.5}
    )
    generator.generate = generate
    signature = generate.get_concrete_function(spec)
    tf.saved_model.save(generator, str(folder), signatures={name: signature})
    return folder


@pytest.fixture(scope="session")
def judge_folder(tmp_path_factory):
    """A classifier whose class is the level nearest to the mean pixel."""
    images = keras.Input(SHAPE)
    x = keras.layers.Dense(3, name="scores")(keras.layers.Flatten()(images))
    network = keras.Model(images, keras.layers.Softmax()(x))
    # -(mean - level)^2 / 2 up to what all classes share.
    kernel = np.tile(LEVELS / 6, (6, 1))
    network.get_layer("scores").set_weights([kernel, -(LEVELS**2) / 2])
    data = Images(
        "levels",
        np.zeros((1, *SHAPE), np.uint8),
        np.zeros(1, np.int32),
        ("low", "middle", "high"),
    )
    path = tmp_path_factory.mktemp("judge") / "levels.keras"
    classifier.save(network, path, data=data, test_accuracy=0.75, settings={})
    return path.parent


@pytest.fixture
def judge(judge_folder, tmp_path):
    shutil.copytree(judge_folder, tmp_path / "judge")
    return tmp_path / "judge" / "levels.keras"


def expected(z):
    """Numbers for images full of z: the definitions, written out in NumPy."""
    z = np.asarray(z, np.float64)
    scores = -((z[:, None] - LEVELS) ** 2) / 2
    probabilities = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    counts = [np.sum(z < -0.5), np.sum(abs(z) <= 0.5), np.sum(z > 0.5)]
    shares = [count / len(z) for count in counts if count]
    return {
        "classes_covered": len(shares),
        "class_entropy": pytest.approx(
            -sum(share * math.log(share) for share in shares), rel=1e-5
        ),
        "confidence": pytest.approx(probabilities.max(1).mean(), rel=1e-5),
        "samples": len(z),
    }


def run(judge, *arguments):
    evaluate_diversity.main(
        evaluate_diversity._parse_flags([f"--classifier={judge}", *arguments])
    )


def record_of(judge, folder, *arguments):
    """What --json says of one generator."""
    path = judge.parent / "record.json"
    run(judge, f"--generator={folder}", f"--json={path}", *arguments)
    (row,) = recorded.read(path)["generators"]
    assert row.pop("generator") == str(folder)
    return row


def assert_refused(judge, folder, *parts):
    with pytest.raises(UserError) as caught:
        run(judge, f"--generator={folder}", "--samples=10")
    assert len(str(caught.value).splitlines()) == 1
    for part in (folder, *parts):
        assert str(part) in str(caught.value)


# The main path.


def test_a_process_of_its_own_measures_prints_and_records(judge, tmp_path):
    one = export(tmp_path / "one" / "7", Generator())
    two = export(tmp_path / "two" / "7", Generator(value=0.875))
    done = forked.run(
        TOOL,
        f"--classifier={judge}",
        f"--generator={one}",
        f"--generator={two}",
        "--samples=300",
        "--batch_size=128",
        "--seed=4",
        f"--json={tmp_path / 'results' / 'diversity.json'}",
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr

    content = recorded.read(tmp_path / "results/diversity.json")
    first, second = content["generators"]
    latents = tf.random.stateless_uniform([300, 5], [4, 0], -1.0, 1.0).numpy()
    assert first == {"generator": str(one)} | expected(latents[:, 0])
    assert second == {"generator": str(two)} | expected([0.875] * 300)
    assert first["classes_covered"] == 3 and second["classes_covered"] == 1
    # Of 3 and 1: (3 - 2)^2 + (1 - 2)^2 = 2, over n - 1 = 1.
    assert content["mean"]["classes_covered"] == 2
    assert content["standard_deviation"]["classes_covered"] == pytest.approx(
        math.sqrt(2), rel=1e-5
    )
    for name in ("class_entropy", "confidence"):
        a, b = first[name], second[name]
        assert content["mean"][name] == pytest.approx((a + b) / 2, abs=1e-5)
        assert content["standard_deviation"][name] == pytest.approx(
            abs(a - b) / math.sqrt(2), abs=1e-5
        )
    told = json.loads(judge.with_suffix(".json").read_text())
    assert content["classifier"] == {
        "sha256": told["sha256"],
        "dataset": "levels",
        "test_accuracy": 0.75,
        "classes": 3,
    }
    assert content["samples"] == 300
    assert (content["seed"], content["prior"]) == (4, "uniform")
    for name, value in provenance.describe().items():
        assert name == "command" or content[name] == value
    assert "--samples=300" in content["command"]

    lines = done.stdout.splitlines()
    assert lines == [
        f"{one}: 3 of 3 classes, entropy {first['class_entropy']:.3f} of "
        f"1.099, confidence {first['confidence']:.3f}",
        f"{two}: 1 of 3 classes, entropy 0.000 of 1.099, confidence "
        f"{second['confidence']:.3f}",
        "2 generators, mean +- standard deviation: 2.000 +- 1.414 classes, "
        f"entropy {content['mean']['class_entropy']:.3f} +- "
        f"{content['standard_deviation']['class_entropy']:.3f}, confidence "
        f"{content['mean']['confidence']:.3f} +- "
        f"{content['standard_deviation']['confidence']:.3f}",
    ]


def test_one_generator_has_no_deviation(judge, tmp_path, capsys):
    folder = export(tmp_path / "7", Generator(value=-0.9))
    path = tmp_path / "record.json"
    run(judge, f"--generator={folder}", "--samples=3", f"--json={path}")
    assert len(capsys.readouterr().out.splitlines()) == 1
    content = recorded.read(path)
    assert "mean" not in content and "standard_deviation" not in content


def test_the_run_that_made_a_generator_is_recorded(judge, tmp_path):
    run = WorkDir(tmp_path / "run")
    folder = export(run.exports / "7", Generator())
    start = {"step": 0, "command": "python -m recipes.x", "revision": "0a"}
    again = start | {"step": 3, "command": "python -m recipes.x --again"}
    config = {"settings": {}, "starts": [start, again]}
    run.config.write_text(json.dumps(config))
    run.metrics.write_text('{"step": 7, "seconds": 2.5, "loss": 1}\n')
    assert record_of(judge, folder, "--samples=4")["run"] == {
        "command": "python -m recipes.x --again",
        "revision": "0a",
        "step": 7,
        "seconds": 2.5,
    }


@pytest.mark.parametrize("batch_size", [1, 7, 40, 1000])
def test_the_size_of_the_batches_is_of_no_influence(
    judge, tmp_path, batch_size
):
    folder = export(tmp_path / "7", Generator())
    row = record_of(judge, folder, "--samples=40", f"--batch_size={batch_size}")
    latents = tf.random.stateless_uniform([40, 5], [0, 0], -1.0, 1.0).numpy()
    assert row == expected(latents[:, 0])


def test_no_more_images_than_a_batch_are_made_at_once(judge, tmp_path):
    sizes = []
    network = classifier.load(judge).network
    folder = export(tmp_path / "7", Generator())
    flags = evaluate_diversity._parse_flags(
        ["--generator=x", "--samples=10", "--batch_size=4"]
    )

    class Spy:
        input_shape = network.input_shape

        def __call__(self, images, training):
            sizes.append(len(images))
            return network(images, training=training)

    assert evaluate_diversity.measure(flags, folder, Spy())["samples"] == 10
    assert sizes == [4, 4, 2]


@pytest.mark.parametrize(
    ("prior", "draw"),
    [
        (
            "uniform",
            functools.partial(tf.random.stateless_uniform, minval=-1.0),
        ),
        ("normal", tf.random.stateless_normal),
        ("unit_uniform", tf.random.stateless_uniform),
    ],
)
def test_the_latents_are_of_the_prior_that_is_asked_for(
    judge, tmp_path, prior, draw
):
    # A normal z may be far out.
    folder = export(tmp_path / "7", Generator(scale=0.125))
    row = record_of(
        judge, folder, f"--prior={prior}", "--samples=50", "--seed=4294967295"
    )
    z = draw([50, 5], seed=[4294967295, 0]).numpy()[:, 0]
    assert row == expected(0.125 * z)


# What is refused.


def test_another_prior_than_that_of_the_training_is_refused(judge, tmp_path):
    folder = export(tmp_path / "7", Generator())
    prior = keras.saving.serialize_keras_object(priors.Uniform(5, 0.0, 1.0))
    (folder / "assets.extra").mkdir()
    card = folder / "assets.extra" / "model_card.json"
    card.write_text(json.dumps({"prior": prior}))
    assert_refused(
        judge, folder, "trained on Uniform(dim=5, low=0.0", "--prior=uniform"
    )
    record_of(judge, folder, "--prior=unit_uniform", "--samples=3")


def test_images_of_another_shape_are_named_with_the_classifiers(
    judge, tmp_path
):
    folder = export(tmp_path / "7", Generator(shape=(3, 2, 1)))
    assert_refused(judge, folder, "[3, 2, 1]", "[2, 3, 1]")


@pytest.mark.parametrize(
    "value, received",
    [(1.5, "[1.25, 1.25]"), (-255.0, "[-127, -127]"), (math.nan, "[nan, nan]")],
)
def test_images_that_are_none_are_refused(judge, tmp_path, value, received):
    folder = export(tmp_path / "7", Generator(value=value))
    assert_refused(judge, folder, "in [0, 1] were expected. Received: ")
    assert_refused(judge, folder, received)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "classify"},
        {"argument": "z"},
        {"shape": (None, 5, 1)},
        {"shape": (None, None)},
        {"shape": (4, 5)},
        {"dtype": tf.int32},
        {"output": "pictures"},
    ],
    ids=str,
)
def test_another_signature_is_one_line(judge, tmp_path, wrong):
    folder = export(tmp_path / "7", Generator(), **wrong)
    said = (
        ("no signature `generate`", "There is: classify")
        if "name" in wrong
        else ("`generate` from latents to images", "Received: inputs ")
    )
    assert_refused(judge, folder, *said)


def test_a_folder_without_a_savedmodel_is_one_line(judge, tmp_path):
    assert_refused(judge, tmp_path / "nosuch", "neither an export")


@pytest.mark.parametrize(
    "name", ["saved_model.pb", "variables/variables.index"]
)
def test_a_damaged_savedmodel_is_one_line(judge, tmp_path, name):
    folder = export(tmp_path / "7", Generator())
    path = folder / name
    path.write_bytes(path.read_bytes()[:-60])
    assert_refused(judge, folder, "cannot be loaded")


def test_a_damaged_classifier_ends_the_process_in_one_line(judge):
    judge.write_bytes(judge.read_bytes()[:-1])
    done = forked.run(TOOL, f"--classifier={judge}", "--generator=nosuch")
    assert done.returncode == 1
    assert done.stdout == ""
    last = done.stderr.splitlines()[-1]
    assert last.startswith(f"error: {judge} is not the file that")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "flag", ["--count=0", "--batch_size=-1", "--seed=-1", "--prior=x"]
)
def test_a_flag_out_of_range_is_named(flag, capsys):
    with pytest.raises(SystemExit) as caught:
        run("x", "--generator=x", flag)
    assert caught.value.code == 2
    name, value = flag.split("=")
    message = capsys.readouterr().err
    assert name in message and value in message


def test_help_needs_no_tensorflow():
    code = (
        "import sys; sys.modules['tensorflow'] = None\n"
        "from tools import evaluate_diversity as tool\n"
        "tool._parse_flags(['--help'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=TOOL.parents[1],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "--classifier" in done.stdout
