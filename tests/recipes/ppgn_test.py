"""recipes.ppgn as a user meets it: a run, its export, data without labels."""

import keras
import numpy as np
import pytest
from absl import flags
from absl.testing import flagsaver
from keras import layers
from PIL import Image

from tests import small_images
from tests.recipes import alone
from tfgan_ref import inference
from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import classifier
from tfgan_ref.training.workdir import WorkDir

TINY = ["--train_steps=2", "--batch_size=4", "--width=1", "--units=4"]
TINY += ["--chain_steps=2", "--eval_count=6", "--nodiagnose"]


@pytest.fixture(autouse=True)
def seeds(tmp_path, monkeypatch):
    """Of the classifiers that are made, in order: untrained ones."""
    made = []

    def train(data, **how):
        made.append(how["seed"])
        keras.utils.set_random_seed(how["seed"])
        images = keras.Input(data.image_shape)
        x = layers.Dense(6, "relu")(layers.Flatten()(images))
        x = layers.Dense(3, name="logits")(x)
        return keras.Model(images, layers.Softmax()(x))

    monkeypatch.setenv("TFGAN_REF_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr(classifier, "train", train)
    return made


def run(images, *arguments):
    """The recipe in this process: `UserError` instead of an exit."""
    with alone.imported("recipes.ppgn") as module, flagsaver.flagsaver():
        module.image_data.load = lambda *_, **how: images
        flags.FLAGS(["recipes/ppgn.py", *TINY, *arguments])
        return module.main()


@pytest.mark.conformance  # Chains are traced for each signature.
def test_a_run_asks_another_classifier_and_serves_the_chain(tmp_path, seeds):
    data = small_images.images(3, 20, side=28)
    workdir = tmp_path / "run"
    assert not run(data, f"--workdir={workdir}", "--export")
    # The first one steers, the other one judges.
    assert seeds == [1, 0]
    (record,) = WorkDir(workdir).read_metrics()[-1:]
    share = record["eval/class_accuracy/classifier"]
    assert 0 <= share <= 1 and share * 6 == pytest.approx(round(share * 6))
    with Image.open(workdir / "samples/step_000002.png") as picture:
        assert picture.width == 3 * 28  # A column for each class.
    model = inference.load(workdir / "export")
    assert model.class_names == ("a", "b", "c")
    images = model.sample([3, 4, 4], label=[1, 1, 2])
    assert images.shape == (3, 28, 28, 1)
    assert np.isfinite(images).all()
    latents = model.call("encode", images=data.images[:2] / 255)["latents"]
    assert latents.shape == (2, 6) and latents.min() >= 0
    with pytest.raises(UserError, match="is not drawn from one vector"):
        model.latents([3])


def test_a_dry_run_makes_no_classifier(tmp_path, seeds):
    with alone.imported("recipes.ppgn") as module, flagsaver.flagsaver():
        flags.FLAGS(["ppgn", f"--workdir={tmp_path / 'run'}", "--dry_run"])
        network = module._classifier(small_images.images(3, 20, side=28))
    assert network.output_shape == (None, 3)
    assert not seeds and not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ([-1] * 9, "pets has no labels; .*Received: 9 images without"),
        ([0] * 9, "pets: two classes at least were expected. Received: 1"),
    ],
)
def test_what_has_no_classes_is_one_line(labels, said, tmp_path):
    pixels = np.zeros((9, 28, 28, 1), np.uint8)
    images = Images("pets", pixels, np.int32(labels), ())
    with pytest.raises(UserError, match=said) as caught:
        run(images, f"--workdir={tmp_path / 'run'}")
    assert len(str(caught.value).splitlines()) == 1
    assert not (tmp_path / "run").exists()
