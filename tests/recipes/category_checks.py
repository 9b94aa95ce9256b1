"""How the evaluation of categories shows in what is built."""

import types

import numpy as np
import tensorflow as tf

from tests.recipes.experiment import examples


def evaluation(run, split):
    """All images of the test split, taken for one category."""
    gan = types.SimpleNamespace(
        categorize=lambda images, training: tf.one_hot(
            [2] * images.shape[0], 7
        ),
        categories=7,
        conditions=run.gan.conditions,
        sample=run.gan.sample,
        step=run.gan.step,
    )
    if split == run.told["split"]:
        found = run.evaluate and run.evaluate(gan).scalars
        assert not found or "eval/accuracy/majority" not in found
        return
    scalars = run.evaluate(gan).scalars
    _, labels = examples(run.told["dataset"], split)
    most = np.bincount(labels).max() / len(labels)
    for name in ("majority", "one_to_one"):
        np.testing.assert_allclose(scalars[f"eval/accuracy/{name}"], most)
