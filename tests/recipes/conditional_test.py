"""recipes.conditional on images whose labels are there, in part or not."""

import numpy as np
import pytest
from absl import flags
from absl.testing import flagsaver
from PIL import Image

from tests.recipes import alone
from tfgan_ref import inference
from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError

SMALL = ["--train_steps=2", "--batch_size=4", "--width=2", "--latent_dim=3"]


def data(*labels):
    shape = (len(labels), 28, 28, 1)
    pixels = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    return Images("pets", pixels, np.int32(labels), ("cat", "dog"))


def run(images, *arguments):
    """The recipe in this process: `UserError` instead of an exit."""
    with alone.imported("recipes.conditional") as module, flagsaver.flagsaver():
        module.image_data.load = lambda *_: images
        flags.FLAGS(["recipes/conditional.py", *SMALL, *arguments])
        return module.main()


def test_what_has_no_label_is_counted_and_the_rest_is_learnt(tmp_path, caplog):
    images = data(0, 1, 1, -1, 0, 1, -1, 1, 0, -1)
    workdir = tmp_path / "run"
    flags = [f"--workdir={workdir}", "--kind=projection", "--export"]
    with caplog.at_level("INFO"):
        assert not run(images, *flags)
    said = [text for text in caplog.messages if "no label" in text]
    assert said == ["pets: 3 of 10 images have no label and are left out"]
    with Image.open(workdir / "samples" / "step_000002.png") as picture:
        assert picture.width == 2 * 28  # A column for each class.
    model = inference.load(workdir / "export")
    assert (model.class_names, model.classes) == (("cat", "dog"), 2)
    assert model.sample([3, 4], label=[1, 1]).shape == (2, 28, 28, 1)
    assert model.card["settings"]["game"] == "hinge"
    assert model.card["settings"]["kind"] == "projection"


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ([-1] * 9, "pets has no labels; .*Received: 9 images without"),
        ([0] * 9, "`classes` must be at least 2. Received: 1"),
    ],
)
def test_what_has_no_classes_is_one_line(labels, said, tmp_path):
    with pytest.raises(UserError, match=said) as caught:
        run(data(*labels), f"--workdir={tmp_path / 'run'}")
    assert len(str(caught.value).splitlines()) == 1
    assert not (tmp_path / "run").exists()
