import itertools

import numpy as np
import pytest
import tensorflow as tf
from absl import logging

from tfgan_ref.data import toy
from tfgan_ref.errors import UserError


@pytest.fixture
def warnings(monkeypatch):
    """What absl is asked to warn of, formatted."""
    messages = []
    monkeypatch.setattr(
        logging,
        "warning",
        lambda message, *arguments: messages.append(message % arguments),
    )
    return messages


RING = toy.load("ring")


def take(count, *arguments, **options):
    stream = toy.stream(*arguments, **options)
    return list(itertools.islice(stream.as_numpy_iterator(), count))


def worker(pipelines, index, replicas):
    return tf.distribute.InputContext(
        num_input_pipelines=pipelines,
        input_pipeline_id=index,
        num_replicas_in_sync=replicas,
    )


def distances(means):
    between = np.linalg.norm(means[:, None] - means, axis=-1)
    return between[~np.eye(len(means), dtype=bool)]


# The published configurations.


def test_ring_has_eight_distinct_modes_at_equal_angles(warnings):
    data = toy.ring()
    assert data.means.shape == (8, 2)
    np.testing.assert_allclose(np.linalg.norm(data.means, axis=1), 1)
    # The side of a regular octagon, thus no two modes are one.
    side = 2 * np.sin(np.pi / 8)
    assert distances(data.means).min() == pytest.approx(side, rel=1e-12)
    half = np.sqrt(0.5)
    np.testing.assert_allclose(
        data.means[:4], [[1, 0], [half, half], [0, 1], [-half, half]], atol=1e-9
    )
    np.testing.assert_array_equal(data.scales, [0.01] * 8)
    np.testing.assert_allclose(data.weights, [1 / 8] * 8)
    assert not warnings


def test_ring_of_the_unrolled_paper_is_twice_as_large(warnings):
    data = toy.unrolled_paper_ring()
    np.testing.assert_allclose(data.means, 2 * toy.ring().means)
    np.testing.assert_array_equal(data.scales, [0.02] * 8)
    assert not warnings


def test_ring_of_the_unrolled_notebook_has_its_double_mode_once(warnings):
    data = toy.unrolled_notebook_ring()
    assert not warnings
    # As the notebook places them: eight angles from 0 to 2 pi, both included.
    angles = np.linspace(0, 2 * np.pi, 8)
    theirs = np.stack([np.sin(angles), np.cos(angles)], -1)
    np.testing.assert_allclose(theirs[0], theirs[7], atol=1e-12)
    np.testing.assert_allclose(data.means, theirs[:7], atol=1e-12)
    np.testing.assert_allclose(data.weights, [0.25] + [0.125] * 6)
    np.testing.assert_array_equal(data.scales, [0.01] * 7)


def test_grid_has_25_modes_from_minus_4_to_4(warnings):
    data = toy.grid()
    expected = {(x, y) for x in (-4, -2, 0, 2, 4) for y in (-4, -2, 0, 2, 4)}
    assert set(map(tuple, data.means.tolist())) == expected
    assert data.means.shape == (25, 2)
    np.testing.assert_array_equal(data.scales, [0.05] * 25)
    np.testing.assert_allclose(data.weights, [1 / 25] * 25)
    assert not warnings


def test_two_gaussians_are_those_of_figure_14(warnings):
    data = toy.two_gaussians()
    np.testing.assert_array_equal(data.means, [[-2.0], [2.0]])
    np.testing.assert_array_equal(data.scales, [0.5, 0.5])
    # Densities are no modes to be counted.
    assert not warnings


@pytest.mark.parametrize(
    ("name", "mean", "variance"),
    [
        ("gaussian", 4.0, 0.25),
        # Weights .2, .5 and .3 on -3, 0 and 2.5.
        (
            "unequal_gaussians",
            0.15,
            0.16 * 0.2
            + 0.04 * 0.5
            + 0.36 * 0.3
            + 9 * 0.2
            + 6.25 * 0.3
            - 0.15**2,
        ),
    ],
)
def test_points_on_a_line_have_their_moments(name, mean, variance, warnings):
    points = toy.load(name).density.sample(40_000, [1, 2]).numpy()
    assert points.shape == (40_000, 1)
    assert points.mean() == pytest.approx(
        mean, abs=4 * np.sqrt(variance / 40_000)
    )
    assert points.var() == pytest.approx(variance, rel=0.03)
    assert not warnings


# Modes that overlap.


def test_modes_that_overlap_are_warned_of(warnings):
    # Neighbours are 0.765 apart, those after them 1.414.
    toy.ring(scale=0.13)
    (warning,) = warnings
    assert warning.startswith("8 pairs of modes overlap")
    assert "6 standard deviations" in warning
    assert "the count of modes means nothing" in warning
    toy.ring(scale=0.25)
    assert warnings[1].startswith("16 pairs")
    toy.grid(scale=0.34)
    assert warnings[2].startswith("40 pairs")


