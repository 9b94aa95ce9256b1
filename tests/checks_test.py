"""What a GAN refuses in one line, and what it does not."""

import functools

import keras
import pytest
import tensorflow as tf
from keras import layers

from tests.linear_game import IMAGE_SHAPE, compiled, real_images, tiny_gan
from tests.replicas import values_of
from tfgan_ref import checks
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.layers import noise
from tfgan_ref.models import (
    bigan,
    feature_matching,
    minibatch,
    semi_supervised,
    unrolled,
    wgan,
)
from tfgan_ref.turn import Turn

SGD = keras.optimizers.SGD


def network(shape, *stack):
    return keras.Sequential([keras.Input(shape), *stack])


def discriminator(*stack):
    return network(IMAGE_SHAPE, layers.Flatten(), *stack)


def gan_with(*stack):
    """Layers in front of the discriminator's last."""
    return GAN(
        tiny_gan().generator,
        discriminator(*stack, layers.Dense(1), layers.Reshape(())),
    )


def refused(message, make, *args, **kwargs):
    with pytest.raises(UserError, match=message) as error:
        make(*args, **kwargs)
    assert "\n" not in str(error.value)


# The protocol.


@pytest.mark.parametrize("name", ["discriminator_steps", "steps_per_execution"])
@pytest.mark.parametrize("value", [0, -2])
def test_fewer_than_one_step_is_refused(name, value):
    refused(
        f"`{name}` must be positive. Received: {value}",
        compiled,
        tiny_gan(),
        **{name: value},
    )


def test_updates_of_others_that_are_repeated_are_not_simultaneous():
    class Twice(GAN):
        def turns(self):
            (first, _) = super().turns()
            return [first, Turn("generator", ("generator",), 2)]

    refused(
        "2 updates of the generator.*simultaneous=True",
        compiled,
        tiny_gan(Twice),
    )
    assert not compiled(tiny_gan(Twice), simultaneous=False).simultaneous


@pytest.mark.parametrize(
    "make",
    [
        functools.partial(wgan.build_toy, 2, units=3),
        functools.partial(wgan.build_toy, 2, units=3, clip=0.1),
        functools.partial(
            minibatch.build, (28, 28, 1), classes=3, width=2, latent_dim=3
        ),
    ],
    ids=["penalty", "clipping", "classes"],
)
def test_games_in_turn_are_not_simultaneous(make):
    refused(
        "updates are in turn. Received: simultaneous=True",
        make().compile,
        simultaneous=True,
    )


def classifier():
    return discriminator(layers.Dense(5, name="features"), layers.Dense(3))


@pytest.mark.parametrize(
    ("cls", "costs"),
    [
        (semi_supervised.SemiSupervisedGAN, ["discriminator_loss"]),
        (
            feature_matching.FeatureMatchingGAN,
            ["discriminator_loss", "generator_loss"],
        ),
    ],
)
def test_costs_that_a_game_has_itself_are_refused(cls, costs):
    for name in costs:
        refused(
            f"{cls.__name__} has a cost of its own. Received: {name}=",
            cls(tiny_gan().generator, classifier()).compile,
            **{name: lambda *logits: logits[0]},
        )


# Optimizers.


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"discriminator_step": 2},
            "expects discriminator_optimizer, generator_optimizer. "
            "Received: discriminator_optimizer, discriminator_step, gen",
        ),
        ({"encoder_optimizer": "adam"}, "Received: .*encoder_optimizer"),
        ({"generator_optimizer": "adm"}, "`generator_optimizer`.*: adm"),
        ({"discriminator_optimizer": 2}, "`discriminator_optimizer`.*: 2"),
    ],
)
def test_what_is_no_argument_of_compile_is_refused(arguments, message):
    refused(message, tiny_gan().compile, **arguments)


def test_a_turn_without_an_optimizer_is_refused():
    class Three(GAN):
        def turns(self):
            return [*super().turns(), Turn("critic", ("discriminator",))]

    refused("expects critic_optimizer, disc", tiny_gan(Three).compile)


def test_one_optimizer_for_both_networks_is_refused():
    optimizer = keras.optimizers.Adam()
    refused(
        "of its own.*adam.* for both",
        tiny_gan().compile,
        optimizer,
        optimizer,
    )


