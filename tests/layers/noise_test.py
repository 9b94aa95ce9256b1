import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from tfgan_ref.errors import UserError
from tfgan_ref.layers import noise

COUNT = 1_000_000
STDDEV = 0.3
SEED = [3, 14]

both_layers = pytest.mark.parametrize(
    "layer",
    [lambda: noise.GaussianNoise(STDDEV), lambda: noise.Dropout(0.25)],
    ids=["GaussianNoise", "Dropout"],
)
eager_and_graph = pytest.mark.parametrize(
    "compiled", [False, True], ids=["eager", "graph"]
)


@pytest.fixture(scope="module")
def numbers():
    """A million of `normal`, in float64."""
    return np.float64(noise.normal([COUNT], SEED, STDDEV))


def inputs(*shape):
    """None of them 0."""
    return np.random.default_rng(2).uniform(1, 2, shape).astype(np.float32)


def in_training(layer, x, times=1, seed=SEED):
    """What the calls in one scope give, and others than each other."""
    with noise.seeded(seed):
        return [layer(x, training=True).numpy() for _ in range(times)]


def assert_all_differ(arrays):
    for index, one in enumerate(arrays):
        for other in arrays[:index]:
            # Most of what dropout keeps is kept twice.
            assert (one != other).mean() > 0.2


# The distribution.


def test_normal_is_that_of_kolmogorov_and_smirnov(numbers):
    assert stats.kstest(numbers, "norm", (0, STDDEV)).pvalue > 0.01
    # As sharp as a test may be that must fail for a stddev 1% off.
    assert stats.kstest(numbers, "norm", (0, 1.01 * STDDEV)).pvalue < 1e-4


def test_normal_has_the_moments_of_the_normal_distribution(numbers):
    z = numbers / STDDEV
    # Of z^n, the mean is 0 or (n - 1)!!; four standard errors.
    for power, mean, variance in (
        (1, 0, 1),
        (2, 1, 2),
        (3, 0, 15),
        (4, 3, 96),
        (5, 0, 945),
        (6, 15, 10_170),
    ):
        np.testing.assert_allclose(
            (z**power).mean(), mean, atol=4 * np.sqrt(variance / COUNT)
        )


@pytest.mark.parametrize("limit", [2, 3, 4, 4.4])
def test_both_tails_of_normal_hold_their_share(numbers, limit):
    expected = COUNT * stats.norm.sf(limit)
    for tail in (numbers > limit * STDDEV, numbers < -limit * STDDEV):
        assert abs(tail.sum() - expected) < 4 * np.sqrt(expected)


def test_normal_ends_where_it_says(numbers):
    assert 4.4 * STDDEV < np.abs(numbers).max() < 4.9 * STDDEV


def test_halves_of_normal_are_normal_and_independent(numbers):
    # Each pair of a radius and an angle is spread over the two halves.
    first, second = numbers.reshape(2, -1) / STDDEV
    for half in (first, second):
        assert stats.kstest(half, "norm").pvalue > 0.01
    bound = 4 / np.sqrt(first.size)
    for one, other in (
        (first, second),
        (np.abs(first), np.abs(second)),
        (first**2, second**2),
        (first**2, second),
        (first[:-1], second[1:]),
    ):
        assert abs(np.corrcoef(one, other)[0, 1]) < bound
    # All of the joint distribution, on a grid of equal shares.
    counts, _, _ = np.histogram2d(
        stats.norm.cdf(first), stats.norm.cdf(second), 16, [[0, 1], [0, 1]]
    )
    assert stats.chisquare(counts.ravel()).pvalue > 0.01


@pytest.mark.parametrize("lag", [1, 2, 3])
def test_neighbours_of_normal_are_independent(numbers, lag):
    for values in (numbers, np.abs(numbers)):
        correlation = np.corrcoef(values[:-lag], values[lag:])[0, 1]
        assert abs(correlation) < 4 / np.sqrt(COUNT)


