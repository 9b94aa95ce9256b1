"""Noise contrast, self-contrast and likelihood: gradients and normalisers."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.data import mixture
from tfgan_ref.data import toy as toy_data
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.density_errors import DensityErrors
from tfgan_ref.models import noise_contrastive

CASES = {
    "line": lambda: noise_contrastive.build(1, 2.5, cells=9, units=3),
    "plane": lambda: noise_contrastive.build(2, 1.5, cells=4, units=3),
}
HALF, CELLS = 2.0, 40


def gan_of(dimensions=1, cells=CELLS, **kwargs):
    return noise_contrastive.build(
        dimensions, HALF, cells=cells, units=5, seed=4, **kwargs
    )


def round_of(gan):
    """A round whose data are the grid, and whose noise is, too."""
    round = gan.round_class(gan, tf.constant(gan.grid), draw=0)
    vars(round)["inputs"] = tf.constant(gan.grid / HALF)
    return round


def mass(logits):
    found = np.exp(np.float64(logits))
    return found / found.sum()


def gradients(gan, name, cost):
    """Of a function of a round, by the weights of a network."""
    variables = getattr(gan, name).trainable_variables
    with tf.GradientTape() as tape:
        value = cost(round_of(gan))
    return [x.numpy() for x in tape.gradient(value, variables)]


def two_sided(logits, p, q):
    """The discriminator's expected cost, with probabilities on the grid."""
    of_data = tf.reduce_sum(np.float32(p) * tf.nn.softplus(-logits))
    return of_data + tf.reduce_sum(np.float32(q) * tf.nn.softplus(logits))


def some_data(gan):
    return mass(np.sin(3 * gan.grid.sum(-1)) - gan.grid[:, 0] ** 2)


@pytest.mark.parametrize("dimensions", [1, 2])
def test_noise_contrast_is_at_rest_where_the_density_is_that_of_data(
    dimensions,
):
    gan = gan_of(dimensions, cells=20)
    bias = gan.discriminator.get_layer(index=-2).bias
    log_p = np.float64(gan.discriminator(gan.grid))
    data, uniform = mass(log_p), np.full(len(gan.grid), 1 / len(gan.grid))

    def cost(round):
        return two_sided(round.real_logits, data, uniform)

    # The shape is right, the normaliser is not yet.
    assert abs(gradients(gan, "discriminator", cost)[-1]) > 0.1
    cell = (2 * HALF / 20) ** dimensions
    bias.assign_add([-np.log(np.exp(log_p).sum() * cell)])
    for found in gradients(gan, "discriminator", cost):
        np.testing.assert_allclose(found, 0, atol=1e-6)
    # There the logits are those of data against noise.
    log_q = -dimensions * np.log(2 * HALF)
    np.testing.assert_allclose(
        round_of(gan).real_logits, np.log(data / cell) - log_q, atol=1e-4
    )


def test_self_contrast_has_half_the_gradient_of_likelihood():
    gan = gan_of()
    data = some_data(gan)
    model = mass(gan.self_contrast(gan.grid))

    def contrast(round):
        np.testing.assert_array_equal(round.own_real_logits, 0)
        return two_sided(round.own_real_logits, data, model)

    def likelihood(round):
        return -tf.reduce_sum(np.float32(data) * round.log_likelihoods)

    half = gradients(gan, "self_contrast", contrast)
    whole = gradients(gan, "likelihood", likelihood)
    for one, other in zip(half, whole, strict=True):
        np.testing.assert_allclose(one, other / 2, rtol=1e-3, atol=1e-6)
    assert max(abs(one).max() for one in half) > 0.01
    # Neither knows of the normaliser.
    np.testing.assert_allclose([half[-1], whole[-1]], 0, atol=1e-6)


def test_the_likelihood_is_that_of_the_normalised_density():
    gan = gan_of()
    log_p = np.float64(gan.likelihood(gan.grid))
    expected = np.log(mass(log_p) / (2 * HALF / CELLS))
    found = round_of(gan).log_likelihoods
    np.testing.assert_allclose(found, expected, atol=1e-5)
    cost = gan.likelihood_cost(round_of(gan))
    np.testing.assert_allclose(sum(cost), -expected, atol=1e-5)


def test_a_density_is_sampled_by_its_own_mass():
    gan = gan_of()
    log_p = tf.constant(np.log(np.arange(1.0, CELLS + 1)), tf.float32)
    shares = (np.arange(10_000) + 0.5) / 10_000
    drawn = gan.quantile(log_p, np.float32(shares)).numpy()
    counts = [np.mean(np.isclose(drawn[:, 0], x)) for x in gan.grid[:, 0]]
    np.testing.assert_allclose(counts, mass(log_p), atol=2e-4)
    ends = gan.quantile(log_p, np.float32([0.0, 1.0])).numpy()
    np.testing.assert_array_equal(ends, gan.grid[[0, -1]])


