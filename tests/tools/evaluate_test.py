"""tools/evaluate.py on exports and runs, beside NumPy."""

import hashlib
import json
import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest

from tests import forked, small_images, small_run
from tests.tools.evaluate_diversity_test import Generator
from tests.tools.evaluate_diversity_test import export as export_generator
from tests.tools.evaluate_ensemble_test import ONE, OTHER, classifier, exported
from tfgan_ref import inference, recorded
from tfgan_ref.data import images
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import classifier as keras_classifier
from tfgan_ref.evaluation import made_classifier
from tfgan_ref.training import best
from tfgan_ref.training.workdir import WorkDir
from tools import evaluate
from tools.evaluation import commands, drawn

TOOL = pathlib.Path(evaluate.__file__)
SIDE = 28


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """This test's own cache, and few steps of classifiers."""
    monkeypatch.setenv("TFGAN_REF_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr(made_classifier, "_EPOCHS", 1)
    monkeypatch.setattr(made_classifier, "_LEAST_STEPS", 1)
    return tmp_path / "kept"


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return small_images.write_idx(
        tmp_path_factory.mktemp("data"),
        train=small_images.bright(1, 90, side=SIDE),
        t10k=small_images.bright(2, 45, side=SIDE),
    )


@pytest.fixture(scope="module")
def untested(tmp_path_factory):
    """A data set without a test split."""
    return small_images.write_idx(
        tmp_path_factory.mktemp("data"),
        train=small_images.bright(1, 90, side=SIDE),
    )


@pytest.fixture(scope="module")
def workdir(tmp_path_factory):
    """Three checkpoints, of which the run keeps the middle as its best."""
    path = tmp_path_factory.mktemp("run")
    for step in (5, 7, 9):
        gan = small_run.make("dcgan")
        workdir = small_run.save(gan, path, step)
        if step == 7:
            best.Best(gan, workdir.best, "fid/pixels", False).offer(7, 1.0)
    return workdir


@pytest.fixture(scope="module")
def judge(tmp_path_factory, dataset):
    """A classifier that nobody trained."""
    path = tmp_path_factory.mktemp("judge") / "rows.keras"
    network = keras_classifier.build((SIDE, SIDE, 1), 3)
    data = images.load(dataset)
    keras_classifier.save(
        network, path, data=data, test_accuracy=0.5, settings={}
    )
    return path


def features(judge, pixels):
    """What its last layer is given, float64 `[count, 128]`."""
    network = keras_classifier.load(judge).network
    hidden = keras.Model(network.inputs, network.get_layer("logits").input)
    return np.float64(hidden.predict(pixels / 127.5 - 1, verbose=0))


def run(*arguments):
    evaluate.main(evaluate._parse_flags([*map(str, arguments)]))


def record_of(path, *arguments):
    run(*arguments, f"--json={path}")
    return recorded.read(path)


def flat(pixels):
    return np.float64(pixels).reshape(len(pixels), -1) / 255


def kernel_distance(x, y):
    """The unbiased estimate, as written in the paper."""
    n, d = x.shape

    def kernel(a, b):
        return (a @ b.T / d + 1) ** 3

    inside = ~np.eye(n, dtype=bool)
    within = kernel(x, x)[inside].mean() + kernel(y, y)[inside].mean()
    return within - 2 * kernel(x, y).mean()


def frechet(a, b):
    s, t = np.cov(a.T), np.cov(b.T)
    roots = np.sqrt(np.linalg.eigvals(s @ t).astype(complex)).real.sum()
    mean = np.sum((a.mean(0) - b.mean(0)) ** 2)
    return mean + np.trace(s) + np.trace(t) - 2 * roots


# The main path.


def test_a_process_of_its_own_measures_prints_and_records(
    workdir, dataset, judge, tmp_path
):
    path = tmp_path / "results" / "fid.json"
    done = forked.run(
        TOOL,
        f"--model={workdir.path}",
        f"--dataset={dataset}",
        f"--extractor=classifier:{judge}",
        "--metrics=fid,precision",
        "--count=40",
        "--seed=3",
        f"--json={path}",
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    content = recorded.read(path)
    summary = json.loads(path.read_text())
    assert "details" in summary and len(path.read_bytes()) < 2000

    model = inference.load(workdir.path)
    samples = np.rint(255 * model.sample(np.arange(3, 43)))
    train, test = (images.load(dataset, split=s) for s in ("train", "test"))
    order = np.random.default_rng(3).permutation(90)
    chosen, other = (train.images[np.sort(order[k : k + 40])] for k in (0, 40))
    of_test = np.random.default_rng(3).permutation(45)[:40]
    tested = test.images[np.sort(of_test)]
    fid = content["metrics"]["fid/classifier"]
    for key, pair in {
        "value": (samples, chosen),
        "real": (chosen, other),
        "real_test": (tested, chosen),
    }.items():
        expected = frechet(*(features(judge, pixels) for pixels in pair))
        assert fid[key] == pytest.approx(expected, rel=1e-3), key
    assert "singular" in fid["note"]
    assert 0 <= content["metrics"]["precision/classifier"]["value"] <= 1
    assert content["extractor"] == {
        "name": "classifier",
        "sha256": hashlib.sha256(judge.read_bytes()).hexdigest(),
        "resize": None,
    }
    assert (content["checkpoint"], content["averaged"]) == (9, True)
    assert content["counts"] == {"samples": 40, "real": 40}
    assert (content["split"], content["seed"]) == ("train", 3)
    assert content["dataset"] == dataset and content["seconds"] > 0
    assert "--count=40" in content["command"] and "keras" in content["versions"]
    # Every checkpoint has its place in the curve.
    (curve,) = content["curves"]
    assert (curve["step"], curve["best"]) == ([5, 7, 9], 7)
    fids = curve["scores"]["fid/classifier"]
    assert len({*fids}) == 3 and fids[-1] == fid["value"]

    lines = done.stdout.splitlines()
    assert "40 samples against 40 images" in lines[0]
    titles = [line for line in lines if line.startswith(str(workdir.path))]
    assert [line.split(" at step ")[1] for line in titles] == [
        "5, averaged weights:",
        "7, averaged weights, the best:",
        "9, averaged weights:",
    ]
    said = [line for line in lines if line.startswith("  fid/classifier")]
    assert len(said) == 3
    for key in ("value", "real", "real_test"):
        assert f"{fid[key]:.4g}" in said[-1], key


def test_one_checkpoint_is_the_one_that_is_asked_for(
    workdir, dataset, tmp_path
):
    flags = [f"--model={workdir.path}", f"--dataset={dataset}", "--count=30"]
    flags += ["--metrics=swd"]
    found = {
        checkpoint: record_of(
            tmp_path / "a.json", *flags, f"--checkpoint={checkpoint}", *ema
        )
        for checkpoint, ema in (("5", []), ("best", []), ("7", ["--no-ema"]))
    }
    assert [found[c]["checkpoint"] for c in found] == [5, 7, 7]
    assert [found[c]["averaged"] for c in found] == [True, True, False]
    values = {found[c]["metrics"]["swd"]["value"] for c in found}
    assert len(values) == 3
    assert all("curves" not in content for content in found.values())
    # The best is the only one that the run has of that step.
    assert found["best"]["extractor"] is None


def test_several_models_have_a_mean_and_a_deviation(dataset, tmp_path, capsys):
    shape = (SIDE, SIDE, 1)
    folders = [
        export_generator(
            tmp_path / f"{k}" / "1", Generator(shape=shape, scale=s)
        )
        for k, s in enumerate((0.5, 1.0))
    ]
    flags = [f"--dataset={dataset}", "--extractor=pixels", "--metrics=kid"]
    flags += ["--count=60", "--prior=uniform"]
    alone = [
        record_of(tmp_path / "a.json", f"--model={folder}", *flags)
        for folder in folders
    ]
    assert alone[0]["checkpoint"] is None and alone[0]["averaged"] is None
    both = record_of(
        tmp_path / "both.json", *(f"--model={x}" for x in folders), *flags
    )
    a, b = (x["metrics"]["kid/pixels"]["value"] for x in alone)
    kid = both["metrics"]["kid/pixels"]
    assert a != b
    assert kid["value"] == pytest.approx((a + b) / 2, rel=1e-4)
    deviation = abs(a - b) / np.sqrt(2)
    assert kid["standard_deviation"] == pytest.approx(deviation, rel=1e-4)
    assert kid["real"] == alone[0]["metrics"]["kid/pixels"]["real"]
    assert "error" not in kid and "error" in alone[0]["metrics"]["kid/pixels"]
    assert [row["model"] for row in both["models"]] == [*map(str, folders)]
    assert "2 models, mean +- standard deviation" in capsys.readouterr().out


@pytest.mark.parametrize(
    "batch_size",
    [7, *(pytest.param(n, marks=pytest.mark.conformance) for n in (1, 500))],
)
def test_the_size_of_the_batches_is_of_no_influence(
    batch_size, workdir, dataset, tmp_path
):
    flags = [f"--model={workdir.path}", f"--dataset={dataset}"]
    flags += ["--checkpoint=9", "--metrics=kid,one_nn", "--extractor=pixels"]
    content = record_of(
        tmp_path / "a.json", *flags, "--count=33", f"--batch_size={batch_size}"
    )
    source = drawn.source(inference.load(workdir.path), 33)
    images_of = np.concatenate([*source.batches()])
    assert images_of.shape == (33, SIDE, SIDE, 1)
    train = images.load(dataset).images
    order = np.sort(np.random.default_rng(0).permutation(90)[:33])
    # Subsets of 16, whose mean is about that of all.
    whole = kernel_distance(flat(images_of), flat(train[order]))
    kid = content["metrics"]["kid/pixels"]
    assert kid["value"] == pytest.approx(whole, abs=3 * kid["error"])
    assert content["metrics"]["one_nn/pixels"]["value"] > 0.9


def test_all_metrics_by_a_classifier_made_on_demand(
    workdir, dataset, kept, tmp_path, capsys
):
    flags = [f"--model={workdir.path}", f"--dataset={dataset}", "--count=40"]
    content = record_of(tmp_path / "a.json", *flags, "--checkpoint=9")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Training a classifier of idx:")
    (path,) = (kept / "classifiers").glob("*.keras")
    record = json.loads(path.with_suffix(".json").read_text())
    assert content["extractor"]["sha256"] == record["sha256"]
    names = {name.partition("/")[0] for name in content["metrics"]}
    assert names >= {"fid", "kid", "inception_score", "swd", "ms_ssim_2"}
    for name in content["metrics"]:
        told = [line for line in lines if line.startswith(f"  {name} ")]
        assert len(told) == 1 and "real" in told[0], name
    # Both are found the second time.
    again = record_of(tmp_path / "b.json", *flags, "--checkpoint=9")
    assert "Training" not in capsys.readouterr().out
    assert again["metrics"] == content["metrics"]


def test_classes_are_measured_by_themselves(dataset, judge, tmp_path, capsys):
    gan = small_run.make("conditional")
    workdir = small_run.save(gan, tmp_path / "run")
    flags = [f"--model={workdir.path}", f"--dataset={dataset}", "--count=60"]
    flags += [f"--extractor=classifier:{judge}", "--metrics=fid", "--per_class"]
    content = record_of(tmp_path / "a.json", *flags)
    scores = content["models"][0]["scores"]
    assert scores.keys() == {
        "fid/classifier",
        *(f"fid/classifier/class_{k}" for k in range(3)),
    }
    assert content["metrics"].keys() == {"fid/classifier"}
    made = gan.sample(np.arange(60)).numpy()
    of_1 = np.rint(np.clip(127.5 * made + 127.5, 0, 255))[1::3]
    train = images.load(dataset)
    order = np.sort(np.random.default_rng(0).permutation(90)[:60])
    real = train.images[order][train.labels[order] == 1]
    expected = frechet(features(judge, of_1), features(judge, real))
    received = scores["fid/classifier/class_1"]
    assert received == pytest.approx(expected, rel=1e-3)
    line = [x for x in capsys.readouterr().out.splitlines() if "class_1" in x]
    assert "real" in line[0]


def test_the_classes_asked_for_are_recognised_or_not(
    dataset, judge, tmp_path, capsys
):
    gan = small_run.make("conditional")
    workdir = small_run.save(gan, tmp_path / "run")
    flags = [f"--model={workdir.path}", f"--dataset={dataset}", "--count=60"]
    flags += [f"--extractor=classifier:{judge}", "--metrics=class_accuracy"]
    accuracy = "class_accuracy/classifier"
    content = record_of(tmp_path / "a.json", *flags)
    made = np.rint(np.clip(127.5 * gan.sample(np.arange(60)) + 127.5, 0, 255))
    network = keras_classifier.load(judge).network

    def right(pixels, labels):
        told = network.predict(pixels / 127.5 - 1, verbose=0).argmax(-1)
        return np.mean(told == labels)

    test = images.load(dataset, split="test")
    found = content["metrics"][accuracy]
    assert found["value"] == pytest.approx(right(made, np.arange(60) % 3))
    assert found["real_test"] == pytest.approx(
        right(np.float32(test.images[:]), test.labels)
    )
    (line,) = (x for x in capsys.readouterr().out.splitlines() if accuracy in x)
    assert "test against real" in line
    # It is among those of conditional models that are not named.
    flags = evaluate._parse_flags(["--model=x"])
    for is_conditional in (True, False):
        names = commands._names(flags, True, is_conditional)
        assert ("class_accuracy" in names) is is_conditional
    flags.extractor = "inception2015:x"
    assert "class_accuracy" not in commands._names(flags, True, True)


def test_errors_are_of_the_test_set_and_of_all_together(tmp_path, capsys):
    members = [
        exported(tmp_path / "export", k, classifier(p))
        for k, p in enumerate((ONE, OTHER))
    ]
    pixels = np.zeros((7, 9), np.uint8)
    pixels[np.arange(7), [0, 0, 1, 2, 2, 1, 0]] = 255
    test = pixels.reshape(7, 3, 3, 1), np.array([1, 0, 1, 2, 0, 1, 1])
    data = small_images.write_idx(tmp_path / "data", t10k=test)
    content = record_of(
        tmp_path / "errors.json",
        *(f"--model={member}" for member in members),
        f"--dataset={data}",
        "--metrics=errors",
    )
    assert content["errors"] == {members[0]: 3, members[1]: 5}
    assert (content["kind"], content["ensemble"]) == ("ensemble", 2)
    assert "2 errors of 7: the ensemble" in capsys.readouterr().out


def test_errors_are_of_the_weights_that_are_asked_for(tmp_path):
    gan = small_run.make("feature_matching")
    for step in (7, 9):
        workdir = small_run.save(gan, tmp_path / "run", step)
    pixels = np.random.default_rng(2).integers(0, 256, (90, 28, 28, 1), "uint8")
    labels = np.arange(90) ** 2 % 7 % 3
    data = small_images.write_idx(tmp_path / "data", t10k=(pixels, labels))
    content = record_of(
        tmp_path / "errors.json",
        f"--model={workdir.path}",
        f"--dataset={data}",
        "--metrics=errors",
        "--checkpoint=7",
        "--no-ema",
    )

    def errors_of(**weights):
        model = inference.load(workdir.path, **weights)
        found = model.call("classify", images=pixels / 255)["probabilities"]
        return int((found.argmax(1) != labels).sum())

    expected = errors_of(checkpoint=7, averaged=False)
    assert list(content["errors"].values()) == [expected]
    assert list(content["steps"].values()) == [7]
    assert expected not in (errors_of(checkpoint=7), errors_of(averaged=False))


# What is said or refused.


def test_a_set_without_a_test_split_is_said_and_measured(
    workdir, untested, tmp_path, capsys
):
    flags = [f"--model={workdir.path}", f"--dataset={untested}", "--count=30"]
    flags += ["--checkpoint=9", "--metrics=swd"]
    content = record_of(tmp_path / "a.json", *flags)
    assert content["metrics"]["swd"].keys() >= {"value", "real"}
    assert "real_test" not in content["metrics"]["swd"]
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("No scores of test images: Cannot read")
    with pytest.raises(UserError, match="Cannot read.*t10k"):
        run(*flags, "--split=test")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--metrics=fud"], "some of fid, .*Received: fud"),
        (["--metrics=fid,errors"], "errors alone"),
        (["--extractor=nosuch"], "Extractors are .*nosuch"),
        (["--extractor=classifier:nosuch.keras"], "nosuch"),
        (["--metrics=precision", "--extractor=pixels", "--count=4"], "4"),
        (["--metrics=inception_score", "--extractor=pixels"], "classif"),
        (["--split=test", "--metrics=copying", "--extractor=pixels"], "train"),
        (["--checkpoint=6"], "no checkpoint at step 6"),
        (["--per_class", "--metrics=kid", "--extractor=pixels"], "label"),
        (
            ["--metrics=swd", "--extractor=pixels"],
            "--extractor has no effect with --metrics=swd. Received: --extr",
        ),
        (["--metrics=swd", "--prior=unit_uniform"], "was trained on .*Uniform"),
    ],
)
def test_what_does_not_fit_is_one_line(flags, message, workdir, dataset):
    with pytest.raises(UserError, match=message) as caught:
        run(
            f"--model={workdir.path}",
            f"--dataset={dataset}",
            *([] if "--count=4" in flags else ["--count=30"]),
            *flags,
        )
    assert len(str(caught.value).splitlines()) == 1


