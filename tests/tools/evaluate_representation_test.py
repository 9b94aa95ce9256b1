"""tools/evaluate_representation.py on runs, beside scikit-learn."""

import types

import keras
import numpy as np
import pytest
from keras.layers import Dense
from sklearn.svm import LinearSVC

from tests import small_images, small_run
from tfgan_ref import inference, recorded
from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import representation
from tfgan_ref.evaluation.convolutional_features import ConvolutionalFeatures
from tfgan_ref.gan import GAN
from tools import evaluate_representation
from tools.evaluation import representation as work

SIDE = 28
TRAIN = small_images.bright(1, 90, side=SIDE)
TEST = small_images.bright(2, 45, side=SIDE)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    return small_images.write_idx(folder, train=TRAIN, t10k=TEST)


@pytest.fixture(scope="module")
def workdir(tmp_path_factory):
    path = tmp_path_factory.mktemp("run")
    small_run.save(small_run.make("dcgan"), path)
    return path


def run(*arguments):
    evaluate_representation.main(
        evaluate_representation._parse_flags([*map(str, arguments)])
    )


def lost(*arguments):
    """What is said in the one line."""
    with pytest.raises(UserError) as error:
        run(*arguments)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_the_trained_network_stands_beside_its_beginning_and_pixels(
    dataset, workdir, tmp_path, monkeypatch, capsys
):
    given = []
    measure = representation.measure

    def seen(*arrays):
        given.append([array.copy() for array in arrays])
        return measure(*arrays)

    monkeypatch.setattr(representation, "measure", seen)
    path = tmp_path / "representation_a.json"
    run(
        f"--model={workdir}",
        f"--dataset={dataset}",
        "--train_count=60",
        "--seed=3",
        f"--json={path}",
    )
    record = recorded.read(path)
    assert record["counts"] == {"train": 60, "test": 45}
    assert (record["checkpoint"], record["averaged"]) == (7, False)
    assert (record["dataset"], record["seed"]) == (dataset, 3)

    # The run of small_run.save and that from which it began, both of seed 0.
    labels = np.arange(90) % 3
    places = work.chosen(labels, 60, 3)
    assert np.bincount(labels[places]).tolist() == [20, 20, 20]
    trained = small_run.make("dcgan")
    small_run.save(trained, tmp_path / "again")
    for gan, (train, trained_on, test, wanted) in zip(
        (trained, small_run.make("dcgan")), given, strict=False
    ):
        features = ConvolutionalFeatures("a", gan.discriminator)
        features.see(TRAIN[0][places])
        found = features(TRAIN[0], places)
        np.testing.assert_allclose(train, found, rtol=1e-4, atol=1e-5)
        found = features(TEST[0], np.arange(45))
        np.testing.assert_allclose(test, found, rtol=1e-4, atol=1e-5)
        np.testing.assert_array_equal(trained_on, labels[places])
        np.testing.assert_array_equal(wanted, TEST[1])
    rows = record["representations"]
    assert [*rows] == ["trained", "initial", "pixels"]
    counts = [of["features"] for of in rows.values()]
    assert counts == [16 * (4 + 8), 16 * (4 + 8), 784]
    pixels = (x[0].reshape(len(x[0]), -1) / 127.5 - 1 for x in (TRAIN, TEST))
    train, test = pixels
    mean, std = train[places].mean(0), train[places].std(0)
    peer = LinearSVC(C=rows["pixels"]["c"], dual=False)
    peer.fit((train[places] - mean) / std, labels[places])
    share = peer.score((test - mean) / std, TEST[1])
    value = rows["pixels"]["accuracy"]["value"]
    assert value == pytest.approx(share, abs=0.03)

    head, *lines, _ = capsys.readouterr().out.splitlines()
    assert head.endswith("step 7: an SVM of 60 images of train, tested on 45")
    for line, (name, of) in zip(lines, rows.items(), strict=True):
        assert line.split()[:2] == [name, f"{of['accuracy']['value']:.2%}"]


def test_all_images_are_taken_where_no_number_is_given():
    labels = np.arange(50) % 7
    one, other = (work.chosen(labels, None, seed) for seed in (1, 2))
    assert sorted(one) == sorted(other) == [*range(50)]
    assert one.tolist() != other.tolist() != [*range(50)]
    with pytest.raises(UserError, match="^--train_count: .*multiple of the 7"):
        work.chosen(labels, 8, 0)


def test_what_cannot_be_measured_is_one_line(
    dataset, workdir, tmp_path, monkeypatch
):
    data = f"--dataset={dataset}"
    model, loaded = f"--model={workdir}", inference.load(workdir)
    monkeypatch.setattr(inference, "load", lambda path, **_: loaded)
    said = lost(model, data, "--ema")
    assert "no averaged weights of the discriminator" in said
    untested = small_images.write_idx(tmp_path / "untested", train=TRAIN)
    assert "t10k" in lost(model, f"--dataset={untested}")
    said = lost(model, "--dataset=digits")
    assert said == "digits has the split train. Received: 'test'"


def test_images_without_labels_are_one_line():
    for labels in ([0, -1, 1], [0, 0, 0]):
        data = Images("x", TRAIN[0][:3], np.array(labels, np.int32))
        with pytest.raises(UserError, match="^x: images with labels of two"):
            work._labelled(data)


def test_averages_of_the_discriminator_are_asked_of_a_run_that_has_them():
    """And not of an export."""
    generator, discriminator = (
        keras.Sequential([keras.Input((n,)), Dense(3 - n)]) for n in (1, 2)
    )
    gan = GAN(generator, discriminator, discriminator_ema_decay=0.5)
    model = types.SimpleNamespace(owner=gan, path="runs/a")
    assert work._gan(model, True) is gan
    model.owner = object()
    with pytest.raises(UserError, match="^runs/a: the workdir of a run"):
        work._gan(model, None)
