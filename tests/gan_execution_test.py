"""The same step in other ways."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.linear_game import (
    BATCH,
    IMAGE_SHAPE,
    assert_close,
    compiled,
    compiled_with_adam,
    fit,
    minibatches,
    normalised_gan,
    tiny_gan,
    train,
)
from tests.passes import passes_of
from tests.replicas import values_of
from tfgan_ref.gan import GAN
from tfgan_ref.layers import noise
from tfgan_ref.losses import adversarial
from tfgan_ref.models import dcgan


@pytest.fixture(
    params=[1, pytest.param(2, marks=pytest.mark.conformance)],
    ids=["one_replica", "two_replicas"],
)
def strategy(request, two_replicas):
    return two_replicas if request.param == 2 else tf.distribute.get_strategy()


def test_steps_per_execution_changes_no_weight(strategy):
    ends = []
    for steps_per_execution in (1, 3):
        keras.utils.set_random_seed(2)
        with strategy.scope():
            gan = compiled(
                normalised_gan(ema_decay=0.9),
                steps_per_execution=steps_per_execution,
                # On two replicas in `test_a_step_that_finds_no_data_...`.
                discriminator_steps=3 - strategy.num_replicas_in_sync,
            )
        metrics = train(gan, 6)
        assert gan.step.numpy() == 6
        ends.append([*values_of(gan.variables), metrics["logits/fake"]])
    assert_close(ends[1], ends[0], rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(
    "real_target", [pytest.param(1.0, marks=pytest.mark.conformance), 0.9]
)
def test_a_zero_sum_step_takes_one_backward_pass_for_both(
    strategy, real_target
):
    discriminator_loss = functools.partial(
        adversarial.minimax_discriminator_loss, real_target=real_target
    )
    ends = []
    for generator_loss in (
        adversarial.minimax_generator_loss,
        lambda logits: adversarial.minimax_generator_loss(logits),
    ):
        keras.utils.set_random_seed(2)
        with strategy.scope():
            gan = compiled(
                normalised_gan(),
                generator_loss=generator_loss,
                discriminator_loss=discriminator_loss,
            )
        metrics = train(gan, 3)
        ends.append([*values_of(gan.variables), metrics["loss/generator"]])
        if gan.replicas == 1:
            of_discriminator = 6 if gan.is_zero_sum else 7
            assert passes_of(gan) == {
                "generator": 3,
                "discriminator": of_discriminator,
            }
        ends.append(gan.is_zero_sum)
    assert_close(ends[2], ends[0], rtol=1e-5, atol=1e-6)
    assert (ends[1], ends[3]) == (True, False)


@pytest.mark.parametrize("protocol", [{}, {"simultaneous": False}])
def test_running_networks_spatial_first_changes_rounding_only(protocol):
    ends, starts = [], []
    for spatial_first in (True, False):
        gan = dcgan.build((28, 28, 1), latent_dim=5, width=4, seed=3)
        starts = values_of(gan.trainable_variables)
        gan.compile(
            keras.optimizers.SGD(0.1),
            keras.optimizers.SGD(0.1),
            spatial_first=spatial_first,
            **protocol,
        )
        train(gan, 3, (28, 28, 1))
        ends.append(values_of(gan.trainable_variables))
    for start, fast, plain in zip(starts, *ends, strict=True):
        moved = np.linalg.norm(plain - start)
        assert moved > 0
        assert np.linalg.norm(fast - plain) < 1e-3 * moved
        assert (fast != plain).any() or fast.size < 200


def test_noise_differs_between_the_steps_of_one_execution():
    shape = IMAGE_SHAPE
    images = keras.Input(shape)
    x = layers.Flatten()(noise.GaussianNoise(1.0)(images))
    seen = []
    for steps_per_execution in (1, 2):
        keras.utils.set_random_seed(2)
        gan = GAN(
            tiny_gan().generator,
            keras.Model(images, layers.Reshape(())(layers.Dense(1)(x))),
            seed=4,
        )
        gan.compile(
            keras.optimizers.SGD(0.0),
            keras.optimizers.SGD(0.0),
            steps_per_execution=steps_per_execution,
        )
        zeros = np.zeros((2 * BATCH, *shape), np.float32)
        for steps in (2, 2):
            seen.append(fit(gan, steps, minibatches(zeros))["logits/real"])
    one, two, *again = seen
    assert len(np.unique([one, two])) == 2 * BATCH
    np.testing.assert_allclose(again, [one, two], rtol=1e-6)


@pytest.mark.parametrize("option", ["jit_compile", "run_eagerly"])
def test_xla_and_eager_steps_are_the_graphs(option):
    # Not random: XLA draws other numbers from the same seed.
    def prior(shape, seed):
        del seed
        z = tf.range(shape[0] * shape[1], dtype=tf.float32)
        return tf.reshape(tf.cos(z), shape)

    ends = []
    for value in (False, True):
        keras.utils.set_random_seed(2)
        gan = compiled(
            normalised_gan(ema_decay=0.9, prior=prior),
            discriminator_steps=2,
            simultaneous=False,
            **{option: value},
        )
        metrics = train(gan, 3)
        ends.append([*values_of(gan.variables), metrics["loss/generator"]])
    assert_close(ends[1], ends[0], rtol=1e-4, atol=1e-5)


def test_jit_compile_gives_the_whole_step_to_xla():
    def not_for_xla(fake_logits):
        tf.strings.as_string(fake_logits)
        return fake_logits

    gan = compiled(tiny_gan(), jit_compile=True, generator_loss=not_for_xla)
    with pytest.raises(tf.errors.InvalidArgumentError, match="XLA"):
        train(gan, 1)


def test_mixed_bfloat16_keeps_weights_and_losses_in_float32():
    keras.config.set_dtype_policy("mixed_bfloat16")
    gan = dcgan.build((28, 28, 1), latent_dim=3, width=4, ema_decay=0.9)
    compiled_with_adam(gan)
    assert gan.generator.layers[1].compute_dtype == "bfloat16"
    before = values_of(gan.trainable_variables)

    metrics = train(gan, 2, (28, 28, 1))

    assert {v.dtype for v in gan.variables} == {"float32", "int64"}
    for name, value in metrics.items():
        assert np.asarray(value).dtype != "bfloat16", name
        assert np.isfinite(value).all(), name
    # In bfloat16 it would have 8 significant bits.
    loss = metrics["loss/discriminator"]
    assert 0.5 < loss < 4 and loss * 2**8 % 1
    for old, new in zip(
        before, values_of(gan.trainable_variables), strict=True
    ):
        assert np.isfinite(new).all()
        assert (new != old).any()
