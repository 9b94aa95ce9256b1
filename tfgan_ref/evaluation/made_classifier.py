"""The classifier of a data set, made when it is first asked for."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import pathlib
import random
import time
from collections.abc import Callable, Mapping

import keras
import numpy as np
from absl import logging

from tfgan_ref.data import cache, cache_space
from tfgan_ref.data.images import Images
from tfgan_ref.data.rows import Rows
from tfgan_ref.errors import UserError, reason
from tfgan_ref.evaluation import classifier
from tfgan_ref.evaluation.extractors import choose
from tfgan_ref.evaluation.extractors.extractor import Extractor

# To be raised when the same images would give another network.
_FORMAT = 1
# Less than tools/train_classifier.py's, since somebody waits for it.
_EPOCHS, _LEAST_STEPS, _BATCH_SIZE, _SEED = 3, 400, 128, 0
_HELD_OUT = 10  # One image of so many tests, where no split does.


def make(
    path: pathlib.Path,
    data: Images,
    test_data: Images,
    *,
    epochs: int,
    batch_size: int,
    seed: int = 0,
    settings: Mapping[str, object],
    verbose: int = 2,
) -> dict:
    """Trains a classifier, tests and saves it.

    Args:
        path: NAME.keras, see `classifier.save`.
        data: the training set, labelled.
        test_data: labelled, of as many classes.
        epochs: as for `classifier.train`, and so are the next two.
        batch_size: int.
        seed: int.
        settings: what else NAME.json is to tell, JSON values.
        verbose: of Keras's `fit`.

    Returns:
        The content of NAME.json.

    Raises:
        UserError: the images have no labels, or it cannot be saved.
    """
    classifier.check_labels(test_data, classifier.count_classes(data))
    how = {"epochs": epochs, "batch_size": batch_size, "seed": seed}
    begin = time.perf_counter()
    network = classifier.train(data, **how, verbose=verbose)
    seconds = time.perf_counter() - begin
    return classifier.save(
        network,
        path,
        data=data,
        test_accuracy=classifier.accuracy(network, test_data),
        settings=how | dict(settings) | {"seconds": seconds},
    )


def extractor(
    text: str,
    data: Images,
    test_data: Images | None,
    say: Callable[[str], None] = logging.info,
) -> Extractor:
    """The extractor of a flag, whose classifier is made if there is none yet.

    Args:
        text: `classifier`, or as for `extractors.choose.load`.
        data: the training set, which is labelled if there is one to be made.
        test_data: to say how good it is; None: a part of the training set is.
        say: is told in one line before that takes time.

    Raises:
        UserError: as of `choose.load`, or the images have no labels.
    """
    if text == "classifier":
        text = f"classifier:{find(data, test_data, say)}"
    return choose.load(text, data.image_shape)


def find(
    data: Images,
    test_data: Images | None,
    say: Callable[[str], None] = logging.info,
    least_steps: int | None = None,
    seed: int = _SEED,
) -> pathlib.Path:
    """The classifier of a data set in the folder of `data.cache`.

    It is made where it is missing or damaged, without a trace in the random
    states of this process.

    Args:
        data: as for `extractor`, and so are the others.
        test_data: or None.
        say: function of a line.
        least_steps: of its training, beside three epochs; None: 400.
        seed: int, of its weights and of the order of the images; another one
            gives another classifier, as good.

    Returns:
        Its file NAME.keras.

    Raises:
        UserError: the images have no labels, or it cannot be kept.
    """
    wanted = [_FORMAT, cache_space.CLASSIFIERS, data.fingerprint]
    wanted += [least_steps] * (least_steps is not None)
    request = json.dumps(wanted + [{"seed": seed}] * (seed != _SEED))
    name = hashlib.sha256(request.encode()).hexdigest()
    try:
        path = cache.folder() / cache_space.CLASSIFIERS / f"{name}.keras"
        if not _is_good(path):
            # Others may want it as well: the first makes it.
            with cache.turn(request):
                if not _is_good(path):
                    steps = least_steps or _LEAST_STEPS
                    _make(path, data, test_data, say, steps, seed)
    except (OSError, RuntimeError) as error:
        raise UserError(
            f"The classifier of {data.name} cannot be kept: {reason(error)}. "
            "TFGAN_REF_CACHE names another folder"
        ) from None
    return path


def _is_good(path):
    try:
        classifier.load(path)
    except UserError:
        return False
    return True


def _make(path, data, test_data, say, least_steps, seed):
    if data.labels.max() < 0:
        raise UserError(
            f"{data.name} has no labels, of which a classifier could be made: "
            "--extractor=pixels needs none"
        )
    classifier.check_target(path)
    test_split = "test"
    if test_data is None:
        data, test_data = _held_out(data)
        test_split = f"one image in {_HELD_OUT}"
    batch_size = min(_BATCH_SIZE, len(data))
    epochs = max(_EPOCHS, -(-least_steps // (len(data) // batch_size)))
    steps = epochs * (len(data) // batch_size)
    say(
        f"Training a classifier of {data.name}, {steps} steps of {batch_size} "
        f"images, once: {path}"
    )
    with _as_before():
        record = make(
            path,
            data,
            test_data,
            epochs=epochs,
            batch_size=batch_size,
            seed=seed,
            settings={"test_split": test_split},
            verbose=0,
        )
    say(
        f"The classifier {record['sha256'][:12]} of {data.name} took "
        f"{record['settings']['seconds']:.0f} s and is right on "
        f"{record['test_accuracy']:.2%} of {len(test_data)} other images"
    )


def _held_out(data):
    """The images in two parts, which share none."""
    order = np.random.default_rng(_SEED).permutation(len(data))
    count = len(data) // _HELD_OUT
    if not count:
        raise UserError(
            f"{data.name}: {_HELD_OUT} images at least were expected for a "
            f"classifier. Received: {len(data)}"
        )
    return _part(data, order[count:]), _part(data, order[:count])


def _part(data, places):
    images = Rows(
        (len(places), *data.image_shape), lambda key: data.images[places[key]]
    )
    return dataclasses.replace(
        data,
        images=images,
        labels=data.labels[places],
        captions=(),
        attributes=(),
    )


@contextlib.contextmanager
def _as_before():
    """In float32; the states of random numbers are what they were."""
    policy = keras.config.dtype_policy()
    of_python, of_numpy = random.getstate(), np.random.get_state()
    keras.config.set_dtype_policy("float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(policy)
        random.setstate(of_python)
        np.random.set_state(of_numpy)
