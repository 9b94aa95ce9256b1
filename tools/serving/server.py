"""A model behind TensorFlow Serving, whichever API it is asked through."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from tfgan_ref.errors import UserError


class Address(NamedTuple):
    """Where a model is and how long to wait for each answer.

    Attributes:
        host: name or IP address.
        port: int.
        model: the model's name.
        version: int; None asks for the newest.
        timeout: seconds.
    """

    host: str
    port: int
    model: str
    version: int | None
    timeout: float

    def __str__(self):
        model = self.model
        if self.version is not None:
            model += f" version {self.version}"
        return f"{self.host}:{self.port}, model {model}"


class Tensor(NamedTuple):
    """The dtype and shape of an input or output; None is any length."""

    dtype: str
    shape: tuple[int | None, ...] | None

    def __str__(self):
        if self.shape is None:
            return f"{self.dtype} of any shape"
        sizes = ("?" if size is None else str(size) for size in self.shape)
        return f"{self.dtype} [{', '.join(sizes)}]"


class Signature(NamedTuple):
    """What a function of the model takes and gives, by name."""

    inputs: dict[str, Tensor]
    outputs: dict[str, Tensor]

    def __str__(self):
        sides = (
            ", ".join(f"{name} {of[name]}" for name in sorted(of))
            for of in (self.inputs, self.outputs)
        )
        return " -> ".join(sides)


class Metadata(NamedTuple):
    """The version that answers and its signatures by name."""

    version: int
    signatures: dict[str, Signature]


class Server(Protocol):
    """What a client asks of a model.

    Every method raises `retries.Unavailable` where the server is down or slow,
    and `UserError` where it refuses or its answer is malformed.
    """

    def status(self) -> dict[int, str]:
        """The state of each version, as `AVAILABLE` or `LOADING`."""

    def metadata(self) -> Metadata:
        """The signatures of the model."""

    def predict(self, signature: str, inputs: dict, outputs: tuple) -> dict:
        """Calls a signature.

        Args:
            signature: its name.
            inputs: dict from a name to a NumPy array.
            outputs: names of the outputs that the answer must have. The name
                of a single one does not matter: REST does not tell it.

        Returns:
            dict from each of these names to nested lists of numbers or bytes.
        """


def parse_status(address: Address, answer: dict) -> dict[int, str]:
    """Reads a GetModelStatusResponse in its JSON form."""
    try:
        return {
            int(status["version"]): str(status["state"])
            for status in answer["model_version_status"]
        }
    except (AttributeError, KeyError, TypeError, ValueError):
        raise malformed(address, "no model_version_status") from None


def parse_metadata(address: Address, version, definitions) -> Metadata:
    """Reads a version and a map of SignatureDef in its JSON form."""
    try:
        return Metadata(
            int(version),
            {
                name: Signature(
                    _parse_tensors(definition.get("inputs", {})),
                    _parse_tensors(definition.get("outputs", {})),
                )
                for name, definition in definitions.items()
                # The function that initialises a SavedModel is one, too.
                if not name.startswith("__")
            },
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise malformed(address, "no signature_def") from None


def _parse_tensors(tensors: dict) -> dict[str, Tensor]:
    return {name: _parse_tensor(tensor) for name, tensor in tensors.items()}


def _parse_tensor(tensor: dict) -> Tensor:
    dtype = tensor["dtype"].removeprefix("DT_").lower()
    shape = tensor.get("tensor_shape", {})
    if shape.get("unknown_rank"):
        return Tensor(dtype, None)
    sizes = [int(dim.get("size", 0)) for dim in shape.get("dim", [])]
    return Tensor(dtype, tuple(None if n < 0 else n for n in sizes))


def malformed(address: Address, what: str) -> UserError:
    """The error of an answer that TensorFlow Serving would not give."""
    return UserError(f"{address}: malformed answer: {what}")
