"""Section 4.3: what becomes of a generator with another reference batch."""

import numpy as np
import pytest

from tfgan_ref.layers.reference_normalization import (
    PrependReference,
    ReferenceBatchNormalization,
)
from tfgan_ref.models import dcgan
from tools.dev.tutorial_claims import reference_batch


def test_an_untrained_generator_prefers_no_reference_batch():
    gan = dcgan.build(
        (28, 28, 1),
        latent_dim=3,
        width=4,
        normalization=ReferenceBatchNormalization,
        reference_size=5,
    )
    (layer,) = (
        layer
        for layer in gan.generator.layers
        if isinstance(layer, PrependReference)
    )
    before = layer.reference.numpy()
    (one, other), own, others = reference_batch.exchange(gan)
    np.testing.assert_array_equal(layer.reference, before)
    # The images are others, and the discriminator knows nothing of them yet.
    assert np.abs(one - other).max() > 1e-4
    assert one.shape == (reference_batch.SHOWN, 28, 28, 1)
    logits = gan.discriminator(
        gan.generator(np.random.default_rng(0).uniform(-1, 1, (256, 3)))
    )
    assert own == pytest.approx(np.mean(logits), rel=1e-4)
    assert len(others) == 20
    assert np.abs(np.array(others) - own).max() < 1e-3


def test_training_makes_it_prefer_its_own():
    gan = reference_batch.train(ReferenceBatchNormalization, steps=40)
    _, own, others = reference_batch.exchange(gan)
    assert own > max(others)
