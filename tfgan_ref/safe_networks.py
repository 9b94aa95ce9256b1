"""A network described by a file from elsewhere can compute, and nothing more.

Keras makes any object that the description names out of its own packages. Its
safe mode refuses some that run code or read files, others by version. Here is
what may be named.
"""

from __future__ import annotations

import pathlib
import zipfile
from collections.abc import Iterator

import keras

from tfgan_ref import documents, inputs
from tfgan_ref.errors import UserError, reason

_LIMIT = 2**26  # Bytes of a description.
_MODULES = {
    "keras.activations",
    "keras.constraints",
    "keras.dtype_policies",
    "keras.initializers",
    "keras.layers",
    "keras.optimizers",
    "keras.optimizers.schedules",
    "keras.regularizers",
}
_CLASSES = {
    "keras.DTypePolicy",
    "keras.DTypePolicyMap",
    "keras.Model",
    "keras.Sequential",
    "keras.random.SeedGenerator",
    "keras.src.models.functional.Functional",
}
# Operations on tensors, as `x + y` is written.
_OPERATIONS = "keras.src.ops."
# Layers that run code, or read files, of the description's choice.
_REFUSED = {
    "FlaxLayer",
    "IntegerLookup",
    "JaxLayer",
    "Lambda",
    "StringLookup",
    "TFSMLayer",
    "TextVectorization",
    "TorchModuleWrapper",
}
# Values that JSON has not.
_VALUES = {
    "__bytes__",
    "__ellipsis__",
    "__keras_tensor__",
    "__numpy__",
    "__slice__",
    "__tensor__",
}


def check(path: pathlib.Path, description: object) -> None:
    """Checks that a network can be made of a description without harm.

    Args:
        path: of the file, for the error.
        description: JSON values, of `keras.Model.to_json`.

    Raises:
        UserError: it names what is neither Keras's, nor registered with
            `keras.saving.register_keras_serializable`; or a layer of Keras
            that runs code or reads files.
    """
    for described in _objects(description):
        if not _allowed(described):
            names = described.get("module"), described["class_name"]
            raise UserError(
                f"{path} names {'.'.join(str(n) for n in names if n)}. "
                "Expected: layers of Keras without code or files of their "
                "own, or classes that are registered with Keras"
            )


def load(path: pathlib.Path) -> keras.Model:
    """Loads a network out of NAME.keras, without running code of the file.

    Raises:
        UserError: it cannot be read, or as of `check`.
    """
    try:
        check_archive(path)
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except UserError:
        raise
    except Exception as error:
        # Whatever a file of another version, or of another kind, raises.
        raise UserError(f"Keras cannot load {path}: {reason(error)}") from None


def deserialize(path: pathlib.Path, description: object):
    """The object that a checked description makes.

    Args:
        path: of the file, for the error.
        description: JSON values, of `keras.saving.serialize_keras_object`.

    Raises:
        UserError: as of `check`, or the description is damaged.
    """
    check(path, description)
    try:
        return keras.saving.deserialize_keras_object(
            description, safe_mode=True
        )
    except Exception as error:
        # Whatever a damaged description runs into.
        raise UserError(f"{path} is damaged: {reason(error)}") from None


def check_archive(path: pathlib.Path) -> None:
    """The same of a file NAME.keras."""
    if path.suffix != ".keras":
        raise UserError(f"A file NAME.keras was expected. Received: {path}")
    inputs.check_regular(path)
    with zipfile.ZipFile(path) as archive:
        if archive.getinfo("config.json").file_size > _LIMIT:
            raise UserError(f"{path} is damaged: its config.json is too large")
        content = archive.read("config.json")
    check(path, documents.parse(content))


def _objects(description) -> Iterator[dict]:
    """What is described, in any depth."""
    rest = [description]
    while rest:
        value = rest.pop()
        if isinstance(value, dict):
            rest += value.values()
            if "class_name" in value:
                yield value
        elif isinstance(value, list):
            rest += value


def _allowed(described) -> bool:
    name, module = described["class_name"], str(described.get("module"))
    registered = described.get("registered_name", name)
    if not isinstance(name, str):
        return False
    if name.startswith("__"):
        return name in _VALUES
    is_function = name == "function"
    if is_function:
        name = registered = described.get("config")
    # Keras looks there first.
    if isinstance(registered, str) and (
        keras.saving.get_registered_object(registered) is not None
    ):
        return True
    if not isinstance(name, str) or not name.isidentifier():
        return False
    if is_function:
        return module in ("builtins", "keras.activations")
    return (
        (module in _MODULES and name not in _REFUSED)
        or f"{module}.{name}" in _CLASSES
        or module.startswith(_OPERATIONS)
    )
