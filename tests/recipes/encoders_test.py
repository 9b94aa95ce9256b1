"""Runs of games with encoders: what they measure, draw and serve."""

import numpy as np
import pytest
from absl import flags
from PIL import Image

from tests import small_images
from tests.recipes import alone
from tfgan_ref import inference
from tfgan_ref.errors import UserError
from tfgan_ref.training.workdir import WorkDir

TINY = ["--train_steps=2", "--batch_size=6", "--units=5", "--export"]
TINY += ["--steps_per_execution=1", "--nodiagnose", "--sample_every=2"]
CASES = {
    "bigan": ["--latent_dim=3", "--neighbours=20"],
    "aae": ["--prior=ring", "--labels=9"],
}
MEASURED = {
    "bigan": {
        f"nearest_neighbour/{name}"
        for name in ("codes", "features", "codes/untrained")
    }
    | {"nearest_neighbour/features/untrained"},
    "aae": set(),
}
ERRORS = {"reconstruction/error", "reconstruction/shuffled"}


@pytest.fixture(scope="module", params=CASES)
def run(request, tmp_path_factory):
    """Name, folder and what was printed."""
    name = request.param
    folder = tmp_path_factory.mktemp(name)
    data = small_images.write_idx(
        folder / "data",
        train=small_images.bright(1, 30),
        t10k=small_images.bright(2, 12),
    )
    printed = []
    with alone.imported(f"recipes.{name}") as module:
        given = [f"--workdir={folder / 'run'}", f"--dataset={data}"]
        flags.FLAGS([name, *given, *TINY, *CASES[name]])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("builtins.print", lambda *x, **_: printed.extend(x))
            assert module.main() == 0
    return name, folder / "run", "\n".join(map(str, printed))


def test_scores_are_recorded_and_printed(run):
    name, folder, printed = run
    last = WorkDir(folder).read_metrics()[-1]
    scores = {
        key.partition("/")[2]: value
        for key, value in last.items()
        if key.startswith("eval/")
    }
    assert scores.keys() == ERRORS | MEASURED[name]
    (line,) = (x for x in printed.splitlines() if x.startswith("Scores at "))
    assert line.startswith("Scores at step 2: ")
    for key, value in scores.items():
        assert f"{key} {value:.4g}" in line
    assert 0 < scores["reconstruction/error"] < 8


def test_pictures_are_beside_the_samples(run):
    name, folder, _ = run
    found = {path.name for path in (folder / "samples").iterdir()}
    wanted = {"data.png", "step_000000.png", "step_000002.png"}
    wanted |= {"reconstructions_000000.png", "reconstructions_000002.png"}
    assert found == wanted | (
        {"code_map_000002.png"} if name == "aae" else set()
    )
    path = folder / "samples" / "reconstructions_000002.png"
    picture = np.asarray(Image.open(path))
    # 30 images at the most, eight in a row, each with one beneath.
    assert picture.shape[1] == 8 * 8 and picture.shape[0] % 16 == 0


def test_the_export_encodes_and_reconstructs(run):
    _, folder, _ = run
    model = inference.load(folder / "export")
    images = np.random.default_rng(1).uniform(0, 1, (3, 8, 8, 1))
    codes = model.call("encode", images=images)["latents"]
    made = model.call("reconstruct", images=images)["images"]
    np.testing.assert_allclose(made, model.generate(codes), atol=1e-6)
    with pytest.raises(UserError) as caught:
        model.call("encode", images=images[:, :7])
    said = "`images` of encode must be of shape [None, 8, 8, 1]. Received: "
    assert said + "[3, 7, 8, 1]" in str(caught.value)
    assert "\n" not in str(caught.value)
