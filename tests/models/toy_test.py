"""GANs on points."""

import keras
import numpy as np
import pytest

from tfgan_ref import priors
from tfgan_ref.data import toy as toy_data
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import modes
from tfgan_ref.gan import GAN
from tfgan_ref.layers.minibatch_features import MinibatchFeatures
from tfgan_ref.models import toy, unrolled

CASES = {
    "points": lambda: toy.build(
        3,
        latent_dim=2,
        generator_units=6,
        discriminator_units=4,
        make_minibatch_features=lambda: MinibatchFeatures(
            6, 3, across_replicas=True
        ),
    ),
    "of unrolled": lambda: toy.build_of_unrolled(2, latent_dim=3),
}
SLOW = {"points"}


def test_the_networks_are_pacgans():
    gan = toy.build(2)
    assert gan.prior == priors.Normal(2)
    assert gan.generator.output_shape == (None, 2)
    assert gan.discriminator.output_shape == (None,)
    # Four layers of 400 with gain, bias and two statistics, and the last.
    generator = (2 + 1) * 400 + 3 * 401 * 400 + 4 * 4 * 400 + 401 * 2
    assert gan.generator.count_params() == generator
    discriminator = (2 + 1) * 1000 + 2 * 201 * 1000 + 201
    assert gan.discriminator.count_params() == discriminator
    kernels = [
        v.numpy() for v in gan.discriminator.variables if v.name == "kernel"
    ]
    assert np.std(kernels[1]) == pytest.approx(0.02, rel=0.02)


def test_the_plain_gan_of_unrolled_begins_as_the_unrolled_one():
    gan = toy.build_of_unrolled(2, latent_dim=5, ema_decay=0.5, seed=3)
    other = unrolled.build_of_paper(2, unroll_steps=0, latent_dim=5, seed=3)
    for name in ("generator", "discriminator"):
        network = getattr(gan, name)
        for a, b in zip(
            network.get_weights(),
            getattr(other, name).get_weights(),
            strict=True,
        ):
            np.testing.assert_array_equal(a, b)
    assert type(gan) is GAN
    assert gan.prior == other.prior == priors.Normal(5)
    assert (gan.seed, gan.averages["generator"]) == (3, 0.5)
    with pytest.raises(UserError, match="`latent_dim` .*Received: 0"):
        toy.build_of_unrolled(2, latent_dim=0)


def test_another_seed_begins_with_other_weights():
    first, again, other = (
        toy.build(2, seed=seed).generator.get_weights()[0] for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-3


def test_minibatch_features_see_the_other_points():
    gan = toy.build(
        2, discriminator_units=8, make_minibatch_features=MinibatchFeatures
    )
    points = np.random.default_rng(0).normal(size=(6, 2)).astype(np.float32)
    gan.initialize(points)
    others = np.concatenate([points[:1], points[:1], points[2:]])
    moved = gan.discriminator(others)[2:] - gan.discriminator(points)[2:]
    assert np.abs(moved).min() > 0
    plain = toy.build(2, discriminator_units=8).discriminator
    np.testing.assert_array_equal(plain(others)[2:], plain(points)[2:])


def test_a_gan_learns_where_one_mode_is():
    data = toy_data.load("ring")
    one = toy_data.ring(modes=1)
    points = toy_data.Points("one", one)
    gan = toy.build(2, generator_units=16, discriminator_units=8)
    gan.compile(
        keras.optimizers.Adam(1e-2, beta_1=0.5),
        keras.optimizers.Adam(1e-2, beta_1=0.5),
        simultaneous=False,
        steps_per_execution=50,
    )
    gan.fit(
        toy_data.stream(points, 50, seed=0),
        steps_per_epoch=400,
        verbose=0,
        shuffle=False,
    )
    samples = modes.ModeCoverage(data.density, 500).draw(gan)
    assert np.linalg.norm(samples.mean(0) - [1, 0]) < 0.3


def test_the_coverage_is_that_of_the_generators_samples():
    data = toy_data.load("ring")
    coverage = modes.ModeCoverage(data.density, 40)
    gan = toy.build(2, generator_units=4, discriminator_units=2)
    dense = gan.generator.layers[-1]
    # Whatever z is, at the mode at angle 0.
    dense.set_weights([np.zeros((4, 2)), np.array([1.0, 0.0])])
    evaluation = coverage(gan)
    assert evaluation.scalars == {
        "eval/modes_captured": 1.0,
        "eval/high_quality": 1.0,
        "eval/reverse_kl": pytest.approx(np.log(8)),
    }
    dense.set_weights([np.zeros((4, 2)), np.array([5.0, 0.0])])
    assert coverage(gan).scalars == {
        "eval/modes_captured": 0.0,
        "eval/high_quality": 0.0,
    }


def test_there_are_at_least_as_many_samples_as_modes():
    with pytest.raises(UserError, match="the 8 modes"):
        modes.ModeCoverage(toy_data.ring(), 7)


@pytest.mark.parametrize(
    "sizes", [{"latent_dim": 0}, {"generator_units": -1}, {"dimensions": 0}]
)
def test_sizes_are_positive(sizes):
    with pytest.raises(UserError, match="must be positive"):
        toy.build(**({"dimensions": 2} | sizes))
