"""The client against servers on the loopback that answer what they are told.

They speak the APIs of TensorFlow Serving, but are not TensorFlow Serving.
"""

import base64
import http.server
import io
import json
import pathlib
import socket
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from PIL import Image
from tensorflow.core.framework import tensor_pb2, tensor_shape_pb2

from tfgan_ref.errors import UserError
from tools import client
from tools.serving import rest as rest_api
from tools.serving import retries, rpc

TOOL = pathlib.Path(client.__file__)
VERSION = 4500


def tensor(dtype, *sizes):
    return {
        "dtype": dtype,
        "tensor_shape": {"dim": [{"size": str(size)} for size in sizes]},
    }


SAMPLE = {"seed": tensor("DT_INT64", -1), "truncation": tensor("DT_FLOAT", -1)}
SIGNATURES = {
    "sample_png_bytes": {
        "inputs": SAMPLE,
        "outputs": {"png_bytes": tensor("DT_STRING", -1)},
    },
    "classify": {
        "inputs": {"images": tensor("DT_FLOAT", -1, 2, 3, 1)},
        "outputs": {
            "probabilities": tensor("DT_FLOAT", -1, 3),
            "classes": tensor("DT_INT64", -1),
            "realness": tensor("DT_FLOAT", -1),
        },
    },
    "__saved_model_init_op": {
        "outputs": {
            "__saved_model_init_op": {
                "dtype": "DT_INVALID",
                "tensor_shape": {"unknown_rank": True},
            }
        }
    },
}


def png(seed, truncation=1.0):
    """A file that tells the seed and the truncation."""
    pixels = np.array([[seed, 100 * truncation]], np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


class Model:
    """What both servers serve.

    Attributes:
        signatures: the JSON form of its map of SignatureDef.
        states: pairs of a version and its state.
        faults: answers to the next requests, each once: `unavailable`,
            `slow`, `refused`, or nothing for a good one.
        requests: of predictions, name of the signature and the inputs.
        outputs: function that makes the answer to a prediction.
    """

    def __init__(self):
        self.signatures = dict(SIGNATURES)
        self.states = [(VERSION, "AVAILABLE")]
        self.faults = []
        self.requests = []
        self.outputs = outputs
        self.stopped = threading.Event()

    def predict(self, signature, inputs):
        self.requests.append((signature, inputs))
        return self.outputs(signature, inputs)

    def next_fault(self):
        fault = self.faults.pop(0) if self.faults else None
        if fault == "slow":  # To who is patient it is a good one.
            self.stopped.wait(10)
        return fault


def outputs(signature, inputs):
    if signature == "sample_png_bytes":
        rows = zip(inputs["seed"], inputs["truncation"], strict=True)
        return {"png_bytes": [png(*row) for row in rows]}
    (((a, b, _), (d, _, f)),) = np.array(inputs["images"])[..., 0].tolist()
    return {"probabilities": [[a, b, f]], "classes": [1], "realness": [d]}


class RestStub:
    """TensorFlow Serving's REST API."""

    protocol = "rest"

    def __init__(self):
        self.model = model = Model()
        self.raw = None  # An answer to all requests, status and bytes.
        stub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer(None)

            def do_POST(self):
                length = int(self.headers["Content-Length"])
                self.answer(json.loads(self.rfile.read(length)))

            def answer(self, body):
                status, content = stub.respond(self.path, body)
                if not model.stopped.is_set():
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        self.thread = threading.Thread(
            target=self.server.serve_forever, args=[0.01]
        )
        self.thread.start()

    def respond(self, path, body):
        fault = self.model.next_fault()
        if self.raw:
            return self.raw
        if fault == "unavailable":
            return 503, b'{"error": "overloaded"}'
        if fault == "refused":
            return 400, b'{"error": "seed must\\n be small"}'
        if not path.startswith("/v1/models/gan"):
            name = path.split("/")[3].partition(":")[0]
            text = f"Servable not found for request: Latest({name})"
            return 404, json.dumps({"error": text}).encode()
        text = json.dumps(self.value(path, body), ensure_ascii=False)
        return 200, text.encode("latin-1")

    def value(self, path, body):
        if path.endswith(":predict"):
            answer = self.model.predict(body["signature_name"], body["inputs"])
            answer = {name: encoded(name, of) for name, of in answer.items()}
            if len(answer) == 1:  # As the API has it.
                (answer,) = answer.values()
            return {"outputs": answer}
        if path.endswith("/metadata"):
            spec = {"name": "gan", "signature_name": "", "version": "4500"}
            signatures = {"signature_def": self.model.signatures}
            return {
                "model_spec": spec,
                "metadata": {"signature_def": signatures},
            }
        return {
            "model_version_status": [
                {"version": str(version), "state": state, "status": {}}
                for version, state in self.model.states
            ]
        }

    def stop(self):
        self.model.stopped.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def encoded(name, values):
    """Bytes are in base64 if the name says so, and raw if not."""
    if not any(isinstance(value, bytes) for value in values):
        return values
    if name.endswith("_bytes"):
        return [{"b64": base64.b64encode(of).decode()} for of in values]
    return [value.decode("latin-1") for value in values]


class GrpcStub:
    """TensorFlow Serving's gRPC API, on its own servicers."""

    protocol = "grpc"

    def __init__(self):
        from concurrent import futures

        import grpc
        from tensorflow_serving.apis import (
            model_service_pb2_grpc,
            prediction_service_pb2_grpc,
        )

        self.model = Model()
        self.server = grpc.server(futures.ThreadPoolExecutor(2))
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
            grpc_predictions(self.model), self.server
        )
        model_service_pb2_grpc.add_ModelServiceServicer_to_server(
            grpc_models(self.model), self.server
        )
        self.port = self.server.add_insecure_port("127.0.0.1:0")
        self.server.start()

    def stop(self):
        self.model.stopped.set()
        self.server.stop(None).wait()


