"""The adversarial autoencoder of categories: who learns from what."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import special

from tests.replicas import values_of
from tfgan_ref import priors
from tfgan_ref.errors import UserError
from tfgan_ref.models import categorical_aae

SHAPE = (4, 4, 1)
CASES = {
    "clusters": lambda: categorical_aae.build(
        SHAPE, 3, latent_dim=2, units=5, ema_decay=0.5
    ),
    "classes": lambda: categorical_aae.build(
        SHAPE, 3, labelled=True, latent_dim=2, units=5
    ),
}
SLOW = {"clusters"}


def made(case):
    """With weights that images and codes make a difference to."""
    gan = CASES[case]()
    for variable in gan.trainable_variables:
        if len(variable.shape) == 2:
            variable.assign(60.0 * variable)
    for name, network in gan.networks.items():
        if average := getattr(gan, f"ema_{name}"):
            average.set_weights(network.get_weights())
    return gan


def images(seed, count=4):
    rng = np.random.default_rng(seed)
    return rng.uniform(-1, 1, (count, *SHAPE)).astype(np.float32)


def softplus(a):
    return np.logaddexp(0, a)


def test_costs_are_of_both_halves_of_the_code():
    gan = made("clusters")
    round = gan.round_class(gan, images(1), 0, training=False)
    outputs = gan.encoder(images(1), training=False)
    q = special.softmax(np.float64(outputs["categories"]), -1)
    drawn = gan.inputs(images(1), 0)
    logits = [
        gan.discriminator(drawn["latents"], training=False).numpy(),
        gan.discriminator(outputs["latents"], training=False).numpy(),
        gan.category_discriminator(drawn["categories"], training=False).numpy(),
        gan.category_discriminator(np.float32(q), training=False).numpy(),
    ]
    real, fake, real_y, fake_y = map(np.float64, logits)
    wanted = np.mean(softplus(-real) + softplus(fake))
    wanted += np.mean(softplus(-real_y) + softplus(fake_y))
    discriminator, generator, both = gan.turns()
    assert discriminator.moves == ("discriminator", "category_discriminator")
    received = float(gan.cost(discriminator, round))
    assert received == pytest.approx(wanted, rel=1e-5)
    received = float(gan.cost(generator, round))
    wanted = np.mean(softplus(-fake)) + np.mean(softplus(-fake_y))
    assert received == pytest.approx(wanted, rel=1e-5)
    codes = {"latents": outputs["latents"], "categories": tf.constant(q)}
    apart = gan.generator(codes, training=False) - images(1)
    received = float(gan.cost(both, round))
    assert received == pytest.approx(np.mean(np.square(apart)), rel=1e-5)


def test_labels_are_of_the_first_images_and_all_else_of_the_third():
    gan = made("classes")
    labels = np.int32([2, 0, 1, 2])
    minibatch = (images(1), labels, images(2), images(3))
    round = gan.round_class(gan, minibatch, 0, training=False)
    names = [turn.name for turn in gan.turns()]
    assert names == ["discriminator", "generator", "label", "reconstruction"]
    logits = np.float64(gan.encoder(images(1), training=False)["categories"])
    likely = special.log_softmax(logits, -1)[np.arange(4), labels]
    received = float(gan.cost(gan.turns()[2], round))
    assert received == pytest.approx(-likely.mean(), rel=1e-5)
    right = np.mean(logits.argmax(-1) == labels)
    assert float(gan.metrics_of(round)["accuracy/labelled"]) == right
    np.testing.assert_array_equal(round.real, images(2))
    codes = gan.encoder(images(2), training=False)
    for name, rows in codes.items():
        np.testing.assert_allclose(round.codes[name], rows, rtol=1e-6)
    assert gan.turns()[2].moves == ("encoder",)


def test_clusters_are_learnt_of_images_that_have_labels_beside_them():
    gan = made("clusters")
    minibatch = images(1), np.int32([2, 0, 1, 2])
    round = gan.round_class(gan, minibatch, 0)
    np.testing.assert_array_equal(round.real, images(1))
    rates = [keras.optimizers.SGD(0.1) for _ in gan.turns()]
    gan.compile(*rates[:2], reconstruction_optimizer=rates[2])
    data = tf.data.Dataset.from_tensors(minibatch)
    costs = gan.fit(data, shuffle=False, verbose=0).history
    assert np.isfinite(costs["loss/reconstruction"]).all()


def test_what_is_served_tells_categories_and_draws_of_them():
    gan = made("clusters")
    pixels = 0.5 * images(1) + 0.5
    found = gan.endpoints()["encode"][0](images=pixels)
    np.testing.assert_allclose(
        found["categories"].numpy().sum(-1), 1, rtol=1e-5
    )
    assert np.ptp(found["categories"], 0).max() > 0.01
    encoder = gan.trained("encoder")
    np.testing.assert_allclose(
        found["latents"], encoder(images(1))["latents"], rtol=1e-5, atol=1e-6
    )
    received = gan.endpoints()["reconstruct"][0](images=pixels)["images"]
    wanted = gan.sampler(dict(found), training=False)
    np.testing.assert_allclose(received, 0.5 * wanted + 0.5, atol=1e-6)
    assert gan.prior == priors.Product(
        latents=priors.Normal(2), categories=priors.Categorical(3)
    )
    assert gan.sample([3, 1]).shape == (2, *SHAPE)


@pytest.mark.parametrize("case", CASES)
def test_codes_are_generated_of_one_hot_categories_alone(case):
    gan = made(case)
    generate, given = gan.endpoints()["generate"]
    assert list(gan.endpoints())[0] == "generate"
    assert given.keys() == {"latents", "categories"}
    styles = tf.constant([[0.5, -1.0], [0.25, 2.0]])
    rows = tf.constant(np.eye(3, dtype=np.float32)[[2, 0]])
    wanted = gan.sampler(
        {"latents": styles, "categories": rows}, training=False
    )
    found = generate(latents=styles, categories=rows)["images"]
    np.testing.assert_allclose(found, 0.5 * wanted + 0.5, atol=1e-6)
    for wrong in (0 * rows, 7 * tf.ones_like(rows), tf.ones([2, 3]) / 3):
        with pytest.raises(
            tf.errors.InvalidArgumentError,
            match="Categories as one-hot rows were expected",
        ):
            generate(latents=styles, categories=wrong)


def test_samples_of_classes_are_of_the_label_that_is_asked_for():
    gan = made("classes")
    sample, specs = gan.endpoints()["sample"]
    assert specs.keys() == {"seed", "truncation", "label"}
    seeds = tf.constant([4, 9], tf.int64)
    drawn = gan.sample_inputs(seeds)
    rows = tf.constant(np.eye(3, dtype=np.float32)[[2, 0]])
    assert (drawn["categories"].numpy() != rows.numpy()).any()
    wanted = gan.sampler(drawn | {"categories": rows}, training=False)
    labels = tf.constant([2, 0], tf.int64)
    made_of = sample(seed=seeds, truncation=tf.ones(2), label=labels)["images"]
    np.testing.assert_allclose(made_of, 0.5 * wanted + 0.5, atol=1e-6)
    with pytest.raises(tf.errors.InvalidArgumentError, match="class of 0 to 2"):
        sample(seed=seeds, truncation=tf.ones(2), label=labels + 1)
    assert gan.classes == 3
    of_clusters = CASES["clusters"]()
    assert of_clusters.classes is None
    assert "label" not in of_clusters.endpoints()["sample"][1]


def test_the_discriminators_see_noise_in_training_alone():
    gan = made("clusters")
    rows = tf.ones([4, 3]) / 3
    still = [gan.category_discriminator(rows, training=False) for _ in "ab"]
    np.testing.assert_array_equal(*still)
    noisy = gan.category_discriminator(rows, training=True)
    assert np.ptp(noisy) > 0 and not np.ptp(still[0])


def test_sizes_are_the_papers_and_one_category_is_refused():
    gan = categorical_aae.build((28, 28, 1), 16)
    hidden = 1000 * 1000 + 1000
    assert gan.encoder.count_params() == 785 * 1000 + hidden + 1001 * 26
    assert gan.generator.count_params() == 27 * 1000 + hidden + 1001 * 784
    judge = gan.category_discriminator
    assert judge.count_params() == 17 * 1000 + hidden + 1001
    assert len(values_of(judge.weights)) == 6
    with pytest.raises(UserError, match="`categories` .*Received: 1"):
        categorical_aae.build((28, 28, 1), 1)
