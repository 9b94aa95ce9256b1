"""The optimizers against their recursions, in NumPy and float64."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref import optimizers
from tfgan_ref.errors import UserError
from tfgan_ref.losses import regularization

STEPS = 50
SHAPES = [(2, 3), (4,)]
LEARNING_RATE = 0.002
STRENGTH = 0.7

BOTH = {
    "inner_epsilon": lambda **kwargs: optimizers.InnerEpsilonAdam(
        LEARNING_RATE, **kwargs
    ),
    "historical_averaging": lambda **kwargs: optimizers.HistoricalAveragingAdam(
        LEARNING_RATE, strength=STRENGTH, **kwargs
    ),
}
both_optimizers = pytest.mark.parametrize("make", BOTH.values(), ids=BOTH)
eager_and_graph = pytest.mark.parametrize(
    "compiled", [False, True], ids=["eager", "graph"]
)


@pytest.fixture(params=[1, 2], ids=["one_replica", "two_replicas"])
def strategy(request, two_replicas):
    return two_replicas if request.param == 2 else tf.distribute.get_strategy()


def initial_values():
    rng = np.random.default_rng(1)
    return [rng.normal(0.3, 0.5, shape) for shape in SHAPES]


def gradients(steps=STEPS, replicas=1):
    """Float32 of 1e-7 to 10, one magnitude per number; [step][variable].

    Each `[replicas, ...]`, no two alike, of both signs.
    """
    rng = np.random.default_rng(2)
    magnitudes = np.split(np.geomspace(1e-7, 10.0, 10), [6])
    return [
        [
            np.float32(
                size.reshape(shape)
                * rng.choice([-1.0, 1.0], shape)
                * rng.uniform(0.2, 1.0, (replicas, *shape))
            )
            for size, shape in zip(magnitudes, SHAPES, strict=True)
        ]
        for _ in range(steps)
    ]


class Player:
    """Variables, and the optimizer that moves them."""

    def __init__(self, strategy, make, values=None):
        self.strategy = strategy
        values = initial_values() if values is None else values
        with strategy.scope():
            self.variables = [
                keras.Variable(np.float32(value), name=f"variable_{i}")
                for i, value in enumerate(values)
            ]
            self.optimizer = make()
            self.optimizer.build(self.variables)
        self.step = tf.function(self._step)

    def _step(self, gradients):
        def replica_step():
            context = tf.distribute.get_replica_context()
            number = context.replica_id_in_sync_group
            self.optimizer.apply(
                [gradient[number] for gradient in gradients], self.variables
            )

        self.strategy.run(replica_step)

    def play(self, gradients, compiled=True):
        """The parameters after every step, `[steps]` of each variable."""
        path = []
        for of_step in gradients:
            of_step = [tf.constant(gradient) for gradient in of_step]
            (self.step if compiled else self._step)(of_step)
            path.append(self.values)
        return [np.stack(values) for values in zip(*path, strict=True)]

    @property
    def values(self):
        """NumPy; the replicas must agree on them."""
        return [values_of(variable) for variable in self.variables]


def values_of(variable):
    copies = getattr(variable.value, "values", [variable.value])
    for copy in copies[1:]:
        np.testing.assert_array_equal(copy, copies[0])
    return copies[0].numpy()


def numpy_adam(
    gradients,
    rate=LEARNING_RATE,
    beta_1=0.9,
    beta_2=0.999,
    epsilon=1e-7,
    inner=False,
    strength=0.0,
):
    """Kingma and Ba's recursion; `rate` may be a function of the step."""
    paths = []
    for index, theta in enumerate(initial_values()):
        theta = np.float64(np.float32(theta))
        m, v, past, path = 0.0, 0.0, [], []
        for t, of_step in enumerate(gradients, start=1):
            g = np.float64(of_step[index]).sum(0)
            past.append(theta)
            g = g + 2 * strength * (theta - np.mean(past, 0))
            m = beta_1 * m + (1 - beta_1) * g
            v = beta_2 * v + (1 - beta_2) * g**2
            m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
            if inner:
                root = np.sqrt(v_hat + epsilon)
            else:  # Their epsilon hat, below Algorithm 1; Keras's.
                root = np.sqrt(v_hat) + epsilon / np.sqrt(1 - beta_2**t)
            lr = rate(t - 1) if callable(rate) else rate
            theta = theta - lr * m_hat / root
            path.append(theta)
        paths.append(np.array(path))
    return paths


def assert_same_moves(paths, expected, rtol=1e-4):
    """Of every number, as a share of the longest way that it went."""
    for path, of_numpy, start in zip(
        paths, expected, initial_values(), strict=True
    ):
        moved, moved_in_numpy = path - start, of_numpy - start
        longest = np.abs(moved_in_numpy).max(0)
        assert (longest > 0).all()
        # Float32 parameters near 1 have an error of 6e-8 in every step.
        assert (
            np.abs(moved - moved_in_numpy) < rtol * longest + len(path) * 1.2e-7
        ).all()