def test_a_run_without_checkpoints_is_one_line(workdir, dataset, tmp_path):
    empty = WorkDir(tmp_path / "empty")
    empty.path.mkdir()
    for name in ("config", "networks"):
        content = getattr(workdir, name).read_bytes()
        getattr(empty, name).write_bytes(content)
    with pytest.raises(UserError, match="has no checkpoint yet"):
        run(f"--model={empty.path}", f"--dataset={dataset}")
    with pytest.raises(UserError, match="neither an export"):
        run(f"--model={tmp_path / 'nosuch'}", f"--dataset={dataset}")


def test_a_damaged_checkpoint_is_passed_over(
    workdir, dataset, tmp_path, caplog
):
    flags = [f"--dataset={dataset}", "--metrics=swd", "--count=30"]
    path = tmp_path / "run"
    small_run.save(small_run.make("dcgan"), path, 5)
    small_run.save(small_run.make("dcgan"), path, 7)
    (data,) = (path / "checkpoints").glob("ckpt-5.data*")
    data.write_bytes(data.read_bytes()[:20])
    content = record_of(tmp_path / "a.json", f"--model={path}", *flags)
    assert content["checkpoint"] == 7 and "curves" not in content
    assert "passed over" in caplog.text


def test_another_shape_and_another_hash_are_one_line(
    workdir, dataset, tmp_path
):
    run_of = [f"--model={workdir.path}", f"--dataset={dataset}", "--count=30"]
    small = small_images.images(1, 40)
    path = made_classifier.find(small, None, list().append)
    flag = f"--extractor=classifier:{path}"
    with pytest.raises(UserError, match=r"\[8, 8, 1\].*\[28, 28, 1\]"):
        run(*run_of, flag)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(UserError, match="is not the file that.*sha256"):
        run(*run_of, flag)


