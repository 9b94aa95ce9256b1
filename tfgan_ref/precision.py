"""The precision of networks that are described already.

Keras writes the precision of every layer into a network's configuration. Here
it is changed there, before the network is made again.
"""

from __future__ import annotations

from absl import logging

from tfgan_ref import runtime

_POLICY = "DTypePolicy"


def in_float32(config: dict) -> dict:
    """The same configuration, all of its layers in float32."""
    return _with_policies(config, "mixed_bfloat16", "float32")


def in_bfloat16(network: dict) -> dict:
    """The same functional network, but for its last layers, in bfloat16.

    Weights stay float32, and so do the outputs: as if it had been made under
    the policy mixed_bfloat16. Whether other layers were float32 by themselves
    cannot be told any more.

    Args:
        network: of `keras.saving.serialize_keras_object`.
    """
    import keras

    config = network["config"]
    # Their names, and of which calls.
    last = {*keras.tree.flatten(config["output_layers"])}
    layers = [
        layer
        if layer["name"] in last
        else _with_policies(layer, "float32", "mixed_bfloat16")
        for layer in config["layers"]
    ]
    return network | {"config": config | {"layers": layers}}


def warn_of_emulation() -> None:
    """Says so where bfloat16 is computed by a CPU that does not know it."""
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    if not gpus and not runtime.has_bfloat16():
        logging.warning("No bfloat16 in this CPU: it will be slow")


def _with_policies(value, before, after):
    """A copy in which one policy of Keras's stands for another."""
    if isinstance(value, (list, tuple)):
        return [_with_policies(part, before, after) for part in value]
    if not isinstance(value, dict):
        return value
    if value.get("class_name") == _POLICY:
        name = value["config"]["name"]
        return value | {"config": {"name": after if name == before else name}}
    return {k: _with_policies(v, before, after) for k, v in value.items()}
