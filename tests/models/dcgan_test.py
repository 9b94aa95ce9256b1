import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tfgan_ref import priors
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.layers.reference_normalization import (
    ReferenceBatchNormalization,
    VirtualBatchNormalization,
)
from tfgan_ref.models import dcgan
from tfgan_ref.serving import export

# Variables of each network with latent_dim=10, width=4, kernel_size=5, one
# channel. A third and a second channel add 2 * 100 weights to both and 2
# biases to the generator.
#
# 28 pixels, G: 10*7*7*8 + 4*8, 25*8*4 + 4*4, 25*4*1 + 1.
#            D: 25*1*4 + 4, 25*4*8 + 4*8, 7*7*8 + 1.
# 32 pixels, G: 10*4*4*16 + 4*16, 25*16*8 + 4*8, and as above after 7*7.
SIZES = {
    28: (4869, 1329),
    32: (6773, 4457),
    64: (22261, 17641),
    128: (78837, 69609),
}
both_references = pytest.mark.parametrize(
    "cls", [ReferenceBatchNormalization, VirtualBatchNormalization]
)
every_size = pytest.mark.parametrize("size", SIZES)


def layers_of(network, *kinds):
    return [layer for layer in network.layers if isinstance(layer, kinds)]


def kinds_of(network):
    return [type(layer).__name__ for layer in network.layers]


def latents_of(gan, count):
    """Of the first step."""
    return gan.inputs(tf.zeros([count, 1]), 0)


CASES = {
    "images": lambda: dcgan.build(
        (28, 28, 1), latent_dim=3, width=2, ema_decay=0.5
    )
}


@every_size
@pytest.mark.parametrize("channels", [1, 3])
def test_networks_have_the_shapes_and_sizes_computed_by_hand(size, channels):
    shape = (size, size, channels)
    gan = dcgan.build(shape, latent_dim=10, width=4)
    assert isinstance(gan, GAN)
    assert gan.prior == priors.Uniform(10)

    images = gan.generator(latents_of(gan, 3), training=True)
    logits = gan.discriminator(images, training=True)

    assert images.shape == (3, *shape)
    assert logits.shape == (3,)
    assert images.dtype == logits.dtype == "float32"
    generator, discriminator = SIZES[size]
    colour = channels == 3
    assert gan.generator.count_params() == generator + 202 * colour
    assert gan.discriminator.count_params() == discriminator + 200 * colour


def test_defaults_are_100_latents_64_maps_and_kernels_of_5():
    gan = dcgan.build((28, 28, 1))
    assert gan.generator.count_params() == (
        100 * 7 * 7 * 128 + 4 * 128 + 25 * 128 * 64 + 4 * 64 + 25 * 64 + 1
    )
    assert gan.discriminator.count_params() == (
        25 * 64 + 64 + 25 * 64 * 128 + 4 * 128 + 7 * 7 * 128 + 1
    )
    assert gan.prior == priors.Uniform(100)


def test_images_fill_the_range_of_tanh():
    generator = dcgan.generator((28, 28, 1), 10, 4)
    last = generator.get_layer("images")
    assert last.activation is keras.activations.tanh
    generator.layers[-2].kernel.assign(100 * generator.layers[-2].kernel)
    images = generator(np.float32(10 * np.eye(10)), training=True).numpy()
    assert -1 <= images.min() < -0.9 and 0.9 < images.max() <= 1


def test_the_generator_projects_and_doubles_its_maps():
    generator = dcgan.generator((32, 32, 1), 10, 4, kernel_size=3)
    normalised = ["BatchNormalization", "ReLU"]
    assert kinds_of(generator) == [
        "InputLayer",
        *["Dense", "Reshape", *normalised],
        *["Conv2DTranspose", *normalised],
        *["Conv2DTranspose", *normalised],
        # No batch normalisation of the last.
        *["Conv2DTranspose", "Activation"],
    ]
    convolutions = layers_of(generator, layers.Conv2DTranspose)
    assert [layer.output.shape[1:] for layer in convolutions] == [
        (8, 8, 8),
        (16, 16, 4),
        (32, 32, 1),
    ]
    assert [layer.use_bias for layer in convolutions] == [False, False, True]
    for layer in convolutions:
        assert layer.strides == (2, 2)
        assert layer.kernel_size == (3, 3)
    assert not generator.layers[1].use_bias


def test_the_discriminator_mirrors_it():
    discriminator = dcgan.discriminator((32, 32, 1), 4, kernel_size=3)
    assert kinds_of(discriminator) == [
        "InputLayer",
        # No batch normalisation of the first.
        *["Conv2D", "LeakyReLU"],
        *["Conv2D", "BatchNormalization", "LeakyReLU"],
        *["Conv2D", "BatchNormalization", "LeakyReLU"],
        *["Flatten", "Dense", "Reshape"],
    ]
    convolutions = layers_of(discriminator, layers.Conv2D)
    assert [layer.output.shape[1:] for layer in convolutions] == [
        (16, 16, 4),
        (8, 8, 8),
        (4, 4, 16),
    ]
    assert [layer.use_bias for layer in convolutions] == [True, False, False]
    for layer in convolutions:
        assert layer.strides == (2, 2)
        assert layer.kernel_size == (3, 3)
    for layer in layers_of(discriminator, layers.LeakyReLU):
        np.testing.assert_allclose(
            layer(np.float32([-3, 2])), [-0.6, 2], rtol=1e-6
        )