def check(model, request, context):
    import grpc

    fault = model.next_fault()
    if request.model_spec.name != "gan":
        name = request.model_spec.name
        text = f"Servable not found for request: Latest({name})"
        context.abort(grpc.StatusCode.NOT_FOUND, text)
    if fault == "unavailable":
        context.abort(grpc.StatusCode.UNAVAILABLE, "overloaded")
    if fault == "refused":
        text = "seed must\n be small"
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, text)


def grpc_predictions(model):
    import tensorflow as tf
    from google.protobuf import json_format
    from tensorflow_serving.apis import (
        get_model_metadata_pb2,
        predict_pb2,
        prediction_service_pb2_grpc,
    )

    class Servicer(prediction_service_pb2_grpc.PredictionServiceServicer):
        def Predict(self, request, context):
            check(model, request, context)
            inputs = {
                name: tf.make_ndarray(of).tolist()
                for name, of in request.inputs.items()
            }
            signature = request.model_spec.signature_name
            response = predict_pb2.PredictResponse()
            for name, values in model.predict(signature, inputs).items():
                response.outputs[name].CopyFrom(tf.make_tensor_proto(values))
            return response

        def GetModelMetadata(self, request, context):
            check(model, request, context)
            response = get_model_metadata_pb2.GetModelMetadataResponse()
            response.model_spec.version.value = VERSION
            signatures = json_format.ParseDict(
                {"signature_def": model.signatures},
                get_model_metadata_pb2.SignatureDefMap(),
            )
            for name in request.metadata_field:
                response.metadata[name].Pack(signatures)
            return response

    return Servicer()


def grpc_models(model):
    from tensorflow_serving.apis import (
        get_model_status_pb2,
        model_service_pb2_grpc,
    )

    states = get_model_status_pb2.ModelVersionStatus.State

    class Servicer(model_service_pb2_grpc.ModelServiceServicer):
        def GetModelStatus(self, request, context):
            check(model, request, context)
            response = get_model_status_pb2.GetModelStatusResponse()
            for version, state in model.states:
                response.model_version_status.add(
                    version=version, state=states.Value(state)
                )
            return response

    return Servicer()


@pytest.fixture(params=[RestStub, GrpcStub], ids=["rest", "grpc"])
def stub(request):
    if request.param is GrpcStub:
        pytest.importorskip("tensorflow_serving.apis")
    server = request.param()
    yield server
    server.stop()


