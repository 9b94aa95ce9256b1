"""recipes.aae on data without test images."""

import pytest
from absl import flags
from absl.testing import flagsaver

from tests.recipes import alone


@pytest.mark.parametrize(
    "given", [["--kind=classes"], ["--prior=ring", "--labels=20"]]
)
def test_images_of_the_training_are_measured_with_all_their_labels(
    given, tmp_path, monkeypatch, caplog
):
    found = []
    with alone.imported("recipes.aae") as module:
        monkeypatch.setattr(
            module,
            "_evaluation",
            lambda data, test, make=module._evaluation: (
                found.append((data, test)) or make(data, test)
            ),
        )
        monkeypatch.setattr(module.image_data, "train", lambda *_, **__: 7)
        with flagsaver.flagsaver():
            where = ["--dataset=digits", "--image_size=8", "--units=1"]
            where.append(f"--workdir={tmp_path / 'run'}")
            flags.FLAGS(["recipes/aae.py", *where, *given])
            assert module.main() == 7
    ((data, test),) = found
    assert (data.labels < 0).any() and (test.labels >= 0).all()
    assert len(data) == len(test) == 1797
    said = "Images of the training are measured, with all their labels"
    assert said in caplog.messages
