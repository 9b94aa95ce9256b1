import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import optimize, stats

from tfgan_ref.errors import UserError
from tfgan_ref.losses import wasserstein

REAL = [2.0, -1.0, 0.25]
FAKE = [0.5, -3.0, 7.0]
SEED = [5, 11]
RNG = np.random.default_rng(3)
# Four examples of rank 3 in all, so that a norm must be over two axes.
X, G = RNG.normal(1.0, 1.0, (4, 3, 2)), RNG.normal(-1.0, 2.0, (4, 3, 2))
WEIGHTS = RNG.normal(0.0, 0.8, (3, 2))

both_precisions = pytest.mark.parametrize("dtype", ["float32", "bfloat16"])


def float32(array):
    return tf.constant(array, tf.float32)


def penalty(weights=None, seed=SEED, **options):
    """Of f(x) = sum sin(weights x), whose gradient differs everywhere."""
    weights = float32(WEIGHTS if weights is None else weights)

    def critic(x):
        return tf.reduce_sum(tf.sin(weights * x), axis=[1, 2])

    return wasserstein.gradient_penalty(
        critic, float32(X), float32(G), seed, **options
    )


def epsilons(seed=SEED):
    """What was drawn, read off a critic with gradient (x^, 0)."""
    seen = []

    def critic(x):
        seen.append(x.numpy())
        return x[:, 0]

    real, fake = tf.ones([4, 2]), tf.zeros([4, 2])
    wasserstein.gradient_penalty(critic, real, fake, seed)
    assert (seen[0][:, 0] == seen[0][:, 1]).all()
    return np.float64(seen[0][:, 0])


def expected_penalty(weights, weight=10.0):
    epsilon = epsilons()[:, None, None]
    between = epsilon * X + (1 - epsilon) * G
    gradient = weights * np.cos(weights * between)
    norm = np.sqrt(np.sum(gradient**2, axis=(1, 2)))
    return weight * (norm - 1) ** 2


# The costs.


@both_precisions
def test_costs_are_those_worked_out_by_hand(dtype):
    real, fake = tf.constant(REAL, dtype), tf.constant(FAKE, dtype)
    for costs, expected in (
        (wasserstein.wasserstein_critic_loss(real, fake), [-1.5, -2.0, 6.75]),
        (wasserstein.wasserstein_generator_loss(fake), [-0.5, 3.0, -7.0]),
    ):
        assert costs.dtype == tf.float32
        assert costs.shape == (3,)
        np.testing.assert_allclose(costs, expected, rtol=1e-6)


@both_precisions
def test_gradients_are_one_whatever_the_values(dtype):
    values = tf.constant([1e4, -1e4, 0.0], dtype)
    with tf.GradientTape(persistent=True) as tape:
        real, fake = tf.identity(values), tf.reverse(values, [0])
        tape.watch([real, fake])
        of_critic = wasserstein.wasserstein_critic_loss(real, fake)
        of_generator = wasserstein.wasserstein_generator_loss(fake)
    size = float(tf.cast(values, tf.float32)[0])
    np.testing.assert_allclose(of_critic, [-size, 0, size], rtol=1e-6)
    for cost, given, slope in (
        (of_critic, real, -1.0),
        (of_critic, fake, 1.0),
        (of_generator, fake, -1.0),
    ):
        received = np.float64(tape.gradient(cost, given))
        np.testing.assert_array_equal(received, [slope] * 3)


def test_best_critic_measures_the_earth_mover_s_distance():
    # On eight points of a line the cost is linear in the critic's values: the
    # best of all that rise and fall by 1 per 1 is found by a linear program.
    points = np.sort(RNG.normal(0.0, 2.0, 8))
    p, q = RNG.dirichlet(np.ones(8)), RNG.dirichlet(np.ones(8))
    values = tf.Variable(tf.zeros(8))
    with tf.GradientTape() as tape:
        costs = [
            wasserstein.wasserstein_critic_loss(values, tf.zeros(8)),
            wasserstein.wasserstein_critic_loss(tf.zeros(8), values),
        ]
        cost = tf.reduce_sum(float32(p) * costs[0] + float32(q) * costs[1])
    slopes = np.diff(np.eye(8), axis=0) / np.diff(points)[:, None]
    found = optimize.linprog(
        np.float64(tape.gradient(cost, values)),
        A_ub=np.concatenate([slopes, -slopes]),
        b_ub=np.ones(14),
        A_eq=np.eye(8)[:1],  # Where f is 0 does not matter.
        b_eq=[0.0],
        bounds=(None, None),
    )
    distance = stats.wasserstein_distance(points, points, p, q)
    assert -found.fun == pytest.approx(distance, rel=1e-5)
    # With samples alone it is the mean of the costs.
    samples = RNG.normal(size=50)
    cost = wasserstein.wasserstein_critic_loss(
        float32(samples + 3), float32(samples)
    )
    np.testing.assert_allclose(-np.mean(cost), 3, rtol=1e-6)


