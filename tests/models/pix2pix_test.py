"""pix2pix against a game of two linear layers, in NumPy."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.replicas import values_of
from tests.serving import export_native_test
from tfgan_ref import priors
from tfgan_ref.errors import UserError
from tfgan_ref.models import pix2pix, table
from tfgan_ref.models.paired import PairedGAN
from tfgan_ref.serving import export

RNG = np.random.default_rng(6)


def examples(size=8, channels=3, source=1, count=5):
    return [
        np.float32(RNG.uniform(-1, 1, (count, size, size, n)))
        for n in (channels, source)
    ]


TARGETS, SOURCES = examples()
CASES = {
    "patches": lambda: pix2pix.build(
        (TARGETS, SOURCES), receptive_field=16, width=2, ema_decay=0.5
    ),
    "l1": lambda: pix2pix.build(
        (SOURCES, TARGETS), receptive_field=1, width=2, gan_weight=0.0
    ),
}
SLOW = ("l1",)
X = np.float32(RNG.normal(0, 1, (4, 2, 1, 1)))
Y = np.float32(RNG.normal(0.3, 1, (4, 2, 1, 1)))
MASK = np.float32([[2, 0], [0, 2], [2, 2], [0, 2]])
L1, ADVERSARIAL = 1.5, 0.7


def linear_gan(**weights):
    """G(x, z) = w x z, a logit v x + u y of each of two pixels."""
    source = keras.Input((2, 1, 1), name="source")
    mask = keras.Input((2,), name="mask")
    x = layers.Multiply()([source, layers.Reshape((2, 1, 1))(mask)])
    made = layers.Dense(1, use_bias=False)(x)
    pairs = keras.Input((2, 1, 2), name="pairs")
    logits = layers.Reshape((2, 1))(layers.Dense(1, use_bias=False)(pairs))
    given = priors.FromFunction(2, lambda shape, seed: tf.constant(MASK))
    gan = PairedGAN(
        keras.Model({"source": source, "mask": mask}, made),
        keras.Model(pairs, logits),
        targets=table.of(Y, "targets"),
        sources=table.of(X, "sources"),
        prior=priors.Product(mask=given),
        **weights,
    )
    gan.generator.set_weights([np.float32([[0.8]])])
    gan.discriminator.set_weights([np.float32([[-0.4], [0.9]])])
    gan.compile(keras.optimizers.SGD(0.5), keras.optimizers.SGD(0.25))
    return gan


def fit(gan, *parts):
    data = tf.data.Dataset.from_tensors(parts if parts[1:] else parts[0])
    history = gan.fit(data, shuffle=False, verbose=0).history
    return {name: values[-1] for name, values in history.items()}


def softplus(a):
    return np.logaddexp(0, a)


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def test_a_step_is_that_of_both_costs():
    gan = linear_gan(l1_weight=L1, gan_weight=ADVERSARIAL)
    received = fit(gan, Y, X)
    x, y = np.float64(X)[..., 0, 0], np.float64(Y)[..., 0, 0]
    dropped = x * MASK
    made = 0.8 * dropped
    real, fake = -0.4 * x + 0.9 * y, -0.4 * x + 0.9 * made
    error = np.abs(made - y).mean()
    assert received["loss/l1"] == pytest.approx(error, rel=1e-5)
    assert received["loss/generator"] == pytest.approx(
        L1 * error + ADVERSARIAL * softplus(-fake).mean(), rel=1e-5
    )
    assert received["loss/discriminator"] == pytest.approx(
        (softplus(-real) + softplus(fake)).mean(), rel=1e-5
    )
    assert received["accuracy/real"] == pytest.approx((real > 0).mean())
    of_w = L1 * (np.sign(made - y) * dropped).mean()
    of_w -= ADVERSARIAL * (sigmoid(-fake) * 0.9 * dropped).mean()
    of_v = (-sigmoid(-real) * x + sigmoid(fake) * x).mean()
    of_u = (-sigmoid(-real) * y + sigmoid(fake) * made).mean()
    (w,), (v,) = (
        values_of(net.weights) for net in (gan.generator, gan.discriminator)
    )
    np.testing.assert_allclose(w, [[0.8 - 0.5 * of_w]], rtol=1e-5)
    wanted = [[-0.4 - 0.25 * of_v], [0.9 - 0.25 * of_u]]
    np.testing.assert_allclose(v, wanted, rtol=1e-5)


def test_l1_alone_moves_no_discriminator():
    gan = linear_gan(l1_weight=L1, gan_weight=0.0)
    assert [turn.name for turn in gan.turns()] == ["generator"]
    received = fit(gan, Y, X)
    (v,) = values_of(gan.discriminator.weights)
    np.testing.assert_array_equal(v, np.float32([[-0.4], [0.9]]))
    assert received["loss/generator"] == pytest.approx(L1 * received["loss/l1"])
    assert not {"loss/discriminator", "accuracy/real"} & received.keys()


def test_images_without_sources_end_training():
    with pytest.raises(UserError, match="Pairs of images were expected"):
        fit(linear_gan(), Y)


def test_a_pair_is_augmented_as_one():
    gan = CASES["patches"]()
    gan.compile("sgd", "sgd", diff_augment=["cutout"])
    minibatch = np.ones_like(TARGETS), np.ones_like(SOURCES)
    round = gan.round_class(gan, minibatch, 0)
    shown = round.judged(round.shown_real).numpy()
    assert shown.shape == (5, 8, 8, 4)
    np.testing.assert_array_equal(np.ptp(shown, -1), 0)
    assert 0 < shown.mean() < 1
    round = gan.round_class(gan, minibatch, -1, training=False)
    assert round.judged(round.shown_real).numpy().min() == 1


def test_samples_are_of_the_tables_sources_in_turn():
    gan = CASES["patches"]()
    given = gan.sample_inputs([4, 5, 1])
    np.testing.assert_array_equal(given["source"], SOURCES[[4, 0, 1]])
    (picture,) = gan.tables().values()
    assert picture.shape == (3, 5, 8, 8, 3)
    np.testing.assert_array_equal(picture[0], SOURCES.repeat(3, -1))
    np.testing.assert_allclose(picture[1], gan.sample(range(5)), atol=1e-6)
    np.testing.assert_array_equal(picture[2], TARGETS)
    # Sources in colour, and grey images.
    (picture,) = CASES["l1"]().tables().values()
    np.testing.assert_array_equal(picture[2], SOURCES.repeat(3, -1))


def test_dropout_is_a_function_of_the_seed():
    gan = CASES["patches"]()
    source = np.repeat(SOURCES[:1], 3, 0)
    one, other, again = gan.translate(source, tf.constant([7, 8, 7], tf.int64))
    np.testing.assert_allclose(one, again, atol=1e-6)
    assert abs(one - other).numpy().max() > 1e-3
    masks = gan.prior.of_seeds(tf.constant([7], tf.int64))
    assert masks.keys() == {"mask_2", "mask_4"}
    assert {*masks["mask_4"].numpy().ravel()} == {0.0, 2.0}
    made = gan.sampler({"source": tf.constant(source[:1]), **masks})
    np.testing.assert_allclose(one, made[0], atol=1e-6)


def test_without_a_seed_nothing_is_dropped_out():
    gan = CASES["patches"]()
    made = gan.translate(SOURCES)
    ones = {"mask_2": np.ones((5, 4 * 4)), "mask_4": np.ones((5, 16 * 2))}
    expected = gan.sampler({"source": SOURCES, **ones})
    np.testing.assert_allclose(made, expected, atol=1e-6)
    samples = gan.sample(range(5), truncation=0.0)
    np.testing.assert_allclose(made, samples, atol=1e-6)


def test_what_is_served_is_made_of_images():
    gan = CASES["patches"]()
    pixels = np.float32(0.5 + 0.5 * SOURCES)
    seed = tf.constant([3, 1, 2, 3, 9], tf.int64)
    for name, more, made in (
        ("translate", {}, gan.translate(SOURCES)),
        ("translate_noisy", {"seed": seed}, gan.translate(SOURCES, seed)),
    ):
        function, specs = gan.endpoints()[name]
        assert specs.keys() == {"images", *more}
        received = tf.function(function)(images=pixels, **more)["images"]
        np.testing.assert_allclose(received, 0.5 + 0.5 * made, atol=1e-6)


@pytest.mark.parametrize(("field", "patches"), [(1, 32), (16, 16), (34, 8)])
def test_a_logit_is_of_so_many_pixels(field, patches):
    network = pix2pix.discriminator((32, 32, 2), field, 1)
    assert network.output_shape == (None, patches, patches)
    assert reach_of(network) == field


def test_the_largest_patches_are_of_70_pixels():
    network = pix2pix.discriminator((28, 28, 4), 70, 1)
    assert network.output_shape == (None, 4, 4)
    assert reach_of(network) == 70


def reach_of(network):
    """Pixels, one way, that an output's convolutions are of."""
    reach = 1
    for layer in reversed(network.layers):
        if isinstance(layer, layers.Conv2D):
            (stride, _), (kernel, _) = layer.strides, layer.kernel_size
            reach = (reach - 1) * stride + kernel
    return reach


