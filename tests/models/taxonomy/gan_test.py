"""The GAN behind the interface of the others."""

import keras
import numpy as np
import tensorflow as tf

from tfgan_ref.models.taxonomy import gan


def test_a_gan_is_fitted_and_drawn_from_as_the_others_are():
    game = gan.build(3, 2, 8, last="sigmoid", ema_decay=0.5, seed=4)
    adam = {"learning_rate": 1e-2, "beta_1": 0.5}
    game.compile(keras.optimizers.Adam(**adam), keras.optimizers.Adam(**adam))
    model = gan.Adversarial(game)
    networks = game.networks.values()
    assert model.parameters == sum(x.count_params() for x in networks)
    before = model.sample(5, seed=1)
    data = np.float32(np.random.default_rng(0).random([6, 3]) < 0.3)
    batches = tf.data.Dataset.from_tensors(data).repeat()
    model.fit(batches, steps_per_epoch=4)
    assert int(game.step.numpy()) == 4
    after = model.sample(5, seed=1)
    assert abs(after - before).max() > 1e-3
    # Of the averaged generator, at latents of the seed.
    z = game.prior.draw(5, tf.constant([1, 0], tf.int64))
    expected = game.ema_generator(z, training=False)
    np.testing.assert_allclose(after, expected, rtol=1e-5)
    assert 0 < after.min() < after.max() < 1
    assert not np.array_equal(after, model.sample(5, seed=2))
    assert model.log_density(data) is None


def test_in_bfloat16_bits_are_float32():
    keras.config.set_dtype_policy("mixed_bfloat16")
    game = gan.build(3, 2, 8, last="sigmoid")
    # In bfloat16 it would be 1 without a slope.
    game.generator.layers[-1].bias.assign([7.0, -1.0, 0.5])
    bits = game.generator(tf.zeros([1, 2]), training=False).numpy()
    assert bits.dtype == np.float32
    expected = 1 / (1 + np.exp([-7.0, 1.0, -0.5]))
    np.testing.assert_allclose(bits, [expected], rtol=1e-6)
