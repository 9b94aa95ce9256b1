"""recipes.pix2pix as a user meets it: pairs, pictures, scores, exports."""

import numpy as np
import pytest
from PIL import Image

from tests import small_images
from tests.data import files
from tests.recipes import driver
from tfgan_ref import inference
from tfgan_ref.data import degradations
from tfgan_ref.training import networks
from tfgan_ref.training.workdir import WorkDir

TINY = ["--train_steps=2", "--batch_size=4", "--width=2", "--image_size=8"]
TINY += ["--steps_per_execution=1", "--nodiagnose", "--seed=3"]
FOLDERS = ["--dataset=folder:{}/photos", "--pair=folder:{}/sketches"]
CASES = {
    "edges": ["--kid_extractor=pixels", "--export"],
    "folders": [*FOLDERS, "--gan_weight=0"],
    "alone": [FOLDERS[0], "--pair=folder:{}/others"],
    "no folder": [FOLDERS[1]],
    "size": ["--image_size=30"],
    "grey": ["--pair=grey"],
    "unlabelled": [FOLDERS[0], "--kid_extractor=classifier"],
}
TEST = small_images.bright(2, 12)
SCORES = {"l1", "kid/pixels", "gradient", "gradient/real"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """With a data set of test images, and folders of pictures."""
    folder = tmp_path_factory.mktemp("pix2pix")
    small_images.write_idx(
        folder / "data", train=small_images.bright(1, 30), t10k=TEST
    )
    for k, name in enumerate("abcdef"):
        for place in ("photos", "sketches", "others"):
            if (place, name) != ("others", "c"):
                path = folder / place / f"{name}.png"
                files.save(path, files.noise(8, 8, k))
    return folder


@pytest.fixture(scope="module")
def answers(folder):
    data = f"--dataset=idx:{folder}/data"
    given = {
        case: [
            f"--workdir={folder / case}",
            *(x.replace("{}", str(folder)) for x in (data, *TINY, *own)),
        ]
        for case, own in CASES.items()
    }
    return driver.answers("recipes.pix2pix", given, folder / "answers")


@pytest.mark.parametrize("case", ["edges", "folders"])
def test_held_out_pairs_are_measured(case, answers, folder):
    assert answers[case][0] == 0, answers[case]
    last = WorkDir(folder / case).read_metrics()[-1]
    scores = {
        name.removeprefix("eval/translation/"): value
        for name, value in last.items()
        if name.startswith("eval/")
    }
    assert scores.keys() == SCORES
    assert f"translation/l1 {scores['l1']:.4g}" in answers[case][1]
    assert ("loss/discriminator" in last) == (case == "edges")


def test_the_picture_is_of_sources_outputs_and_targets(answers, folder):
    picture = np.asarray(
        Image.open(folder / "edges" / "samples" / "translations_000002.png")
    )
    assert picture.shape == (3 * 8, 12 * 8)
    sources, outputs, targets = picture.reshape(3, 8, 12, 8).swapaxes(1, 2)
    np.testing.assert_array_equal(targets, TEST[0][..., 0])
    edges = degradations.edges(TEST[0])
    np.testing.assert_array_equal(sources, edges[..., 0])
    gan = networks.restore(WorkDir(folder / "edges")).gan
    expected = 127.5 * gan.sample(range(12)).numpy()[..., 0] + 127.5
    np.testing.assert_allclose(outputs, expected, atol=0.6)


def test_the_export_translates_with_dropout_and_without(answers, folder):
    model = inference.load(folder / "edges" / "export")
    gan = networks.restore(WorkDir(folder / "edges")).gan
    sources = np.float32(degradations.edges(TEST[0]) / 255)
    made = model.call("translate", images=sources)["images"]
    expected = 0.5 + 0.5 * gan.translate(2 * sources - 1).numpy()
    np.testing.assert_allclose(made, expected, atol=1e-5)
    seeds = np.arange(12) % 5
    noisy = model.call("translate_noisy", images=sources, seed=seeds)
    expected = gan.translate(2 * sources - 1, np.int64(seeds)).numpy()
    np.testing.assert_allclose(noisy["images"], 0.5 + 0.5 * expected, atol=1e-5)
    assert abs(noisy["images"] - made).max() > 1e-3


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("alone", "Received: c.png in {}/photos, which has no match in {}/oth"),
        ("no folder", "goes with --dataset=folder:FOLDER. Received: --datase"),
        ("size", "64... pixels was expected, or of 28, which are padded to 32"),
        ("grey", "pair grey: Images in colour were expected"),
        ("unlabelled", "is of labelled images. Received: folder:{}/photos"),
    ],
)
def test_a_mistake_is_one_line(case, said, answers, folder):
    line, _ = answers[case]
    assert line.startswith("error: ")
    assert said.replace("{}", str(folder)) in line
    assert not (folder / case).exists()
