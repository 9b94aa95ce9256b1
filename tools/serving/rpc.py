"""TensorFlow Serving's gRPC API, with the extra `serving`."""

from __future__ import annotations

import math

from tfgan_ref.errors import UserError
from tools.serving import server
from tools.serving.retries import Unavailable

_LIMIT = 2**28  # Bytes of an answer.
_OPTIONS = (
    # Images are larger than the 4 MB that gRPC takes by default.
    ("grpc.max_receive_message_length", _LIMIT),
    ("grpc.max_send_message_length", -1),
    # When to call again is decided by the caller. Milliseconds.
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 100),
    # As over REST.
    ("grpc.enable_http_proxy", 0),
)


class GrpcServer:
    """A model, asked over gRPC; see `server.Server` for the methods.

    Args:
        address: `server.Address`.

    Raises:
        UserError: the extra `serving` is not installed.
    """

    def __init__(self, address: server.Address):
        try:
            import grpc
            from tensorflow_serving.apis import (
                model_service_pb2_grpc,
                prediction_service_pb2_grpc,
            )
        except ImportError as error:
            raise UserError(
                "--protocol=grpc needs the extra `serving`: pip install "
                f"-e '.[serving]'. Missing: {error.name}"
            ) from None
        self._address = address
        channel = grpc.insecure_channel(
            _target(address.host, address.port), options=_OPTIONS
        )
        self._models = model_service_pb2_grpc.ModelServiceStub(channel)
        self._predictions = prediction_service_pb2_grpc.PredictionServiceStub(
            channel
        )

    def status(self):
        """The state of each version."""
        from tensorflow_serving.apis import get_model_status_pb2

        request = get_model_status_pb2.GetModelStatusRequest()
        answer = self._ask(self._models.GetModelStatus, request)
        return server.parse_status(self._address, _to_dict(answer))

    def metadata(self):
        """The signatures of the model."""
        from tensorflow_serving.apis import get_model_metadata_pb2

        request = get_model_metadata_pb2.GetModelMetadataRequest(
            metadata_field=["signature_def"]
        )
        answer = self._ask(self._predictions.GetModelMetadata, request)
        signatures = get_model_metadata_pb2.SignatureDefMap()
        if not answer.metadata["signature_def"].Unpack(signatures):
            raise server.malformed(self._address, "no signature_def")
        return server.parse_metadata(
            self._address,
            answer.model_spec.version.value,
            _to_dict(signatures).get("signature_def", {}),
        )

    def predict(self, signature, inputs, outputs):
        """Calls a signature."""
        import tensorflow as tf
        from tensorflow_serving.apis import predict_pb2

        request = predict_pb2.PredictRequest()
        request.model_spec.signature_name = signature
        for name, array in inputs.items():
            request.inputs[name].CopyFrom(tf.make_tensor_proto(array))
        received = self._ask(self._predictions.Predict, request).outputs
        if len(outputs) == 1 == len(received):
            received = dict(zip(outputs, received.values(), strict=True))
        try:
            return {
                name: tf.make_ndarray(_sized(received[name])).tolist()
                for name in outputs
            }
        except (KeyError, TypeError, ValueError):
            raise server.malformed(
                self._address, f"outputs {', '.join(outputs)} were expected"
            ) from None

    def _ask(self, method, request):
        import grpc

        request.model_spec.name = self._address.model
        if self._address.version is not None:
            request.model_spec.version.value = self._address.version
        try:
            return method(request, timeout=self._address.timeout)
        except grpc.RpcError as error:
            raise self._error(error) from None

    def _error(self, error):
        import grpc

        message = " ".join(str(error.details()).split())[:300]
        if error.code() == grpc.StatusCode.DEADLINE_EXCEEDED:
            seconds = f"{self._address.timeout:g} s"
            return Unavailable(f"{self._address}: no answer in {seconds}")
        if error.code() == grpc.StatusCode.UNAVAILABLE:
            return Unavailable(f"{self._address}: unavailable: {message}")
        return UserError(f"{self._address}: {error.code().name}: {message}")


def _target(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _sized(tensor):
    """A tensor, unless a few bytes stand for more numbers than are taken."""
    sizes = [dim.size for dim in tensor.tensor_shape.dim]
    if min(sizes, default=0) < 0 or math.prod(sizes) > _LIMIT:
        raise ValueError(f"a tensor {sizes}")
    return tensor


def _to_dict(message) -> dict:
    """A message in the JSON form that REST answers with."""
    from google.protobuf import json_format

    return json_format.MessageToDict(message, preserving_proto_field_name=True)
