"""recipes.infogan and recipes.catgan from their flags to their files."""

import gzip
import struct

import numpy as np
import pytest
import tensorflow as tf
from absl import flags

from tests.recipes import alone
from tfgan_ref import inference
from tfgan_ref.errors import UserError
from tfgan_ref.training import networks
from tfgan_ref.training.workdir import WorkDir

SMALL = {
    "infogan": ["--width=1", "--latent_dim=3", "--categories=3"],
    "catgan": ["--units=4", "--latent_dim=3"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """`idx`: 8x8 pixels of three classes; `flat`: pictures without labels."""
    folder = tmp_path_factory.mktemp("data")
    rng = np.random.default_rng(0)
    (folder / "idx").mkdir()
    for prefix, count in {"train": 30, "t10k": 12}.items():
        pixels = rng.integers(0, 256, (count, 8, 8), np.uint8)
        labels = np.arange(count, dtype=np.uint8) % 3
        for kind, array in (("images-idx3", pixels), ("labels-idx1", labels)):
            sizes = struct.pack(f">{array.ndim}I", *array.shape)
            header = struct.pack(">HBB", 0, 8, array.ndim) + sizes
            path = folder / "idx" / f"{prefix}-{kind}-ubyte.gz"
            path.write_bytes(gzip.compress(header + array.tobytes()))
    (folder / "flat").mkdir()
    for number in range(8):
        png = tf.io.encode_png(rng.integers(0, 256, (8, 8, 1), np.uint8))
        path = folder / "flat" / f"{number}.png"
        path.write_bytes(png.numpy())
    return folder


def run(recipe, workdir, data, *arguments):
    """The recipe in this process; the workdir, and the last record."""
    given = [f"--dataset={data}", f"--workdir={workdir}", "--batch_size=6"]
    with alone.imported(f"recipes.{recipe}") as module:
        flags.FLAGS(
            [recipe, *SMALL[recipe], *given, "--train_steps=2", *arguments]
        )
        assert module.main() == 0
    return WorkDir(workdir), WorkDir(workdir).read_metrics()[-1]


def test_infogan_ends_with_codes_drawn_served_and_counted(folder, tmp_path):
    workdir, last = run(
        "infogan", tmp_path / "run", f"idx:{folder}/idx", "--export"
    )
    assert 1 / 3 <= last["eval/accuracy/majority"] <= 1
    assert 0 < last["eval/accuracy/one_to_one"] <= 1
    assert last["information/category"] <= np.log(3)
    for step in ("000000", "000002"):
        png = (workdir.samples / f"codes_{step}.png").read_bytes()
        assert tf.io.decode_png(png).shape == (9 * 8, 10 * 8, 1)
    model = inference.load(workdir.exports)
    codes = [[0.5, -1.0], [0.25, 1.0]]
    images = model.sample([4, 4], category=[0, 2], code=codes)
    assert images.shape == (2, 8, 8, 1) and np.ptp(images, 0).max() > 0
    # Without codes they are those of the seeds.
    drawn = networks.restore(workdir).gan.sample_inputs([4, 7])
    category = np.argmax(drawn["category"], -1)
    np.testing.assert_array_equal(
        model.sample([4, 7]),
        model.sample([4, 7], category=category, code=drawn["code"]),
    )
    with pytest.raises(UserError, match="category of 0 to 2"):
        model.sample([4, 4], category=[0, 3], code=codes)
    with pytest.raises(UserError, match=r"`code` of sample.*\[None, 2\]"):
        model.sample([4, 4], category=[0, 2], code=[[0.5], [0.25]])


@pytest.mark.conformance
def test_catgan_ends_with_its_errors(folder, tmp_path):
    data = f"idx:{folder}/idx"
    _, last = run("catgan", tmp_path / "run", data, "--categories=5")
    assert 0 <= last["eval/error_rate/majority"] < 1
    assert last["entropy/marginal_real"] <= np.log(5)


@pytest.mark.conformance  # Ten seconds.
def test_catgan_with_labels_ends_with_its_errors_and_a_classifier(
    folder, tmp_path
):
    given = ["--labels=6", "--metrics=swd", "--eval_count=12", "--export"]
    data = f"idx:{folder}/idx"
    workdir, last = run("catgan", tmp_path / "run", data, *given)
    assert 0 <= last["eval/error_rate/raw"] < 1
    model = inference.load(workdir.exports)
    images = np.full([2, 8, 8, 1], 0.5, np.float32)
    for name in ("categorize", "classify"):
        found = model.call(name, images=images)
        assert found["probabilities"].shape == (2, 3)


@pytest.mark.conformance
@pytest.mark.parametrize("recipe", SMALL)
def test_data_without_labels_have_no_accuracy(recipe, folder, tmp_path):
    _, last = run(recipe, tmp_path / "run", f"folder:{folder}/flat")
    assert not [name for name in last if name.startswith("eval/")]


def test_a_test_split_that_was_asked_for_must_be_there(folder, tmp_path):
    with pytest.raises(UserError, match="^--test_split=tset: .*Rec.*'tset'"):
        run(
            "catgan", tmp_path / "run", f"idx:{folder}/idx", "--test_split=tset"
        )
    assert not (tmp_path / "run").exists()


def test_what_needs_labels_is_refused_where_there_are_none(folder, tmp_path):
    flat = f"folder:{folder}/flat"
    for recipe in SMALL:
        with pytest.raises(UserError, match="without labelled test images"):
            run(recipe, tmp_path / "run", flat, "--eval_every=1")
    with pytest.raises(UserError, match="flat has no labels.*--labels="):
        run("catgan", tmp_path / "run", flat, "--labels=3")
    assert not (tmp_path / "run").exists()