@pytest.fixture
def rest():
    server = RestStub()
    yield server
    server.stop()


@pytest.fixture
def pauses(monkeypatch):
    """The pauses between attempts, which are not made."""
    made = []
    monkeypatch.setattr(retries.time, "sleep", made.append)
    return made


def run(server, *arguments):
    client.main(
        client._parse_flags(
            [
                *arguments,
                f"--port={server.port}",
                f"--protocol={server.protocol}",
            ]
        )
    )


def generate(server, folder, *arguments):
    run(server, "generate", f"--output_dir={folder}", *arguments)


def refusal(server, *arguments):
    with pytest.raises(UserError) as caught:
        run(server, *arguments)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_an_export_of_ours_answers(stub, tmp_path, capsys):
    """The stubs pass on what tf.saved_model.load gives."""
    import keras
    from google.protobuf import json_format
    from tensorflow.core.protobuf import saved_model_pb2

    from tests.small_gan import around
    from tfgan_ref import inference
    from tfgan_ref.serving import export

    layers = keras.layers
    generator = keras.Sequential(
        [keras.Input((4,)), layers.Dense(6), layers.Reshape((2, 3, 1))]
    )
    classifier = keras.Sequential(
        [keras.Input((2, 3, 1)), layers.Flatten(), layers.Dense(3)]
    )
    gan = around(generator, classifier)
    path = export.export_gan(gan, tmp_path, VERSION)
    served = inference.load(path)
    content = (path / "saved_model.pb").read_bytes()
    graph = saved_model_pb2.SavedModel.FromString(content).meta_graphs[0]
    stub.model.signatures = json_format.MessageToDict(
        graph, preserving_proto_field_name=True
    )["signature_def"]
    stub.model.outputs = lambda signature, inputs: {
        name: values.tolist()
        for name, values in served.call(signature, **inputs).items()
    }
    folder = tmp_path / "samples"
    generate(stub, folder, "--count=3", "--truncation=0.5", "--batch_size=2")
    samples = 255 * served.sample([0, 1, 2], 0.5)
    for seed, sample in enumerate(samples):
        with Image.open(folder / f"seed_00000{seed}.png") as image:
            pixels = np.asarray(image)
        assert np.abs(pixels - sample[..., 0]).max() < 0.501
    capsys.readouterr()
    run(stub, "classify", f"--image={folder / 'seed_000002.png'}")
    answer = served.call("classify", images=pixels[None, ..., None] / 255)
    probabilities = " ".join(f"{p:.4f}" for p in answer["probabilities"][0])
    assert capsys.readouterr().out == (
        f"class {answer['classes'][0]}\nprobabilities {probabilities}\n"
        f"realness {answer['realness'][0]:.4f}\n"
    )


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# What is asked and answered.
GENERATE = ["generate", "--count=3", "--batch_size=2"]


def test_health_prints_the_state_of_every_version(stub, capsys):
    stub.model.states = [(12, "AVAILABLE"), (7, "UNLOADING")]
    run(stub, "health")
    assert capsys.readouterr().out == (
        "version 7: UNLOADING\nversion 12: AVAILABLE\n"
    )


def test_a_model_that_is_loading_is_not_healthy(stub):
    stub.model.states = [(12, "LOADING")]
    message = refusal(stub, "health")
    assert "not available: version 12: LOADING" in message


def test_metadata_prints_dtypes_and_shapes(stub, capsys):
    run(stub, "metadata")
    assert capsys.readouterr().out == (
        "model gan, version 4500\n"
        "classify: images float [?, 2, 3, 1] -> classes int64 [?], "
        "probabilities float [?, 3], realness float [?]\n"
        "sample_png_bytes: seed int64 [?], truncation float [?] -> "
        "png_bytes string [?]\n"
    )


def test_generate_writes_the_servers_bytes_by_seed(stub, tmp_path, capsys):
    folder = tmp_path / "new" / "samples"
    generate(stub, folder, "--count=5", "--batch_size=2", "--truncation=0.5")
    assert files(folder) == {
        f"seed_00000{seed}.png": png(seed, 0.5) for seed in range(5)
    }
    seeds = [inputs["seed"] for _, inputs in stub.model.requests]
    assert seeds == [[0, 1], [2, 3], [4]]
    assert capsys.readouterr().out == f"5 images in {folder}\n"


