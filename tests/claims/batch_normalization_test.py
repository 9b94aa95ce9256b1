"""Section 4.3, figure 21: who else is in the minibatch."""

import numpy as np
import pytest

from tests.claims.numbers import measured
from tfgan_ref.layers.reference_normalization import (
    ReferenceBatchNormalization,
    VirtualBatchNormalization,
)
from tfgan_ref.models import dcgan
from tools.dev.tutorial_claims import fig21

IMAGE_SHAPE = (28, 28, 1)
LATENT_DIM = 5


def images_of_the_same_latents(normalization, training):
    """Two images each, the second time among other batch-mates."""
    gan = dcgan.build(
        IMAGE_SHAPE,
        latent_dim=LATENT_DIM,
        width=4,
        normalization=normalization,
        reference_size=8,
        seed=2,
    )
    rng = np.random.default_rng(4)
    own = rng.uniform(-1, 1, (2, LATENT_DIM))
    return [
        gan.generator(
            np.float32(np.concatenate([own, mates])), training=training
        ).numpy()[:2]
        for mates in rng.uniform(-1, 1, (2, 6, LATENT_DIM)) + [[[0]], [[0.5]]]
    ]


def test_with_batch_normalisation_an_image_depends_on_its_batch_mates():
    """Figure 21: in training every image of the two is another one."""
    one, other = images_of_the_same_latents(None, training=True)
    contrast = one.std(axis=(1, 2, 3))
    change = np.abs(one - other).max(axis=(1, 2, 3))
    assert (change > 0.2 * contrast).all()


def test_with_moving_averages_it_does_not():
    """In inference mode, which the generator is not trained in."""
    one, other = images_of_the_same_latents(None, training=False)
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(
    "normalization", [ReferenceBatchNormalization, VirtualBatchNormalization]
)
def test_with_a_reference_batch_it_does_not_to_the_last_bit(
    normalization, training
):
    """Section 4.3: the remedies of Salimans et al. (2016)."""
    one, other = images_of_the_same_latents(normalization, training)
    np.testing.assert_array_equal(one, other)
    # The images do depend on the latents.
    assert np.abs(one[0] - one[1]).max() > 0


def test_figure_21_changes_the_mates_of_the_same_latents():
    computed = fig21.compute(steps=1)
    found = measured(computed)
    assert found["batch"] > 1e-3
    assert found["reference"] == found["virtual"] == 0
    one, other = computed["pictures"]["batch norm"]
    assert one.shape == other.shape == (fig21.SHOWN, 28, 28, 1)
    assert found["batch"] == pytest.approx(np.abs(one - other).max())