def test_initial_weights_have_standard_deviation_002():
    gan = dcgan.build((128, 128, 3), latent_dim=10, width=16)
    networks = (gan.generator, gan.discriminator)
    for network in networks:
        for layer in layers_of(
            network, layers.Dense, layers.Conv2D, layers.Conv2DTranspose
        ):
            kernel = layer.kernel.numpy()
            assert kernel.std() == pytest.approx(0.02, rel=0.07), layer.name
            assert kernel.mean() == pytest.approx(0, abs=0.002), layer.name
            if layer.use_bias:
                assert not layer.bias.numpy().any()
    norms = [
        layer
        for network in networks
        for layer in layers_of(network, layers.BatchNormalization)
    ]
    gains = np.concatenate([norm.gamma.numpy() for norm in norms])
    assert len(gains) == 2 * (256 + 128 + 64 + 32) + 16
    assert gains.mean() == pytest.approx(1, abs=0.004)
    assert gains.std() == pytest.approx(0.02, rel=0.1)
    for norm in norms:
        assert not norm.beta.numpy().any()
        assert (norm.momentum, norm.epsilon) == (0.9, 1e-5)
        assert not norm.synchronized


def test_batch_normalisation_is_synchronised_between_replicas(two_replicas):
    with two_replicas.scope():
        gan = dcgan.build((28, 28, 1), latent_dim=3, width=4)
    norms = layers_of(gan.generator, layers.BatchNormalization)
    norms += layers_of(gan.discriminator, layers.BatchNormalization)
    assert [norm.synchronized for norm in norms] == [True] * 3


# Reference and virtual batch normalisation.


def build_with(cls, seed=0, **kwargs):
    return dcgan.build(
        (28, 28, 1),
        latent_dim=3,
        width=4,
        normalization=cls,
        reference_size=6,
        seed=seed,
        **kwargs,
    )


@both_references
def test_a_reference_goes_through_the_generator_up_to_its_last_layer(cls):
    gan = build_with(cls)
    normalised = [cls.__name__, "ReLU"]
    assert kinds_of(gan.generator) == [
        *["InputLayer", "PrependReference"],
        *["Dense", "Reshape", *normalised],
        *["Conv2DTranspose", *normalised],
        *["RemoveReference", "Conv2DTranspose", "Activation"],
    ]
    for norm in layers_of(gan.generator, cls):
        assert (norm.reference_size, norm.epsilon) == (6, 1e-5)
    # As batch normalisation, without its two moving statistics.
    assert gan.generator.count_params() == (
        3 * 7 * 7 * 8 + 2 * 8 + 25 * 8 * 4 + 2 * 4 + 25 * 4 + 1 + 6 * 3
    )
    images = gan.generator(latents_of(gan, 5), training=True)
    assert images.shape == (5, 28, 28, 1)
    assert len(layers_of(gan.discriminator, layers.BatchNormalization)) == 1


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(
    "cls", [None, ReferenceBatchNormalization, VirtualBatchNormalization]
)
def test_batch_mates_change_a_sample_in_figure_21_alone(cls, training):
    generator = build_with(cls).generator
    z = np.random.default_rng(0).uniform(-1, 1, (9, 3)).astype(np.float32)
    one = generator(z[:5], training=training).numpy()
    other = generator(z[[0, 5, 6, 7, 8]], training=training).numpy()
    assert (other[1:] != one[1:]).mean() > 0.9
    if cls is None and training:
        assert np.abs(other[0] - one[0]).max() > 1e-3
    else:
        np.testing.assert_array_equal(other[0], one[0])


def reference_of(gan):
    return gan.generator.layers[1].reference.numpy()


@pytest.mark.parametrize("prior", [priors.Uniform, priors.Normal])
def test_the_reference_is_drawn_from_the_prior_with_a_seed_of_its_own(prior):
    seed = 2**32 - 1  # The largest.
    gan = build_with(VirtualBatchNormalization, seed, prior=prior)
    reference = reference_of(gan)
    np.testing.assert_array_equal(reference, prior(3).draw(6, seed=[seed, -2]))
    other = build_with(VirtualBatchNormalization, seed - 1, prior=prior)
    for drawn in (
        prior(3).draw(6, seed=[seed, -1]),  # Samples.
        latents_of(gan, 6),
        reference_of(other),
    ):
        assert (reference != np.array(drawn)).all()