def test_a_conditional_model_is_asked_for_a_class(stub, tmp_path):
    message = refusal(stub, *GENERATE, f"--out={tmp_path / 'o'}", "--class=2")
    assert message.endswith("is asked for no class. Received: --class=2")
    inputs = SAMPLE | {"label": tensor("DT_INT64", -1)}
    served = SIGNATURES["sample_png_bytes"] | {"inputs": inputs}
    stub.model.signatures["sample_png_bytes"] = served
    message = refusal(stub, *GENERATE, f"--out={tmp_path / 'o'}")
    assert message.endswith("--class=NUMBER. Received: none")
    assert not stub.model.requests and not (tmp_path / "o").exists()
    generate(stub, tmp_path / "o", *GENERATE[1:], "--class=7")
    assert len(files(tmp_path / "o")) == 3
    labels = [inputs["label"] for _, inputs in stub.model.requests]
    assert labels == [[7, 7], [7]]


def test_a_model_of_texts_is_asked_for_one(stub, tmp_path):
    message = refusal(stub, *GENERATE, f"--out={tmp_path / 'o'}", "--text=a b")
    assert message.endswith("is asked for no text. Received: --text=a b")
    inputs = SAMPLE | {"text": tensor("DT_STRING", -1)}
    served = SIGNATURES["sample_png_bytes"] | {"inputs": inputs}
    stub.model.signatures["sample_png_bytes"] = served
    message = refusal(stub, *GENERATE, f"--out={tmp_path / 'o'}")
    assert message.endswith("--text=... Received: none")
    assert not stub.model.requests and not (tmp_path / "o").exists()
    generate(stub, tmp_path / "o", *GENERATE[1:], "--text=a “b”")
    texts = [inputs["text"] for _, inputs in stub.model.requests]
    decoded = [
        [x.decode() if isinstance(x, bytes) else x for x in text]
        for text in texts
    ]
    assert decoded == [["a “b”", "a “b”"], ["a “b”"]]


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_classify_sends_the_pixels_and_prints_the_answer(
    stub, tmp_path, capsys, mode
):
    pixels = np.array([[51, 153, 0], [204, 0, 102]], np.uint8)
    path = tmp_path / "image.png"
    Image.fromarray(pixels).convert(mode).save(path)
    run(stub, "classify", f"--image={path}")
    assert capsys.readouterr().out == (
        "class 1\nprobabilities 0.2000 0.6000 0.4000\nrealness 0.8000\n"
    )


def test_a_version_is_asked_for(rest, monkeypatch):
    paths = []
    respond = rest.respond

    def spy(path, body):
        paths.append(path)
        return respond(path, body)

    monkeypatch.setattr(rest, "respond", spy)
    run(rest, "health", "--version=7")
    run(rest, "metadata", "--version=0")
    assert paths == [
        "/v1/models/gan/versions/7",
        "/v1/models/gan/versions/0/metadata",
    ]


# What is tried again, and what is not.


def test_an_unavailable_server_is_asked_again(stub, tmp_path, pauses):
    stub.model.faults = ["unavailable", "unavailable"]
    generate(stub, tmp_path, "--count=1", "--retries=2")
    assert files(tmp_path) == {"seed_000000.png": png(0)}
    assert 0.1 <= pauses[0] <= 0.2 <= pauses[1] <= 0.4


def test_a_server_that_stays_unavailable_is_one_line(stub, tmp_path, pauses):
    stub.model.faults = ["unavailable"] * 3
    folder = tmp_path / "new"
    message = refusal(stub, "generate", f"--output_dir={folder}", "--retries=2")
    assert message.endswith("overloaded (3 attempts)")
    assert len(pauses) == 2
    assert not folder.exists()


def test_pauses_have_a_limit(pauses):
    def fail():
        raise retries.Unavailable("down")

    with pytest.raises(retries.Unavailable):
        retries.call(fail, retries=12)
    assert 5 <= pauses[-1] <= 10


