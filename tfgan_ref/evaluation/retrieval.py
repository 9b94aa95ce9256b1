"""Whether pictures of texts that were never seen tell which text they are of.

A picture is drawn of each text, and judged beside ten texts: its own and nine
others of the same set, drawn at random. By chance its own is the best of one
in ten. Nobody else judges than the matching-aware discriminator with its
encoder, against which the generator has learnt: so the same is counted of real
pictures, which bound what it can tell, and by pixels without it.

Reference:
    Reed et al. (2016), Generative Adversarial Text to Image Synthesis,
    https://arxiv.org/abs/1605.05396
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from absl import logging

from tfgan_ref.data import vocabulary
from tfgan_ref.data.images import Images
from tfgan_ref.evaluation.result import Evaluation
from tfgan_ref.pictures import to_uint8
from tfgan_ref.titled import titled

CANDIDATES = 10
_MOST = 500  # Texts.
_SHOWN, _COLUMNS = 20, 8
_ROWS = 250  # Images at a time.


class Retrieval:
    """The share of pictures whose own text is the best, as a run's evaluation.

    Scalars `eval/retrieval/samples` and, of real pictures, `.../real`; and
    `.../pixels`, the share of samples that, of the real pictures of the ten
    texts, are nearest to their own one. A text that is as good counts as
    better. Picture `unseen`: of twenty texts the real picture and samples.

    Args:
        data: images that were not seen, with captions; the first 500 with
            different words are taken.
        words: that the game knows.

    Attributes:
        count: how many texts there are; below `CANDIDATES` nothing is counted.
    """

    def __init__(self, data: Images, words):
        captions = _known(data.captions, words)
        places = np.array([*captions][:_MOST], int)
        self.count = len(places)
        self._texts = np.array([captions[k] for k in places])
        self._images = data.images[places].astype(np.float32) / 127.5 - 1.0
        self._candidates = candidates(self.count)

    def __call__(self, gan) -> Evaluation:
        """Evaluates a `TextGAN`."""
        seeds = np.arange(self.count)
        samples = gan.sample(seeds, text=self._texts).numpy()
        found = {
            "samples": ranked_first(self._logits(gan, samples)),
            "real": ranked_first(self._logits(gan, self._images)),
            "pixels": ranked_first(-self._distances(samples)),
        }
        scalars = {f"eval/retrieval/{k}": share for k, share in found.items()}
        return Evaluation(scalars, {"unseen": self._picture(gan)})

    def _logits(self, gan, images):
        """Of each image beside its candidates, `[count, CANDIDATES]`."""
        columns = []
        for places in self._candidates.T:
            texts = self._texts[places]
            parts = [
                gan.matches(images[k : k + _ROWS], texts[k : k + _ROWS])
                for k in range(0, self.count, _ROWS)
            ]
            columns.append(np.concatenate(parts))
        return np.stack(columns, 1)

    def _distances(self, samples):
        """Of each sample to the real images of its candidates."""
        columns = [
            np.square(samples - self._images[places]).mean((1, 2, 3))
            for places in self._candidates.T
        ]
        return np.stack(columns, 1)

    def _picture(self, gan):
        # From all over: neighbours are variants of one another.
        count = min(_SHOWN, self.count)
        shown = np.linspace(0, self.count - 1, count).round().astype(int)
        texts = self._texts[shown]
        seeds = np.tile(np.arange(_COLUMNS - 1), len(texts))
        drawn = gan.sample(seeds, text=np.repeat(texts, _COLUMNS - 1)).numpy()
        drawn = drawn.reshape(len(texts), -1, *drawn.shape[1:])
        real = self._images[shown, None]
        return titled(to_uint8(np.concatenate([real, drawn], 1)), texts)


def candidates(count: int) -> np.ndarray:
    """Of each of `count` texts ten different ones, its own the first.

    Returns:
        int `[count, CANDIDATES]`, the same at each call; of fewer texts than
        ten, `[count, 0]`.
    """
    if count < CANDIDATES:
        return np.zeros((count, 0), int)
    rng = np.random.default_rng(0)
    others = [
        rng.choice(count - 1, CANDIDATES - 1, replace=False)
        for _ in range(count)
    ]
    steps = np.concatenate([np.zeros((count, 1), int), 1 + np.array(others)], 1)
    return (np.arange(count)[:, None] + steps) % count


def ranked_first(scores: np.ndarray) -> float:
    """The share of rows whose first score is above all others.

    Args:
        scores: float `[rows, candidates]`.
    """
    return float(np.mean(scores[:, 0] > scores[:, 1:].max(1)))


def evaluation(data: Images | None, words):
    """That of a run whose vocabulary these words are.

    Args:
        data: images that were not seen; None: there are none.
        words: of the vocabulary.

    Returns:
        `Retrieval`; None, which is logged, where there are fewer than ten.
    """
    found = Retrieval(data, words) if data and data.captions else None
    if found is None or found.count < CANDIDATES:
        logging.info("No ten captions that were not seen: none is looked for")
        return None
    return found


def _known(captions, words):
    """Place -> caption, of those with known words; of the same words once."""
    known = {*words}
    rows, found = vocabulary.split(tf.constant(captions))
    bags: dict[int, list[str]] = {}
    for row, word in zip(rows.numpy(), found.numpy(), strict=True):
        if word.decode() in known:
            bags.setdefault(int(row), []).append(word.decode())
    firsts = {tuple(sorted(bag)): row for row, bag in reversed(bags.items())}
    return {row: captions[row] for row in sorted(firsts.values())}
