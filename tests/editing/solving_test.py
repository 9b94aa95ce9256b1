"""Constraints solved in latent space, beside their closed forms."""

import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref import priors
from tfgan_ref.editing import constraint
from tfgan_ref.editing.constraint import Constraint
from tfgan_ref.editing.latent_space import LatentSpace
from tfgan_ref.editing.solving import nearest, solve
from tfgan_ref.errors import UserError

SHAPE = (2, 3, 2)
RNG = np.random.default_rng(0)
MATRIX = RNG.normal(0.0, 0.3, (12, 4))  # G(z) = A z + b.
OFFSET = RNG.uniform(0.2, 0.8, 12)
COLOURS = RNG.uniform(0.0, 1.0, SHAPE)
WEIGHTS = np.array([[0.0, 1.0, 0.25], [1.0, 0.0, 0.5]])[..., None]
ORIGIN = np.array([0.7, -0.2, 0.1, -1.1])
STARTS = RNG.normal(size=(3, 4)).astype(np.float32)


def generate(latents):
    flat = tf.matmul(latents, np.float32(MATRIX.T)) + np.float32(OFFSET)
    return tf.reshape(flat, [-1, *SHAPE])


def wanted(distance=tf.square):
    return Constraint(np.float32(COLOURS), np.float32(WEIGHTS), distance)


SPACE = LatentSpace(generate, priors.Normal(4))


@pytest.mark.parametrize(
    ("closeness", "prior_weight"), [(0.0, 0.0), (0.2, 0.4)]
)
def test_of_a_linear_generator_it_is_ridge_regression(closeness, prior_weight):
    weights = np.broadcast_to(WEIGHTS, SHAPE).reshape(-1)
    share = weights / weights.sum()
    ridge = closeness / 4 + prior_weight / 8
    left = MATRIX.T @ (share[:, None] * MATRIX) + ridge * np.eye(4)
    gap = COLOURS.reshape(-1) - OFFSET
    right = MATRIX.T @ (share * gap) + closeness / 4 * ORIGIN
    expected = np.linalg.solve(left, right)
    found = solve(
        SPACE,
        wanted(),
        STARTS,
        origin=np.float32(ORIGIN),
        closeness=closeness,
        prior_weight=prior_weight,
        steps=400,
        rate=0.1,
    )
    np.testing.assert_allclose(found.latents, [expected] * 3, atol=2e-3)
    cost = (
        np.sum(share * (MATRIX @ expected - gap) ** 2)
        + closeness * np.mean((expected - ORIGIN) ** 2)
        + prior_weight * np.mean(expected**2) / 2
    )
    np.testing.assert_allclose(found.costs, cost, rtol=1e-3)


def test_the_best_comes_first_beside_where_it_began():
    found = solve(SPACE, wanted(), STARTS, steps=0)
    images = (STARTS @ MATRIX.T + OFFSET).reshape(3, *SHAPE)
    expected = [
        np.average(((image - COLOURS) ** 2).mean(-1), weights=WEIGHTS[..., 0])
        for image in images
    ]
    np.testing.assert_allclose(found.costs, np.sort(expected), rtol=1e-5)
    np.testing.assert_array_equal(found.starts, STARTS[np.argsort(expected)])
    np.testing.assert_array_equal(found.latents, found.starts)
    error = wanted().error(images[0])
    np.testing.assert_allclose(error, np.sqrt(expected[0]), rtol=1e-6)


def test_the_nearest_of_many_are_found_some_at_a_time():
    latents = np.random.default_rng(1).normal(size=(150, 4)).astype(np.float32)
    found = nearest(SPACE, wanted(), latents, 3)
    images = (latents @ MATRIX.T + OFFSET).reshape(-1, *SHAPE)
    costs = (WEIGHTS * (images - COLOURS) ** 2).sum((1, 2, 3))
    order = np.argsort(costs)[:3]
    assert order.max() >= 64  # In the second portion or the third.
    np.testing.assert_array_equal(found, latents[order])


def test_hidden_pixels_do_not_count_and_known_ones_by_their_distance():
    hidden = np.array([[True, False, False], [False, False, True]])[..., None]
    image = np.float32(COLOURS)
    other = image + np.float32([[9, 0.1, -0.3], [0, 0.2, 9]])[..., None]
    asked = constraint.known(image, hidden)
    np.testing.assert_allclose(asked.cost(other[None]), [0.6 / 4], rtol=1e-5)
    np.testing.assert_allclose(asked.error(other), np.sqrt(0.14 / 4), rtol=1e-5)
    whole = constraint.whole(image)
    more = 2 * 81 + 0.14
    np.testing.assert_allclose(whole.cost(other[None]), [more / 6], rtol=1e-5)


def test_a_uniform_prior_is_a_box():
    def itself(latents):
        return tf.reshape(latents, [-1, 1, 1, 2])

    space = LatentSpace(itself, priors.Uniform(2, 0.0, 1.0))
    colours = np.float32([[[3.0, 0.25]]])
    found = solve(
        space,
        constraint.whole(colours),
        np.float32([[0.5, 0.5]]),
        prior_weight=9.0,
        rate=0.1,
    )
    np.testing.assert_allclose(found.latents, [[1.0, 0.25]], atol=1e-3)
    np.testing.assert_array_equal(space.unlikeliness(STARTS[:, :2]), [0] * 3)
    assert space.centre == 0.5


def test_starts_near_a_latent_are_half_a_draw_away():
    prior = priors.Uniform(4, 0.0, 1.0)
    latent = np.float32([0.1, 0.9, 0.5, 0.4])
    near = LatentSpace(generate, prior).near(latent, [9, 5, 3])
    draws = prior.of_seeds(tf.constant([5, 3], tf.int64)).numpy()
    np.testing.assert_array_equal(near[0], latent)
    expected = np.clip(latent + 0.5 * (draws - 0.5), 0.0, 1.0)
    np.testing.assert_allclose(near[1:], expected, rtol=1e-6)


def test_what_is_no_number_is_one_line():
    def logarithm(latents):
        return tf.math.log(tf.reshape(latents, [-1, 1, 1, 1]))

    space = LatentSpace(logarithm, priors.Normal(1))
    asked = constraint.whole(np.zeros((1, 1, 1), np.float32))
    with pytest.raises(UserError, match="smaller `rate` .* rate=7"):
        solve(space, asked, np.float32([[2.0]]), steps=3, rate=7.0)
