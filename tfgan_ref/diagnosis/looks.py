"""A look at the fixed samples of a run."""

from __future__ import annotations

import functools

import numpy as np

from tfgan_ref.data.protocol import Data
from tfgan_ref.data.toy import Points
from tfgan_ref.diagnosis import collapse, copying, examples


class Looks:
    """Measures samples of the seeds 0, 1, 2...

    `diagnosis/spread`: mean squared distance of two samples over that of data;
    of a game with labels within a class. `diagnosis/modes`: exp(-KL) of the
    nearest modes, of points of several. `diagnosis/classes`: the same of the
    classes that the game's own classifier sees. `diagnosis/copies`: the share
    of copies of training images; not of a game whose samples are made of such
    images, to which each is near.

    Args:
        data: of the run.
    """

    def __init__(self, data: Data):
        self._data = data

    def __call__(self, gan, samples: np.ndarray) -> dict[str, float]:
        """Measures.

        Args:
            gan: `GAN`; of one whose generator never moves there is nothing.
            samples: what `gan.sample` gives of those seeds.
        """
        if not any("generator" in turn.moves for turn in gan.turns()):
            return {}
        if not np.isfinite(samples).all():
            return {}
        rows = examples.of_samples(samples)
        found = self._of_modes(samples) | self._of_classes(gan, samples)
        if self._some is not None and rows.shape[1] == len(self._some.rows[0]):
            found[collapse.SPREAD] = collapse.spread(
                rows, self._some.rows, self._labels(gan, len(rows))
            )
            found |= self._of_copies(gan, rows)
        return {name: x for name, x in found.items() if np.isfinite(x)}

    @functools.cached_property
    def _some(self):
        return examples.some(self._data)

    @functools.cached_property
    def _every(self):
        rows = examples.every(self._data)
        return rows if rows is None else (rows, copying.bound(rows))

    def _labels(self, gan, count):
        """Of samples and then of data, where the generator is given them."""
        if "label" not in gan.conditions or self._some.labels is None:
            return None
        given = gan.sample_inputs(np.arange(count))["labels"]
        return np.concatenate([given, self._some.labels])

    def _of_modes(self, samples):
        if not isinstance(self._data, Points):
            return {}
        density = self._data.density
        if len(density.means) < 2:
            return {}
        apart = np.sum((samples[:, None] - density.means) ** 2, -1)
        counts = np.bincount(apart.argmin(-1), minlength=len(density.means))
        return {collapse.MODES: collapse.covered(counts, density.weights)}

    def _of_classes(self, gan, samples):
        labels = getattr(self._data, "labels", None)
        if gan.classifier is None or labels is None:
            return {}
        logits = gan.classifier(samples, training=False).numpy()
        classes = logits.shape[-1]
        known = np.bincount(labels[labels >= 0], minlength=classes)
        if len(known) > classes or not known.all():
            return {}
        counts = np.bincount(logits.argmax(-1), minlength=classes)
        return {collapse.CLASSES: collapse.covered(counts, known / known.sum())}

    def _of_copies(self, gan, rows):
        if gan.is_of_examples or self._every is None:
            return {}
        return {copying.TAG: copying.copies(rows, *self._every)}
