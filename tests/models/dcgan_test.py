import keras
import numpy as np
import pytest
from keras import layers

from tfgan_ref import latents
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.models import dcgan

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
every_size = pytest.mark.parametrize("size", SIZES)


def layers_of(network, *kinds):
    return [layer for layer in network.layers if isinstance(layer, kinds)]


def kinds_of(network):
    return [type(layer).__name__ for layer in network.layers]


@every_size
@pytest.mark.parametrize("channels", [1, 3])
def test_networks_have_the_shapes_and_sizes_computed_by_hand(size, channels):
    shape = (size, size, channels)
    gan = dcgan.build(shape, latent_dim=10, width=4)
    assert isinstance(gan, GAN)
    assert gan.latent_dim == 10

    images = gan.generator(gan.latents(3), training=True)
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
    assert gan.prior is latents.uniform


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


def test_a_seed_fixes_weights_and_latents():
    def build(seed):
        gan = dcgan.build((28, 28, 1), latent_dim=3, width=4, seed=seed)
        # Layers 1 of both have weights that no seed leaves alone.
        return [
            gan.generator.get_weights()[0],
            gan.discriminator.get_weights()[0],
            gan.latents(5).numpy(),
        ]

    one, same, other = build(1), build(1), build(2)
    for a, b, c in zip(one, same, other, strict=True):
        np.testing.assert_array_equal(a, b)
        assert (a != c).all()


def test_in_bfloat16_images_and_logits_are_float32():
    keras.config.set_dtype_policy("mixed_bfloat16")
    gan = dcgan.build((28, 28, 1), latent_dim=3, width=4)
    assert gan.generator.layers[1].compute_dtype == "bfloat16"
    images = gan.generator(gan.latents(2), training=False)
    logits = gan.discriminator(images, training=False)
    assert images.dtype == logits.dtype == "float32"


def test_networks_survive_a_keras_file_in_safe_mode(tmp_path):
    gan = dcgan.build((28, 28, 1), latent_dim=3, width=4)
    z = gan.latents(5)
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
    ("name", "value"), [("latent_dim", 0), ("width", -1), ("kernel_size", 1)]
)
def test_numbers_out_of_range_are_refused(name, value):
    with pytest.raises(UserError, match=f"`{name}`.*Received: {value}"):
        dcgan.build((28, 28, 1), **{name: value})


@pytest.mark.parametrize("shape", [(30, 30, 1), (28, 32, 1), (28, 28, 2)])
def test_image_shapes_without_a_network_are_refused(shape):
    for network in (dcgan.generator, dcgan.discriminator):
        with pytest.raises(UserError) as error:
            network(shape)
        assert str(error.value).endswith(f"Received: image_shape={shape}")
