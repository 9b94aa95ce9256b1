"""Unrolled GAN: its gradient against finite differences, its steps."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref import optimizers
from tfgan_ref.data import toy
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.losses import adversarial
from tfgan_ref.models import unrolled

RATE, BETA_1, BETA_2, EPSILON = 0.05, 0.5, 0.9, 1e-3


def perceptron(name, inputs, outputs):
    x = given = keras.Input((inputs,), dtype="float64")
    x = keras.layers.Dense(3, "tanh", dtype="float64")(x)
    x = keras.layers.Dense(outputs, dtype="float64")(x)
    if outputs == 1:
        x = keras.layers.Reshape((), dtype="float64")(x)
    return keras.Model(given, x, name=name)


def make(unroll_steps, rate=RATE, simultaneous=True):
    """Small, in float64, some steps after its start."""
    keras.utils.set_random_seed(3)
    gan = unrolled.UnrolledGAN(
        perceptron("generator", 2, 2),
        perceptron("discriminator", 2, 1),
        unroll_steps=unroll_steps,
        prior=lambda shape, seed: tf.random.stateless_normal(
            shape, seed, dtype=tf.float64
        ),
        seed=5,
    )
    gan.compile(
        keras.optimizers.SGD(1.0),
        keras.optimizers.Adam(
            rate, beta_1=BETA_1, beta_2=BETA_2, epsilon=EPSILON
        ),
        simultaneous=simultaneous,
    )
    rng = np.random.default_rng(1)
    for moment in gan.discriminator_optimizer._momentums:
        moment.assign(rng.normal(0, 0.1, moment.shape))
    for moment in gan.discriminator_optimizer._velocities:
        moment.assign(rng.uniform(0.01, 0.1, moment.shape))
    gan.discriminator_optimizer.iterations.assign(7)
    return gan


def latents_of(gan, draw=0):
    """Those of the next step."""
    return gan.inputs(tf.zeros([6, 2]), draw).numpy()


def real():
    return np.random.default_rng(2).normal(1, 0.5, (6, 2))


# The discriminator's cost K steps ahead in NumPy, by hand.


def softplus(x):
    return np.logaddexp(0, x)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def forward(parameters, x):
    w1, b1, w2, b2 = parameters
    hidden = np.tanh(x @ w1 + b1)
    return hidden, hidden @ w2 + b2


def cost(parameters, fake):
    real_logits = forward(parameters, real())[1]
    fake_logits = forward(parameters, fake)[1]
    return softplus(-real_logits).mean() + softplus(fake_logits).mean()


def gradients(parameters, fake):
    """Of `cost` with respect to the parameters."""
    _, _, w2, _ = parameters
    total = [np.zeros_like(p) for p in parameters]
    for x, sign in ((real(), -1.0), (fake, 1.0)):
        hidden, logits = forward(parameters, x)
        of_logits = sign * sigmoid(sign * logits) / len(x)
        of_hidden = of_logits @ w2.T * (1 - hidden**2)
        for place, value in zip(
            total,
            (
                x.T @ of_hidden,
                of_hidden.sum(0),
                hidden.T @ of_logits,
                of_logits.sum(0),
            ),
            strict=True,
        ):
            place += value
    return total


def cost_ahead(gan, generator_weights, steps, draw=0):
    """f(theta_G, theta_D^K)."""
    fake = forward(generator_weights, latents_of(gan, draw))[1]
    parameters = [v.numpy() for v in gan.discriminator.trainable_variables]
    optimizer = gan.discriminator_optimizer
    moments = [v.numpy() for v in optimizer._momentums]
    velocities = [v.numpy() for v in optimizer._velocities]
    first = int(optimizer.iterations) + 1
    for t in range(first, first + steps):
        found = gradients(parameters, fake)
        rate = RATE * np.sqrt(1 - BETA_2**t) / (1 - BETA_1**t)
        for i, gradient in enumerate(found):
            moments[i] = BETA_1 * moments[i] + (1 - BETA_1) * gradient
            velocities[i] = BETA_2 * velocities[i] + (1 - BETA_2) * gradient**2
            parameters[i] = parameters[i] - rate * moments[i] / (
                np.sqrt(velocities[i]) + EPSILON
            )
    return cost(parameters, fake)


def moved_by(gan):
    """What a step adds to the generator's weights: the gradient, SGD(1)."""
    before = gan.generator.get_weights()
    gan.train_step([tf.constant(real())])
    after = gan.generator.get_weights()
    return [b - a for a, b in zip(before, after, strict=True)]


CASES = {
    "points": lambda: unrolled.build(3, unroll_steps=2, latent_dim=4),
    "paper": lambda: unrolled.build_of_paper(2, unroll_steps=1, latent_dim=3),
}
SLOW = {"points"}