@pytest.mark.parametrize(
    ("size", "masks"), [(28, [4 * 8, 16 * 4, 64 * 2]), (64, [32, 128, 256])]
)
def test_a_unet_halves_to_one_pixel(size, masks):
    network = pix2pix.unet((size, size, 3), 1, 1)
    assert network.output_shape == (None, size, size, 1)
    received = {name: x.shape[1] for name, x in network.input.items()}
    names = [f"mask_{side}" for side in (2, 4, 8)]
    expected = dict(zip(names, masks, strict=True))
    assert received == {"source": size} | expected


@pytest.mark.parametrize("shape", [(30, 30), (4, 4), (12, 12), (8, 16)])
def test_a_size_that_cannot_be_halved_is_refused(shape):
    wrong = np.zeros((2, *shape, 1), np.float32)
    with pytest.raises(UserError, match=f"Received: {shape[0]}x{shape[1]}"):
        pix2pix.build((wrong, wrong))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"receptive_field": 17}, "1, 16, 34, 70. Received: 17"),
        ({"width": 0}, "must be positive. Received: 0"),
        ({"dropout": 1.0}, "Received: 1.0"),
        ({"l1_weight": -1.0}, "`l1_weight` must be at least 0"),
        ({"gan_weight": -0.5}, "Received: -0.5"),
    ],
)
def test_what_is_out_of_range_is_refused(given, said):
    with pytest.raises(UserError, match=said):
        pix2pix.build((TARGETS, SOURCES), **{"width": 1} | given)