# Weight clipping.


def network():
    return keras.Sequential(
        [
            keras.Input([3]),
            keras.layers.Dense(2),
            keras.layers.BatchNormalization(),
            keras.layers.Dense(1),
        ]
    )


def test_every_trainable_weight_is_clipped_and_nothing_else():
    critic = network()
    for variable in critic.variables:
        if "seed" not in variable.path:
            variable.assign(RNG.normal(0.0, 0.03, variable.shape))
    before = {v.path: v.numpy() for v in critic.variables}
    wasserstein.clip_weights(critic, 0.02)
    trainable = {v.path for v in critic.trainable_variables}
    assert len(trainable) == 6
    clipped = 0
    for variable in critic.variables:
        expected = before[variable.path]
        if variable.path in trainable:
            expected = np.clip(expected, np.float32(-0.02), np.float32(0.02))
            clipped += np.sum(expected != before[variable.path])
        np.testing.assert_array_equal(variable.numpy(), expected)
    assert clipped > 3


def test_weights_are_clipped_to_the_paper_s_limit():
    critic = network()
    critic.layers[0].kernel.assign([[0.5, -0.5], [0.005, -0.005], [1.0, 0.0]])
    wasserstein.clip_weights(critic)
    np.testing.assert_allclose(
        critic.layers[0].kernel.numpy(),
        [[0.01, -0.01], [0.005, -0.005], [0.01, 0.0]],
        rtol=1e-6,
    )


@pytest.mark.parametrize("limit", [0.0, -0.01, float("nan")])
def test_a_limit_that_is_not_positive_is_refused(limit):
    critic = network()
    before = [v.numpy() for v in critic.variables]
    with pytest.raises(UserError, match=f"positive. Received: {limit}"):
        wasserstein.clip_weights(critic, limit)
    for variable, value in zip(critic.variables, before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)


def test_weights_of_two_replicas_are_clipped_alike(two_replicas):
    with two_replicas.scope():
        critic = network()
    critic.layers[0].kernel.assign([[0.5, -0.5], [0.005, -0.005], [1.0, 0.0]])
    two_replicas.run(tf.function(lambda: wasserstein.clip_weights(critic)))
    np.testing.assert_allclose(
        critic.layers[0].kernel.numpy(),
        [[0.01, -0.01], [0.005, -0.005], [0.01, 0.0]],
        rtol=1e-6,
    )


# The gradient penalty.


def test_penalty_is_the_squared_distance_of_the_norm_from_one():
    costs = penalty()
    assert costs.dtype == tf.float32
    assert costs.shape == (4,)
    np.testing.assert_allclose(costs, expected_penalty(WEIGHTS), rtol=1e-3)
    np.testing.assert_allclose(
        penalty(weight=0.1), expected_penalty(WEIGHTS, 0.1), rtol=1e-3
    )
    np.testing.assert_array_equal(penalty(weight=0.0), [0.0] * 4)


@pytest.mark.parametrize(
    ("slope", "expected"), [(2.0, 10.0), (0.5, 2.5), (1.0, 0.0)]
)
def test_penalty_of_a_linear_critic_is_two_sided(slope, expected):
    direction = tf.constant([0.6, -0.8]) * slope
    costs = wasserstein.gradient_penalty(
        lambda x: tf.linalg.matvec(x, direction),
        tf.zeros([3, 2]),
        tf.ones([3, 2]),
        SEED,
    )
    np.testing.assert_allclose(costs, [expected] * 3, atol=1e-5)


def test_gradient_of_the_penalty_is_the_finite_difference():
    weights = float32(WEIGHTS)
    with tf.GradientTape() as tape:
        tape.watch(weights)
        cost = penalty(weights)
    received = tape.gradient(cost, weights).numpy()
    step = 1e-5
    for place in np.ndindex(WEIGHTS.shape):
        move = np.zeros_like(WEIGHTS)
        move[place] = step
        above, below = (
            np.sum(expected_penalty(WEIGHTS + sign * move)) for sign in (1, -1)
        )
        np.testing.assert_allclose(
            received[place], (above - below) / (2 * step), rtol=1e-3
        )


