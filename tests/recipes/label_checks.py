"""How the flags of recipes.common.semi_supervised show in what is built."""

import types

import numpy as np
import tensorflow as tf

from tests.recipes import flag_checks, image_checks
from tests.recipes.experiment import examples
from tfgan_ref.data import semi_supervised


def labels(run, count):
    """As many of each class, the first of a permutation of the seed."""
    _, wanted = examples(run.told["dataset"], run.told["split"])
    if count is None:
        np.testing.assert_array_equal(run.data.labels, wanted)
        return
    rng = np.random.default_rng(run.told["label_seed"])
    order = rng.permutation(len(wanted))
    kept = [order[wanted[order] == k][: count // 10] for k in range(10)]
    hidden = np.delete(np.arange(len(wanted)), np.concatenate(kept))
    wanted = wanted.copy()
    wanted[hidden] = -1
    np.testing.assert_array_equal(run.data.labels, wanted)


def evaluation(run, split):
    """One who always says 3 errs in all other classes of the test set."""
    if run.told["labels"] is None:
        image_checks.not_evaluated(run)
        return
    sizes = []

    def discriminator(images, training):
        sizes.append(images.shape[0])
        return tf.one_hot([3] * images.shape[0], 10)

    stub = types.SimpleNamespace(
        discriminator=discriminator,
        ema_discriminator=None,
        conditions=run.gan.conditions,
        sample=run.gan.sample,
        step=run.gan.step,
    )
    _, known = examples(run.told["dataset"], split)
    scalars = run.evaluate(stub).scalars
    assert scalars["eval/errors/raw"] == np.sum(known != 3)
    # What minibatch features say depends on it.
    assert set(sizes) == {min(run.told["batch_size"], len(known))}


def stream(run):
    """Labelled images with their labels, and two minibatches of any."""
    if run.told["labels"] is None:
        image_checks.stream(run)
        return
    if run.told["augment"] is None:
        assert run.stream is semi_supervised.stream
    labelled, labels, *others = run.minibatch
    size = run.told["batch_size"]
    assert [len(x) for x in run.minibatch] == [size] * 4
    known = image_checks.known(run)
    received = [known[x.tobytes()] for x in image_checks.pixels(labelled)]
    assert received == labels.tolist() and min(received) >= 0
    found = [
        {x.tobytes() for x in image_checks.pixels(images)} for images in others
    ]
    assert found[0] != found[1] and found[0] | found[1] <= known.keys()


DEFAULTS = {
    "label_seed": 1,
    "test_split": "test",
}
CHECKS = {
    "labels": labels,
    "label_seed": lambda run, _: labels(run, run.told["labels"]),
    "test_split": evaluation,
    "discriminator_ema_decay": flag_checks.ema_decay("discriminator"),
}