def test_a_slow_server_is_given_up_in_time(stub):
    stub.model.faults = ["slow"]
    message = refusal(stub, "metadata", "--timeout=0.2", "--retries=0")
    assert message.endswith("no answer in 0.2 s (1 attempt)")


def test_a_slow_answer_may_be_followed_by_a_good_one(stub, capsys, pauses):
    stub.model.faults = ["slow"]
    # On a busy machine a good answer may take longer than that, too.
    run(stub, "health", "--timeout=0.5", "--retries=50")
    assert "AVAILABLE" in capsys.readouterr().out
    assert pauses and not stub.model.faults


@pytest.mark.parametrize("begin", [b"\r\n", b"X: "], ids=["body", "header"])
def test_an_answer_in_drops_is_given_up_in_time(rest, begin):
    # All of it would take 5 seconds, and be no JSON.
    sent = b"HTTP/1.0 200 OK\r\n" + begin + b" " * 100
    with socket.create_server(("127.0.0.1", 0)) as listener:
        rest.port = listener.getsockname()[1]

        def drip():
            connection, _ = listener.accept()
            with connection:
                connection.recv(1 << 16)
                connection.sendall(sent[:25])
                try:
                    for byte in sent[25:]:
                        connection.sendall(bytes([byte]))
                        time.sleep(0.05)
                except OSError:
                    pass

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        message = refusal(rest, "health", "--timeout=0.3", "--retries=0")
        thread.join()
    assert "no answer in 0.3 s" in message


def test_nothing_listens(stub, pauses):
    with socket.socket() as held:  # So that nobody else can, either.
        held.bind(("127.0.0.1", 0))
        stub.port = held.getsockname()[1]
        message = refusal(stub, "health", "--retries=1")
    assert message.startswith(f"127.0.0.1:{stub.port}, model gan: ")
    assert "onnection refused" in message
    assert message.endswith("(2 attempts)")


def test_a_request_that_is_refused_is_not_sent_again(stub, pauses):
    stub.model.faults = ["refused"]
    message = refusal(stub, "metadata")
    assert message.endswith(": seed must be small")
    assert "HTTP 400" in message or "INVALID_ARGUMENT" in message
    assert not pauses


def test_an_unknown_model_is_named(stub, pauses):
    message = refusal(stub, "metadata", "--model=nosuch")
    assert "model nosuch" in message
    assert "Servable not found for request: Latest(nosuch)" in message
    assert not pauses


# Answers that are none.


@pytest.mark.parametrize("command", ["generate", "classify"])
def test_a_missing_signature_is_named_with_those_there_are(
    stub, tmp_path, command
):
    name = {"generate": "sample_png_bytes", "classify": "classify"}[command]
    there = ({"sample_png_bytes", "classify"} - {name}).pop()
    del stub.model.signatures[name]
    folder = tmp_path / "new"
    arguments = {
        "generate": [f"--output_dir={folder}"],
        "classify": ["--image=nosuch.png"],
    }
    message = refusal(stub, command, *arguments[command])
    assert message.endswith(f"no signature `{name}`. There is: {there}")
    assert not folder.exists()


@pytest.mark.parametrize(
    "answer",
    [
        {"png_bytes": [png(0)]},
        {"png_bytes": [png(0), png(1)[:-1]]},
        {"png_bytes": [png(0), b"GIF89a"]},
        {"png_bytes": [0.5, 0.25]},
        {"a_bytes": [png(0), png(1)], "b_bytes": [png(0), png(1)]},
    ],
    ids=["a row less", "cut short", "no PNG", "numbers", "two outputs"],
)
def test_malformed_images_leave_no_file(stub, tmp_path, answer):
    stub.model.outputs = lambda signature, inputs: answer
    folder = tmp_path / "new"
    message = refusal(stub, "generate", "--count=2", f"--output_dir={folder}")
    assert "malformed answer" in message
    assert not folder.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"<html>",
        b"",
        b"[]",
        b"{}",
        b"3",
        b"[" * 100_000,
        b'{"outputs": "\x89PNG"}',
        b'{"model_version_status": 3, "metadata": 3}',
        b'{"model_version_status": [3], "model_spec": {"version": "x"},'
        b' "metadata": {"signature_def": {"signature_def": {"f": 3}}}}',
    ],
    ids=range(9),
)
@pytest.mark.parametrize("command", ["health", "metadata"])
def test_json_that_is_malformed_is_one_line(rest, command, content, pauses):
    rest.raw = 200, content
    assert "malformed answer" in refusal(rest, command)
    assert not pauses


