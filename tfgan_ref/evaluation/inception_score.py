"""The inception score: samples are sure of their class, and of all classes.

It knows nothing of the data but the classes: one image per class, repeated,
is perfect. Of another classifier than Inception it is another metric.

Reference:
    Salimans, Goodfellow, Zaremba, Cheung, Radford, Chen (2016), Improved
    Techniques for Training GANs, section 4, https://arxiv.org/abs/1606.03498;
    code openai/improved-gan.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.scores import Score

SPLITS = 10


class InceptionScore:
    """exp E KL(p(y|x) || p(y)) of consecutive splits, in a fixed memory.

    Args:
        name: of the images, for messages.
        count: int, how many images there will be.
        splits: int, how many parts they are divided into, in their order.

    Raises:
        UserError: there are fewer images than splits.
    """

    def __init__(self, name: str, count: int, splits: int = SPLITS):
        if count < splits:
            raise UserError(
                f"{name}: the inception score is of {splits} images at "
                f"least. Received: {count}"
            )
        # As the released code has it: the first of each split, and the end.
        self._ends = np.arange(splits + 1) * count // splits
        self._seen = 0
        self._probabilities: np.ndarray | None = None  # Sums, of each split.
        self._negative_entropies = np.zeros(splits)

    def update(self, probabilities: np.ndarray) -> None:
        """Adds the next images: float `[count, classes]`, of their classes."""
        p = np.asarray(probabilities, np.float64)
        if self._probabilities is None:
            self._probabilities = np.zeros((len(self._ends) - 1, p.shape[1]))
        places = np.arange(self._seen, self._seen + len(p))
        split = np.searchsorted(self._ends, places, side="right") - 1
        np.add.at(self._probabilities, split, p)
        np.add.at(self._negative_entropies, split, special.xlogy(p, p).sum(1))
        self._seen += len(p)

    def score(self) -> Score:
        """Mean and standard deviation (n) over the splits."""
        counts = np.diff(self._ends)
        p = self._probabilities / counts[:, None]
        kl = self._negative_entropies / counts - special.xlogy(p, p).sum(1)
        values = np.exp(kl)
        return Score(float(values.mean()), float(values.std()))
