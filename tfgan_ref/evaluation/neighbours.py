"""Metrics of nearest neighbours among features, Euclidean.

References:
    Kynkaanniemi, Karras, Laine, Lehtinen, Aila (2019), Improved Precision and
    Recall Metric for Assessing Generative Models,
    https://arxiv.org/abs/1904.06991
    Naeem, Oh, Uh, Choi, Yoo (2020), Reliable Fidelity and Diversity Metrics
    for Generative Models, https://arxiv.org/abs/2002.09797
    Lopez-Paz, Oquab (2017), Revisiting Classifier Two-Sample Tests,
    https://arxiv.org/abs/1610.06545; Xu et al. (2018), An empirical study on
    evaluation metrics of GANs, https://arxiv.org/abs/1806.07755
    Alaa, van Breugel, Saveliev, van der Schaar (2022), How Faithful is your
    Synthetic Data?, https://arxiv.org/abs/2102.08921
"""

from __future__ import annotations

import functools

import numpy as np
from sklearn import metrics, neighbors

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.scores import Score

_MANIFOLD = 3  # k of precision and recall.
_BALLS = 5  # k of density and coverage.
_MEMORY = 64  # MB of a block of distances.
_ROUNDING = 1e-6  # Of a distance, as a share of the vectors' norms.


class Points:
    """Features of images, and how far their nearest neighbours are.

    Args:
        name: of the images, for messages.
        vectors: float `[count, features]`.

    Raises:
        UserError: there are five at most.
    """

    def __init__(self, name: str, vectors: np.ndarray):
        if len(vectors) <= _BALLS:
            raise UserError(
                f"{name}: {_BALLS + 1} images at least have {_BALLS} nearest "
                f"neighbours. Received: {len(vectors)}"
            )
        self.name = name
        self.vectors = np.asarray(vectors, np.float64)

    def __len__(self) -> int:
        return len(self.vectors)

    @functools.cached_property
    def radii(self) -> np.ndarray:
        """Float64 `[count, 5]`, to the nearest others, the nearest first."""
        distances, _ = _search(self.vectors, _BALLS).kneighbors()
        return self.without_rounding(distances, slice(None))

    @functools.cached_property
    def _norms(self):
        return np.linalg.norm(self.vectors, axis=1, keepdims=True)

    def without_rounding(self, distances, rows):
        """Distances of some rows, `[rows, ...]`: of equal images they are 0."""
        least = _ROUNDING * self._norms[rows]
        return np.where(distances < least, 0.0, distances)


class Comparison:
    """What the metrics share: the distances between two sets, in blocks.

    Args:
        fake: generated images.
        real: what they should be like.
    """

    def __init__(self, fake: Points, real: Points):
        self.fake, self.real = fake, real
        count = len(fake)
        self._in_real = np.zeros(count, bool)  # k = 3, of each generated.
        self._balls = np.zeros(count)  # k = 5, how many real ones it is in.
        self._to_real = np.zeros(count)  # To the nearest real one.
        self._in_fake = np.zeros(len(real), bool)  # k = 3, of each real.
        self._to_fake = np.full(len(real), np.inf)
        first = 0
        for block in metrics.pairwise_distances_chunked(
            fake.vectors, real.vectors, working_memory=_MEMORY
        ):
            rows = slice(first, first + len(block))
            self._take(rows, fake.without_rounding(block, rows))
            first += len(block)

    def _take(self, rows, block):
        """Distances of some generated images to all real ones."""
        manifold = self.real.radii[:, _MANIFOLD - 1]
        own = self.fake.radii[rows, _MANIFOLD - 1, None]
        self._in_real[rows] = (block <= manifold).any(1)
        self._balls[rows] = (block < self.real.radii[:, _BALLS - 1]).sum(1)
        self._to_real[rows] = block.min(1)
        self._in_fake |= (block <= own).any(0)
        np.minimum(self._to_fake, block.min(0), out=self._to_fake)

    def precision(self) -> Score:
        """The share of generated images within the real manifold.

        Which is the union of balls around the real images, each up to its
        third neighbour, the border included.
        """
        return _share(self._in_real)

    def recall(self) -> Score:
        """The share of real images within the generated manifold."""
        return _share(self._in_fake)

    def density(self) -> Score:
        """How many real balls a generated image is in, over k = 5.

        It may exceed 1; of one law its mean is about 1.
        """
        return Score(float(self._balls.mean() / _BALLS))

    def coverage(self) -> Score:
        """The share of real balls with a generated image inside.

        Of n real and n generated images of one law its mean is
        1 - C(2n - k - 1, n) / C(2n - 1, n), about 0.969.
        """
        return _share(self._to_fake < self.real.radii[:, _BALLS - 1])

    def one_nn(self, seed: int = 0) -> Score:
        """The accuracy of the nearest neighbour in telling them apart.

        One is left out at a time. It is 1 where they are separable, about 1/2
        if they are of one law, below it if they repeat one another. Equally
        many are taken of both: of n each of one law its mean is
        (n - 1) / (2n - 1).

        Args:
            seed: int, of which are taken of the larger set.
        """
        if len(self.fake) != len(self.real):
            return _equal(self.fake, self.real, seed).one_nn()
        # A tie between the two sets is half right.
        fake, real = (
            (own < other) + 0.5 * (own == other)
            for own, other in (
                (self.fake.radii[:, 0], self._to_real),
                (self.real.radii[:, 0], self._to_fake),
            )
        )
        note = f"of generated {fake.mean():.3f}, of real {real.mean():.3f}"
        return Score(float((fake.mean() + real.mean()) / 2), note=note)


def copying(fake: np.ndarray, train: np.ndarray) -> Score:
    """The share of samples nearer to a training image than its own kind is.

    A sample is a copy if it is no farther from its nearest training image than
    that one's nearest other training image is. It is 1 of a model that
    repeats its data, about a half or less of new samples of the data's law,
    by chance, and still less of a model of its own manner: what test images
    get is the number to compare with. 1 - authenticity of Alaa et al. (2022).

    Args:
        fake: float `[count, features]`.
        train: float `[two at least, features]`; better all training images,
            since copies of others are not found.

    Raises:
        UserError: there are fewer than two training images.
    """
    if len(train) < 2:
        raise UserError(
            "Two training images at least were expected. "
            f"Received: {len(train)}"
        )
    fake, train = (np.asarray(x, np.float64) for x in (fake, train))
    search = _search(train, 2)
    nearest = search.kneighbors(fake, 1, return_distance=False)[:, 0]
    to_train = _distances(fake, train[nearest])
    centres, which = np.unique(nearest, return_inverse=True)
    pairs = search.kneighbors(train[centres], 2, return_distance=False)
    # Of images that are there twice, the image itself may come second.
    others = np.where(pairs[:, 0] == centres, pairs[:, 1], pairs[:, 0])
    apart = _distances(train[centres], train[others])
    share = float(np.mean(to_train <= apart[which]))
    return Score(share, note=f"of {len(train)} training images")


def _search(vectors, k):
    return neighbors.NearestNeighbors(n_neighbors=k, algorithm="brute").fit(
        vectors
    )


def _distances(a, b):
    """Of rows, exact where they are equal."""
    return np.linalg.norm(a - b, axis=1)


def _equal(fake, real, seed):
    count = min(len(fake), len(real))
    generator = np.random.default_rng(seed)
    taken = (
        Points(x.name, x.vectors[generator.permutation(len(x))[:count]])
        for x in (fake, real)
    )
    return Comparison(*taken)


def _share(inside):
    return Score(float(inside.mean()))
