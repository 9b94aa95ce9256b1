"""A CatGAN against a game of two linear layers, in NumPy."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from scipy import stats

from tests.linear_game import fit
from tests.passes import passes_of
from tests.replicas import values_of
from tfgan_ref import priors
from tfgan_ref.errors import UserError
from tfgan_ref.models import catgan
from tfgan_ref.models.catgan import CatGAN, SemiSupervisedCatGAN

# The halves of both use other categories: two replicas disagree.
LATENTS = np.float32([[1.3, -1.2], [0.8, 0.1], [-0.5, 0.9], [-1.1, 2.4]])
IMAGES = np.random.default_rng(3).uniform(-0.4, 1, (4, 2, 1, 1))
IMAGES[:2] -= 0.6
IMAGES = IMAGES.astype(np.float32)
LABELS = np.int32([2, 0, 0, 1])
WEIGHT = 0.75


def images_gan():
    return catgan.build((3, 2, 1), 3, latent_dim=3, units=4)


CASES = {
    "labels": lambda: catgan.build(
        (3, 2, 1),
        3,
        label_weight=0.5,
        latent_dim=3,
        units=4,
        ema_decay=0.5,
        discriminator_ema_decay=0.5,
    ),
}
SLOW = {"labels"}


def linear_gan(game=CatGAN, **kwargs):
    """G(z) = z W; logits x V of three categories."""
    gan = game(
        keras.Sequential(
            [
                keras.Input((2,)),
                layers.Dense(2, use_bias=False),
                layers.Reshape((2, 1, 1)),
            ]
        ),
        keras.Sequential(
            [
                keras.Input((2, 1, 1)),
                layers.Flatten(),
                layers.Dense(3, use_bias=False),
            ]
        ),
        prior=priors.FromFunction(2, lambda shape, seed: tf.constant(LATENTS)),
        **kwargs,
    )
    rng = np.random.default_rng(5)
    for variable in gan.trainable_variables:
        variable.assign(rng.normal(0.3, 0.9, variable.shape))
    gan.compile(keras.optimizers.SGD(0.5), keras.optimizers.SGD(0.25))
    return gan


def weights_of(gan):
    """W, V."""
    return [np.float64(x) for x in values_of(gan.trainable_variables)]


class Entropies:
    """Of logits, and their gradients with respect to these."""

    def __init__(self, logits):
        p = np.exp(logits)
        self.p = p / p.sum(1, keepdims=True)
        each = stats.entropy(self.p, axis=1)
        self.conditional = each.mean()
        log_p, log_mean = np.log(self.p), np.log(self.p.mean(0))
        self.marginal = stats.entropy(self.p.mean(0))
        self.of_conditional = -self.p * (log_p + each[:, None]) / len(p)
        apart = log_mean - (self.p @ log_mean)[:, None]
        self.of_marginal = -self.p * apart / len(p)


def expected_step(w, v, labels=None):
    """What a step tells, and the weights after it."""
    real, fake = np.float64(IMAGES.reshape(4, 2)), LATENTS @ w
    of_real, of_fake = Entropies(real @ v), Entropies(fake @ v)
    logs = {
        "entropy/real": of_real.conditional,
        "entropy/fake": of_fake.conditional,
        "entropy/marginal_real": of_real.marginal,
        "entropy/marginal_fake": of_fake.marginal,
        "loss/generator": of_fake.conditional - of_fake.marginal,
        "loss/discriminator": (
            of_real.conditional - of_real.marginal - of_fake.conditional
        ),
    }
    of_v = real.T @ (of_real.of_conditional - of_real.of_marginal)
    of_v -= fake.T @ of_fake.of_conditional
    of_images = (of_fake.of_conditional - of_fake.of_marginal) @ v.T
    if labels is not None:
        chosen = of_real.p[np.arange(4), labels]
        logs["loss/labelled"] = -np.log(chosen).mean()
        logs["loss/discriminator"] += WEIGHT * logs["loss/labelled"]
        logs["accuracy/labelled"] = np.mean(of_real.p.argmax(1) == labels)
        of_v += WEIGHT * real.T @ (of_real.p - np.eye(3)[labels]) / 4
    return logs, [w - 0.5 * LATENTS.T @ of_images, v - 0.25 * of_v]


@pytest.mark.parametrize(
    ("labels", "replicas"), [(None, 1), (LABELS, 2)], ids=["images", "labels"]
)
def test_a_step_is_that_of_linear_layers_on_any_number_of_replicas(
    labels, replicas, two_replicas
):
    strategy = tf.distribute.get_strategy() if replicas == 1 else two_replicas
    minibatch = IMAGES
    with strategy.scope():
        if labels is None:
            gan = linear_gan()
        else:
            gan = linear_gan(SemiSupervisedCatGAN, label_weight=WEIGHT)
            minibatch = (IMAGES, LABELS, IMAGES, 0 * IMAGES)
    expected, after = expected_step(*weights_of(gan), labels)
    data = tf.data.Dataset.from_tensor_slices(minibatch)
    logs = fit(gan, 1, data.batch(4, drop_remainder=True))
    assert expected.keys() <= logs.keys()
    for name, value in expected.items():
        assert float(logs[name]) == pytest.approx(value, rel=1e-4), name
    for value, one in zip(weights_of(gan), after, strict=True):
        np.testing.assert_allclose(value, one, rtol=1e-4, atol=1e-6)


def test_the_generator_gains_by_samples_of_all_categories():
    # The discriminator is as sure of these as of those: with the other sign of
    # the marginal entropy samples of one category would be the better ones.
    gan, costs = linear_gan(), {}
    for name, chosen in {"even": [0, 1, 2], "one": [1, 1, 1]}.items():
        round = gan.round_class(gan, tf.zeros([3, 2, 1, 1]), draw=0)
        vars(round)["fake_classes"] = 20 * tf.one_hot(chosen, 3)
        (turn,) = (x for x in gan.turns() if x.name == "generator")
        costs[name] = float(gan.cost(turn, round))
    assert costs["one"] == pytest.approx(0, abs=1e-5)
    assert costs["even"] == pytest.approx(-np.log(3), abs=1e-5)


def test_a_step_counts_the_passes_of_a_gan():
    gan = CASES["labels"]()
    gan.compile("sgd", "adam")
    # 3 G, and of D real images (3), samples (4), and labelled ones (3).
    assert passes_of(gan) == {"generator": 3, "discriminator": 10}


def test_categories_are_served_and_classes_where_labels_tell_them():
    images = np.random.default_rng(0).uniform(0, 1, (5, 3, 2, 1))
    images = tf.constant(images, tf.float32)
    for case, build in {"images": images_gan, **CASES}.items():
        gan = build()
        served = gan.endpoints()
        network = gan.trained("discriminator")
        assert (network is gan.ema_discriminator) == (case == "labels")
        logits = network(2 * images - 1, training=False).numpy()
        p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
        found = served["categorize"][0](images=images)
        np.testing.assert_allclose(found["probabilities"], p, rtol=1e-5)
        np.testing.assert_array_equal(found["categories"], p.argmax(1))
        np.testing.assert_array_equal(gan.categorize(2 * images - 1), logits)
        assert gan.categories == 3
        assert ("classify" in served) == (case == "labels")
    assert (gan.classes, gan.classifier) == (3, gan.ema_discriminator)
    found = served["classify"][0](images=images)
    certainty = 1 - stats.entropy(p, axis=1) / np.log(3)
    np.testing.assert_allclose(found["realness"], certainty, atol=1e-6)
    np.testing.assert_array_equal(found["classes"], p.argmax(1))


def test_categories_are_no_classes():
    gan = images_gan()
    assert (gan.classes, gan.classifier) == (None, None)
    assert gan.minibatch_spec(7) == tf.TensorSpec([7, 3, 2, 1])
    *_, labels, images, _ = CASES["labels"]().minibatch_spec(7)
    assert images == tf.TensorSpec([7, 3, 2, 1])
    assert labels == tf.TensorSpec([7], tf.int32)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"categories": 1}, "`categories` must be at least 2. Received: 1"),
        ({"units": 3}, "`units` must be at least 4. Received: 3"),
        ({"label_weight": -0.5}, "`label_weight` must be at least 0.*-0.5"),
    ],
)
def test_what_it_cannot_be_built_of_is_refused(arguments, said):
    with pytest.raises(UserError, match=said):
        catgan.build((2, 2, 1), **{"units": 4} | arguments)


def test_other_costs_are_refused():
    with pytest.raises(UserError, match="CatGAN has a cost of its own"):
        images_gan().compile("sgd", "adam", generator_loss=abs)