def test_gradient_into_the_samples_is_that_of_where_they_meet_the_data():
    fake = float32(G)
    with tf.GradientTape() as tape:
        tape.watch(fake)
        # f = sum x^2 / 2, whose gradient is x^ itself.
        cost = wasserstein.gradient_penalty(
            lambda x: tf.reduce_sum(tf.square(x), axis=[1, 2]) / 2,
            float32(X),
            fake,
            SEED,
        )
    epsilon = epsilons()[:, None, None]
    between = epsilon * X + (1 - epsilon) * G
    norm = np.sqrt(np.sum(between**2, axis=(1, 2), keepdims=True))
    expected = 20 * (norm - 1) * between / norm * (1 - epsilon)
    np.testing.assert_allclose(
        tape.gradient(cost, fake), expected, rtol=1e-4, atol=1e-5
    )


def test_penalty_of_a_flat_critic_has_finite_derivatives():
    slope = tf.Variable([0.0, 0.0])
    with tf.GradientTape() as tape:
        cost = wasserstein.gradient_penalty(
            lambda x: tf.linalg.matvec(x, slope),
            tf.zeros([3, 2]),
            tf.ones([3, 2]),
            SEED,
        )
    np.testing.assert_allclose(cost, [10.0] * 3, rtol=1e-5)
    np.testing.assert_array_equal(tape.gradient(cost, slope), [0.0, 0.0])


def test_every_example_has_an_epsilon_of_its_own_that_its_seed_decides():
    drawn = epsilons()
    assert len(set(drawn)) == 4
    assert (drawn >= 0).all() and (drawn < 1).all()
    np.testing.assert_array_equal(epsilons(), drawn)
    assert not np.isin(epsilons([5, 12]), drawn).any()
    tf.random.set_seed(77)
    np.testing.assert_array_equal(epsilons(), drawn)


def test_epsilon_is_the_share_of_the_data():
    # 1 for real and 0 for fake: `epsilons` reads it off. Pinned by its seed.
    drawn = tf.random.stateless_uniform([4], SEED, alg="philox")
    np.testing.assert_array_equal(epsilons(), np.float64(drawn))


def test_epsilon_is_uniform():
    seen = []
    wasserstein.gradient_penalty(
        lambda x: seen.append(x.numpy()) or x,
        tf.ones([4000]),
        tf.zeros([4000]),
        SEED,
    )
    assert stats.kstest(seen[0], "uniform").pvalue > 1e-3


def test_penalty_of_a_mixed_precision_critic_is_float32():
    keras.config.set_dtype_policy("mixed_bfloat16")
    critic = keras.Sequential(
        [keras.Input([2]), keras.layers.Dense(1, use_bias=False)]
    )
    critic.layers[0].kernel.assign([[1.5], [-2.0]])  # Exact in bfloat16.
    given = []

    def call(x):
        given.append(x.dtype)
        return critic(x, training=True)

    with tf.GradientTape() as tape:
        costs = wasserstein.gradient_penalty(
            call,
            tf.zeros([3, 2], tf.bfloat16),
            tf.ones([3, 2], tf.bfloat16),
            SEED,
        )
    assert given == [tf.float32]
    assert costs.dtype == tf.float32
    # 2.5^2 = 6.25 is exact, 10 (2.5 - 1)^2 = 22.5 too.
    np.testing.assert_allclose(costs, [22.5] * 3, rtol=1e-6)
    (received,) = tape.gradient(costs, critic.trainable_variables)
    expected = 3 * 20 * 1.5 * np.array([[1.5], [-2.0]]) / 2.5
    np.testing.assert_allclose(received, expected, rtol=1e-2)


def test_penalty_is_the_same_in_a_graph_and_compiled():
    eager = penalty()
    for compiled in (False, True):
        graph = tf.function(penalty, jit_compile=compiled)
        np.testing.assert_allclose(graph(), eager, rtol=1e-3)


@pytest.mark.parametrize("weight", [-1.0, float("nan")])
def test_a_negative_weight_is_refused(weight):
    with pytest.raises(UserError, match=f"negative. Received: {weight}"):
        penalty(weight=weight)


def test_data_and_samples_of_other_shapes_are_refused():
    with pytest.raises(UserError, match=r"Received: \[4, 2\] and \[1, 2\]"):
        wasserstein.gradient_penalty(
            lambda x: x[:, 0], tf.ones([4, 2]), tf.ones([1, 2]), SEED
        )