def test_modes_that_just_do_not_overlap_are_not(warnings):
    toy.ring(scale=0.127)
    toy.grid(scale=0.333)
    toy.ring(modes=1, scale=9.0)
    assert not warnings


@pytest.mark.parametrize(
    ("make", "received"),
    [
        (lambda: toy.ring(modes=0), "0 modes, radius 1.0"),
        (lambda: toy.ring(radius=-1.0), "8 modes, radius -1.0"),
        (lambda: toy.ring(scale=0.0), "0.0"),
        (lambda: toy.grid(side=0), "side 0, spacing 2.0"),
        (lambda: toy.grid(spacing=0.0), "side 5, spacing 0.0"),
        (lambda: toy.grid(scale=-0.05), "-0.05"),
    ],
)
def test_numbers_out_of_range_are_refused(make, received):
    with pytest.raises(UserError) as caught:
        make()
    message = str(caught.value)
    assert message.endswith(f"Received: {received}")
    assert len(message.splitlines()) == 1


# The stream.


def test_minibatches_are_float32_points_of_every_mode():
    (batch,) = take(1, RING, 400, seed=1)
    assert batch.dtype == np.float32
    assert batch.shape == (400, 2)
    offsets = batch[:, None] - RING.density.means
    lengths = np.linalg.norm(offsets, axis=-1)
    # Of 400 points none is 6 deviations away, and no mode has less than 20.
    assert lengths.min(1).max() < 0.06
    assert np.bincount(lengths.argmin(1), minlength=8).min() >= 20


def test_a_minibatch_is_a_function_of_seed_and_step():
    whole = take(5, RING, 6, seed=2**40)
    np.testing.assert_array_equal(
        take(3, RING, 6, seed=2**40, first=2), whole[2:]
    )
    other = take(5, RING, 6, seed=2**40 + 1)
    another = take(5, RING, 6, seed=0)
    points = np.concatenate(whole + other + another)
    assert len(np.unique(points, axis=0)) == 90
    tf.random.set_seed(9)
    np.testing.assert_array_equal(take(5, RING, 6, seed=2**40), whole)


def test_replicas_and_workers_share_out_each_minibatch_in_order():
    data = toy.load("grid")
    whole = take(3, data, 8, seed=4)
    taking_turns = take(6, data, 8, seed=4, input_context=worker(1, 0, 2))
    np.testing.assert_array_equal(
        np.concatenate(taking_turns), np.concatenate(whole)
    )
    shares = [
        take(6, data, 8, seed=4, input_context=worker(2, index, 4))
        for index in range(2)
    ]
    for step, batch in enumerate(whole):
        parts = [
            shares[index][2 * step + replica]
            for index in range(2)
            for replica in range(2)
        ]
        np.testing.assert_array_equal(np.concatenate(parts), batch)


def test_a_minibatch_has_a_shape_that_is_known_beforehand():
    spec = toy.stream(toy.load("two_gaussians"), 6, seed=0).element_spec
    assert spec == tf.TensorSpec([6, 1], tf.float32)


@pytest.mark.parametrize(
    ("batch_size", "replicas", "said"),
    [
        (0, 1, "at least 1"),
        (-4, 2, "at least 1"),
        (9, 2, "divisible by the 2 replicas"),
    ],
)
def test_a_minibatch_that_cannot_be_made_is_refused(batch_size, replicas, said):
    said = f"^`batch_size` must be {said}. Received: {batch_size}$"
    with pytest.raises(UserError, match=said):
        toy.stream(
            RING,
            batch_size,
            seed=0,
            input_context=worker(1, 0, replicas),
        )


def test_the_end_of_a_stream_waits_for_no_tuner():
    options = toy.stream(RING, 7, seed=0).options()
    assert options.autotune.enabled is False


def test_points_tell_their_density_and_another_name_is_refused():
    points = toy.load("grid")
    assert (points.name, points.count) == ("grid", None)
    assert points.summary == "25 Gaussians in 2 dimensions"
    np.testing.assert_array_equal(points.facts["means"], toy.grid().means)
    assert points.facts["scales"] == [0.05] * 25
    assert set(toy.NAMES) == {
        "ring",
        "unrolled_paper_ring",
        "unrolled_notebook_ring",
        "grid",
        "two_gaussians",
        "gaussian",
        "unequal_gaussians",
    }
    with pytest.raises(UserError, match="one of ring, .*Received: spiral"):
        toy.load("spiral")
