"""All metrics of generated images against real ones, in one pass of each."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import ms_ssim, parzen, sliced_wasserstein
from tfgan_ref.evaluation.collecting import Collected, Wanted
from tfgan_ref.evaluation.comparing import SCORES, Sides
from tfgan_ref.evaluation.extractors.extractor import Extractor
from tfgan_ref.evaluation.image_source import ImageSource, shape_of
from tfgan_ref.evaluation.metrics import METRICS
from tfgan_ref.evaluation.scores import Score

__all__ = ["METRICS", "Judge", "measure"]

_OF_CLASSES = {"classes_covered", "class_entropy", "confidence"}
_OF_CLASSES |= {"class_accuracy"}
_OF_BOTH = {"kid", "precision", "recall", "density", "coverage", "one_nn"}


class Judge:
    """Real images, looked at once, for generated ones to be measured against.

    Args:
        names: of `METRICS`.
        real: the images to be compared with.
        extractor: of features; None will do for metrics of pixels.
        train: what the model was trained on; `copying` needs it, `parzen`
            chooses its width on a part of it.
        seed: int, of everything that is drawn.
        per_class: whether the classes are measured by themselves as well.

    Raises:
        UserError: a name is unknown, or what a metric needs is missing; the
            images do not fit, see `image_source.rebatched`; too few of them.
    """

    def __init__(
        self,
        names: Iterable[str],
        real: ImageSource,
        extractor: Extractor | None,
        *,
        train: ImageSource | None = None,
        seed: int = 0,
        per_class: bool = False,
    ):
        self._names = tuple(dict.fromkeys(names))
        self._extractor, self._seed = extractor, seed
        self._suffix = f"/{extractor.name}" if extractor else ""
        _check(self._names, extractor, train)
        self._shape = shape_of(real)
        if "swd" in self._names:
            sliced_wasserstein.check(self._shape)
        if "ms_ssim" in self._names:
            self._scales = ms_ssim.scales(self._shape)
        self._classes = _classes(real) if per_class else ()
        self._train = None
        if train is not None and {"copying", "parzen"} & {*self._names}:
            self._train = self._collect(train, self._of_train(train))
        self._real = self._collect(real, self._of_real(real))

    def measure(self, fake: ImageSource) -> dict[str, Score]:
        """Measures generated images, in one pass.

        Args:
            fake: with labels where classes are measured by themselves, or
                those that were asked for.

        Returns:
            Scores by keys such as `fid/classifier`, `swd`, `ms_ssim_2`, and of
            classes `fid/classifier/class_3`.

        Raises:
            UserError: as above, or a class is without images.
        """
        if self._classes and (received := _classes(fake)) != self._classes:
            raise UserError(
                f"{fake.name}: images of the classes "
                f"{', '.join(map(str, self._classes))} were expected, as of "
                f"{self._real.name}. Received: of "
                f"{', '.join(map(str, received))}"
            )
        for name in self._names:
            if METRICS[name].needs_labels and fake.labels is None:
                raise UserError(
                    f"{name} is of images of known classes, samples of a "
                    f"conditional model. Received: {fake.name}"
                )
        found = self._collect(fake, self._of_fake(fake))
        scores = {}
        for which in (None, *self._classes):
            sides = Sides(found, self._real, self._train, which, self._seed)
            for name in self._names:
                if which is None or METRICS[name].per_class:
                    scores[self._key(name, which)] = SCORES[name](sides)
        return scores

    def _key(self, name, which):
        if name == "ms_ssim":
            name = f"{name}_{self._scales}"
        elif METRICS[name].by_extractor:
            name += self._suffix
        return name if which is None else f"{name}/class_{which}"

    def _collect(self, source, wanted):
        return Collected(source, self._extractor, wanted, self._shape)

    def _of_fake(self, fake):
        names, pixels = {*self._names}, {}
        if "swd" in names:
            pixels["swd"] = _some(fake.count, [self._seed, 0])
        if "ms_ssim" in names:
            pixels["ms_ssim"] = ms_ssim.pairs(
                fake.name, fake.count, fake.labels, self._seed
            )
        if "parzen" in names:
            pixels["parzen"] = np.arange(min(fake.count, parzen.SAMPLES))
        return Wanted(
            moments="fid" in names,
            vectors=bool(names & (_OF_BOTH | {"copying"})),
            splits="inception_score" in names,
            probabilities=bool(names & _OF_CLASSES),
            classes=self._classes,
            pixels=pixels,
        )

    def _of_real(self, real):
        names, pixels = {*self._names}, {}
        if "swd" in names:
            pixels["swd"] = _some(real.count, [self._seed, 1])
        if "parzen" in names:
            first = 0
            if self._train is None:
                # Not among those that are scored.
                first = min(parzen.VALIDATION, -(-real.count // 10))
                pixels["validation"] = np.arange(first)
            last = min(real.count, first + parzen.SAMPLES)
            pixels["parzen"] = np.arange(first, last)
        return Wanted(
            moments="fid" in names,
            vectors=bool(names & _OF_BOTH),
            classes=self._classes,
            pixels=pixels,
        )

    def _of_train(self, train):
        first = max(0, train.count - parzen.SAMPLES)
        places = np.arange(first, train.count)[: parzen.VALIDATION]
        return Wanted(
            vectors="copying" in self._names,
            pixels={"validation": places} if "parzen" in self._names else {},
        )


def measure(
    names: Iterable[str],
    fake: ImageSource,
    real: ImageSource,
    extractor: Extractor | None,
    *,
    train: ImageSource | None = None,
    seed: int = 0,
    per_class: bool = False,
) -> dict[str, Score]:
    """Measures generated images once, see `Judge`."""
    judge = Judge(
        names, real, extractor, train=train, seed=seed, per_class=per_class
    )
    return judge.measure(fake)


def _check(names, extractor, train):
    for name in names:
        if name not in METRICS:
            raise UserError(
                f"Metrics are {', '.join(METRICS)}. Received: {name!r}"
            )
        if METRICS[name].by_extractor and extractor is None:
            raise UserError(f"{name} needs an extractor. Received: none")
        if METRICS[name].needs_labels and extractor.name != "classifier":
            raise UserError(
                f"{name} needs the classifier of the data. Received: the "
                f"extractor {extractor.name}"
            )
        if METRICS[name].needs_train and train is None:
            raise UserError(f"{name} needs the training images. Received: none")


def _classes(source):
    if source.labels is None:
        raise UserError(
            f"{source.name}: a label of every image was expected, to measure "
            "classes by themselves. Received: none"
        )
    return tuple(int(k) for k in np.unique(source.labels))


def _some(count, seed):
    """Places of random images, in random order."""
    order = np.random.default_rng(seed).permutation(count)
    return order[: sliced_wasserstein.IMAGES]
