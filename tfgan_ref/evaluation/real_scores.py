"""The scores of real images against real ones, kept between two programs.

They say what a score is worth: nothing that a generator makes can be expected
to be nearer to the data than the data are to themselves. In the folder of
`data.cache` there is a file for each set, split, extractor and count; one that
is damaged counts as not there.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import pathlib
from collections.abc import Sequence

from absl import logging

from tfgan_ref import documents
from tfgan_ref.data import cache, cache_space
from tfgan_ref.errors import UserError, reason
from tfgan_ref.evaluation import measuring
from tfgan_ref.evaluation.extractors.extractor import Extractor
from tfgan_ref.evaluation.image_source import ImageSource
from tfgan_ref.evaluation.real_images import RealImages
from tfgan_ref.evaluation.scores import Score
from tfgan_ref.outputs import write_json

# To be raised when a metric gives another number than before.
_FORMAT = 1
_SCHEMA = {
    "request": list,
    "names": [str],
    "scores": {
        str: {
            "value": documents.NUMBER,
            "error": (documents.NUMBER, None),
            "note": str,
        }
    },
}


def real_scores(
    names: Sequence[str],
    real: RealImages,
    extractor: Extractor | None,
    *,
    per_class: bool = False,
    strict: bool = False,
) -> dict[str, dict[str, Score]]:
    """Measures real images against real ones, or finds what was measured.

    Args:
        names: of `measuring.METRICS`.
        real: the images.
        extractor: as for `measuring.measure`, and so is `per_class`.
        per_class: bool.
        strict: whether a metric that cannot be had of so few images is an
            error; else it is missing, and a warning says why.

    Returns:
        `real`, those of one half of the split against the other, and where
        there is a test split `real_test`, those of test images against the
        split: dicts as of `measuring.measure`, maybe with other metrics as
        well.

    Raises:
        UserError: see `strict`.
    """
    first, second = real.halves
    pairs: dict[str, tuple[ImageSource, ImageSource, ImageSource | None]]
    pairs = {"real": (first, second, second)}
    if real.test_part is not None:
        pairs["real_test"] = (real.test_part, real.chosen, real.train)
    found = {}
    for kind, (fake, others, train) in pairs.items():

        def measure(missing, fake=fake, others=others, train=train):
            return measuring.measure(
                missing,
                fake,
                others,
                extractor,
                train=train,
                seed=real.seed,
                per_class=per_class,
            )

        request = _request(kind, real, extractor, per_class)
        found[kind] = _found(request, names, measure, strict)
    return found


def _request(kind, real, extractor, per_class):
    by = extractor and [extractor.name, extractor.sha256, extractor.resize]
    test = real.test and real.test.fingerprint
    of = [real.data.name, real.split, real.data.fingerprint, test]
    how = [real.count, real.seed, real.trained_on, real.whole, per_class]
    return [_FORMAT, kind, *of, *how, by]


def _found(request, names, measure, strict) -> dict[str, Score]:
    path = _path(request)
    kept = _read(path, request)
    missing = [name for name in names if name not in kept["names"]]
    if measured := _measured(missing, measure, strict):
        for name, scores in measured.items():
            kept["names"].append(name)
            kept["scores"] |= {
                key: dataclasses.asdict(score) for key, score in scores.items()
            }
        _write(path, kept)
    return _scores(kept)


def _measured(names, measure, strict) -> dict[str, dict[str, Score]]:
    """Name -> its scores, of those that can be had; all at once if possible."""
    if not names:
        return {}
    try:
        scores = measure(names)
    except UserError as error:
        if strict:
            raise
        if len(names) == 1:
            logging.warning("No %s of real against real: %s", *names, error)
            return {}
        return {
            one: found
            for name in names
            for one, found in _measured([name], measure, strict).items()
        }
    first, *others = names
    return {first: scores} | {name: {} for name in others}


def _scores(kept):
    return {key: Score(**values) for key, values in kept["scores"].items()}


def _path(request) -> pathlib.Path | None:
    """None where there is no folder to keep anything in."""
    name = hashlib.sha256(json.dumps(request).encode()).hexdigest()
    try:
        return cache.folder() / cache_space.SCORES / f"{name}.json"
    except RuntimeError:
        return None


def _read(path, request) -> dict:
    nothing = {"request": request, "names": [], "scores": {}}
    try:
        kept = documents.read(path, _SCHEMA) if path else nothing
    except UserError:
        return nothing
    return kept if kept["request"] == request else nothing


def _write(path, kept):
    try:
        if path:
            write_json(path, kept)
    except (OSError, UserError) as error:
        logging.warning(
            "The scores of real against real are not kept: %s. "
            "TFGAN_REF_CACHE names another folder",
            reason(error),
        )
