"""Retrieval of texts, of players whose answers are known."""

import types

import numpy as np
import pytest

from tfgan_ref.data.images import Images
from tfgan_ref.evaluation import retrieval

COUNT = 14
WORDS = [f"w{k}" for k in range(COUNT)]


def data(captions=WORDS):
    """Image k is k all over."""
    count = len(captions)
    pixels = np.arange(count, dtype=np.uint8)[:, None, None, None]
    pixels = np.broadcast_to(10 * pixels, (count, 8, 8, 1))
    labels = np.zeros(count, np.int32)
    return Images("numbered", pixels, labels, captions=tuple(captions))


def number_of(texts):
    return np.array([int(str(text)[1:]) for text in texts])


def game(drawn, matches):
    """A stub of `TextGAN`.

    Args:
        drawn: function of the texts' numbers -> those of the images drawn.
        matches: function of images' and texts' numbers -> logits.
    """

    def sample(seeds, text):
        assert len(seeds) == len(text)
        pixels = 10.0 * drawn(number_of(text))[:, None, None, None]
        images = np.broadcast_to(pixels / 127.5 - 1, (len(text), 8, 8, 1))
        return types.SimpleNamespace(numpy=lambda: images)

    def judge(images, texts):
        numbers = (images[:, 0, 0, 0] + 1) * 12.75
        return matches(numbers, number_of(texts))

    return types.SimpleNamespace(sample=sample, matches=judge)


def scalars_of(gan, images=None):
    found = retrieval.Retrieval(images or data(), WORDS)(gan)
    return {k.split("/")[-1]: x for k, x in found.scalars.items()}, found


def nearness(images, texts):
    return -np.abs(images - texts)


def test_shares_are_of_samples_of_real_images_and_by_pixels():
    # Of every other text the image of one that is far.
    def drawn(numbers):
        return np.where(numbers % 2, (numbers + 7) % COUNT, numbers)

    found, result = scalars_of(game(drawn, nearness))
    assert found == {"samples": 0.5, "real": 1.0, "pixels": 0.5}
    assert result.scalars.keys() == {f"eval/retrieval/{k}" for k in found}
    # Of each text a row of the real image and seven samples.
    picture = result.pictures["unseen"]
    assert picture.shape == (COUNT * 24, 64, 1)
    assert (picture[24 + 16 : 48, :8] == 10).all()
    assert (picture[24 + 16 : 48, 8:] == 80).all()


def test_the_texts_that_are_shown_are_from_all_over(monkeypatch):
    monkeypatch.setattr(retrieval, "_SHOWN", 3)
    _, result = scalars_of(game(lambda numbers: numbers, nearness))
    picture = result.pictures["unseen"]
    assert picture.shape == (3 * 24, 64, 1)
    shown = [picture[24 * row + 20, 0, 0] for row in range(3)]
    assert shown == [0, 60, 130]


def test_a_tie_is_no_match_and_the_judge_alone_decides():
    def blind(images, texts):
        return np.zeros(len(texts))

    def wrong(images, texts):
        return np.abs(images - texts)

    for matches in (blind, wrong):
        found, _ = scalars_of(game(lambda numbers: numbers, matches))
        assert found == {"samples": 0.0, "real": 0.0, "pixels": 1.0}


def test_by_chance_it_is_one_in_ten():
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(5000, retrieval.CANDIDATES))
    assert retrieval.ranked_first(scores) == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize("count", [10, 11, 40])
def test_candidates_are_ten_different_texts_its_own_first(count):
    places = retrieval.candidates(count)
    assert places.shape == (count, 10)
    assert places[:, 0].tolist() == list(range(count))
    assert all(len({*row}) == 10 for row in places)
    assert (places >= 0).all() and (places < count).all()
    np.testing.assert_array_equal(places, retrieval.candidates(count))
    if count == 40:
        assert len(np.unique(np.sort(places), axis=0)) == count


def test_texts_of_known_words_are_taken_each_once():
    captions = [*WORDS[:9], "blue", "W3", "w1 blue", "w2 w5", "w5 w2", "w13"]
    # Left are 0 to 8, "w2 w5" and "w13"; its last is image 14.
    found = retrieval.Retrieval(data(captions), WORDS)
    assert found.count == 11
    assert found._texts.tolist() == [*WORDS[:9], "w2 w5", "w13"]
    np.testing.assert_allclose(found._images[-1], 140 / 127.5 - 1, rtol=1e-6)


def test_fewer_than_ten_are_not_counted(caplog):
    for images in (None, data(WORDS[:9]), data()):
        if images is not None and len(images) == COUNT:
            assert retrieval.evaluation(images, WORDS).count == COUNT
            continue
        with caplog.at_level("INFO", "absl"):
            assert retrieval.evaluation(images, WORDS) is None
    assert len(caplog.messages) == 2