def test_self_contrast_sees_its_own_samples():
    gan = gan_of()
    gan.self_contrast.get_layer(index=-2).kernel.assign(np.full((5, 1), 9.0))
    samples = gan.round_class(gan, np.zeros((400, 1), "f4"), draw=0).own_samples
    model = mass(gan.self_contrast(gan.grid))
    assert samples.shape == (400, 1)
    mean = (model[:, None] * gan.grid).sum()
    assert float(tf.reduce_mean(samples)) == pytest.approx(mean, abs=0.15)


def test_the_noise_fills_the_box():
    gan = gan_of(2)
    noise = gan.sample(np.arange(500)).numpy()
    assert noise.shape == (500, 2)
    assert abs(noise).max() <= HALF
    np.testing.assert_allclose(noise.std(0), HALF / 3**0.5, rtol=0.1)
    assert gan.log_volume == pytest.approx(np.log(16))
    np.testing.assert_allclose(gan.grid[1] - gan.grid[0], [0, 0.1], atol=1e-6)
    np.testing.assert_allclose(gan.grid.mean(0), 0, atol=1e-6)


def test_all_three_begin_alike():
    gan = gan_of()
    first = gan.discriminator.get_weights()
    for name in ("self_contrast", "likelihood"):
        for one, other in zip(
            first, getattr(gan, name).get_weights(), strict=True
        ):
            np.testing.assert_array_equal(one, other)


def test_noise_contrast_alone_learns_the_normaliser():
    data = toy_data.load("two_gaussians")
    gan = noise_contrastive.build(1, 4.5, cells=100, units=16, seed=1)
    evaluate = DensityErrors(data.density)
    before = evaluate(gan).scalars
    rates = {
        name: keras.optimizers.Adam(0.01)
        for name in sorted(gan.optimizer_names)
    }
    gan.compile(**rates, steps_per_execution=50)
    gan.fit(
        toy_data.stream(data, 256, seed=0),
        steps_per_epoch=300,
        verbose=0,
        shuffle=False,
    )
    after = evaluate(gan).scalars
    for name in noise_contrastive.ESTIMATORS:
        assert after[f"eval/kl/{name}"] < 0.1 < before[f"eval/kl/{name}"]
    learned = "eval/log_z_error/noise_contrast"
    assert abs(after[learned]) < 0.3 < 1 < abs(before[learned])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"dimensions": 3}, "one dimension or two"),
        ({"half_width": 0.0}, "positive half-width"),
        ({"half_width": float("nan")}, "positive half-width"),
        ({"cells": 1}, "`cells` must be at least 2"),
        ({"units": 0}, "`units` must be positive"),
    ],
)
def test_what_is_out_of_range_is_refused(given, said):
    arguments = {"dimensions": 1, "half_width": 1.0} | given
    with pytest.raises(UserError, match=said):
        noise_contrastive.build(**arguments)


def test_noise_has_no_average():
    with pytest.raises(TypeError, match="ema_decay"):
        gan_of(ema_decay=0.5)


def test_noise_has_no_cost():
    with pytest.raises(UserError, match="cost of its own"):
        gan_of().compile(generator_loss=tf.identity)


def test_errors_are_those_of_two_gaussians():
    """log p of the model is that of N(0, 1), and .3 too much."""

    class Model:
        grid = np.float32(np.linspace(-9, 9, 3000, endpoint=False)[:, None])
        log_volume = np.log(18)

        def trained(self, name):
            shift = {"discriminator": 0.3}.get(name, -1.0)
            return lambda x, training: (
                -0.5 * x[:, 0] ** 2 - 0.5 * np.log(2 * np.pi) + shift
            )

    found = DensityErrors(mixture.make([0.5], 0.8))(Model())
    kl = np.log(1 / 0.8) + (0.64 + 0.25) / 2 - 0.5
    for name in noise_contrastive.ESTIMATORS:
        assert found.scalars[f"eval/kl/{name}"] == pytest.approx(kl, abs=1e-5)
    errors = [
        found.scalars[f"eval/log_z_error/{name}"]
        for name in noise_contrastive.ESTIMATORS
    ]
    np.testing.assert_allclose(errors, [0.3, -1, -1], atol=1e-5)
    picture = found.pictures["densities"]
    assert picture.shape == (400, 400, 3)
    # Of the same curve three times each is seen; so it is in the legend.
    for color in ((59, 110, 165), (176, 112, 42), (176, 48, 48)):
        seen = (picture == color).all(-1)
        assert seen[:36].sum() > 10 and seen[36:].sum() > 100


def test_densities_of_the_plane_are_side_by_side():
    gan = gan_of(2, cells=6)
    data = mixture.make([[1.2, -1.2]], 0.2)
    picture = DensityErrors(data)(gan).pictures["densities"]
    assert picture.shape == (16 + 6, 24, 1)
    names, picture = picture[:16], picture[16:]
    assert all((names[:, k : k + 6] < 128).any() for k in range(0, 24, 6))
    # The data's panel is dark below, on the right.
    y, x = np.unravel_index(picture[:, :6, 0].argmin(), (6, 6))
    assert (y, x) == (4, 4)
