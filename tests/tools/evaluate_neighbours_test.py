"""tools/evaluate_neighbours.py on runs, beside SciPy."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from tests import small_images, small_run
from tfgan_ref import inference, recorded
from tfgan_ref.errors import UserError
from tools import evaluate_neighbours

SIDE = 28
TRAIN = small_images.bright(1, 90, side=SIDE)


def hard(seed, count):
    """Images that are hard to tell, as many of a class."""
    pixels, labels = small_images.bright(seed, count, side=SIDE)
    noise = np.random.default_rng(seed).integers(0, 256, pixels.shape)
    return (pixels // 16 + noise // 16 * 15).astype(np.uint8), labels


TEST = hard(2, 45)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    return small_images.write_idx(folder, train=TRAIN, t10k=TEST)


@pytest.fixture(scope="module")
def workdir(tmp_path_factory):
    path = tmp_path_factory.mktemp("run")
    small_run.save(small_run.make("conditional"), path)
    return path


def run(*arguments):
    evaluate_neighbours.main(
        evaluate_neighbours._parse_flags([*map(str, arguments)])
    )


def error(train, labels, test, wanted):
    flat = (np.float64(x).reshape(len(x), -1) for x in (test, train))
    return np.mean(labels[cdist(*flat).argmin(1)] != wanted)


def test_samples_and_real_images_are_training_sets(
    dataset, workdir, tmp_path, capsys
):
    path = tmp_path / "neighbours_a.json"
    run(
        f"--model={workdir}",
        f"--dataset={dataset}",
        "--count=24",
        "--seed=5",
        "--batch_size=7",
        f"--json={path}",
    )
    record = recorded.read(path)
    assert record["counts"] == {"samples": 24, "real": 24, "test": 45}
    assert (record["checkpoint"], record["split"]) == (7, "train")
    assert record["dataset"] == dataset

    seeds = np.arange(5, 29)
    model = inference.load(workdir)
    samples = np.rint(255 * model.sample(seeds, label=seeds % 3))
    found = {"samples": error(samples, seeds % 3, *TEST)}
    places = np.random.default_rng(5).permutation(90)[:24]
    pixels, labels = (x[np.sort(places)] for x in TRAIN)
    found["real"] = error(pixels, labels, *TEST)
    lines = capsys.readouterr().out.splitlines()
    assert "45 images of test among 24 samples of 3 classes, and" in lines[0]
    for line, (name, wrong) in zip(lines[1:], found.items(), strict=False):
        assert 0.05 < wrong < 0.8
        score = record["errors"][name]
        assert score["value"] == pytest.approx(wrong, rel=1e-5)
        assert line.split()[:2] == [name, f"{wrong:.2%}"]
    assert found["samples"] != found["real"]


def test_what_cannot_be_measured_is_one_line(
    dataset, workdir, tmp_path, monkeypatch
):
    small_run.save(small_run.make("dcgan"), tmp_path / "plain")
    two = small_images.write_idx(
        tmp_path / "two",
        train=small_images.bright(1, 9, side=SIDE, classes=2),
        t10k=(TEST[0], TEST[1] % 2),
    )
    models = {"a": inference.load(workdir)}
    models["b"] = inference.load(tmp_path / "plain")
    monkeypatch.setattr(inference, "load", lambda path, **_: models[path])
    for model, name, said in (
        ("b", dataset, "samples of this one have no labels"),
        ("a", two, "3 classes, as many .* of idx:.*two. Received: 2$"),
        ("a", "digits", "digits .* Received: .*test"),
    ):
        with pytest.raises(UserError, match=said) as error:
            run(f"--model={model}", f"--dataset={name}", "--count=9")
        assert "\n" not in str(error.value)