def test_a_discriminator_of_other_pairs_is_refused():
    gan = CASES["patches"]()
    with pytest.raises(UserError, match=r"\(None, 8, 8, 4\), was .*8, 8, 3\)"):
        PairedGAN(
            gan.generator,
            pix2pix.discriminator((8, 8, 3), 16, 1),
            targets=gan.targets,
            sources=gan.sources,
            prior=gan.prior,
        )


@pytest.mark.conformance  # A process of its own.
def test_a_server_without_python_translates(tmp_path):
    gan = CASES["patches"]()
    path = export.export_gan(gan, tmp_path / "gan", 1)
    images, seed = np.float32(0.5 + 0.5 * SOURCES), np.array([3, 1, 2, 3, 9])
    ones = np.ones(5, np.float32)
    received = export_native_test.run(
        path,
        tmp_path,
        [
            ("translate", {"images": images}),
            ("translate_noisy", {"images": images, "seed": seed}),
            ("sample", {"seed": seed, "truncation": ones}),
        ],
    )
    made = (
        gan.translate(SOURCES),
        gan.translate(SOURCES, seed),
        gan.sample(seed),
    )
    for answer, expected in zip(received, made, strict=True):
        np.testing.assert_allclose(
            answer["images"], 0.5 + 0.5 * expected, atol=1e-5
        )
