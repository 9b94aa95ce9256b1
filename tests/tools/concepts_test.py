"""Arithmetic on latents, counted, where what a sample shows is known."""

import numpy as np
import pytest

from tfgan_ref.data.emoji_names import TONES
from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import classifier, made_classifier
from tools.evaluation import concepts

SEEDS = np.arange(7, 4007)


class Model:
    """A tone for each fifth of z[0] in [0, 5), a person by the sign of z[1].

    Its pictures are the latents.
    """

    path, asks_for = "m", None

    def latents(self, seeds):
        rng = np.random.default_rng(3)
        whole = rng.uniform((0, -1), (5, 1), (5000, 2))
        return whole[seeds]

    def generate(self, z):
        return np.asarray(z)

    def sample(self, seeds):
        return self.generate(self.latents(seeds))


def judge(images):
    """Places of tone and person, as `concepts.Judge` gives them."""
    tone, person = images.T
    inside = (tone >= 0) & (tone < 5)
    return np.where(inside, tone // 1, 5).astype(int), (person > 0).astype(int)


@pytest.fixture(scope="module")
def found():
    return concepts.find(Model(), judge, SEEDS)


def test_samples_are_found_by_what_they_show(found):
    assert sorted({tone for tone, _ in found}) == sorted(TONES)
    assert sum(map(len, found.values())) == len(SEEDS)
    z = Model().latents(found["medium", "man"])
    assert ((z[:, 0] >= 2) & (z[:, 0] < 3) & (z[:, 1] < 0)).all()


def test_nothing_that_goes_in_has_both_attributes_of_the_result(found):
    trials = concepts.choose(found, 4, 200, seed=1)
    of_seed = {s: concept for concept, of in found.items() for s in of}
    kinds = set()
    for trial in trials:
        a, b, c = ({of_seed[s] for s in of} for of in trial.seeds)
        ((tone, person),), ((b_tone, b_person),), ((c_tone, c_person),) = (
            a,
            b,
            c,
        )
        assert trial.expected == (tone, c_person)
        assert (b_tone, b_person) == (c_tone, person)
        assert tone != c_tone and person != c_person
        assert all(len(set(of)) == 4 for of in trial.seeds)
        kinds.add((tone, person, c_tone))
    assert len(kinds) == 5 * 4 * 2  # Each as often as any other.


def test_chance_is_the_share_of_samples_that_are_what_is_expected(found):
    trials = concepts.choose(found, 1, 40, seed=1)
    # Every concept is expected four times.
    assert concepts.chance(trials, found, len(SEEDS)) == pytest.approx(0.1)
    assert concepts.chance(trials[:1], found, 2 * len(SEEDS)) == (
        len(found[trials[0].expected]) / 8000
    )


def test_successes_are_counted_and_averages_have_more_of_them(found):
    trials = concepts.choose(found, 10, 2000, seed=1)
    shares = [concepts.successes(Model(), judge, trials, n) for n in (1, 3, 10)]
    # By hand: the first latents of each trial.
    a, b, c = (
        Model().latents(np.array([trial.seeds[k][0] for trial in trials]))
        for k in range(3)
    )
    tones, persons = judge(a - b + c)
    expected = [trial.expected for trial in trials]
    names = (
        np.array([*TONES, "none"])[tones],
        np.array(["man", "woman"])[persons],
    )
    tone, person = np.array(names) == np.transpose(expected)
    assert shares[0] == {
        "tone": tone.mean(),
        "person": person.mean(),
        "both": (tone & person).mean(),
    }
    both = [share["both"] for share in shares]
    assert both[0] + 0.1 < both[1] < both[2] - 0.1
    assert both[2] > 0.9


def test_too_few_samples_of_two_concepts_are_one_line(found):
    # One of the four that a sum needs has two samples.
    four = {k: v for k, v in found.items() if {"light", "dark"} & {*k}}
    four["light", "man"] = four["light", "man"][:2]
    assert len(concepts.choose(four, 2, 5, seed=0)) == 5
    with pytest.raises(UserError, match="3 samples each.*'light man': 2"):
        concepts.choose(
            {k: v for k, v in four.items() if k != ("dark", "man")}, 3, 5, 0
        )


def test_classifiers_learn_tones_and_persons_of_names(monkeypatch):
    names = ("man: dark skin tone", "flag: Oman", "woman and man", "woman")
    data = Images(
        "emoji",
        np.zeros((4, 2, 2, 3), np.uint8),
        np.zeros(4, np.int32),
        ("People", "Flags"),
        captions=names,
        attributes=("dark", "", "light, dark", ""),
    )
    asked = []
    monkeypatch.setattr(
        made_classifier, "find", lambda *given, **_: asked.append(given)
    )
    one_class = classifier.Classifier(
        lambda images, training: images[:, 0, 0, :], {"test_accuracy": 0.5}
    )
    monkeypatch.setattr(classifier, "load", lambda _: one_class)
    made = concepts.Judge.of_emoji(data, data, say=print)
    assert made.accuracy == {"tone": 0.5, "person": 0.5}
    (tones, *_), (persons, *_) = asked
    assert tones.class_names == (*TONES, "other")
    assert list(tones.labels) == [4, 5, 5, 5]
    assert persons.class_names == ("man", "woman", "other")
    assert list(persons.labels) == [0, 2, 2, 1]


def test_what_is_not_sure_is_none_of_them():
    shares = np.array([[0.91, 0.05, 0.04], [0.06, 0.05, 0.89], [0, 0.89, 0.11]])

    def network(levels, training):
        return (levels[:, 0, 0, :] + 1) / 2

    # Twice as large as is looked at, with that mean of four pixels.
    pattern = np.indices((64, 64)).sum(0) % 2 * 0.04 - 0.02
    images = shares[:, None, None] + pattern[..., None]
    judged = concepts.Judge([network, network], {})(images)
    assert [list(places) for places in judged] == [[0, 2, 2]] * 2


def test_a_model_of_more_than_latents_or_of_small_images_is_refused():
    model = Model()
    concepts.check(model, (64, 32, 3))
    with pytest.raises(UserError, match="32x32x3 at least.*: 64x28x3$"):
        concepts.check(model, (64, 28, 3))
    model.asks_for = "label"
    with pytest.raises(UserError, match="m: .* that is asked for a label$"):
        concepts.check(model, (32, 32, 3))