def assert_equal(received, expected):
    for one, other in zip(received, expected, strict=True):
        np.testing.assert_array_equal(one, other)


# FusedAdam.


@eager_and_graph
def test_fused_adam_is_its_recursion(strategy, compiled):
    of_steps = gradients(
        STEPS if compiled else 10, strategy.num_replicas_in_sync
    )
    player = Player(
        strategy, lambda: optimizers.FusedAdam(LEARNING_RATE, beta_1=0.5)
    )
    expected = numpy_adam(of_steps, beta_1=0.5)
    assert_same_moves(player.play(of_steps, compiled), expected)


def test_gradients_may_be_gathered_before_they_count():
    fused, plain = [
        cls(0.01, gradient_accumulation_steps=2)
        for cls in (optimizers.FusedAdam, keras.optimizers.Adam)
    ]
    gradients = np.random.default_rng(0).normal(size=(7, 3)).astype(np.float32)
    ends = []
    for optimizer in (fused, plain):
        variable = keras.Variable(np.ones(3, np.float32))
        optimizer.build([variable])
        step = tf.function(lambda g, by=optimizer: by.apply([g]))
        for gradient in gradients:
            step(tf.constant(gradient))
        ends.append(variable.numpy())
    np.testing.assert_allclose(*ends, rtol=1e-6)
    assert (abs(ends[0] - 1) > 1e-3).all()


def test_fused_adam_has_no_amsgrad():
    with pytest.raises(UserError, match="amsgrad"):
        optimizers.FusedAdam(amsgrad=True)


def test_a_checkpoint_of_kerass_adam_can_go_on_fused(tmp_path):
    strategy = tf.distribute.get_strategy()
    of_steps = gradients(20)

    def checkpoint(player):
        return tf.train.Checkpoint(
            variables=player.variables, optimizer=player.optimizer
        )

    whole = Player(strategy, lambda: keras.optimizers.Adam(LEARNING_RATE))
    path = whole.play(of_steps)
    first = Player(strategy, lambda: keras.optimizers.Adam(LEARNING_RATE))
    first.play(of_steps[:8])
    saved = checkpoint(first).write(str(tmp_path / "checkpoint"))
    second = Player(strategy, lambda: optimizers.FusedAdam(LEARNING_RATE))
    checkpoint(second).read(saved).assert_consumed()
    for one, other in zip(path, second.play(of_steps[8:]), strict=True):
        np.testing.assert_allclose(one[8:], other, atol=1e-6)


# InnerEpsilonAdam.


@eager_and_graph
@pytest.mark.parametrize("epsilon", [1e-8, 0.1])
def test_inner_epsilon_adam_is_its_recursion(strategy, epsilon, compiled):
    replicas = strategy.num_replicas_in_sync
    steps = STEPS if compiled else 10
    of_steps = gradients(steps, replicas)
    player = Player(
        strategy,
        lambda: optimizers.InnerEpsilonAdam(LEARNING_RATE, epsilon=epsilon),
    )
    assert_same_moves(
        player.play(of_steps, compiled),
        numpy_adam(of_steps, epsilon=epsilon, inner=True),
    )


@pytest.mark.parametrize(
    "beta_1, beta_2", [(0.5, 0.999), (0.0, 0.9), (0.9, 0.5)]
)
def test_inner_epsilon_adam_takes_any_betas(beta_1, beta_2):
    of_steps = gradients(20)
    betas = {"beta_1": beta_1, "beta_2": beta_2}
    player = Player(
        tf.distribute.get_strategy(),
        lambda: optimizers.InnerEpsilonAdam(
            LEARNING_RATE, epsilon=1e-8, **betas
        ),
    )
    assert_same_moves(
        player.play(of_steps),
        numpy_adam(of_steps, epsilon=1e-8, inner=True, **betas),
    )


@pytest.mark.parametrize("epsilon", [1e-8, 0.1])
def test_smallest_gradients_move_as_far_as_they_should(epsilon):
    # Parameters that begin at 0 keep every digit of their moves.
    sizes = np.geomspace(1e-7, 10.0, 9)
    rng = np.random.default_rng(4)
    of_steps = [
        [np.float32(sizes * rng.uniform(0.5, 1.5, 9))[None]]
        for _ in range(STEPS)
    ]
    player = Player(
        tf.distribute.get_strategy(),
        lambda: optimizers.InnerEpsilonAdam(LEARNING_RATE, epsilon=epsilon),
        values=[np.zeros(9)],
    )
    theta, m, v = np.zeros(9), 0.0, 0.0
    for t, ((g,),) in enumerate(of_steps, start=1):
        m = 0.9 * m + 0.1 * np.float64(g)
        v = 0.999 * v + 0.001 * np.float64(g) ** 2
        theta -= (
            LEARNING_RATE
            * (m / (1 - 0.9**t))
            / np.sqrt(v / (1 - 0.999**t) + epsilon)
        )
    (path,) = player.play(of_steps)
    np.testing.assert_allclose(path[-1], theta, rtol=5e-5)