def test_optimizers_may_be_named(two_replicas):
    """And are then made where the networks are."""
    with two_replicas.scope():
        gan = tiny_gan()
    gan.compile("sgd", "adam")
    assert type(gan.generator_optimizer) is SGD
    assert type(gan.discriminator_optimizer) is keras.optimizers.Adam
    # Each replica has its own.
    assert len(gan.discriminator_optimizer.iterations.value.values) == 2
    values_of(gan.discriminator_optimizer.variables)
    game = unrolled.build(2, latent_dim=3)
    game.compile()
    refused("must be Adam.*Received: SGD", game.compile, "adam", "sgd")


def test_scaled_losses_and_averages_of_optimizers_are_refused():
    refused(
        "`generator_optimizer`: losses are not scaled.*LossScaleOptimizer",
        tiny_gan().compile,
        keras.optimizers.LossScaleOptimizer(SGD()),
    )
    refused(
        "`discriminator_optimizer`: use_ema.*Received: use_ema=True",
        tiny_gan().compile,
        discriminator_optimizer=SGD(use_ema=True),
    )


CLIPPING = [
    ("clipnorm", 0.1),
    ("clipvalue", 0.2),
    ("global_clipnorm", 0.3),
    ("gradient_accumulation_steps", 2),
]


@pytest.mark.parametrize(("name", "value"), CLIPPING)
def test_what_keras_does_before_gradients_are_added_is_for_one_replica(
    two_replicas, name, value
):
    optimizer = SGD(**{name: value})
    compiled(tiny_gan(), lambda rate: SGD(rate, **{name: value}))
    with two_replicas.scope():
        gan = tiny_gan()
        refused(
            f"`generator_optimizer`.*{name}={value} on 2 replicas",
            gan.compile,
            optimizer,
        )


def test_clipping_on_one_replica_is_that_of_the_whole_gradient():
    bound = 0.01
    gan = compiled(
        tiny_gan(), lambda rate: SGD(1.0, clipnorm=bound), run_eagerly=True
    )
    before = values_of(gan.trainable_variables)
    gan.train_on_batch(real_images(4))
    for old, new in zip(
        before, values_of(gan.trainable_variables), strict=True
    ):
        assert ((new - old) ** 2).sum() <= 1.001 * bound**2


def test_xla_is_for_one_device(two_replicas):
    with two_replicas.scope():
        refused(
            "one device. Received: jit_compile=True on 2 replicas",
            compiled,
            tiny_gan(),
            jit_compile=True,
        )


# Layers.


def test_float16_is_refused():
    refused(
        "float16 needs scaled losses.*float16 in half of",
        compiled,
        gan_with(layers.Dense(3, dtype="mixed_float16", name="half")),
    )
    compiled(gan_with(layers.Dense(3, dtype="mixed_bfloat16")))


