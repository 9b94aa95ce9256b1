"""DiffAugment as a part of the game; tests/augmentation_test.py has the ops."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.replicas import values_of
from tfgan_ref import augmentation
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.losses import adversarial
from tfgan_ref.models import bigan, feature_matching, toy, wgan
from tfgan_ref.round import Round
from tfgan_ref.training.checkpoints import Checkpoints

SHAPE = (8, 9, 1)
BATCH = 6
RATE = 0.5
POLICIES = augmentation.POLICIES


def make_gan(augment=POLICIES, dtype="float32", cls=GAN, **protocol):
    keras.utils.set_random_seed(1)
    generator = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(72, "tanh", dtype=dtype),
            layers.Reshape(SHAPE, dtype="float32"),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input(SHAPE),
            layers.Flatten(),
            layers.Dense(4, "tanh", dtype=dtype),
            layers.Dense(1, dtype="float32"),
        ]
    )
    gan = cls(generator, discriminator, seed=4)
    gan.compile(
        *(keras.optimizers.SGD(RATE) for _ in range(2)),
        diff_augment=augment,
        **protocol,
    )
    return gan


def images_of(seed=0, count=BATCH):
    rng = np.random.default_rng(seed)
    return rng.uniform(-1, 1, (count, *SHAPE)).astype(np.float32)


def weights_of(gan):
    return values_of(gan.generator.weights + gan.discriminator.weights)


def augmented(gan, images, draw, name):
    """By the noise of that quantity."""
    seed = gan.noise_seed(draw, name)
    seed = tf.random.experimental.stateless_fold_in(seed, 0)
    return augmentation.augment(images, gan.diff_augment, seed)


def equal(values, expected):
    for one, other in zip(values, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_without_it_the_discriminator_sees_the_very_images():
    gan = make_gan(())
    round = Round(gan, images_of(), 0)
    assert round.shown_real is round.real
    assert round.shown_fake is round.fake


def test_outside_of_training_nothing_is_augmented():
    gan, plain = make_gan(), make_gan(())
    round = Round(gan, images_of(), -1, training=False)
    assert round.shown_real is round.real
    assert round.shown_fake is round.fake
    metrics = [
        one.evaluate(images_of(), batch_size=BATCH, verbose=0, return_dict=True)
        for one in (gan, plain)
    ]
    assert metrics[0] == metrics[1]
    np.testing.assert_array_equal(gan.sample([3, 1]), plain.sample([3, 1]))


def test_each_image_has_draws_of_its_own_real_or_generated():
    """By brightness alone; the same images stand for real and generated."""

    class Same(Round):
        def forward(self, name, inputs, differentiated=False):
            return tf.constant(images_of())

    gan = make_gan(["color"])
    seen = []
    for step in (0, 1):
        gan.step.assign(step)
        for draw in (0, 1):
            round = Same(gan, images_of(), draw)
            for shown in (round.shown_real, round.shown_fake):
                seen += [*np.mean(shown - images_of(), (1, 2, 3))]
            # Asked for once more it is the same.
            again = Same(gan, images_of(), draw)
            equal([again.shown_fake], [round.shown_fake])
    assert len({f"{x:.5f}" for x in seen}) == 2 * 2 * 2 * BATCH


@pytest.mark.parametrize(
    ("simultaneous", "generator_loss"),
    [
        (True, adversarial.minimax_generator_loss),  # One backward pass.
        (True, adversarial.non_saturating_generator_loss),
        (False, adversarial.non_saturating_generator_loss),
    ],
)
def test_both_players_learn_from_augmented_images(simultaneous, generator_loss):
    gan = make_gan(simultaneous=simultaneous, generator_loss=generator_loss)
    twin = make_gan(simultaneous=simultaneous, generator_loss=generator_loss)
    gan.train_on_batch(images_of())

    def logits(draw):
        z = twin.inputs(images_of(), draw)
        fake = augmented(twin, twin.generator(z), draw, "shown_fake")
        real = augmented(twin, images_of(), draw, "shown_real")
        return [twin.discriminator(x)[:, 0] for x in (real, fake)]

    def moved(network, cost):
        with tf.GradientTape() as tape:
            value = tf.reduce_mean(cost())
        weights = network.trainable_variables
        gradients = tape.gradient(value, weights)
        assert all(np.abs(gradient).max() > 1e-4 for gradient in gradients)
        return [w - RATE * g for w, g in zip(weights, gradients, strict=True)]

    of_discriminator = moved(
        twin.discriminator,
        lambda: adversarial.minimax_discriminator_loss(*logits(0)),
    )
    if not simultaneous:
        twin.discriminator.set_weights(of_discriminator)
    draw = 0 if simultaneous else 1
    of_generator = moved(
        twin.generator, lambda: generator_loss(logits(draw)[1])
    )
    expected = [*of_generator, *of_discriminator]
    for one, other in zip(weights_of(gan), expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_a_resumed_run_is_one_that_was_never_stopped(tmp_path):
    gan = make_gan(simultaneous=False)
    gan.train_on_batch(images_of(1))
    Checkpoints(gan, tmp_path).save()
    gan.train_on_batch(images_of(2))
    described = gan.get_config(), gan.get_compile_config()
    config, compilation = json.loads(json.dumps(described))
    twin = GAN.from_config(config)
    twin.compile_from_config(compilation)
    assert twin.diff_augment == POLICIES
    Checkpoints(twin, tmp_path).restore()
    twin.train_on_batch(images_of(2))
    equal(weights_of(twin), weights_of(gan))


def test_replicas_draw_for_themselves(two_replicas):
    class Shown(GAN):
        """Tells by how much brighter its real images are seen."""

        def metrics_of(self, round):
            change = round.shown_real - round.real
            return {"logits/change": tf.reduce_mean(change, [1, 2, 3])}

    with two_replicas.scope():
        gan = make_gan(["color"], cls=Shown, simultaneous=False)
    images = np.repeat(images_of(count=1), 2 * BATCH, 0)
    gan.train_on_batch(images)
    changes = gan.last_logits["logits/change"].numpy()
    assert changes.shape == (2 * BATCH,)
    assert len({f"{x:.5f}" for x in changes}) == 2 * BATCH
    assert np.isfinite(weights_of(gan)[0]).all()


def test_images_stay_float32_where_layers_are_not():
    gan = make_gan(dtype="mixed_bfloat16")
    before = weights_of(gan)
    assert np.isfinite(gan.train_on_batch(images_of())).all()
    for one, other in zip(weights_of(gan), before, strict=True):
        assert np.isfinite(one).all() and (one != other).any()
    round = Round(gan, images_of(), 0)
    assert round.shown_fake.dtype == tf.float32


# Games that see more than two kinds of images.


def test_an_encoder_sees_images_as_they_are():
    gan = bigan.build(SHAPE, latent_dim=3, units=4)
    gan.compile(diff_augment=["cutout"])
    images = images_of()
    round = gan.round_class(gan, images, 0)
    assert round.real_logits.shape == round.fake_logits.shape == (BATCH,)
    given = {one.name: one.inputs for one in round.passes}
    np.testing.assert_array_equal(given["encoder"], images)
    judged = [x.inputs for x in round.passes if x.name == "discriminator"]
    expected = augmented(gan, images, 0, "shown_real")
    np.testing.assert_array_equal(judged[0]["images"], expected)
    assert judged[1]["latents"] is round.inputs


def test_a_classifier_sees_all_images_augmented_and_their_labels():
    gan = feature_matching.build(SHAPE, 3, latent_dim=3)
    gan.compile(diff_augment=["color", "cutout"])
    labels = np.arange(BATCH) % 3
    parts = images_of(1), labels, images_of(2), images_of(3)
    round = gan.round_class(gan, tuple(map(tf.constant, parts)), 0)
    gan.discriminator_cost(round)
    gan.generator_cost(round)
    np.testing.assert_array_equal(round.labels, labels)
    names = "shown_labelled", "shown_real", "shown_others", "shown_fake"
    images = parts[0], parts[2], parts[3], round.fake
    expected = [
        augmented(gan, one, 0, name)
        for one, name in zip(images, names, strict=True)
    ]
    given = {one.name: one.inputs for one in round.passes[::-1]}
    np.testing.assert_array_equal(
        given["discriminator"], np.concatenate(expected[:2])
    )
    seen = [x.inputs for x in round.passes if x.name == "features"]
    equal(seen, expected[2:])


def test_a_penalty_is_between_what_the_critic_sees():
    gan = wgan.build((28, 28, 1), latent_dim=3, width=2)
    gan.compile(diff_augment=["color"], discriminator_steps=1)
    images = np.ones((BATCH, 28, 28, 1), np.float32)
    round = gan.round_class(gan, images, 0)
    assert round.gradient_norms.shape == (BATCH,)
    (points,) = [x.inputs for x in round.passes if x.name == "discriminator"]
    share = round.epsilon[:, None, None, None]
    between = share * round.shown_real + (1 - share) * round.shown_fake
    np.testing.assert_allclose(points, between, rtol=0, atol=1e-6)
    assert np.abs(round.shown_real - images).max() > 0.1


@pytest.mark.parametrize(
    ("make", "policies", "received"),
    [
        (make_gan, ["color", "mirror"], r"\['color', 'mirror'\]"),
        (make_gan, ["cutout", "cutout"], r"\['cutout', 'cutout'\]"),
        (make_gan, "mirror", "mirror"),
        (
            lambda policies: toy.build(2).compile(diff_augment=policies),
            ["color"],
            r"a generator of \(None, 2\)",
        ),
    ],
)
def test_what_it_cannot_do_is_refused(make, policies, received):
    with pytest.raises(UserError, match=f"`diff_augment`.*: {received}$"):
        make(policies)