@pytest.mark.parametrize(
    "png", [3, "aGk=", {"b64": "?"}, {"b64": 3}, {"b65": ""}, [], None], ids=str
)
def test_bytes_that_are_not_base64_are_one_line(rest, tmp_path, png):
    rest.model.outputs = lambda signature, inputs: {"png_bytes": [png]}
    folder = tmp_path / "new"
    message = refusal(rest, "generate", "--count=1", f"--output_dir={folder}")
    assert "malformed answer" in message
    assert not folder.exists()


def test_bytes_that_were_not_encoded_are_explained(rest, tmp_path):
    rest.model.outputs = lambda signature, inputs: {"png": [png(0)]}
    message = refusal(rest, "generate", "--count=1", f"--output_dir={tmp_path}")
    assert "an output's name must end in _bytes" in message
    assert not files(tmp_path)


@pytest.mark.parametrize(
    "name, value",
    [("classes", ["x"]), ("realness", [None]), ("probabilities", [0.5])],
)
def test_a_malformed_classification_is_one_line(rest, tmp_path, name, value):
    path = tmp_path / "image.png"
    Image.new("L", (3, 2)).save(path)
    rest.model.outputs = lambda signature, inputs: (
        outputs(signature, inputs) | {name: value}
    )
    message = refusal(rest, "classify", f"--image={path}")
    assert "malformed answer: numbers were expected" in message


@pytest.mark.parametrize(
    "status, content, message",
    [
        (404, b'{"error": "not here"}', "HTTP 404: not here"),
        (500, b"out of\nmemory \xff", "HTTP 500: out of memory \ufffd"),
        (302, b"", "HTTP 302: no message"),
        (400, b'["error"]', 'HTTP 400: ["error"]'),
    ],
)
def test_an_http_error_is_one_line(rest, status, content, message):
    rest.raw = status, content
    assert refusal(rest, "health").endswith(message)


