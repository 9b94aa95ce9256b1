"""Concepts among samples: skin tone, and man or woman, as classifiers see them.

Reference:
    Radford, Metz, Chintala (2016), Unsupervised Representation Learning with
    DCGANs, section 6.3.2, https://arxiv.org/abs/1511.06434
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from tfgan_ref.data.emoji_names import TONES
from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import classification, classifier, made_classifier
from tfgan_ref.inference import Model
from tools.generation import arithmetic

PERSONS = ("man", "woman")
SIZE = 32  # Pixels of what is looked at: no more are needed.
_SURE = 0.9  # A less probable class is none.
_STEPS = 2000  # Of a classifier's training: few pictures need many.
_ROWS = 500  # Images at a time; of no influence on the result.

Concept = tuple[str, str]  # Skin tone and person.


class Trial(NamedTuple):
    """One sum A - B + C.

    Attributes:
        seeds: int64 `[3, count]`, of the samples of A, B and C.
        expected: the concept that the result should be.
    """

    seeds: np.ndarray
    expected: Concept


@dataclasses.dataclass(frozen=True)
class Judge:
    """Two classifiers, of skin tones and of persons.

    Attributes:
        networks: images `[batch, height, width, channels]` in [-1, 1] ->
            probabilities of each value, and of `other` as the last.
        accuracy: of each on emoji that it was not trained on.
    """

    networks: Sequence[keras.Model]
    accuracy: dict[str, float]

    @classmethod
    def of_emoji(
        cls, data: Images, test: Images, say: Callable[[str], None]
    ) -> Judge:
        """The classifiers of emoji's attributes and names.

        Args:
            data: the split `train`, of `SIZE` pixels.
            test: the split `test`, as well.
            say: is told in one line what takes time.

        Raises:
            UserError: they cannot be made.
        """
        networks, accuracy = [], {}
        for attribute, relabel in (("tone", _tones), ("person", _persons)):
            path = made_classifier.find(
                relabel(data), relabel(test), say, least_steps=_STEPS
            )
            found = classifier.load(path)
            networks.append(found.network)
            accuracy[attribute] = found.record["test_accuracy"]
        return cls(networks, accuracy)

    def __call__(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What images show.

        Args:
            images: float32 `[count, height, width, channels]` in [0, 1], of
                any size.

        Returns:
            int64 `[count]` each: places in `TONES` and in `PERSONS`, the
            number after the last where the classifier is not sure of one.
        """
        small = tf.image.resize(images, [SIZE, SIZE], "area").numpy()
        levels = np.rint(small * 255).astype(np.uint8)
        tones, persons = (
            _value(classification.predict(network, levels, _ROWS))
            for network in self.networks
        )
        return tones, persons


def check(model: Model, shape: tuple[int, int, int]) -> None:
    """Refuses a model whose latents cannot be added up, or not of emoji.

    Args:
        model: the model.
        shape: `(height, width, channels)` of its images.

    Raises:
        UserError: it is asked for more than latents, or makes other images
            than in colour of `SIZE` pixels at least.
    """
    model.latents([0])
    if model.asks_for:
        raise UserError(
            f"{model.path}: samples of latents alone were expected. Received: "
            f"a model that is asked for a {model.asks_for}"
        )
    height, width, channels = shape
    if channels != 3 or min(height, width) < SIZE:
        raise UserError(
            f"{model.path}: emoji, images of {SIZE}x{SIZE}x3 at least, were "
            f"expected. Received: {height}x{width}x{channels}"
        )


def find(model: Model, judge, seeds: np.ndarray) -> dict[Concept, np.ndarray]:
    """Which samples are of which concept.

    Args:
        model: trained on emoji.
        judge: see `Judge`.
        seeds: int64 `[count]` of the samples.

    Returns:
        Concept -> the seeds of its samples, those that no sample has left out.
    """
    tones, persons = judge(model.sample(seeds))
    found = {
        (tone, person): seeds[(tones == i) & (persons == k)]
        for i, tone in enumerate(TONES)
        for k, person in enumerate(PERSONS)
    }
    return {concept: of for concept, of in found.items() if len(of)}


def choose(
    found: dict[Concept, np.ndarray], count: int, trials: int, seed: int
) -> list[Trial]:
    """Draws sums of which none of A, B and C has what the result should have.

    Args:
        found: of `find`.
        count: samples of each concept, all different.
        trials: how many sums, over all kinds of them alike.
        seed: of the choice.

    Raises:
        UserError: too few samples are of a concept for any sum.
    """
    enough = {concept for concept, of in found.items() if len(of) >= count}
    sums = [
        (a, b, c)
        for a in sorted(enough)
        for c in sorted(enough)
        for b in [(c[0], a[1])]
        if b in enough and a[0] != c[0] and a[1] != c[1]
    ]
    if not sums:
        counts = {" ".join(concept): len(of) for concept, of in found.items()}
        raise UserError(
            f"{count} samples each of men and women of two skin tones were "
            f"expected. Received: {counts or 'none'}"
        )
    rng = np.random.default_rng(seed)
    chosen = []
    for k in range(trials):
        a, b, c = sums[k % len(sums)]
        seeds = [
            rng.choice(found[of], count, replace=False) for of in (a, b, c)
        ]
        chosen.append(Trial(np.stack(seeds), (a[0], c[1])))
    return chosen


def chance(
    trials: Sequence[Trial], found: dict[Concept, np.ndarray], count: int
) -> float:
    """How often a sample, at random, would be what is expected of a sum.

    Args:
        trials: of `choose`.
        found: of `find`.
        count: the samples among which those were found.
    """
    having = [len(found.get(trial.expected, ())) for trial in trials]
    return float(np.mean(having)) / count


def successes(
    model: Model, judge, trials: Sequence[Trial], count: int
) -> dict[str, float]:
    """How often the result has the attributes that it should have.

    Args:
        model: trained on emoji.
        judge: see `Judge`.
        trials: of `choose`.
        count: how many latents of each concept are averaged, the first ones.

    Returns:
        Shares of the results with the expected `tone`, the expected `person`,
        and `both`.
    """
    seeds = np.stack([trial.seeds[:, :count] for trial in trials])
    latents = model.latents(seeds.ravel()).reshape(*seeds.shape, -1)
    results = np.stack([arithmetic.combine(*of) for of in latents])
    tones, persons = judge(model.generate(results))
    tone = tones == [TONES.index(trial.expected[0]) for trial in trials]
    person = persons == [PERSONS.index(trial.expected[1]) for trial in trials]
    return {
        "tone": float(np.mean(tone)),
        "person": float(np.mean(person)),
        "both": float(np.mean(tone & person)),
    }


def _tones(data: Images) -> Images:
    return _relabelled(data, data.attributes, TONES)


def _persons(data: Images) -> Images:
    words = (set(re.findall(r"\w+", name)) for name in data.captions)
    shown = [sorted(of.intersection(PERSONS)) for of in words]
    return _relabelled(data, [" ".join(of) for of in shown], PERSONS)


def _relabelled(data, texts, values):
    """Labelled by the value that each text is, or the one after the last."""
    places = {value: k for k, value in enumerate(values)}
    labels = [places.get(text, len(values)) for text in texts]
    return Images(
        data.name, data.images, np.array(labels, np.int32), (*values, "other")
    )


def _value(probabilities):
    other = probabilities.shape[-1] - 1
    is_sure = probabilities.max(-1) >= _SURE
    return np.where(is_sure, probabilities.argmax(-1), other)