def test_one_step_is_known_by_hand():
    # m_hat = g and v_hat = g^2.
    player = Player(
        tf.distribute.get_strategy(),
        lambda: optimizers.InnerEpsilonAdam(0.5, epsilon=16.0),
        values=[[0.0, 1.0]],
    )
    player.play([[np.array([[3.0, 0.0]], np.float32)]])
    np.testing.assert_allclose(player.values[0], [-0.3, 1.0], rtol=1e-4)


def test_small_gradients_make_shorter_steps_than_with_epsilon_outside():
    def direction(cls):
        player = Player(
            tf.distribute.get_strategy(),
            lambda: cls(LEARNING_RATE, epsilon=1e-8),
            values=[np.zeros(2)],
        )
        player.play([[np.array([[1e-5, -1e-2]], np.float32)]])
        return player.values[0] / LEARNING_RATE

    np.testing.assert_allclose(
        direction(optimizers.InnerEpsilonAdam),
        [-0.0995037, 0.9999995],
        rtol=1e-4,
    )
    np.testing.assert_allclose(
        direction(keras.optimizers.Adam), [-0.9693465, 0.9999684], rtol=1e-4
    )


# HistoricalAveragingAdam.


@eager_and_graph
def test_historical_averaging_pulls_to_the_mean_of_the_past(strategy, compiled):
    replicas = strategy.num_replicas_in_sync
    of_steps = gradients(STEPS if compiled else 10, replicas)
    player = Player(strategy, BOTH["historical_averaging"])
    expected = numpy_adam(of_steps, strength=STRENGTH)
    assert_same_moves(player.play(of_steps, compiled), expected)
    # Without it they would have gone elsewhere.
    without = numpy_adam(of_steps)
    assert np.abs(expected[0] - without[0]).max() > 0.1 * LEARNING_RATE


def test_averaging_of_one_number_is_known_by_hand():
    # Without memory and with a large epsilon Adam's step is lr g / epsilon.
    epsilon = 1e6
    player = Player(
        tf.distribute.get_strategy(),
        lambda: optimizers.HistoricalAveragingAdam(
            epsilon, strength=0.25, beta_1=0.0, beta_2=0.0, epsilon=epsilon
        ),
        values=[[8.0]],
    )
    (path,) = player.play([[np.array([[g]], np.float32)] for g in (4, 0, 1)])
    # 8 - (4 + 0) = 4, whose past has the mean 6: 4 - (0 + .5 (4 - 6)) = 5;
    # the mean of 8, 4 and 5 is 17/3: 5 - (1 + .5 (5 - 17/3)) = 13/3.
    np.testing.assert_allclose(path[:, 0], [4, 5, 13 / 3], rtol=1e-4)


def test_averaging_is_the_gradient_of_its_cost(strategy):
    replicas = strategy.num_replicas_in_sync
    of_steps = gradients(15, replicas)
    path = Player(strategy, BOTH["historical_averaging"]).play(of_steps)
    adam = Player(strategy, lambda: keras.optimizers.Adam(LEARNING_RATE))
    past = []
    for step, of_step in enumerate(of_steps):
        past.append(adam.values)
        theta = [tf.constant(value) for value in adam.values]
        means = [np.mean(values, 0) for values in zip(*past, strict=True)]
        with tf.GradientTape() as tape:
            tape.watch(theta)
            cost = STRENGTH * regularization.historical_averaging(theta, means)
        pulls = tape.gradient(cost, theta)
        # Once per step, however many replicas there are.
        with_pulls = [
            np.stack([g[0] + pull, *g[1:]])
            for g, pull in zip(of_step, pulls, strict=True)
        ]
        adam.play([with_pulls])
        for one, other in zip(path, adam.values, strict=True):
            np.testing.assert_allclose(one[step], other, atol=3e-6)


def test_averaging_of_no_strength_is_adam_bit_for_bit(strategy):
    of_steps = gradients(20, strategy.num_replicas_in_sync)
    received = Player(
        strategy, lambda: optimizers.HistoricalAveragingAdam(LEARNING_RATE)
    ).play(of_steps)
    expected = Player(
        strategy, lambda: optimizers.FusedAdam(LEARNING_RATE)
    ).play(of_steps)
    assert_equal(received, expected)


