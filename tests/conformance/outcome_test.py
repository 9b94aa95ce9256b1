"""`make conformance`: what comes out of every GAN, and of every recipe."""

import json
import pathlib
import pkgutil
import subprocess
import sys

import keras
import numpy as np
import pytest

import recipes
from tests.conformance import cases
from tests.data import emoji_files
from tfgan_ref.pictures import draw_images
from tfgan_ref.serving import export

pytestmark = pytest.mark.conformance
ROOT = pathlib.Path(__file__).parents[2]
SEEDS = [3, 1, 2**40]
RECIPES = sorted(
    module.name
    for module in pkgutil.iter_modules(recipes.__path__)
    if not module.ispkg
)


@pytest.fixture(scope="module")
def made():
    """Case -> a GAN of images, one step old."""
    found = {}
    for case in cases.every():
        keras.utils.set_random_seed(3)
        gan = cases.compiled(*case.values)
        cases.fit(gan, 1)
        if len(gan.generator.output_shape) == 4:
            found[case.id] = gan
    return found


# Draws from SavedModels, given as JSON [[folder, file, conditions], ...].
_PROGRAM = """
import json, sys
import numpy as np
from tfgan_ref import inference

for folder, file, conditions in json.loads(sys.argv[1]):
    seeds = np.array(json.loads(sys.argv[2]))
    np.save(file, inference.load(folder).sample(seeds, **conditions))
"""


def test_all_endpoints_answer_in_one_fresh_process(made, tmp_path):
    asked, expected = [], {}
    for name, gan in made.items():
        folder = export.export_gan(gan, tmp_path / name, 1)
        _, given = gan.endpoints()["sample"]
        conditions = {
            condition: _values(gan, spec)
            for condition, spec in given.items()
            if condition not in ("seed", "truncation")
        }
        file = tmp_path / f"{name}.npy"
        asked.append([str(folder), str(file), conditions])
        samples = gan.sample(SEEDS, **conditions).numpy()
        expected[file] = np.clip(0.5 * samples + 0.5, 0, 1)
    arguments = map(json.dumps, (asked, SEEDS))
    run([sys.executable, "-c", _PROGRAM, *arguments])
    apart = []
    for file, images in expected.items():
        served = np.load(file)
        np.testing.assert_allclose(served, images, atol=1e-6, err_msg=file)
        apart.append(np.ptp(served, 0).max() > 1e-4)  # One for each seed.
    # Untrained, some generators make one picture.
    assert sum(apart) > len(apart) // 2


def _values(gan, spec):
    """Of a condition, three rows as JSON has them."""
    known = gan.words[:2] if spec.dtype == "string" else (0, 1)
    return np.resize(known[::-1], [3, *spec.shape[1:]]).tolist()


def run(command):
    """What a process prints that ends well."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_grids_show_the_samples(made):
    for name, gan in made.items():
        samples = gan.sample(range(6)).numpy()
        height, width = samples.shape[1:3]
        grid = draw_images(samples)
        assert grid.dtype == np.uint8
        assert grid.shape[:2] == (2 * height, 3 * width)
        # The fifth is in the second row and the second column.
        cell = grid[height:, width : 2 * width].astype(float)
        expected = np.clip(127.5 * samples[4] + 127.5, 0, 255)
        np.testing.assert_allclose(cell, expected, atol=0.51, err_msg=name)


@pytest.mark.parametrize("recipe", RECIPES)
def test_dry_runs_print_and_do_nothing(recipe, tmp_path):
    source = (ROOT / "recipes" / f"{recipe}.py").read_text()
    # Those of scikit-learn need no download.
    has_own = "toy_data" in source or recipe in ("discrete", "sequence")
    data = [] if has_own else ["--dataset=digits"]
    if "captioned" in source:
        emoji_files.write(tmp_path / "data")
        data = ["--dataset=emoji", f"--data_dir={tmp_path / 'data'}"]
        data.append("--batch_size=4")
    if recipe == "feature_matching":
        data.append("--test_split=train")  # They have no other.
    printed = run(
        [
            *(sys.executable, "-m", f"recipes.{recipe}", "--dry_run"),
            *(f"--workdir={tmp_path}/run", *data),
        ]
    )
    assert '"train_steps": ' in printed and "parameters" in printed
    assert not (tmp_path / "run").exists()
