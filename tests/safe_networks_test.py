"""Descriptions of networks that compute are accepted; no others are."""

import json
import pathlib

import keras
import pytest
from keras import layers

from tfgan_ref import safe_networks
from tfgan_ref.errors import UserError

PATH = pathlib.Path("x/networks.json")


@keras.saving.register_keras_serializable(package="test")
class Registered(layers.Layer):
    def call(self, x):
        return x


@keras.saving.register_keras_serializable(package="test")
def registered(x):
    return 2 * x


class Unregistered(layers.Layer):
    pass


def described(*stack):
    return json.loads(keras.Sequential([*stack]).to_json())


def function(module, name):
    return {"class_name": "function", "module": module, "config": name}


def layer(module, name, **more):
    return {"class_name": name, "module": module, "config": {}} | more


REFUSED = {
    "keras.layers.Lambda": described(layers.Lambda(lambda x: x)),
    "keras.layers.StringLookup": described(layers.StringLookup()),
    "keras.layers.IntegerLookup": described(layers.IntegerLookup()),
    "keras.layers.TextVectorization": described(layers.TextVectorization()),
    "safe_networks_test.Unregistered": described(Unregistered()),
    "keras.layers.TFSMLayer": layer("keras.layers", "TFSMLayer"),
    "keras.layers.JaxLayer": layer("keras.layers", "JaxLayer"),
    "keras.layers.FlaxLayer": layer("keras.layers", "FlaxLayer"),
    "keras.layers.TorchModuleWrapper": [
        [{"a": layer("keras.layers", "TorchModuleWrapper")}]
    ],
    # The same by other names.
    "keras.src.layers.core.lambda_layer.Lambda": layer(
        "keras.src.layers.core.lambda_layer", "Lambda"
    ),
    "keras.layers.TFSMLayer of a module": layer("keras", "layers.TFSMLayer"),
    "keras.layers.core.Lambda": layer("keras.layers", "core.Lambda"),
    "Lambda": {"class_name": "Lambda", "config": {}},
    # Keras looks for these before it looks for what is registered.
    "__lambda__": layer(None, "__lambda__", registered_name="test>Registered"),
    "__typespec__": layer(
        None, "__typespec__", registered_name="test>Registered"
    ),
    # What is no part of a network.
    "keras.callbacks.CSVLogger": layer("keras.callbacks", "CSVLogger"),
    "keras.saving.function": function("keras.saving", "load_model"),
    "keras.utils.function": function("keras.utils", "get_file"),
    "keras_hub.models.Backbone": layer("keras_hub.models", "Backbone"),
    "os.function": function("os", "system"),
    "subprocess.Popen": layer("subprocess", "Popen"),
    # What is not even a name.
    "['a']": layer(None, ["a"]),
    "['keras.layers'].Dense": layer(["keras.layers"], "Dense"),
    "test.Odd": layer("test", "Odd", registered_name=["a"]),
    "builtins.function": function("builtins", {"a": 1}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_more_than_compute_is_named(name):
    with pytest.raises(UserError) as caught:
        safe_networks.check(PATH, {"config": [1, REFUSED[name]]})
    (line,) = str(caught.value).splitlines()
    said = name.removesuffix(" of a module")
    assert line.startswith(f"{PATH} names ") and f"{said}. Expected" in line


def test_networks_are_accepted():
    x = images = keras.Input((8, 8, 3))
    x = layers.Conv2D(
        4,
        3,
        activation="relu",
        kernel_initializer=keras.initializers.Constant([1.0, 2.0, 3.0, 4.0]),
        kernel_regularizer="l2",
        kernel_constraint="max_norm",
        dtype="mixed_bfloat16",
    )(x)
    x = layers.SpectralNormalization(layers.Conv2D(4, 1))(x)
    x = keras.ops.relu(x * keras.ops.ones((4,)) + x)[:, ::2]
    x = layers.Activation(keras.activations.silu)(x)
    x = layers.Activation(registered)(Registered()(x))
    x = layers.TimeDistributed(layers.GlobalMaxPooling1D())(x)
    x = layers.Bidirectional(layers.LSTM(3))(x)
    inner = keras.Sequential([layers.Dense(2, activation=layers.LeakyReLU())])
    network = keras.Model(images, inner(layers.Dropout(0.5, seed=3)(x)))
    content = network.to_json()
    for part in ("test>Registered", "keras.src.ops", "__tensor__", "__slice__"):
        assert part in content
    safe_networks.check(PATH, json.loads(content))
    again = keras.models.model_from_json(content)
    assert again.output_shape == (None, 2)