@both_references
def test_training_moves_the_weights_and_not_the_reference(cls, tmp_path):
    gan = build_with(cls, ema_decay=0.9)
    start = reference_of(gan)
    gan.compile(keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.01))
    images = np.random.default_rng(0).uniform(-1, 1, (16, 28, 28, 1))
    data = tf.data.Dataset.from_tensor_slices(images.astype(np.float32))
    gan.fit(data.batch(8, drop_remainder=True), shuffle=False, verbose=0)

    z = latents_of(gan, 5)
    for generator in (gan.generator, gan.ema_generator):
        np.testing.assert_array_equal(generator.layers[1].reference, start)
    norm = layers_of(gan.generator, cls)[0]
    assert norm.bias.numpy().all()  # Trained: it began at 0.

    restored = build_with(cls, seed=1, ema_decay=0.9)
    path = tf.train.Checkpoint(gan=gan).save(tmp_path / "ckpt")
    tf.train.Checkpoint(gan=restored).restore(path).expect_partial()
    folder = export.export_gan(gan, tmp_path, 2)
    loaded = tf.saved_model.load(str(folder))
    expected = gan.ema_generator(z, training=False)
    np.testing.assert_array_equal(
        restored.ema_generator(z, training=False), expected
    )
    np.testing.assert_allclose(
        loaded.signatures["generate"](latents=z)["images"],
        (expected + 1) / 2,
        atol=1e-5,
    )


def test_a_normalisation_and_its_reference_need_one_another():
    for arguments, received in (
        ({"normalization": VirtualBatchNormalization}, "shape None"),
        ({"reference_latents": np.zeros((2, 100))}, r"shape \(2, 100\)"),
    ):
        with pytest.raises(UserError, match=f"one another.*{received}$"):
            dcgan.generator((28, 28, 1), **arguments)


def test_a_seed_fixes_weights_and_latents():
    def build(seed):
        gan = dcgan.build((28, 28, 1), latent_dim=3, width=4, seed=seed)
        # Layers 1 of both have weights that no seed leaves alone.
        return [
            gan.generator.get_weights()[0],
            gan.discriminator.get_weights()[0],
            latents_of(gan, 5).numpy(),
        ]

    one, same, other = build(1), build(1), build(2)
    for a, b, c in zip(one, same, other, strict=True):
        np.testing.assert_array_equal(a, b)
        assert (a != c).all()


def test_in_bfloat16_images_and_logits_are_float32():
    keras.config.set_dtype_policy("mixed_bfloat16")
    gan = dcgan.build((28, 28, 1), latent_dim=3, width=4)
    assert gan.generator.layers[1].compute_dtype == "bfloat16"
    images = gan.generator(latents_of(gan, 2), training=False)
    logits = gan.discriminator(images, training=False)
    assert images.dtype == logits.dtype == "float32"


def test_networks_survive_a_keras_file_in_safe_mode(tmp_path):
    gan = dcgan.build((28, 28, 1), latent_dim=3, width=4)
    z = latents_of(gan, 5)
    images = gan.generator(z, training=True)  # Moves the statistics.
    gan.discriminator(images, training=True)
    for network, inputs in ((gan.generator, z), (gan.discriminator, images)):
        network.save(tmp_path / "network.keras")
        loaded = keras.saving.load_model(
            tmp_path / "network.keras", safe_mode=True
        )
        np.testing.assert_allclose(
            loaded(inputs, training=False),
            network(inputs, training=False),
            rtol=1e-6,
        )


@pytest.mark.parametrize(
    ("natural", "size"),
    [(28, 28), (31, 28), (32, 32), (63, 32), (64, 64), (127, 64), (999, 128)],
)
def test_image_size_for_enlarges_nothing(natural, size):
    assert dcgan.image_size_for(natural) == size


def test_image_size_for_refuses_images_smaller_than_every_network():
    with pytest.raises(UserError, match="at least 28 .*side of 27 pixels"):
        dcgan.image_size_for(27)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("latent_dim", 0),
        ("width", -1),
        ("kernel_size", 1),
        ("reference_size", 1),
    ],
)
def test_numbers_out_of_range_are_refused(name, value):
    with pytest.raises(UserError, match=f"`{name}`.*Received: {value}"):
        dcgan.build((28, 28, 1), **{name: value})


@pytest.mark.parametrize(
    ("shape", "networks"),
    [
        ((30, 30, 1), [dcgan.generator, dcgan.discriminator]),
        ((28, 32, 1), [dcgan.generator, dcgan.discriminator]),
        # A discriminator may see more than the image.
        ((28, 28, 2), [dcgan.generator]),
    ],
)
def test_image_shapes_without_a_network_are_refused(shape, networks):
    for network in networks:
        with pytest.raises(UserError) as error:
            network(shape)
        assert str(error.value).endswith(f"Received: image_shape={shape}")
    with pytest.raises(UserError):
        dcgan.build(shape)
