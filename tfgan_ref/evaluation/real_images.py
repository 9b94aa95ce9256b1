"""The real images that generated ones are compared with, by their number."""

from __future__ import annotations

import dataclasses

import numpy as np

from tfgan_ref.data.images import Images
from tfgan_ref.evaluation.image_source import ImageSource, of_images


@dataclasses.dataclass(frozen=True, eq=False)
class RealImages:
    """A data set, of which as many images are looked at as there are samples.

    Attributes:
        data: all of the split that samples are compared with.
        split: its name.
        test: all of the test split; None where there is none.
        count: int >= 1, how many are looked at, all where there are fewer.
        seed: of the choice among them.
        trained_on: whether the generators have learnt from `data`.
        whole: whether they are compared with all of it where that is asked
            for, by `copying`; else with the chosen ones, which takes less.
    """

    data: Images
    split: str
    test: Images | None
    count: int
    seed: int = 0
    trained_on: bool = True
    whole: bool = False

    @property
    def chosen(self) -> ImageSource:
        """What samples are compared with."""
        return self._part(self.data, self.split, 0, self.count)

    @property
    def train(self) -> ImageSource | None:
        """What generators have learnt from, if it is of this split."""
        if not self.trained_on:
            return None
        return of_images(self.data) if self.whole else self.chosen

    @property
    def halves(self) -> tuple[ImageSource, ImageSource]:
        """Two parts of the split that share no image."""
        size = min(self.count, len(self.data) // 2)
        return (
            self._part(self.data, f"half of {self.split}", 0, size),
            self._part(self.data, f"half of {self.split}", size, 2 * size),
        )

    @property
    def test_part(self) -> ImageSource | None:
        """Of the test split, if there is one."""
        if self.test is None:
            return None
        return self._part(self.test, "test", 0, self.count)

    def _part(self, data, split, first, last):
        order = np.random.default_rng(self.seed).permutation(len(data))
        # As they lie in the file.
        source = of_images(data, np.sort(order[first:last]))
        return dataclasses.replace(source, name=f"{data.name}, {split}")
