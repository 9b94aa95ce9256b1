"""What holds for every GAN, in one short training of each case."""

import json
import types

import keras
import numpy as np
import pytest
import tensorflow as tf

import tfgan_ref
from tests import access_order
from tests.conformance import cases
from tfgan_ref.training.checkpoints import Checkpoints


@pytest.mark.parametrize("name", cases.names())
def test_every_model_has_a_case(name):
    assert cases.cases_of(name), f"tests/models/{name}_test.py: no CASES"


def squashing(network):
    """The last layer if it is a sigmoid or tanh, whatever shapes follow."""
    for layer in reversed(network.layers):
        activation = getattr(layer, "activation", keras.activations.linear)
        if activation in (keras.activations.sigmoid, keras.activations.tanh):
            return layer
        if layer.weights:
            return None
    return None


# Of the slow ones too: they are built alone.
@pytest.mark.parametrize(
    "build", [pytest.param(*case.values, id=case.id) for case in cases.every()]
)
def test_what_bounds_the_outputs_is_computed_in_float32(build):
    """In bfloat16 it is flat from a logit of 6, or of 3.5 for a tanh."""
    keras.config.set_dtype_policy("mixed_bfloat16")
    for name, network in build().networks.items():
        if isinstance(network, keras.Sequential):
            continue  # A test's own.
        last = squashing(network)
        assert last is None or last.compute_dtype == "float32", name


@pytest.fixture(scope="module", params=cases.in_both_ways())
def trained(request, tmp_path_factory):
    """A GAN of two steps, and what was kept after the first."""
    keras.utils.set_random_seed(3)
    build, is_eager = request.param
    gan = cases.compiled(build, run_eagerly=is_eager)
    folder = tmp_path_factory.mktemp("trained")
    start = cases.state_of(gan)
    metrics = cases.fit(gan, 1)
    first = cases.state_of(gan)
    Checkpoints(gan, folder / "checkpoints").save()
    gan.save(folder / "gan.keras")
    later = cases.fit(gan, 1)
    return types.SimpleNamespace(
        build=build,
        gan=gan,
        folder=folder,
        start=start,
        first=first,
        metrics=[metrics, later],
        second=cases.state_of(gan),
    )


def configuration_of(gan):
    """As JSON gives it back: tuples are lists."""
    found = gan.get_config(), gan.get_compile_config()
    return json.loads(json.dumps(found))


def equal(values, expected):
    for one, other in zip(values, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_everything_is_finite_at_step_1(trained):
    for value in (*trained.first, *trained.metrics[0].values()):
        assert np.isfinite(value).all()
    moved = [
        (one != other).any()
        for one, other in zip(trained.first, trained.start, strict=True)
    ]
    assert any(moved)


@pytest.mark.conformance
def test_the_graph_keeps_the_order_of_accesses_when_simplified(trained):
    if trained.gan.run_eagerly:
        pytest.skip("there is no graph")
    assert not access_order.lost(trained.gan.step_graph)


def test_a_step_without_data_changes_nothing(trained):
    gan = trained.gan
    missing = cases.minibatches(gan, 1).take(gan.minibatches_per_step - 1)
    before = cases.state_of(gan)
    with pytest.raises(tf.errors.OutOfRangeError):
        gan.train_function(iter(missing))
    equal(cases.state_of(gan), before)


def test_a_run_resumed_from_its_configuration_is_one_never_stopped(trained):
    described = configuration_of(trained.gan)
    config, compilation = described
    gan = type(trained.gan).from_config(config)
    gan.compile_from_config(compilation)
    assert configuration_of(gan) == described
    Checkpoints(gan, trained.folder / "checkpoints").restore()
    equal(cases.state_of(gan), trained.first)
    cases.fit(gan, 1)
    equal(cases.state_of(gan), trained.second)


def test_a_file_of_keras_is_the_gan_again(trained):
    gan = tfgan_ref.load(trained.folder / "gan.keras")
    assert type(gan) is type(trained.gan)
    assert configuration_of(gan) == configuration_of(trained.gan)
    equal(cases.state_of(gan), trained.first)


@pytest.mark.conformance  # Ten seconds each.
def test_two_replicas_are_one(trained, two_replicas):
    if trained.gan.run_eagerly:
        pytest.skip("eager steps are those of graphs")
    if cases.is_noisy(trained.gan):
        pytest.skip("each replica has noise of its own")
    keras.utils.set_random_seed(3)
    with two_replicas.scope():
        gan = cases.compiled(trained.build)
    metrics = [cases.fit(gan, 1) for _ in range(2)]
    state = cases.state_of(gan)  # Of replicas that agree.
    for one, other in zip(metrics, trained.metrics, strict=True):
        assert one == pytest.approx(other, rel=1e-4, abs=1e-5)
    for one, other in zip(state, trained.second, strict=True):
        # Of a step 0.01: so far rounding alone moves a bias that normalisation
        # takes off again.
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-4)