# Both.


@both_optimizers
def test_resumed_optimizer_goes_on_bit_for_bit(strategy, make, tmp_path):
    of_steps = gradients(20, strategy.num_replicas_in_sync)

    def checkpoint(player):
        return tf.train.Checkpoint(
            variables=player.variables, optimizer=player.optimizer
        )

    whole = Player(strategy, make)
    path = whole.play(of_steps)
    first = Player(strategy, make)
    first.play(of_steps[:8])
    saved = checkpoint(first).write(str(tmp_path / "checkpoint"))
    second = Player(strategy, make, values=[np.zeros(s) for s in SHAPES])
    checkpoint(second).read(saved).assert_consumed()
    assert int(second.optimizer.iterations.numpy()) == 8
    rest = second.play(of_steps[8:])
    assert_equal(rest, [values[8:] for values in path])
    assert_equal(
        map(values_of, second.optimizer.variables),
        map(values_of, whole.optimizer.variables),
    )


@pytest.mark.parametrize(
    "make, recursion",
    [
        (
            optimizers.InnerEpsilonAdam,
            {"inner": True, "epsilon": 1e-8},
        ),
        (
            lambda rate: optimizers.HistoricalAveragingAdam(
                rate, strength=STRENGTH
            ),
            {"strength": STRENGTH},
        ),
    ],
    ids=BOTH,
)
def test_schedule_of_the_learning_rate_is_honoured(strategy, make, recursion):
    of_steps = gradients(12, strategy.num_replicas_in_sync)
    player = Player(
        strategy, lambda: make(optimizers.LinearDecay(LEARNING_RATE, 2, 2))
    )
    path = player.play(of_steps)
    # Epochs 0 to 4, 5, and from 6 on, of 2 steps.
    rates = np.repeat([1, 1, 1, 1, 1, 0.5, 0], 2) * LEARNING_RATE
    of_steps += of_steps[:2]
    for values, more in zip(path, player.play(of_steps[12:]), strict=True):
        np.testing.assert_array_equal(more, values[[-1, -1]])
    expected = numpy_adam(
        of_steps[:12], rate=lambda step: rates[step], **recursion
    )
    assert_same_moves(path, expected)


@both_optimizers
def test_optimizer_of_the_same_config_does_the_same(make):
    strategy = tf.distribute.get_strategy()
    optimizer = make(beta_1=0.3, epsilon=0.01)
    twin = type(optimizer).from_config(optimizer.get_config())
    of_steps = gradients(5)
    received, expected = (
        Player(strategy, lambda one=one: one).play(of_steps)
        for one in (twin, optimizer)
    )
    assert_equal(received, expected)
    other = Player(strategy, make).play(of_steps)
    assert (received[0][-1] != other[0][-1]).any()


# LinearDecay.


@pytest.mark.parametrize(
    "step, expected",
    [
        (0, 0.5),
        (26, 0.5),  # Epoch 8, two thirds.
        (27, 0.375),  # Epoch 9, 3 - 9/4.
        (29, 0.375),
        (30, 0.25),
        (33, 0.125),
        (35, 0.125),
        (36, 0.0),  # Epoch 12, the end.
        (1_000_000, 0.0),
    ],
)
@pytest.mark.parametrize("kind", [int, tf.constant, tf.Variable])
def test_linear_decay_is_known_by_hand(step, expected, kind):
    rate = optimizers.LinearDecay(0.5, epochs=4, steps_per_epoch=3)(kind(step))
    assert rate.dtype == tf.float32
    assert float(rate) == expected


def test_linear_decay_survives_its_config():
    schedules = keras.optimizers.schedules
    decay = optimizers.LinearDecay(0.5, epochs=4, steps_per_epoch=3)
    twin = schedules.deserialize(schedules.serialize(decay))
    assert [float(twin(step)) for step in (26, 27, 36)] == [0.5, 0.375, 0]


@pytest.mark.parametrize("inner", [False, True])
def test_weights_of_float64_move_as_keras_has_it(inner):
    start, gradient = np.array([0.5, -2.0]), np.array([1e-3, 0.5])
    made = optimizers.InnerEpsilonAdam if inner else optimizers.FusedAdam
    ends = []
    for optimizer in (
        made(0.1, beta_1=0.5, epsilon=1e-30 if inner else 1e-15),
        keras.optimizers.Adam(0.1, beta_1=0.5, epsilon=1e-15),
    ):
        variable = keras.Variable(start, dtype="float64")
        for _ in range(3):
            optimizer.apply([tf.constant(gradient)], [variable])
        ends.append(variable.numpy())
    assert ends[0].dtype == np.float64
    np.testing.assert_allclose(ends[0], ends[1], rtol=1e-6)
