"""Scores of outputs beside targets, in NumPy."""

import numpy as np
import pytest
import tensorflow as tf

from tests import small_images
from tfgan_ref.data import pairs
from tfgan_ref.evaluation import kernel_distance, translation
from tfgan_ref.evaluation.extractors.pixels import Pixels
from tfgan_ref.evaluation.sharpness import gradient_magnitude

PAIRS = pairs.degraded(small_images.images(3, 30), "mask")


class Model:
    """Adds a tenth of the seed's last digit to the sources."""

    def endpoints(self):
        def translate(images, seed):
            more = tf.cast(seed % 10, tf.float32)[:, None, None, None] / 100
            return {"images": tf.clip_by_value(images + more, 0, 1)}

        return {"translate_noisy": (translate, None)}


def made():
    more = np.arange(30)[:, None, None, None] % 10 / 100
    return np.clip(PAIRS.sources[:] / 255 + more, 0, 1)


def test_outputs_are_of_seeds_in_their_order(monkeypatch):
    monkeypatch.setattr(translation, "_MINIBATCH", 8)
    received = translation.outputs(Model(), PAIRS.sources)
    np.testing.assert_allclose(received, made(), atol=1e-6)


def test_scores_are_those_of_outputs_and_targets():
    loads = []
    evaluation = translation.Translation(
        PAIRS, lambda: loads.append(1) or Pixels()
    )
    assert not loads
    scalars = evaluation(Model()).scalars
    again = evaluation(Model()).scalars
    assert again == scalars and loads == [1]
    targets, outputs = PAIRS.images[:] / 255, made()
    rounded = np.rint(255 * outputs) / 255
    kid = kernel_distance.score(
        rounded.reshape(30, -1), targets.reshape(30, -1)
    )
    expected = {
        "l1": np.abs(outputs - targets).mean(),
        "kid/pixels": kid.value,
        "gradient": gradient_magnitude(outputs),
        "gradient/real": gradient_magnitude(targets),
    }
    assert scalars == pytest.approx(
        {f"eval/translation/{k}": x for k, x in expected.items()}, rel=1e-4
    )
    # What is masked is flat.
    assert expected["gradient"] < 0.9 * expected["gradient/real"]


def test_the_first_2000_are_looked_at():
    data = pairs.degraded(small_images.images(1, 2_001), "mask")
    evaluation = translation.Translation(data, Pixels)
    assert len(evaluation._targets) == len(evaluation._sources) == 2_000