def test_a_model_that_tells_nothing_needs_its_data_and_prior(dataset, tmp_path):
    shape = (SIDE, SIDE, 1)
    folder = export_generator(tmp_path / "1", Generator(shape=shape))
    with pytest.raises(UserError, match="does not tell its --dataset"):
        run(f"--model={folder}")
    flags = [f"--model={folder}", f"--dataset={dataset}", "--metrics=swd"]
    flags += ["--count=30"]
    with pytest.raises(UserError, match="does not tell its prior"):
        run(*flags)
    run(*flags, "--prior=uniform")
    bad = export_generator(tmp_path / "2", Generator(1.5, shape))
    with pytest.raises(UserError, match=r"images in \[0, 1\] were expected"):
        run(f"--model={bad}", *flags[1:], "--prior=uniform")


@pytest.mark.parametrize(
    "flag",
    ["--count=9", "--extractor=pixels", "--per_class", "--prior=normal"]
    + ["--seed=9"],
)
def test_what_is_of_samples_is_not_of_errors(flag, capsys):
    with pytest.raises(SystemExit) as caught:
        evaluate._parse_flags(["--model=x", "--metrics=errors", flag])
    assert caught.value.code == 2
    name = flag.partition("=")[0]
    said = f"error: {name} has no effect with --metrics=errors. "
    assert capsys.readouterr().err.startswith(said)
    with pytest.raises(SystemExit):
        evaluate._parse_flags(
            ["--model=x", "--metrics=errors", "--split=a", "--test_split=b"]
        )
    assert "--test_split has no effect" in capsys.readouterr().err


def test_a_wrong_flag_does_not_wait_for_tensorflow():
    code = f"""
import runpy, sys
sys.argv = ["evaluate.py", "--model=x", "--count=1"]
try:
    runpy.run_path({str(TOOL)!r}, run_name="__main__")
except SystemExit as end:
    print(end.code, "tensorflow" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert done.stdout.split() == ["2", "False"]
    assert "--count" in done.stderr
