"""A model on a server that may have to be asked more than once."""

from __future__ import annotations

from collections.abc import Callable

from tfgan_ref.errors import UserError
from tools.serving import rest, retries, rpc
from tools.serving.server import Address, Metadata, Server, malformed

# Each with the port of the official image.
_PROTOCOLS: dict[str, tuple[Callable[[Address], Server], int]] = {
    "rest": (rest.RestServer, 8501),
    "grpc": (rpc.GrpcServer, 8500),
}


class Client:
    """A model on a server that may have to be asked more than once.

    Args:
        flags: protocol, host, port, model, version, timeout and retries.

    Raises:
        UserError: of this and of every method; the server is unavailable,
            refuses the request or answers with something else.
    """

    def __init__(self, flags):
        connect, usual_port = _PROTOCOLS[flags.protocol]
        self.address = Address(
            flags.host,
            flags.port or usual_port,
            flags.model,
            flags.version,
            flags.timeout,
        )
        self._server = connect(self.address)
        self._retries = flags.retries

    def status(self) -> dict[int, str]:
        """The state of each version."""
        return retries.call(self._server.status, retries=self._retries)

    def metadata(self) -> Metadata:
        """The version that answers and its signatures."""
        return retries.call(self._server.metadata, retries=self._retries)

    def signature(self, name: str):
        """The signature of that name, which the model must have."""
        signatures = self.metadata().signatures
        if name not in signatures:
            raise UserError(
                f"{self.address}: no signature `{name}`. "
                f"There is: {', '.join(sorted(signatures)) or 'none'}"
            )
        return signatures[name]

    def predict(self, signature, inputs, outputs) -> dict[str, list]:
        """Calls a signature; its outputs have as many rows as its inputs."""
        received = retries.call(
            self._server.predict,
            signature,
            inputs,
            outputs,
            retries=self._retries,
        )
        rows = len(next(iter(inputs.values())))
        for name, values in received.items():
            if not isinstance(values, list) or len(values) != rows:
                raise malformed(
                    self.address, f"{name} of {rows} rows was expected"
                )
        return received