def finite_differences(gan, steps, draw=0):
    """The slope of the cost ahead by the generator's weights."""
    weights = gan.generator.get_weights()
    finite = [np.zeros_like(w) for w in weights]
    h = 1e-5
    for k, weight in enumerate(weights):
        for index in np.ndindex(weight.shape):
            values = []
            for sign in (1, -1):
                changed = [w.copy() for w in weights]
                changed[k][index] += sign * h
                values.append(cost_ahead(gan, changed, steps, draw))
            finite[k][index] = (values[0] - values[1]) / (2 * h)
    return finite


def check_close(found, finite):
    scale = max(np.abs(f).max() for f in finite)
    assert scale > 1e-3
    for f, g in zip(finite, found, strict=True):
        np.testing.assert_allclose(g, f, atol=1e-5 * scale)


@pytest.mark.parametrize("steps", [0, 1, 2, 5])
def test_the_gradient_is_that_of_finite_differences(steps):
    """Up the discriminator's cost, through K steps of Adam."""
    finite = finite_differences(make(steps), steps)
    check_close(moved_by(make(steps)), finite)


@pytest.mark.parametrize("steps", [0, 2])
def test_in_turn_the_generator_looks_ahead_of_the_moved_discriminator(steps):
    """With latents of its own, from Adam's state after the step."""
    moved = make(steps)
    fake = forward(moved.generator.get_weights(), latents_of(moved))[1]
    found = gradients(moved.discriminator.get_weights(), fake)
    moved.discriminator_optimizer.apply(
        [tf.constant(g) for g in found],
        moved.discriminator.trainable_variables,
    )
    gan = make(steps, simultaneous=False)
    check_close(moved_by(gan), finite_differences(moved, steps, draw=1))
    for a, b in zip(
        gan.discriminator.get_weights(),
        moved.discriminator.get_weights(),
        strict=True,
    ):
        np.testing.assert_allclose(a, b, rtol=1e-6)


@pytest.mark.parametrize("steps", [1, 5])
def test_the_gradient_flows_through_the_steps(steps, monkeypatch):
    """With a stop before each step it is another one."""
    through = moved_by(make(steps))
    adam_step = unrolled.adam_step

    def stopped(parameters, found, state):
        return adam_step(
            parameters, [tf.stop_gradient(g) for g in found], state
        )

    monkeypatch.setattr(unrolled, "adam_step", stopped)
    without = moved_by(make(steps))
    scale = max(np.abs(g).max() for g in through)
    difference = max(
        np.abs(a - b).max() for a, b in zip(through, without, strict=True)
    )
    assert difference > 0.01 * scale


@pytest.mark.parametrize("steps", [0, 3])
def test_the_discriminator_takes_one_ordinary_step(steps):
    gan = make(steps)
    fake = forward(gan.generator.get_weights(), latents_of(gan))[1]
    expected = make(steps)
    found = gradients(gan.discriminator.get_weights(), fake)
    expected.discriminator_optimizer.apply(
        [tf.constant(g) for g in found],
        expected.discriminator.trainable_variables,
    )
    gan.train_step([tf.constant(real())])
    for a, b in zip(
        gan.discriminator.get_weights(),
        expected.discriminator.get_weights(),
        strict=True,
    ):
        np.testing.assert_allclose(a, b, rtol=1e-6)
    assert int(gan.discriminator_optimizer.iterations) == 8


@pytest.mark.parametrize("steps", [0, 3])
def test_what_is_reported_is_of_the_discriminator_as_it_is(steps):
    gan = make(steps)
    weights = gan.generator.get_weights()
    fake = forward(weights, latents_of(gan))[1]
    now = cost(gan.discriminator.get_weights(), fake)
    ahead = cost_ahead(gan, weights, steps)
    logits = forward(gan.discriminator.get_weights(), fake)[1]
    logs = gan.train_step([tf.constant(real())])
    assert float(logs["loss/discriminator"]) == pytest.approx(now, rel=1e-6)
    assert float(logs["loss/generator"]) == pytest.approx(-ahead, rel=1e-6)
    assert steps == 0 or abs(now - ahead) > 0.01
    np.testing.assert_allclose(logs["logits/fake"], logits[:, 0], rtol=1e-5)


def fit(gan, steps=3, simultaneous=True):
    points = toy.load("ring")
    with gan.distribute_strategy.scope():
        gan.compile(
            optimizers.FusedAdam(1e-3, beta_1=0.5),
            optimizers.FusedAdam(1e-3, beta_1=0.5),
            simultaneous=simultaneous,
        )
    data = gan.distribute_strategy.distribute_datasets_from_function(
        lambda context: toy.stream(points, 32, seed=0, input_context=context)
    )
    gan.fit(data, steps_per_epoch=steps, verbose=0, shuffle=False)
    return [v.numpy() for v in gan.variables]