class Wrapped(layers.Layer):
    """Has another layer in it."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def call(self, inputs):
        return self.layer(inputs)


SAME_ON_ALL = {
    "batch normalisation": lambda: layers.BatchNormalization(name="x"),
    "wrapped": lambda: Wrapped(layers.BatchNormalization(name="x")),
    "dropout": lambda: layers.Dropout(0.5, name="x"),
    "noise": lambda: layers.GaussianNoise(0.5, name="x"),
    "dropped noise": lambda: layers.GaussianDropout(0.5, name="x"),
    "network": lambda: network((4,), layers.AlphaDropout(0.5, name="x")),
    "random flip": lambda: network(
        (4,),
        layers.Reshape((2, 2, 1)),
        layers.RandomFlip(name="x"),
        layers.Flatten(),
    ),
}


@pytest.mark.parametrize("make", SAME_ON_ALL.values(), ids=SAME_ON_ALL)
def test_layers_that_are_alike_or_apart_on_replicas_are_refused(
    two_replicas, make
):
    with two_replicas.scope():
        refused("Received: .*x of sequential", compiled, gan_with(make()))
    compiled(gan_with(make()))


APART = {
    "batch normalisation": lambda: layers.BatchNormalization(synchronized=True),
    "dropout": lambda: noise.Dropout(0.5),
    "noise": lambda: noise.GaussianNoise(0.5),
    "no dropout": lambda: layers.Dropout(0.0),
    "recurrent": lambda: network((4,), layers.Reshape((2, 2)), layers.GRU(3)),
}


@pytest.mark.parametrize("make", APART.values(), ids=APART)
def test_layers_that_are_right_on_replicas_are_not(two_replicas, make):
    with two_replicas.scope():
        compiled(gan_with(make()))


# Networks.


def test_what_is_no_network_of_the_game_is_refused():
    for arguments in ({"ema_decy": 0.5}, {"averages": {"encoder": 0.5}}):
        refused(
            "GAN has the networks generator, discriminator. "
            "Received: .*(ema_decy|encoder)",
            tiny_gan,
            **arguments,
        )
    refused(
        "BiGAN has the networks generator, discriminator, encoder. Received: "
        "generator, discriminator",
        tiny_gan,
        bigan.BiGAN,
    )


def test_networks_of_one_trunk_are_refused():
    trunk = layers.Dense(4, name="trunk")
    refused(
        "share no variable.*trunk/kernel in generator and discriminator",
        GAN,
        network((4,), trunk, layers.Reshape(IMAGE_SHAPE)),
        discriminator(trunk, layers.Dense(1)),
    )


def test_a_plain_discriminator_gives_one_logit():
    for last in (layers.Dense(2), layers.Reshape((2, 2))):
        refused(
            "one logit per example.*Received: output_shape=",
            GAN,
            tiny_gan().generator,
            discriminator(last),
        )
    GAN(tiny_gan().generator, discriminator(layers.Dense(1)))


def test_examples_that_must_be_alone_are_not_normalised_together():
    normalised = layers.BatchNormalization(name="together")
    critic = discriminator(normalised, layers.Dense(1))
    refused(
        "each example's gradient: no batch .* Received: together",
        wgan.PenalizedGAN,
        tiny_gan().generator,
        critic,
    )
    normalised.trainable = False  # It has statistics of before.
    wgan.PenalizedGAN(tiny_gan().generator, critic)


def test_steps_of_a_discriminator_that_never_moves_are_refused():
    gan = tiny_gan()
    gan.gan_weight = 0.0
    refused(
        "no discriminator moves. Received: 3",
        compiled,
        gan,
        discriminator_steps=3,
    )


def test_a_classifier_gives_class_logits():
    cls = semi_supervised.SemiSupervisedGAN
    refused(
        r"`\[batch, classes\]`.*Received: output_shape=\(None,\)",
        cls,
        tiny_gan().generator,
        tiny_gan().discriminator,
    )
    cls(tiny_gan().generator, classifier())


@pytest.mark.parametrize(
    "last",
    [
        [layers.Dense(1, "sigmoid")],
        [layers.Dense(1), layers.Activation("sigmoid"), layers.Reshape(())],
    ],
    ids=["of the layer", "its own"],
)
def test_probabilities_are_refused(last):
    refused(
        "gives logits.*ends in a sigmoid",
        GAN,
        tiny_gan().generator,
        discriminator(*last),
    )


def test_the_discriminator_takes_what_the_generator_makes():
    other = network((2, 3, 1), layers.Flatten(), layers.Dense(1))
    message = r"generator of \(None, 2, 2, 1\) and.* of \(None, 2, 3, 1\)"
    refused(message, GAN, tiny_gan().generator, other)
    of_any_size = network(
        (None, None, 1), layers.GlobalMaxPool2D(), layers.Dense(1)
    )
    GAN(tiny_gan().generator, of_any_size)
    with_classes = network((2, 3, 1), layers.Flatten(), layers.Dense(3))
    cls = semi_supervised.SemiSupervisedGAN
    refused(message, cls, tiny_gan().generator, with_classes)


def test_networks_whose_shapes_are_not_known_are_taken():
    class Subclassed(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)

        def call(self, inputs, training=False):
            return self.dense(tf.reshape(inputs, [-1, 4]))

    own = Subclassed()
    own(real_images(2))
    gan = compiled(GAN(tiny_gan().generator, own), run_eagerly=True)
    before = values_of(own.variables)
    gan.train_on_batch(real_images(4))
    for old, new in zip(before, values_of(own.variables), strict=True):
        assert (old != new).all()


def test_numbers_are_named():
    refused("`b` must be positive. Received: 0", checks.positive, a=1, b=0)


def test_steps_that_would_be_too_small_are_refused():
    optimizer = SGD(0.1, loss_scale_factor=8.0)
    refused(
        "`generator_optimizer`: losses.*factor=8", tiny_gan().compile, optimizer
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"steps_per_execution": "auto"}, "must be positive. Received: auto"),
        ({"generator_loss": "mse"}, "must be a function of logits.*'mse'"),
    ],
)
def test_names_of_what_has_none_are_refused(given, said):
    refused(said, tiny_gan().compile, **given)


def test_a_network_that_does_not_know_its_input_is_refused():
    given = keras.Sequential([keras.layers.Dense(1)], name="mine")
    generator = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    gan = GAN(generator, given)
    refused("`keras.Input`.* on an example. Received: mine", gan.compile)
