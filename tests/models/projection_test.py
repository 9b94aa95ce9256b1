"""The projection discriminator against NumPy."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.recipes import expected
from tfgan_ref.models import conditional
from tfgan_ref.models.projection import ProjectionGAN

IMAGES = np.random.default_rng(4).uniform(-1, 1, (3, 28, 28, 1))
IMAGES = IMAGES.astype(np.float32)
LABELS = np.int64([4, 0, 2])


def build(**how):
    return conditional.build(
        (28, 28, 1), 5, kind="projection", latent_dim=3, width=4, **how
    )


def kernels(network):
    """Name -> matrix, of what is spectrally normalised."""
    return {
        layer.layer.name: np.reshape(layer.kernel, (-1, layer.kernel.shape[-1]))
        for layer in network.layers
        if isinstance(layer, keras.layers.SpectralNormalization)
    }


def test_the_logit_is_linear_in_the_features_by_class():
    network = build().discriminator
    # Of sizes that tell.
    network.set_weights([10 * w for w in network.get_weights()])
    *_, last = (
        layer
        for layer in network.layers
        if isinstance(layer, keras.layers.LeakyReLU)
    )
    trunk = keras.Model(network.inputs[0], last.output)
    h = np.float64(trunk(IMAGES)).reshape(3, -1)
    assert h.shape[1] == 7 * 7 * 8
    realness, table = sorted(
        (k for k in kernels(network).values() if len(h.T) in k.shape),
        key=lambda kernel: -len(kernel),
    )
    logits = network({"images": IMAGES, "labels": LABELS})
    assert logits.shape == (3,) and logits.dtype == "float32"
    wanted = (h @ realness)[:, 0] + (table[LABELS] * h).sum(1)
    np.testing.assert_allclose(logits, wanted, rtol=1e-4)
    assert np.abs((table[LABELS] * h).sum(1)).max() > 1


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
def test_training_keeps_every_largest_singular_value_at_one(policy):
    keras.config.set_dtype_policy(policy)
    network = build().discriminator
    given = {"images": IMAGES, "labels": LABELS}
    assert all(np.linalg.norm(k, 2) < 0.5 for k in kernels(network).values())
    for _ in range(60):
        network(given, training=True)
    found = kernels(network)
    assert len(found) == 4
    for name, kernel in found.items():
        assert np.linalg.norm(kernel, 2) == pytest.approx(1, abs=0.02), name
        # It is not rounded on its way.
        rounded = np.float32(tf.cast(kernel, tf.bfloat16))
        assert (rounded != kernel).any()
    before = network.get_weights()
    network(given, training=False)
    for one, other in zip(before, network.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_every_class_has_gains_and_biases_of_its_own():
    gan = build()
    inputs = {"latents": tf.fill([5, 3], 0.7), "labels": tf.range(5)}
    before = gan.generator(inputs, training=False).numpy()
    tables = [v for v in gan.generator.trainable_variables if v.shape[0] == 5]
    # Of which two are kernels of convolutions.
    assert [v.shape[1] for v in tables if len(v.shape) == 2] == [8, 8, 4, 4]
    for kind in ("gain", "bias"):
        table = next(v for v in tables if v.path.endswith(kind))
        table.assign(table + np.eye(5)[:, [3]] * np.arange(1, 9))
        after = gan.generator(inputs, training=False).numpy()
        moved = np.abs(after - before).max((1, 2, 3)) > 1e-4
        assert moved.tolist() == [False, False, False, True, False]
        before = after


def test_the_game_is_hinge():
    gan = build()
    assert type(gan) is ProjectionGAN
    gan.compile("adam", "adam")
    np.testing.assert_allclose(
        gan.generator_loss(expected.FAKE), -expected.FAKE, rtol=1e-6
    )
    np.testing.assert_allclose(
        gan.discriminator_loss(expected.REAL, expected.FAKE),
        expected.DISCRIMINATOR_COSTS["hinge"](expected.REAL, expected.FAKE),
        rtol=1e-6,
    )
