import numpy as np
import tensorflow as tf

from tfgan_ref.losses import regularization

RNG = np.random.default_rng(5)
SHAPES = [(2, 3), (4,), ()]
PARAMETERS = [RNG.normal(0.5, 2.0, shape) for shape in SHAPES]
MEANS = [RNG.normal(-0.5, 1.0, shape) for shape in SHAPES]


def squared_distance(parameters, means):
    """Section 3.3 in float64."""
    return sum(
        np.sum((theta - mean) ** 2)
        for theta, mean in zip(parameters, means, strict=True)
    )


def float32(arrays):
    return [tf.constant(array, tf.float32) for array in arrays]


def test_cost_is_summed_over_every_number_of_every_parameter():
    cost = regularization.historical_averaging(
        float32(PARAMETERS), float32(MEANS)
    )
    assert cost.dtype == tf.float32
    assert cost.shape == ()
    np.testing.assert_allclose(
        cost, squared_distance(PARAMETERS, MEANS), rtol=1e-6
    )


def test_cost_of_three_numbers_is_known_by_hand():
    cost = regularization.historical_averaging(
        [tf.constant([1.0, -2.0]), tf.constant(0.5)],
        [tf.constant([-1.0, -2.5]), tf.constant(0.75)],
    )
    np.testing.assert_allclose(cost, 4 + 0.25 + 0.0625, rtol=1e-6)


def test_half_precision_parameters_cost_float32():
    cost = regularization.historical_averaging(
        [tf.constant([1.0, -2.0], "bfloat16")],
        [tf.constant([-1.0, -2.5], "bfloat16")],
    )
    assert cost.dtype == tf.float32
    np.testing.assert_allclose(cost, 4.25, rtol=1e-6)


def test_gradient_is_the_finite_difference():
    parameters = float32(PARAMETERS)
    with tf.GradientTape() as tape:
        tape.watch(parameters)
        cost = regularization.historical_averaging(parameters, float32(MEANS))
    received = tape.gradient(cost, parameters)
    step = 1e-4
    for index, gradient in enumerate(received):
        gradient = gradient.numpy()
        for place in np.ndindex(gradient.shape):

            def moved(by, index=index, place=place):
                copies = [np.array(theta) for theta in PARAMETERS]
                copies[index][place] += by
                return squared_distance(copies, MEANS)

            slope = (moved(step) - moved(-step)) / (2 * step)
            np.testing.assert_allclose(gradient[place], slope, rtol=1e-5)
