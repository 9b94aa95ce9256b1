"""The minibatch features' arguments, weights and limits."""

import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.layers.registration import check_made_again, weights
from tfgan_ref.layers import initialization
from tfgan_ref.layers.minibatch_features import (
    MinibatchFeatures,
    PairedMinibatchFeatures,
    PaperMinibatchFeatures,
)

every_kind = pytest.mark.parametrize(
    "kind",
    [PaperMinibatchFeatures, MinibatchFeatures, PairedMinibatchFeatures],
)
TENSOR = {"tensor": ((5, 3, 2), True)}
WEIGHTS = {
    PaperMinibatchFeatures: TENSOR,
    MinibatchFeatures: TENSOR
    | {"log_scale": ((3, 2), True), "bias": ((3,), True)},
    PairedMinibatchFeatures: TENSOR | {"bias": ((6,), True)},
}
DEFAULTS = {
    PaperMinibatchFeatures: {"initializer": "random_normal"},
    MinibatchFeatures: {"kernels": 100, "dimension": 5},
    PairedMinibatchFeatures: {"kernels": 300, "dimension": 50},
}


@every_kind
@pytest.mark.parametrize("across_replicas", [False, True])
def test_they_are_made_again(kind, across_replicas):
    check_made_again(
        kind, kernels=3, dimension=2, across_replicas=across_replicas
    )


@every_kind
def test_what_is_not_given_is_as_released(kind):
    found = {
        name: parameter.default
        for name, parameter in inspect.signature(kind).parameters.items()
        if parameter.default is not parameter.empty
    }
    assert found == DEFAULTS[kind] | {"across_replicas": False}


@every_kind
def test_their_weights(kind):
    layer = kind(3, 2)
    layer.build((None, 5))
    assert weights(layer) == WEIGHTS[kind]


def test_the_papers_is_made_again_with_its_initializer():
    normal = keras.initializers.RandomNormal(2.0, 3.0)
    layer = PaperMinibatchFeatures(3, 2, normal)
    config = PaperMinibatchFeatures.from_config(layer.get_config())
    for one in (layer, config):
        assert one.initializer.get_config()["mean"] == 2.0
        assert one.initializer.get_config()["stddev"] == 3.0


@every_kind
def test_two_examples_one_kernel_and_one_dimension_are_enough(kind):
    layer = kind(1, 1)
    x = np.float32([[1.0, -2.0], [4.0, 0.5]])
    alone = layer(x)
    unknown = tf.function(
        layer, input_signature=[tf.TensorSpec([None, 2])], autograph=False
    )
    np.testing.assert_allclose(unknown(x), alone, rtol=1e-6)
    assert layer.compute_output_shape((2, 2)) == alone.shape
    assert alone.shape[1] == 2 + (2 if kind is PairedMinibatchFeatures else 1)


def test_an_example_is_a_million_from_itself():
    """In the released program: more than that is farther than oneself."""
    layer = MinibatchFeatures(1, 1)
    layer.build((None, 1))
    layer.tensor.assign([[[1.0]]])
    for apart, nearest in ((1.25e6, 1e6), (0.75e6, 0.75e6)):
        layer.log_scale.assign([[0.0]])
        with initialization.from_data():
            layer(np.float32([[0.0], [apart]]))
        np.testing.assert_allclose(
            layer.log_scale, [[-np.log(nearest / 2)]], rtol=1e-5
        )