@pytest.mark.parametrize(
    "shape", [[1], [3], [2, 4], [3, 5, 7], [0, 4]], ids=str
)
def test_normal_has_the_shape_asked_for(shape):
    values = noise.normal(shape, SEED)
    assert values.dtype == tf.float32
    assert values.shape == shape
    # No two are equal.
    assert len(np.unique(values)) == np.prod(shape)


def test_normal_takes_a_shape_that_is_known_only_when_it_runs():
    @tf.function(input_signature=[tf.TensorSpec([None, 3])])
    def like(x):
        return noise.normal(tf.shape(x), SEED, 2.0)

    values = like(np.zeros([5, 3], np.float32))
    np.testing.assert_array_equal(values, noise.normal([5, 3], SEED, 2.0))


def test_stddev_scales_the_same_numbers():
    np.testing.assert_allclose(
        noise.normal([999], SEED, 2.5),
        2.5 * noise.normal([999], SEED).numpy(),
        rtol=1e-6,
    )


def test_normal_is_a_function_of_its_seed():
    values = noise.normal([7, 9], SEED).numpy()
    np.testing.assert_array_equal(noise.normal([7, 9], SEED), values)
    others = [[3, 15], [4, 14], [14, 3]]
    for other in others:
        assert (noise.normal([7, 9], other).numpy() != values).all()
    first, second = (
        noise.normal([COUNT // 10], seed).numpy() for seed in others[:2]
    )
    assert abs(np.corrcoef(first, second)[0, 1]) < 4 / np.sqrt(first.size)


# The layers.


@eager_and_graph
def test_gaussian_noise_adds_its_noise_to_the_inputs(compiled):
    layer, x = noise.GaussianNoise(STDDEV), inputs(100, 30, 20)

    def call(x):
        with noise.seeded(SEED):
            return layer(x, training=True)

    outputs = (tf.function(call) if compiled else call)(x)
    assert outputs.dtype == tf.float32
    added = np.float64(outputs).ravel() - x.ravel()
    assert stats.kstest(added, "norm", (0, STDDEV)).pvalue > 0.01
    assert abs(np.corrcoef(added, x.ravel())[0, 1]) < 4 / np.sqrt(x.size)


@eager_and_graph
@pytest.mark.parametrize("rate", [0.25, 0.5, 0.9])
def test_dropout_drops_its_share_and_scales_up_the_others(rate, compiled):
    layer, x = noise.Dropout(rate), inputs(100, 30, 20)

    def call(x):
        with noise.seeded(SEED):
            return layer(x, training=True)

    outputs = (tf.function(call) if compiled else call)(x).numpy()
    dropped = outputs == 0
    error = np.sqrt(rate * (1 - rate) / x.size)
    np.testing.assert_allclose(dropped.mean(), rate, atol=4 * error)
    np.testing.assert_allclose(
        outputs[~dropped], x[~dropped] / (1 - rate), rtol=1e-6
    )
    # Examples, rows and columns lose alike.
    for axis in range(3):
        size = x.size / x.shape[axis]
        error = np.sqrt(rate * (1 - rate) / size)
        share = dropped.mean(tuple({0, 1, 2} - {axis}))
        np.testing.assert_allclose(share, rate, atol=5 * error)


@eager_and_graph
def test_dropout_of_bfloat16_drops_what_that_of_float32_does(compiled):
    layer, x = noise.Dropout(0.2), inputs(100, 30, 20)

    def call(x):
        with noise.seeded(SEED):
            return layer(x, training=True)

    call = tf.function(call) if compiled else call
    expected = call(x).numpy() == 0
    keras.config.set_dtype_policy("mixed_bfloat16")
    layer = noise.Dropout(0.2)
    received = call(tf.cast(x, tf.bfloat16))
    assert received.dtype == tf.bfloat16
    np.testing.assert_array_equal(np.float64(received) == 0, expected)


def test_gradient_of_dropout_is_its_mask_and_that_of_noise_is_one():
    x = tf.constant(inputs(4, 6))
    with tf.GradientTape(persistent=True) as tape, noise.seeded(SEED):
        tape.watch(x)
        noisy = noise.GaussianNoise(STDDEV)(x, training=True)
        thin = noise.Dropout(0.25)(x, training=True)
    np.testing.assert_array_equal(tape.gradient(noisy, x), np.ones([4, 6]))
    mask = thin.numpy() != 0
    assert 0 < mask.sum() < mask.size
    np.testing.assert_allclose(tape.gradient(thin, x), mask / 0.75, rtol=1e-6)


@both_layers
@pytest.mark.parametrize("arguments", [{}, {"training": False}], ids=str)
def test_inference_returns_the_inputs(layer, arguments):
    x = inputs(3, 50)
    with noise.seeded(SEED):
        np.testing.assert_array_equal(layer()(x, **arguments), x)


@pytest.mark.parametrize(
    "layer", [noise.GaussianNoise(0.0), noise.Dropout(0.0)]
)
def test_no_noise_returns_the_inputs(layer):
    x = inputs(3, 50)
    np.testing.assert_array_equal(layer(x, training=True), x)


@both_layers
def test_bfloat16_stays_bfloat16(layer):
    keras.config.set_dtype_policy("mixed_bfloat16")
    x = np.ones([100, 1000], np.float32)
    with noise.seeded(SEED):
        outputs = layer()(x, training=True)
    assert outputs.dtype == tf.bfloat16
    values = np.float64(outputs)
    np.testing.assert_allclose(values.mean(), 1, atol=0.01)
    expected = np.sqrt(0.25 / 0.75) if "dropout" in layer().name else STDDEV
    np.testing.assert_allclose(values.std(), expected, rtol=0.02)


@both_layers
def test_clone_of_a_model_does_the_same(layer):
    model = keras.Sequential([keras.Input((40,)), layer()])
    clone = keras.models.clone_model(model)
    assert type(clone.layers[0]) is type(model.layers[0])
    x = inputs(3, 40)
    (expected,), (received,) = in_training(model, x), in_training(clone, x)
    assert (expected != x).any()
    np.testing.assert_array_equal(received, expected)


@both_layers
def test_model_says_whether_it_is_training(layer):
    x = inputs(3, 40)
    symbolic = keras.Input((40,))
    model = keras.Model(symbolic, layer()(symbolic))
    (expected,) = in_training(layer(), x)
    (received,) = in_training(model, x)
    np.testing.assert_array_equal(received, expected)
    np.testing.assert_array_equal(model(x, training=False), x)


@pytest.mark.parametrize("stddev", [-0.5, float("nan")])
def test_negative_stddev_is_refused(stddev):
    with pytest.raises(UserError, match=f"Received: {stddev}"):
        noise.GaussianNoise(stddev)


@pytest.mark.parametrize("rate", [-0.25, 1.0, 1.5, float("nan")])
def test_rate_out_of_range_is_refused(rate):
    with pytest.raises(UserError, match=f"Received: {rate}"):
        noise.Dropout(rate)


# The scope.


@both_layers
def test_calls_in_a_scope_differ_and_come_again_in_the_next(layer):
    layer, x = layer(), inputs(3, 40)
    calls = in_training(layer, x, times=3)
    assert_all_differ(calls)
    np.testing.assert_array_equal(in_training(layer, x, times=3), calls)
    # Another layer of the same kind has no numbers of its own.
    clone = type(layer).from_config(layer.get_config())
    np.testing.assert_array_equal(in_training(clone, x, times=3), calls)


@both_layers
def test_scopes_of_other_seeds_differ(layer):
    layer, x = layer(), inputs(3, 40)
    calls = [
        call
        for seed in ([3, 14], [3, 15], [4, 14], [14, 3])
        for call in in_training(layer, x, times=2, seed=seed)
    ]
    assert_all_differ(calls)


def test_layers_of_a_model_draw_numbers_of_their_own():
    model = keras.Sequential(
        [keras.Input((50,))] + [noise.GaussianNoise(1.0) for _ in range(2)]
    )
    x = np.zeros([1000, 50], np.float32)
    (outputs,) = in_training(model, x)
    (first,) = in_training(model.layers[0], x)
    second = (outputs - first).ravel()
    # The same numbers twice would have variance 4, and correlation 1.
    np.testing.assert_allclose(outputs.var(), 2, rtol=0.03)
    assert abs(np.corrcoef(first.ravel(), second)[0, 1]) < 0.02


@pytest.mark.parametrize(
    "seed",
    [
        np.array(SEED),
        tf.constant(SEED, tf.int32),
        tf.constant(SEED, tf.int64),
    ],
    ids=["numpy", "int32", "int64"],
)
def test_seed_is_a_tensor_or_a_list(seed):
    layer, x = noise.GaussianNoise(1.0), inputs(3, 4)
    np.testing.assert_array_equal(
        in_training(layer, x, seed=seed), in_training(layer, x)
    )


@both_layers
def test_graph_draws_from_the_seed_it_is_given(layer):
    layer, x = layer(), inputs(3, 40)
    traces = []

    @tf.function
    def twice(seed):
        traces.append(seed)
        with noise.seeded(seed):
            return layer(x, training=True), layer(x, training=True)

    for step in range(3):
        np.testing.assert_array_equal(
            twice(tf.constant([7, step])),
            in_training(layer, x, times=2, seed=[7, step]),
        )
    assert len(traces) == 1


@both_layers
def test_inner_scope_leaves_the_outer_one_where_it_was(layer):
    layer, x = layer(), inputs(3, 40)
    outer = in_training(layer, x, times=2, seed=[1, 1])
    inner = in_training(layer, x, times=2, seed=[2, 2])
    with noise.seeded([1, 1]):
        first = layer(x, training=True)
        np.testing.assert_array_equal(
            in_training(layer, x, times=2, seed=[2, 2]), inner
        )
        second = layer(x, training=True)
    np.testing.assert_array_equal([first, second], outer)


@both_layers
def test_scope_ends_with_an_exception(layer):
    layer, x = layer(), inputs(3, 40)
    with pytest.raises(KeyError), noise.seeded(SEED):
        raise KeyError
    (inside,) = in_training(layer, x)
    assert_all_differ([inside, layer(x, training=True).numpy()])


@both_layers
def test_outside_of_a_scope_tensorflows_seed_decides(layer):
    layer, x = layer(), inputs(3, 40)

    def three():
        tf.random.set_seed(11)
        return [layer(x, training=True).numpy() for _ in range(3)]

    calls = three()
    assert_all_differ(calls)
    np.testing.assert_array_equal(three(), calls)


@both_layers
@eager_and_graph
def test_replicas_draw_from_their_own_seeds(two_replicas, compiled, layer):
    x = inputs(3, 40)
    with two_replicas.scope():
        layer = layer()

    def replica_step():
        context = tf.distribute.get_replica_context()
        with noise.seeded([9, context.replica_id_in_sync_group]):
            return layer(x, training=True), layer(x, training=True)

    def step():
        return two_replicas.run(replica_step)

    calls = (tf.function(step) if compiled else step)()
    first, second = map(two_replicas.experimental_local_results, calls)
    replicas = [
        [call.numpy() for call in replica]
        for replica in zip(first, second, strict=True)
    ]
    assert_all_differ([call for replica in replicas for call in replica])
    for number, replica in enumerate(replicas):
        # A seed that a graph knows is another program of XLA's, which rounds
        # otherwise.
        np.testing.assert_allclose(
            replica,
            in_training(layer, x, times=2, seed=[9, number]),
            rtol=1e-6,
        )


@eager_and_graph
def test_replicas_of_one_seed_draw_the_same(two_replicas, compiled):
    x = inputs(3, 40)
    layer = noise.GaussianNoise(STDDEV)

    def replica_step():
        with noise.seeded(SEED):
            return layer(x, training=True)

    def step():
        return two_replicas.run(replica_step)

    outputs = (tf.function(step) if compiled else step)()
    for replica in two_replicas.experimental_local_results(outputs):
        np.testing.assert_allclose([replica], in_training(layer, x), rtol=1e-6)
