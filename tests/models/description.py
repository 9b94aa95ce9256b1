"""A network in words, to be compared with a table written by hand."""

import inspect

import keras

_SHOWN = ("units", "filters", "kernel_size", "strides", "padding", "use_bias")
_SHOWN += ("activation", "negative_slope", "momentum", "epsilon", "scale")
_SHOWN += ("offset", "center", "synchronized", "rate", "stddev", "pieces")
_SHOWN += ("target_shape", "train_scale", "kernels", "dimension")
# Left out where they are what Keras or the layer has by itself.
_USUAL = {
    "strides": (1, 1),
    "padding": "valid",
    "use_bias": True,
    "activation": "linear",
    "negative_slope": 0.0,
    "scale": True,
    "center": True,
    "synchronized": False,
    "train_scale": False,
}
_INITIALIZERS = ("kernel_initializer", "gamma_initializer", "initializer")


def defaults(function):
    """Argument -> default, of those that have one."""
    return {
        name: parameter.default
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.default is not parameter.empty
    }


def describe(network):
    """The ends' names, and then each layer's kind and what is special of it."""
    given = network.input
    names = given if isinstance(given, dict) else [given.name]
    ends = f"{network.name}: {', '.join(names)}"
    return [ends, *(_line(layer) for layer in network.layers[1:])]


def synchronized(lines):
    """The same on several replicas."""
    return [
        f"{line} synchronized=True" if "BatchNormalization" in line else line
        for line in lines
    ]


def _line(layer):
    kind = type(layer).__name__
    config = layer.get_config()
    words = [] if _is_automatic(layer) else [f"{layer.name}:"]
    words.append(kind)
    if isinstance(config.get("layer"), dict):
        words.append(f"of ({_line(layer.layer)})")
    for name in _INITIALIZERS:
        words += _initial(config.get(name))
    if layer.dtype_policy.name != keras.config.dtype_policy().name:
        words.append(layer.dtype_policy.name)
    for name in _SHOWN:
        value = config.get(name)
        if value is not None and (name not in _USUAL or value != _USUAL[name]):
            words.append(f"{name}={value}")
    return " ".join(words)


def _is_automatic(layer):
    plain = layer.name.replace("_", "").rstrip("0123456789")
    return plain == type(layer).__name__.lower()


def _initial(initializer):
    if initializer is None or initializer["class_name"] == "Ones":
        return []
    config = initializer["config"]
    if initializer["class_name"] == "RandomNormal":
        return [f"N({config['mean']}, {config['stddev']})"]
    gain = [f"{config['gain']}"] if "gain" in config else []
    return [initializer["class_name"], *gain]
