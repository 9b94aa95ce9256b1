"""An adversarial autoencoder against one of linear layers, in NumPy."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.replicas import values_of
from tfgan_ref import labelled_priors, priors
from tfgan_ref.errors import UserError
from tfgan_ref.models import aae
from tfgan_ref.models.aae import AAE

CODES = np.float32([[0.3, -1.2], [0.8, 0.1], [-0.5, 0.9], [1.1, -0.4]])
IMAGES = np.random.default_rng(3).uniform(-0.2, 1, (4, 3, 1, 1))
IMAGES = IMAGES.astype(np.float32)
X = np.float64(IMAGES.reshape(4, 3))
RING = labelled_priors.GaussianRing(3)
CASES = {
    "plane": lambda: aae.build((4, 4, 1), units=5, ema_decay=0.5),
    "classes": lambda: aae.build((4, 4, 1), RING, conditional=True, units=5),
}
SLOW = {"classes"}


def linear_aae():
    """E(x) = x U, decoder z W, logit z v."""
    z = keras.Input((2,), name="latents")
    images = keras.Input((3, 1, 1), name="images")
    linear = [layers.Dense(n, use_bias=False) for n in (3, 1, 2)]
    made = layers.Reshape((3, 1, 1))(linear[0](z))
    gan = AAE(
        keras.Model(z, made),
        keras.Model(z, linear[1](z)),
        encoder=keras.Model(images, linear[2](layers.Flatten()(images))),
        prior=priors.FromFunction(2, lambda shape, seed: tf.constant(CODES)),
    )
    rng = np.random.default_rng(5)
    for variable in gan.trainable_variables:
        variable.assign(rng.normal(0.3, 0.5, variable.shape))
    return gan


def compiled(gan, **protocol):
    optimizers = {
        name: keras.optimizers.SGD(0.5) for name in gan.optimizer_names
    }
    gan.compile(**optimizers, **protocol)
    return gan


def weights_of(gan):
    """W, v, U."""
    networks = gan.generator, gan.discriminator, gan.encoder
    return [np.float64(*values_of(network.weights)) for network in networks]


def softplus(a):
    return np.logaddexp(0, a)


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def expected(w, v, u):
    """Cost of each turn, and the gradients of what it moves."""
    real, fake, apart = CODES @ v, X @ u @ v, X @ u @ w - X
    of_made = 2 * apart / 12
    return {
        "discriminator": (
            np.mean(softplus(-real) + softplus(fake)),
            {"v": (CODES.T @ -sigmoid(-real) + (X @ u).T @ sigmoid(fake)) / 4},
        ),
        "generator": (
            np.mean(softplus(-fake)),
            {"u": X.T @ (-sigmoid(-fake) @ v.T) / 4},
        ),
        "reconstruction": (
            np.mean(apart**2),
            {"w": (X @ u).T @ of_made, "u": X.T @ of_made @ w.T},
        ),
    }


@pytest.mark.parametrize("place", range(3))
def test_each_turn_is_that_of_linear_layers_in_numpy(place):
    gan = compiled(linear_aae(), simultaneous=False)
    weights = dict(zip("wvu", weights_of(gan), strict=True))
    turn = gan.turns()[place]
    cost, gradients = expected(**weights)[turn.name]
    logs = gan.play([turn], tf.constant(IMAGES), draw=0)
    assert float(logs[f"loss/{turn.name}"]) == pytest.approx(cost, rel=1e-6)
    after = dict(zip("wvu", weights_of(gan), strict=True))
    for name, before in weights.items():
        moved = before - 0.5 * gradients.get(name, 0.0)
        np.testing.assert_allclose(after[name], moved, rtol=1e-5, atol=1e-7)


def test_turns_are_in_the_papers_order_from_the_discriminators_on():
    gan = compiled(linear_aae(), simultaneous=False, discriminator_steps=2)
    names = [[turn.name for turn in turns] for turns in gan.schedule()]
    assert names == [
        ["discriminator"],
        ["discriminator"],
        ["generator"],
        ["reconstruction"],
    ]


def test_labels_choose_the_codes_that_theirs_are_told_from():
    gan = CASES["classes"]()
    labels = np.int32([2, 0, -1, 1, -1, 2] * 50)
    images = np.zeros((300, 4, 4, 1), np.float32)
    round = gan.round_class(gan, (images, labels), 0)
    codes = round.inputs.numpy()
    turns = np.angle(codes @ [1, 1j]) / (2 * np.pi / 3) % 3
    found = np.rint(turns) % 3
    # Few are so far across, or beyond the middle.
    known = labels >= 0
    assert (found[known] == labels[known]).mean() > 0.95
    # Those without a label are of any class.
    assert set(found[~known]) == {0, 1, 2}
    for codes in (round.inputs, round.codes):
        judged = round.judged(codes)
        assert judged["latents"] is codes
        rows = np.where(known[:, None], np.eye(3)[labels], 0)
        np.testing.assert_array_equal(judged["classes"], rows)


def test_what_is_served_encodes_and_reconstructs():
    gan = linear_aae()
    w, _, u = weights_of(gan)
    images = np.random.default_rng(2).uniform(0, 1, (5, 3, 1, 1))
    images = images.astype(np.float32)
    served = {name: one for name, (one, _) in gan.endpoints().items()}
    codes = (2 * np.float64(images.reshape(5, 3)) - 1) @ u
    found = served["encode"](images=images)["latents"]
    np.testing.assert_allclose(found, codes, rtol=1e-5, atol=1e-6)
    found = served["reconstruct"](images=images)["images"]
    made = np.clip(0.5 + 0.5 * codes @ w, 0, 1).reshape(5, 3, 1, 1)
    np.testing.assert_allclose(found, made, rtol=1e-5, atol=1e-6)


def test_sizes_are_the_papers():
    gan = aae.build((28, 28, 1))
    hidden = 1000 * 1000 + 1000
    networks = gan.encoder, gan.generator, gan.discriminator
    assert [network.count_params() for network in networks] == [
        785 * 1000 + hidden + 1001 * 2,
        3 * 1000 + hidden + 1001 * 784,
        3 * 1000 + hidden + 1001,
    ]
    assert gan.prior == priors.Normal(2)
    kernel = gan.encoder.trainable_variables[0].numpy()
    assert kernel.std() == pytest.approx(0.01, rel=0.01)


def test_mistakes_are_one_line():
    with pytest.raises(UserError, match=r"of classes .*Received: Normal\(dim"):
        aae.build((4, 4, 1), conditional=True)
    with pytest.raises(UserError, match="codes and no images"):
        compiled(CASES["plane"](), diff_augment=["cutout"])
    other = aae.build((4, 4, 1), units=5)
    small = aae.build((2, 4, 1), units=5)
    with pytest.raises(UserError, match="what the encoder takes"):
        AAE(small.generator, other.discriminator, encoder=other.encoder)