@pytest.mark.conformance
def test_two_replicas_unroll_as_one_does(two_replicas):
    alone = fit(unrolled.build(2, unroll_steps=2, latent_dim=4))
    with two_replicas.scope():
        gan = unrolled.build(2, unroll_steps=2, latent_dim=4)
    together = fit(gan)
    for a, b in zip(alone, together, strict=True):
        np.testing.assert_allclose(a, b, atol=2e-5)


@pytest.mark.parametrize("simultaneous", [True, False])
def test_zero_steps_are_the_minimax_game(simultaneous):
    unrolled_gan, again = (
        unrolled.build(2, unroll_steps=0, latent_dim=4) for _ in range(2)
    )
    game = GAN(again.generator, again.discriminator, prior=again.prior)
    game.generator_loss = adversarial.minimax_generator_loss
    after = [fit(g, simultaneous=simultaneous) for g in (unrolled_gan, game)]
    for a, b in zip(*after, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_wrong_arguments_are_refused():
    with pytest.raises(UserError, match="not be negative. Received: -1"):
        unrolled.build(2, unroll_steps=-1)
    with pytest.raises(UserError, match="must be positive"):
        unrolled.build(0)
    gan = unrolled.build(2, latent_dim=4)
    adam, sgd = keras.optimizers.Adam, keras.optimizers.SGD
    with pytest.raises(UserError, match="must be Adam.*Received: SGD"):
        gan.compile(adam(), sgd())
    with pytest.raises(UserError, match="are one of each.*_steps=2"):
        gan.compile(adam(), adam(), discriminator_steps=2)


# Adam as a differentiable function.


def numpy_adam(parameter, gradient_of, m, v, count, steps):
    """Kingma and Ba (2015), algorithm 1 with the epsilon of section 2's end."""
    for t in range(count + 1, count + steps + 1):
        gradient = gradient_of(parameter)
        m = BETA_1 * m + (1 - BETA_1) * gradient
        v = BETA_2 * v + (1 - BETA_2) * gradient**2
        alpha = RATE * np.sqrt(1 - BETA_2**t) / (1 - BETA_1**t)
        parameter = parameter - alpha * m / (np.sqrt(v) + EPSILON)
    return parameter


def state_of_one(m, v, count):
    return unrolled.AdamState(
        [tf.constant(m)],
        [tf.constant(v)],
        tf.constant(count, tf.int64),
        tf.constant(RATE, tf.float64),
        BETA_1,
        BETA_2,
        EPSILON,
    )


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_the_steps_are_adams(steps):
    rng = np.random.default_rng(0)
    a = rng.normal(size=(3, 3))
    start, m = rng.normal(size=(2, 3))
    v = rng.uniform(0.1, 1, 3)

    (moved,), first = unrolled.unroll(
        lambda x: tf.reduce_sum(tf.sin(tf.linalg.matvec(a, x[0]))),
        [tf.constant(start)],
        state_of_one(m, v, 4),
        steps,
    )

    def gradient(x):
        return a.T @ np.cos(a @ x)

    expected = numpy_adam(start, gradient, m, v, 4, steps)
    np.testing.assert_allclose(moved, expected, rtol=1e-12)
    if steps:
        np.testing.assert_allclose(first[0], gradient(start), rtol=1e-12)
    else:
        assert first == []


@pytest.mark.parametrize("make", [keras.optimizers.Adam, optimizers.FusedAdam])
def test_a_built_optimizer_takes_the_same_steps(make):
    variable = keras.Variable([1.0, -2.0, 0.5])
    optimizer = make(keras.optimizers.schedules.CosineDecay(0.1, 9), beta_1=0.3)
    optimizer.build([variable])
    gradients = [tf.constant([0.5, 1.0, -3.0]), tf.constant([2.0, 0.0, 1.0])]
    optimizer.apply(gradients[:1], [variable])
    (moved,), after = unrolled.adam_step(
        [variable.value], gradients[1:], unrolled.state_of(optimizer)
    )
    optimizer.apply(gradients[1:], [variable])
    np.testing.assert_allclose(moved, variable, rtol=3e-5)
    expected = unrolled.state_of(optimizer)
    np.testing.assert_allclose(after.moments[0], expected.moments[0], rtol=3e-5)
    np.testing.assert_allclose(
        after.velocities[0], expected.velocities[0], rtol=3e-5
    )
    assert int(after.iterations) == int(expected.iterations) == 2


def test_a_gradient_of_zero_has_a_slope():
    """Of a unit that is dead the second moment is 0, and its root has none."""
    x = tf.Variable([0.0, 2.0], dtype=tf.float64)
    with tf.GradientTape() as tape:
        (moved,), _ = unrolled.unroll(
            lambda y: tf.reduce_sum(tf.nn.relu(y[0]) * x),
            [tf.constant([-1.0, 1.0], tf.float64)],
            state_of_one(np.zeros(2), np.zeros(2), 0),
            2,
        )
        value = tf.reduce_sum(moved)
    assert np.isfinite(tape.gradient(value, x)).all()
