"""Real images against real ones, and what is kept of it."""

import json

import numpy as np
import pytest

from tests import small_images
from tests.data.files import warned_of
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import measuring
from tfgan_ref.evaluation.extractors.pixels import Pixels
from tfgan_ref.evaluation.real_images import RealImages
from tfgan_ref.evaluation.real_scores import real_scores


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """This test's own cache."""
    monkeypatch.setenv("TFGAN_REF_CACHE", str(tmp_path / "kept"))
    return tmp_path / "kept" / "scores"


DATA, TEST = small_images.images(1, 101), small_images.images(2, 30)


def real(count=40, **how):
    how = {"test": TEST, "seed": 5} | how
    return RealImages(DATA, "train", count=count, **how)


def flat(source):
    images = np.concatenate(list(source.batches()))
    return images.reshape(len(images), -1) / 255.0


def frechet(a, b):
    """Of two Gaussians, by the eigenvalues of the product."""
    s, t = np.cov(a.T), np.cov(b.T)
    roots = np.sqrt(np.linalg.eigvals(s @ t).astype(complex)).real.sum()
    mean = np.sum((a.mean(0) - b.mean(0)) ** 2)
    return mean + np.trace(s) + np.trace(t) - 2 * roots


def test_the_parts_are_by_the_seed_and_share_no_image():
    whole = {image.tobytes() for image in DATA.images}
    first, second = real().halves
    parts = [list(np.concatenate(list(x.batches()))) for x in (first, second)]
    one, other = ({image.tobytes() for image in part} for part in parts)
    assert [first.count, second.count] == [len(one), len(other)] == [40, 40]
    assert one | other <= whole and not one & other
    np.testing.assert_array_equal(flat(real().chosen), flat(first))
    assert (flat(real(seed=6).chosen) != flat(first)).any()
    # There are not as many as are asked for.
    big = real(count=80)
    assert [half.count for half in big.halves] == [50, 50]
    assert big.chosen.count == 80 and big.test_part.count == 30
    assert real(count=1000).chosen.count == 101
    np.testing.assert_array_equal(real(count=1000).chosen.labels, DATA.labels)


def test_training_images_are_the_chosen_ones_or_all_or_none():
    assert real().train.count == 40
    assert real(whole=True).train.count == 101
    assert real(trained_on=False, whole=True).train is None
    assert real(test=None).test_part is None


def test_the_scores_are_of_the_halves_and_of_test_against_train():
    images = real(count=45)
    found = real_scores(["fid", "copying"], images, Pixels())
    assert found.keys() == {"real", "real_test"}
    first, second = map(flat, images.halves)
    assert found["real"]["fid/pixels"].value == pytest.approx(
        frechet(first, second), rel=1e-5
    )
    assert found["real_test"]["fid/pixels"].value == pytest.approx(
        frechet(flat(images.test_part), flat(images.chosen)), rel=1e-5
    )
    # A half is no copy of itself.
    assert found["real"]["copying/pixels"].value < 1
    assert "singular" in found["real"]["fid/pixels"].note
    without = real_scores(["fid"], real(test=None), Pixels())
    assert without.keys() == {"real"}


def test_what_was_measured_is_found_again(kept, monkeypatch):
    first = real_scores(["fid", "kid"], real(), Pixels())
    assert len(list(kept.iterdir())) == 2
    asked = []
    measure = measuring.measure

    def spy(names, *given, **how):
        asked.append(names)
        return measure(names, *given, **how)

    monkeypatch.setattr(measuring, "measure", spy)
    assert real_scores(["kid", "fid"], real(), Pixels()) == first
    assert not asked
    more = real_scores(["kid", "recall"], real(), Pixels())
    assert asked == [["recall"]] * 2
    assert more["real"].items() > first["real"].items()
    # By set, count, seed, split and extractor.
    for other in (
        real(count=30),
        real(seed=1),
        real(test=None),
        RealImages(TEST, "train", TEST, 15, 5),
        RealImages(DATA, "train[:90%]", TEST, 40, 5),
    ):
        asked.clear()
        real_scores(["fid"], other, Pixels())
        assert asked and {*map(tuple, asked)} == {("fid",)}
    asked.clear()
    by = Pixels()
    by.sha256 = "0" * 64
    real_scores(["fid"], real(), by)
    assert asked == [["fid"]] * 2


def test_a_damaged_file_counts_as_not_there(kept):
    first = real_scores(["fid"], real(), Pixels())
    paths = sorted(kept.iterdir())
    before = [path.read_bytes() for path in paths]
    paths[0].write_bytes(before[0][:-9])
    content = json.loads(before[1])
    content["request"][-1] = None  # Of another request.
    paths[1].write_text(json.dumps(content))
    assert real_scores(["fid"], real(), Pixels()) == first
    assert [path.read_bytes() for path in paths] == before


def test_what_cannot_be_had_of_so_few_is_said_and_missing(caplog):
    few = RealImages(DATA, "train", None, 3)
    found = real_scores(["precision", "fid"], few, Pixels())
    assert found["real"].keys() == {"fid/pixels"}
    (line,) = warned_of(caplog)
    assert "precision of real against real" in line and "Received: 3" in line
    with pytest.raises(UserError, match="Received: 3"):
        real_scores(["fid", "precision"], few, Pixels(), strict=True)


def test_where_nothing_can_be_kept_it_is_said(kept, caplog):
    kept.parent.mkdir()
    kept.write_text("mine")
    found = real_scores(["fid"], real(test=None), Pixels())
    assert found["real"]["fid/pixels"].value > 0
    (line,) = warned_of(caplog)
    assert "not kept" in line and "TFGAN_REF_CACHE" in line
