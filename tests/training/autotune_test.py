"""The choice of the compiler, and that it leaves no trace."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import linear_game
from tfgan_ref.models import dcgan
from tfgan_ref.training import autotune


def compiled(**protocol):
    gan = dcgan.build((28, 28, 1), latent_dim=3, width=2, ema_decay=0.9, seed=1)
    gan.compile(
        keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3), **protocol
    )
    return gan


def minibatches():
    images = np.random.default_rng(0).uniform(-1, 1, (4, 28, 28, 1))
    return tf.data.Dataset.from_tensors(tf.constant(images, tf.float32))


def values(gan):
    return [
        variable.numpy()
        for owner in (
            gan,
            gan.generator_optimizer,
            gan.discriminator_optimizer,
        )
        for variable in owner.variables
    ]


def test_real_steps_are_timed_and_undone():
    gan = linear_game.compiled_with_adam(
        linear_game.normalised_gan(ema_decay=0.9)
    )
    before = values(gan)
    data = linear_game.minibatches(linear_game.real_images(8))
    times = autotune.choose_jit_compile(gan, data)
    assert set(times) == {False, True}
    assert all(0 < time < 1e5 for time in times.values())
    assert gan.jit_compile == (times[True] < times[False])
    for one, other in zip(values(gan), before, strict=True):
        np.testing.assert_array_equal(one, other)
    gan.fit(data, verbose=0, shuffle=False)
    assert gan.step.numpy() == 1


@pytest.mark.parametrize(
    "milliseconds, chosen", [([2.0, 1.0], True), ([1.0, 2.0], False)]
)
def test_the_faster_is_chosen(milliseconds, chosen, monkeypatch):
    remaining = iter(milliseconds)
    monkeypatch.setattr(
        autotune, "_milliseconds", lambda *arguments: next(remaining)
    )
    gan = compiled()
    times = autotune.choose_jit_compile(gan, minibatches())
    assert times == dict(zip((False, True), milliseconds, strict=True))
    assert gan.jit_compile is chosen


def bfloat16(**protocol):
    keras.config.set_dtype_policy("mixed_bfloat16")
    gan = compiled(**protocol)
    keras.config.set_dtype_policy("float32")
    return gan


def step(gan):
    gan.fit(minibatches(), verbose=0, shuffle=False)
    return values(gan)


@pytest.mark.conformance
def test_the_same_gan_in_float32_takes_the_same_steps():
    gan = autotune.in_float32(bfloat16(simultaneous=False))
    assert {layer.compute_dtype for layer in gan.generator.layers} == {
        "float32"
    }
    expected = step(compiled(simultaneous=False))
    for one, other in zip(step(gan), expected, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.conformance
def test_both_precisions_are_timed_and_undone():
    gan = bfloat16()
    assert gan.generator.layers[1].compute_dtype == "bfloat16"
    before = values(gan)
    times = autotune.precisions(gan, minibatches())
    assert set(times) == {"mixed_bfloat16", "float32"}
    assert all(0 < time < 1e5 for time in times.values())
    for one, other in zip(values(gan), before, strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_xla_cannot_compile_is_not_chosen():
    def not_for_xla(fake_logits):
        tf.strings.as_string(fake_logits)
        return fake_logits

    gan = compiled(generator_loss=not_for_xla)
    times = autotune.choose_jit_compile(gan, minibatches())
    assert times[True] == np.inf and not gan.jit_compile
