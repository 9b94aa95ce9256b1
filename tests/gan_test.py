"""GAN against a game of two linear layers, played in NumPy and float64."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.replicas import values_of
from tfgan_ref import latents
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.layers import noise
from tfgan_ref.layers.weight_normalization import WeightNormalization
from tfgan_ref.losses import adversarial
from tfgan_ref.models import dcgan

IMAGE_SHAPE = (2, 2, 1)
BATCH = 8
GENERATOR_LR, DISCRIMINATOR_LR = 0.5, 0.25
EPSILON = 1e-3

both_protocols = pytest.mark.parametrize(
    "simultaneous", [True, False], ids=["simultaneous", "alternating"]
)
one_and_two_minibatches = pytest.mark.parametrize("k", [1, 2])


@pytest.fixture(params=[1, 2], ids=["one_replica", "two_replicas"])
def strategy(request, two_replicas):
    return two_replicas if request.param == 2 else tf.distribute.get_strategy()


def tiny_gan(cls=GAN, **kwargs):
    """G(z) = tanh(z W + c), logit a(x) = x v + e."""
    return cls(
        keras.Sequential(
            [
                keras.Input((3,)),
                layers.Dense(4, "tanh"),
                layers.Reshape(IMAGE_SHAPE),
            ]
        ),
        keras.Sequential(
            [
                keras.Input(IMAGE_SHAPE),
                layers.Flatten(),
                layers.Dense(1),
                layers.Reshape(()),
            ]
        ),
        **kwargs,
    )


def normalised_gan(**kwargs):
    """The same with batch normalisation before tanh, and of the images."""

    def normalise():
        return layers.BatchNormalization(
            momentum=0.9,
            epsilon=EPSILON,
            center=False,
            scale=False,
            synchronized=tf.distribute.get_strategy().num_replicas_in_sync > 1,
        )

    return GAN(
        keras.Sequential(
            [
                keras.Input((3,)),
                layers.Dense(4),
                normalise(),
                layers.Activation("tanh"),
                layers.Reshape(IMAGE_SHAPE),
            ]
        ),
        keras.Sequential(
            [
                keras.Input(IMAGE_SHAPE),
                layers.Flatten(),
                normalise(),
                layers.Dense(1),
                layers.Reshape(()),
            ]
        ),
        **kwargs,
    )


def compiled(gan, **protocol):
    gan.compile(
        keras.optimizers.SGD(GENERATOR_LR),
        keras.optimizers.SGD(DISCRIMINATOR_LR),
        **protocol,
    )
    return gan


def compiled_with_adam(gan):
    gan.compile(
        keras.optimizers.Adam(2e-4, beta_1=0.5),
        keras.optimizers.Adam(1e-4, beta_1=0.5),
    )
    return gan


def real_images(count, shape=IMAGE_SHAPE):
    """Of another mean and spread in every pixel."""
    rng = np.random.default_rng(3)
    centre, spread = rng.uniform(0.1, 0.6, (2, *shape))
    images = centre + spread * rng.standard_normal((count, *shape))
    return np.clip(images, -1, 1).astype(np.float32)


def minibatches(images, batch=BATCH):
    data = tf.data.Dataset.from_tensor_slices(images)
    return data.batch(batch, drop_remainder=True)


def fit(gan, steps, data, **kwargs):
    """The metrics of the last step."""
    history = gan.fit(
        data, steps_per_epoch=steps, shuffle=False, verbose=0, **kwargs
    )
    return {name: values[-1] for name, values in history.history.items()} | {
        name: logits.numpy() for name, logits in gan.last_logits.items()
    }


def train(gan, steps, shape=IMAGE_SHAPE):
    count = steps * gan.discriminator_steps * BATCH
    return fit(gan, steps, minibatches(real_images(count, shape)))


def latents_of(step, draw, seed=0):
    """The global minibatch of latents."""
    gan = tiny_gan(seed=seed)
    gan.step.assign(step)
    return gan.latents(BATCH, draw).numpy()


def assert_close(received, expected, **tolerance):
    for one, other in zip(received, expected, strict=True):
        np.testing.assert_allclose(one, other, **tolerance)


def sigmoid(logits):
    return 1 / (1 + np.exp(-logits))


class NumPyGame:
    """The non-saturating game of `tiny_gan`, in float64."""

    def __init__(self, gan):
        self.w, self.c = gan.generator.get_weights()
        self.v, self.e = gan.discriminator.get_weights()

    @property
    def weights(self):
        return self.w, self.c, self.v, self.e

    def sample(self, z):
        return np.tanh(z @ self.w + self.c)

    def logits(self, images):
        return images.reshape(len(images), -1) @ self.v + self.e

    def generator_gradients(self, z):
        images = self.sample(z)
        errors = -sigmoid(-self.logits(images)) / len(z)
        slopes = errors * self.v.T * (1 - images**2)
        return z.T @ slopes, slopes.sum(0)

    def discriminator_gradients(self, real, z):
        real, fake = real.reshape(len(real), -1), self.sample(z)
        real_errors = -sigmoid(-self.logits(real)) / len(real)
        fake_errors = sigmoid(self.logits(fake)) / len(fake)
        return (
            real.T @ real_errors + fake.T @ fake_errors,
            (real_errors + fake_errors).sum(0),
        )

    def move_generator(self, gradients):
        self.w = self.w - GENERATOR_LR * gradients[0]
        self.c = self.c - GENERATOR_LR * gradients[1]

    def move_discriminator(self, gradients):
        self.v = self.v - DISCRIMINATOR_LR * gradients[0]
        self.e = self.e - DISCRIMINATOR_LR * gradients[1]

    def judge(self, real, z):
        real_logits = self.logits(real)[:, 0]
        fake_logits = self.logits(self.sample(z))[:, 0]
        return {
            "loss/discriminator": np.mean(
                -np.log(sigmoid(real_logits)) - np.log(1 - sigmoid(fake_logits))
            ),
            "accuracy/real": np.mean(real_logits > 0),
            "accuracy/fake": np.mean(fake_logits < 0),
            "logits/real": real_logits,
            "logits/fake": fake_logits,
        }

    def generator_cost(self, z):
        return np.mean(-np.log(sigmoid(self.logits(self.sample(z)))))

    def step(self, reals, zs, simultaneous):
        """k minibatches, k + 1 draws of latents (the last to alternate)."""
        k = len(reals)
        for real, z in zip(reals[:-1], zs, strict=False):
            self.move_discriminator(self.discriminator_gradients(real, z))
        metrics = self.judge(reals[-1], zs[k - 1])
        of_discriminator = self.discriminator_gradients(reals[-1], zs[k - 1])
        if simultaneous:
            metrics["loss/generator"] = self.generator_cost(zs[k - 1])
            of_generator = self.generator_gradients(zs[k - 1])
            self.move_discriminator(of_discriminator)
        else:
            self.move_discriminator(of_discriminator)
            metrics["loss/generator"] = self.generator_cost(zs[k])
            of_generator = self.generator_gradients(zs[k])
        self.move_generator(of_generator)
        return metrics

    def play(self, steps, k, simultaneous):
        reals = real_images(steps * k * BATCH)
        reals = reals.reshape(steps, k, BATCH, *IMAGE_SHAPE)
        for step in range(steps):
            zs = [latents_of(step, draw) for draw in range(k + 1)]
            metrics = self.step(reals[step], zs, simultaneous)
        return metrics


# One step, many replicas.


@both_protocols
@one_and_two_minibatches
def test_steps_are_those_of_numpy_on_any_number_of_replicas(
    strategy, simultaneous, k
):
    with strategy.scope():
        gan = compiled(
            tiny_gan(), simultaneous=simultaneous, discriminator_steps=k
        )
    game = NumPyGame(gan)

    metrics = train(gan, 3)

    expected = game.play(3, k, simultaneous)
    assert_close(
        values_of(gan.trainable_variables), game.weights, rtol=1e-5, atol=1e-6
    )
    assert metrics.keys() == expected.keys()
    for name in metrics:
        np.testing.assert_allclose(
            metrics[name], expected[name], 1e-5, 1e-6, err_msg=name
        )
    assert gan.step.numpy() == 3
    assert gan.generator_optimizer.iterations.numpy() == 3
    assert gan.discriminator_optimizer.iterations.numpy() == 3 * k


@pytest.mark.parametrize(
    "protocol",
    [{}, {"simultaneous": False, "discriminator_steps": 2}],
    ids=["simultaneous", "alternating"],
)
def test_two_replicas_train_dcgan_as_one_does(two_replicas, protocol):
    shape = (28, 28, 1)

    def snapshots(strategy):
        with strategy.scope():
            gan = dcgan.build(shape, latent_dim=3, width=4, ema_decay=0.9)
            gan.compile(
                keras.optimizers.SGD(0.1),
                keras.optimizers.SGD(0.05),
                **protocol,
            )
        yield values_of(gan.variables)
        for steps in (1, 2):
            train(gan, steps, shape)
            yield values_of(gan.variables)

    one = list(snapshots(tf.distribute.get_strategy()))
    two = list(snapshots(two_replicas))
    for values, expected in zip(two, one, strict=True):
        assert_close(values, expected, rtol=0, atol=1e-5)
    for old, new in zip(one[0], one[-1], strict=True):
        assert np.abs(new - old).max() > 1e-4


def test_latents_are_a_function_of_seed_step_and_draw():
    z = latents_of(step=4, draw=1, seed=7)
    np.testing.assert_array_equal(latents_of(step=4, draw=1, seed=7), z)
    for other in (
        latents_of(step=5, draw=1, seed=7),
        latents_of(step=4, draw=0, seed=7),
        latents_of(step=4, draw=1, seed=8),
        latents_of(step=7, draw=1, seed=4),
    ):
        assert (other != z).all()


def test_replicas_share_out_the_latents_of_the_global_batch(two_replicas):
    with two_replicas.scope():
        gan = tiny_gan(seed=7)
    gan.step.assign(4)
    per_replica = two_replicas.run(
        tf.function(lambda: gan.latents(BATCH // 2, draw=1))
    )
    one, two = two_replicas.experimental_local_results(per_replica)
    assert (one.numpy() != two.numpy()).all()
    np.testing.assert_array_equal(
        np.concatenate([one, two]), latents_of(step=4, draw=1, seed=7)
    )


def test_latents_come_from_the_prior_given():
    gan = tiny_gan(prior=latents.normal)
    assert np.abs(gan.latents(100)).max() > 1


# Batch normalisation.


@both_protocols
def test_real_and_fake_are_normalised_and_counted_separately(simultaneous):
    gan = compiled(normalised_gan(), simultaneous=simultaneous)
    w, c, g_mean, g_variance, d_mean, d_variance, v, e = _by_layer(gan)
    assert (g_mean == 0).all() and (d_variance == 1).all()
    real = real_images(BATCH).reshape(BATCH, -1)
    drawn = [latents_of(0, draw) for draw in range(1 if simultaneous else 2)]
    g_in = [z.astype(np.float64) @ w + c for z in drawn]
    fake = [np.tanh(_normalised(x)) for x in g_in]

    metrics = train(gan, 1)

    np.testing.assert_allclose(
        metrics["logits/real"], (_normalised(real) @ v + e)[:, 0], rtol=1e-4
    )
    np.testing.assert_allclose(
        metrics["logits/fake"], (_normalised(fake[0]) @ v + e)[:, 0], rtol=1e-4
    )
    for seen in g_in:
        g_mean = 0.9 * g_mean + 0.1 * seen.mean(0)
        g_variance = 0.9 * g_variance + 0.1 * seen.var(0)
    for seen in [real, *fake]:
        d_mean = 0.9 * d_mean + 0.1 * seen.mean(0)
        d_variance = 0.9 * d_variance + 0.1 * seen.var(0)
    _, _, *g_received = _by_layer(gan)[:4]
    d_received = _by_layer(gan)[4:6]
    assert_close(g_received, [g_mean, g_variance], rtol=1e-5)
    assert_close(d_received, [d_mean, d_variance], rtol=1e-5, atol=1e-6)


def _by_layer(gan):
    return gan.generator.get_weights() + gan.discriminator.get_weights()


def _normalised(values):
    return (values - values.mean(0)) / np.sqrt(values.var(0) + EPSILON)


# The average.


def test_average_follows_its_recurrence(strategy):
    with strategy.scope():
        gan = compiled(normalised_gan(ema_decay=0.22))
    average = gan.generator.get_weights()
    for step in (1, 2, 3):
        train(gan, 1)
        # (1 + step) / (10 + step) is 2/11 and then more than 0.22.
        decay = 2 / 11 if step == 1 else 0.22
        average = [
            decay * old + (1 - decay) * new
            for old, new in zip(
                average, values_of(gan.generator.variables), strict=True
            )
        ]
        assert_close(
            values_of(gan.ema_generator.variables),
            average,
            rtol=1e-5,
            atol=1e-7,
        )
    assert gan.sampler is gan.ema_generator


def test_the_discriminators_average_follows_its_own_recurrence():
    gan = compiled(normalised_gan(ema_decay=0.5, discriminator_ema_decay=0.26))
    average = gan.discriminator.get_weights()
    for step in (1, 2, 3):
        train(gan, 1)
        # (1 + step) / (10 + step) is 2/11, 3/12 and then more than 0.26.
        decay = min((1 + step) / (10 + step), 0.26)
        average = [
            decay * old + (1 - decay) * new
            for old, new in zip(
                average, gan.discriminator.get_weights(), strict=True
            )
        ]
        assert_close(
            gan.ema_discriminator.get_weights(), average, rtol=1e-5, atol=1e-7
        )
    assert not gan.ema_discriminator.trainable_variables
    assert gan.sampler is gan.ema_generator


def test_the_average_takes_no_part_in_the_game():
    ends = []
    for ema_decay in (0.0, 0.9):
        keras.utils.set_random_seed(2)
        gan = compiled(
            normalised_gan(
                ema_decay=ema_decay, discriminator_ema_decay=ema_decay
            )
        )
        train(gan, 3)
        ends.append(_by_layer(gan))
    assert_close(ends[1], ends[0], rtol=0, atol=0)


def test_without_an_average_samples_come_from_the_generator():
    gan = tiny_gan()
    assert gan.ema_generator is None and gan.ema_discriminator is None
    assert gan.sampler is gan.generator
    assert gan.classifier is None


# Layers that begin from data.


def gan_from_data(strategy, seed):
    """D: noise, weight normalisation with ReLU, one unit."""
    keras.utils.set_random_seed(2)
    with strategy.scope():
        images = keras.Input(IMAGE_SHAPE)
        x = noise.GaussianNoise(0.5)(layers.Flatten()(images))
        x = WeightNormalization(
            layers.Dense(3, use_bias=False), "relu", name="from_data"
        )(x)
        x = layers.Reshape(())(layers.Dense(1, name="last")(x))
        return GAN(
            tiny_gan().generator,
            keras.Model(images, x),
            discriminator_ema_decay=0.9,
            seed=seed,
        )


def test_initialize_begins_the_discriminator_from_data(strategy):
    gan = gan_from_data(strategy, seed=6)
    layer = gan.discriminator.get_layer("from_data")
    last = values_of(gan.discriminator.get_layer("last").variables)
    (kernel,) = values_of(layer.layer.variables)
    images = real_images(1000)

    gan.initialize(images)

    scale, bias = values_of([layer.scale, layer.bias])
    x = images.reshape(1000, 4) @ (kernel / np.sqrt((kernel**2).sum(0)))
    # The noise, 0.5^2 in every direction, is a part of the variance.
    expected = 1 / np.sqrt(x.var(0) + 0.25)
    np.testing.assert_allclose(scale, expected, rtol=0.1)
    np.testing.assert_allclose(bias, -expected * x.mean(0), atol=0.1)
    assert_close(values_of(layer.layer.variables), [kernel], rtol=0)
    assert_close(
        values_of(gan.discriminator.get_layer("last").variables), last, rtol=0
    )
    # The average begins where the discriminator does.
    after = values_of(gan.discriminator.variables)
    assert_close(values_of(gan.ema_discriminator.variables), after, rtol=0)
    assert gan.step.numpy() == 0


def test_initialize_draws_its_noise_from_the_seed():
    scales = []
    for seed in (6, 6, 7):
        gan = gan_from_data(tf.distribute.get_strategy(), seed)
        gan.initialize(real_images(50))
        layer = gan.discriminator.get_layer("from_data")
        scales.append(layer.scale.numpy())
    np.testing.assert_array_equal(scales[1], scales[0])
    assert (scales[2] != scales[0]).all()


def test_training_does_not_begin_anew_from_data():
    gan = compiled(gan_from_data(tf.distribute.get_strategy(), seed=6))
    gan.initialize(real_images(50))
    layer = gan.discriminator.get_layer("from_data")
    scale = layer.scale.numpy()
    train(gan, 2)
    np.testing.assert_array_equal(layer.scale.numpy(), scale)  # Not trained.


# Ways to run the same step.


def test_steps_per_execution_changes_no_weight(strategy):
    ends = []
    for steps_per_execution in (1, 3):
        keras.utils.set_random_seed(2)
        with strategy.scope():
            gan = compiled(
                normalised_gan(ema_decay=0.9),
                steps_per_execution=steps_per_execution,
                discriminator_steps=2,
            )
        metrics = train(gan, 6)
        assert gan.step.numpy() == 6
        ends.append([*values_of(gan.variables), metrics["logits/fake"]])
    assert_close(ends[1], ends[0], rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(
    ("simultaneous", "k", "passes"),
    [
        (True, 1, (3, 7)),
        (True, 3, (2 + 3, 2 * 6 + 7)),
        (False, 1, (1 + 3, 6 + 2)),
        (False, 3, (3 + 3, 3 * 6 + 2)),
    ],
)
def test_a_step_counts_its_passes(simultaneous, k, passes):
    gan = compiled(tiny_gan(), simultaneous=simultaneous, discriminator_steps=k)
    assert gan.passes() == passes


@pytest.mark.parametrize("real_target", [1.0, 0.9])
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
        ends.append(gan.passes())
    assert_close(ends[2], ends[0], rtol=1e-5, atol=1e-6)
    assert (ends[1], ends[3]) == ((3, 6), (3, 7))


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


# Games.


class ScaledGame(GAN):
    def generator_loss(self, fake_logits):
        return 3.0 * fake_logits

    def discriminator_loss(self, real_logits, fake_logits):
        return fake_logits - 2.0 * real_logits


def test_a_subclass_plays_by_its_own_costs():
    gan = compiled(tiny_gan(ScaledGame))
    _, e = gan.discriminator.get_weights()
    metrics = train(gan, 1)
    real, fake = metrics["logits/real"], metrics["logits/fake"]
    assert metrics["loss/generator"] == pytest.approx(
        3 * np.mean(fake), rel=1e-5
    )
    assert metrics["loss/discriminator"] == pytest.approx(
        np.mean(fake) - 2 * np.mean(real), rel=1e-5
    )
    # The derivative by e is 1 - 2.
    np.testing.assert_allclose(
        gan.discriminator.get_weights()[1], e + DISCRIMINATOR_LR, rtol=1e-6
    )


def test_costs_given_to_compile_replace_the_classes():
    gan = compiled(
        tiny_gan(),
        generator_loss=lambda fake: 5.0 * fake,
        discriminator_loss=lambda real, fake: 2.0 * real - fake,
    )
    metrics = train(gan, 1)
    real, fake = metrics["logits/real"], metrics["logits/fake"]
    assert metrics["loss/generator"] == pytest.approx(
        5 * np.mean(fake), rel=1e-5
    )
    assert metrics["loss/discriminator"] == pytest.approx(
        2 * np.mean(real) - np.mean(fake), rel=1e-5
    )


# Data.


def test_labels_beside_the_images_are_ignored():
    images = real_images(2 * BATCH)
    ends = []
    for data in (images, (images, np.arange(2 * BATCH))):
        keras.utils.set_random_seed(2)
        gan = compiled(tiny_gan())
        fit(gan, 2, minibatches(data))
        ends.append(gan.get_weights())
    assert_close(ends[1], ends[0], rtol=0, atol=0)


def test_calling_the_gan_generates_in_inference_mode():
    gan = compiled(normalised_gan())
    train(gan, 2)
    w, c, mean, variance = gan.generator.get_weights()
    z = latents_of(0, 0)
    expected = np.tanh((z @ w + c - mean) / np.sqrt(variance + EPSILON))
    images = gan(z)
    assert images.shape == (BATCH, *IMAGE_SHAPE)
    np.testing.assert_allclose(
        np.reshape(images, expected.shape), expected, rtol=1e-4, atol=1e-6
    )


# Saving.


def test_a_checkpoint_holds_every_variable_once_and_no_other(tmp_path):
    gan = compiled_with_adam(normalised_gan(ema_decay=0.9))
    path = tf.train.Checkpoint(gan=gan).save(tmp_path / "ckpt")
    saved = dict(tf.train.list_variables(path))
    del saved["_CHECKPOINTABLE_OBJECT_GRAPH"]
    del saved["save_counter/.ATTRIBUTES/VARIABLE_VALUE"]
    # 4 weights of G, 4 of D, 4 of the average, step; and per optimizer two
    # slots for each of 2 weights, the iteration and the learning rate.
    assert len(saved) == 4 + 4 + 4 + 1 + 2 * (2 * 2 + 2)
    owners = {name.split("/")[1] for name in saved}
    assert owners == {
        "generator",
        "discriminator",
        "ema_generator",
        "generator_optimizer",
        "discriminator_optimizer",
        "step",
    }


def test_a_restored_run_goes_on_bit_for_bit(tmp_path, strategy):
    def new_gan():
        with strategy.scope():
            return compiled_with_adam(normalised_gan(ema_decay=0.9, seed=3))

    gan = new_gan()
    train(gan, 2)
    path = tf.train.Checkpoint(gan=gan).save(tmp_path / "ckpt")
    saved = values_of(gan.variables)
    train(gan, 3)

    restored = new_gan()
    tf.train.Checkpoint(gan=restored).restore(path).assert_consumed()
    assert_close(values_of(restored.variables), saved, rtol=0, atol=0)
    train(restored, 3)

    assert restored.step.numpy() == 5
    for attribute in (
        "variables",
        "generator_optimizer.variables",
        "discriminator_optimizer.variables",
    ):
        assert_close(
            values_of(_get(restored, attribute)),
            values_of(_get(gan, attribute)),
            rtol=0,
            atol=0,
        )


def _get(gan, attribute):
    return functools.reduce(getattr, attribute.split("."), gan)


def test_weights_survive_a_file(tmp_path):
    gan = compiled(normalised_gan(ema_decay=0.9))
    train(gan, 2)
    gan.save_weights(tmp_path / "gan.weights.h5")
    other = compiled(normalised_gan(ema_decay=0.9))
    other.load_weights(tmp_path / "gan.weights.h5")
    assert other.step.numpy() == 2
    assert_close(
        values_of(other.variables), values_of(gan.variables), rtol=0, atol=0
    )


# Mistakes.


@pytest.mark.parametrize("name", ["ema_decay", "discriminator_ema_decay"])
@pytest.mark.parametrize("decay", [1.0, -0.25])
def test_a_decay_out_of_range_is_refused(name, decay):
    with pytest.raises(UserError, match=f"decay.*Received: {decay}"):
        tiny_gan(**{name: decay})


@pytest.mark.parametrize("name", ["discriminator_steps", "steps_per_execution"])
@pytest.mark.parametrize("value", [0, -2])
def test_fewer_than_one_step_is_refused(name, value):
    with pytest.raises(UserError, match=f"`{name}`.*Received: {value}"):
        compiled(tiny_gan(), **{name: value})


def test_xla_on_two_replicas_is_refused(two_replicas):
    with (
        two_replicas.scope(),
        pytest.raises(UserError, match="jit_compile=True on 2 replicas"),
    ):
        compiled(tiny_gan(), jit_compile=True)


def test_one_optimizer_for_both_networks_is_refused():
    optimizer = keras.optimizers.Adam()
    with pytest.raises(UserError, match="of its own.*adam.* for both"):
        tiny_gan().compile(optimizer, optimizer)
