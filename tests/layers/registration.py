"""What every layer of ours has in common: a name and a configuration."""

import json

import keras


def check_made_again(kind, *arguments, **named):
    """A layer comes back from its configuration as JSON with what it was given.

    Args:
        kind: class.
        *arguments: of its constructor, not looked at.
        **named: others, each an attribute of the same name.

    Returns:
        The second layer.
    """
    name = kind.__name__
    assert keras.saving.get_registered_name(kind) == f"tfgan_ref>{name}"
    assert keras.saving.get_registered_object(f"tfgan_ref>{name}") is kind
    common = {"name": "own", "dtype": "mixed_bfloat16", "trainable": False}
    layer = kind(*arguments, **named, **common)
    saved = json.dumps(keras.saving.serialize_keras_object(layer))
    again = keras.saving.deserialize_keras_object(json.loads(saved))
    assert type(again) is kind and again is not layer
    for one in (layer, again):
        assert (one.name, one.trainable) == ("own", False)
        assert one.dtype_policy.name == "mixed_bfloat16"
        assert {key: getattr(one, key) for key in named} == named
    assert again.get_config() == layer.get_config()
    return again


def weights(layer):
    """Name -> shape and whether it is trained, of its own weights."""
    return {
        weight.name: (tuple(weight.shape), weight.trainable)
        for weight in layer.weights
    }
