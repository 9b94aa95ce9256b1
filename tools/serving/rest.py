"""TensorFlow Serving's REST API, with the standard library alone."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import socket
import urllib.parse

from tfgan_ref import documents
from tfgan_ref.errors import UserError, reason
from tools.serving import server
from tools.serving.deadline import within
from tools.serving.retries import Unavailable

# Of TensorFlow Serving or of a proxy in front of it.
_UNAVAILABLE = (502, 503, 504)
_LIMIT = 2**28  # Bytes of an answer.


class RestServer:
    """A model, asked over HTTP; see `server.Server` for the methods.

    Args:
        address: `server.Address`.
    """

    def __init__(self, address: server.Address):
        self._address = address
        model = urllib.parse.quote(address.model, safe="")
        self._path = f"/v1/models/{model}"
        if address.version is not None:
            self._path += f"/versions/{address.version}"

    def status(self):
        """The state of each version."""
        answer = self._ask("GET", self._path)
        return server.parse_status(self._address, answer)

    def metadata(self):
        """The signatures of the model."""
        answer = self._ask("GET", f"{self._path}/metadata")
        try:
            version = answer["model_spec"]["version"]
            # A message of that name with a map of that name.
            definitions = answer["metadata"]["signature_def"]["signature_def"]
        except (KeyError, TypeError):
            raise self._malformed("no signature_def") from None
        return server.parse_metadata(self._address, version, definitions)

    def predict(self, signature, inputs, outputs):
        """Calls a signature."""
        answer = self._ask(
            "POST",
            f"{self._path}:predict",
            {
                "signature_name": signature,
                "inputs": {name: of.tolist() for name, of in inputs.items()},
            },
        )
        try:
            received = answer["outputs"]
            if len(outputs) == 1:
                received = {outputs[0]: received}
            return {name: _decode(received[name]) for name in outputs}
        except (KeyError, TypeError, ValueError):
            raise self._malformed(
                f"outputs {', '.join(outputs)} were expected"
            ) from None

    def _ask(self, method, path, body=None):
        """Sends a request and returns the JSON value of the answer."""
        status, content = self._exchange(method, path, body)
        if status != 200:
            kind = Unavailable if status in _UNAVAILABLE else UserError
            raise kind(f"{self._address}: HTTP {status}: {_message(content)}")
        try:
            content.decode()
            return documents.parse(content)
        except UnicodeDecodeError:
            raise self._malformed(
                "no UTF-8; of bytes, an output's name must end in _bytes"
            ) from None
        except documents.Damaged as error:
            raise self._malformed(f"no JSON ({error})") from None

    def _exchange(self, method, path, body):
        host, port, _, _, timeout = self._address
        text = body and json.dumps(body)
        try:
            connection = http.client.HTTPConnection(host, port, timeout=timeout)
            sockets: list[socket.socket] = []
            try:
                return within(
                    timeout, _send, connection, sockets, method, path, text
                )
            finally:
                _hang_up(sockets)
        except TimeoutError:
            raise Unavailable(
                f"{self._address}: no answer in {timeout:g} s"
            ) from None
        except (socket.gaierror, UnicodeError, http.client.InvalidURL) as error:
            raise UserError(
                f"{self._address}: unknown host: {reason(error)}"
            ) from None
        except (OSError, http.client.IncompleteRead) as error:
            raise Unavailable(
                f"{self._address}: no connection: {reason(error)}"
            ) from None
        except _TooLarge:
            raise self._malformed(f"more than {_LIMIT:,} bytes") from None
        except http.client.HTTPException:
            raise self._malformed("no HTTP") from None

    def _malformed(self, what):
        return server.malformed(self._address, what)


class _TooLarge(Exception):
    """More than this program takes."""


def _send(connection, sockets, method, path, text) -> tuple[int, bytes]:
    """Sends a request; status and content of the answer."""
    connection.connect()
    sockets.append(connection.sock)  # The connection will forget it.
    connection.request(method, path, text)
    with connection.getresponse() as response:
        content = response.read(_LIMIT + 1)
        if len(content) > _LIMIT:
            raise _TooLarge
        if response.length:  # So many more were announced.
            raise http.client.IncompleteRead(b"", response.length)
        return response.status, content


def _hang_up(sockets):
    """Ends what another thread still reads."""
    for connected in sockets:
        with contextlib.suppress(OSError):
            connected.shutdown(socket.SHUT_RDWR)
        connected.close()


def _message(content: bytes) -> str:
    """What the server says, in one line."""
    try:
        text = documents.parse(content, {"error": str})["error"]
    except documents.Damaged:
        text = content.decode(errors="replace")
    return " ".join(text.split())[:300] or "no message"


def _decode(value):
    """Replaces {"b64": ...} by the bytes that it stands for."""
    if isinstance(value, list):
        return [_decode(item) for item in value]
    if isinstance(value, dict):
        return base64.b64decode(value["b64"], validate=True)
    return value