def answer_once(content):
    """A server that sends some bytes and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer():
        with listener:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1 << 16)
                connection.sendall(content)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    return listener.getsockname()[1], thread


@pytest.mark.parametrize(
    "content, message",
    [
        (b"", "no connection"),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\n{}", "no connection"),
        (b"SSH-2.0-OpenSSH\r\n", "malformed answer: no HTTP"),
        (
            b"HTTP/1.0 200 OK\r\nContent-Length: 1001\r\n\r\n" + b" " * 1001,
            "malformed answer: more than 1,000 bytes",
        ),
        (b"HTTP/1.0 200 OK\r\n\r\n" + b" " * 1001, "more than 1,000 bytes"),
        (b"HTTP/1.0 200 OK\r\n" + b"X: a\r\n" * 200 + b"\r\n", "no HTTP"),
    ],
    ids=range(6),
)
def test_an_answer_cut_short_or_of_another_server(
    rest, content, message, monkeypatch
):
    monkeypatch.setattr(rest_api, "_LIMIT", 1000)
    rest.port, thread = answer_once(content)
    assert message in refusal(rest, "health", "--retries=0")
    thread.join()


def test_what_would_move_the_cursor_is_escaped(stub, capsys):
    name = "f\x1b[2J\x07"
    stub.model.signatures[name] = stub.model.signatures["classify"]
    run(stub, "metadata")
    shown = capsys.readouterr().out
    assert "f\\x1b[2J\\x07: " in shown and "\x1b" not in shown


def test_a_few_bytes_that_stand_for_many_numbers_are_refused():
    shape = tensor_shape_pb2.TensorShapeProto
    for sizes in ([2**40, 2], [-1], [2**62, 2**62]):
        dims = [shape.Dim(size=size) for size in sizes]
        tensor = tensor_pb2.TensorProto(tensor_shape=shape(dim=dims))
        with pytest.raises(ValueError, match="a tensor"):
            rpc._sized(tensor)


# Files.


def test_files_are_not_overwritten_silently(stub, tmp_path):
    there = tmp_path / "seed_000002.png"
    there.write_bytes(b"mine")
    message = refusal(stub, "generate", "--count=3", f"--output_dir={tmp_path}")
    assert message.startswith(f"{there} is there already")
    assert files(tmp_path) == {there.name: b"mine"}
    assert not stub.model.requests
    generate(stub, tmp_path, "--count=3", "--overwrite")
    assert files(tmp_path)[there.name] == png(2)


@pytest.mark.parametrize("name", ["file", "file/folder", 300 * "x"])
def test_a_folder_that_cannot_be_made_is_one_line(rest, tmp_path, name):
    (tmp_path / "file").write_bytes(b"mine")
    folder = tmp_path / name
    message = refusal(rest, "generate", f"--output_dir={folder}")
    assert message.startswith(f"Cannot write {folder}/seed_")
    assert files(tmp_path) == {"file": b"mine"}
    assert not rest.model.requests


def test_an_image_of_another_size_is_refused(rest, tmp_path):
    path = tmp_path / "image.png"
    Image.new("L", (5, 4)).save(path)
    message = refusal(rest, "classify", f"--image={path}")
    assert message == (
        f"The model takes images of 3x2 pixels. Received: {path}, 5x4"
    )


@pytest.mark.parametrize("content", [None, b"", b"no image", png(0)[:-30]])
def test_an_image_that_cannot_be_read_is_one_line(rest, tmp_path, content):
    path = tmp_path / "image.png"
    if content is not None:
        path.write_bytes(content)
    message = refusal(rest, "classify", f"--image={path}")
    assert message.startswith(f"Cannot read {path}: ")
    assert not rest.model.requests


# Flags and processes.


@pytest.mark.parametrize(
    "flag",
    [
        "--count=0",
        "--batch_size=0",
        "--truncation=1.5",
        "--truncation=nan",
        "--port=65536",
        "--port=0",
        "--version=-1",
        "--timeout=0",
        "--timeout=inf",
        "--retries=-1",
        "--protocol=soap",
    ],
)
def test_a_flag_out_of_range_is_named(flag, capsys):
    with pytest.raises(SystemExit) as caught:
        client._parse_flags(["generate", "--output_dir=x", flag])
    assert caught.value.code == 2
    name, value = flag.split("=")
    message = capsys.readouterr().err
    assert name in message and value in message


@pytest.mark.parametrize("arguments", [[], ["train"], ["generate"]])
def test_a_command_line_without_a_command_is_refused(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        client._parse_flags(arguments)
    assert caught.value.code == 2


@pytest.mark.parametrize("host", ["no host", "a..b", "nosuch.invalid"])
def test_an_unknown_host_is_one_line(rest, host):
    message = refusal(rest, "health", f"--host={host}", "--retries=0")
    assert "unknown host" in message


def process(*arguments, forbidden):
    """Runs the tool where some packages cannot be imported."""
    code = (
        "import runpy, sys\n"
        f"sys.modules |= dict.fromkeys({forbidden})\n"
        f"sys.argv = {['client', *arguments]}\n"
        f"runpy.run_path({str(TOOL)!r}, run_name='__main__')"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=TOOL.parents[1],
        capture_output=True,
        text=True,
    )


def test_rest_needs_neither_tensorflow_nor_the_extra(rest, tmp_path):
    done = process(
        "generate",
        "--count=2",
        f"--output_dir={tmp_path}",
        f"--port={rest.port}",
        forbidden=["tensorflow", "grpc", "tensorflow_serving"],
    )
    assert done.returncode == 0, done.stderr
    assert files(tmp_path) == {
        "seed_000000.png": png(0),
        "seed_000001.png": png(1),
    }


def test_grpc_without_the_extra_is_one_line():
    done = process(
        "health", "--protocol=grpc", forbidden=["grpc", "tensorflow_serving"]
    )
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line == (
        "error: --protocol=grpc needs the extra `serving`: pip install -e "
        "'.[serving]'. Missing: grpc"
    )
