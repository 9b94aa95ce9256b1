"""The files of tools/serving and docs/serving.md, as parsers read them.

The server itself is not at hand: these tests hold what it would be given.
"""

import pathlib
import re
import shlex

import pytest
from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    message_factory,
    text_format,
    wrappers_pb2,
)

from tools import client

# Bazel shows a test links to the checkout's files; this one wants them all.
ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tools" / "serving"
PAGE = (ROOT / "docs" / "serving.md").read_text()
KINDS = {
    "bool": descriptor_pb2.FieldDescriptorProto.TYPE_BOOL,
    "string": descriptor_pb2.FieldDescriptorProto.TYPE_STRING,
}


def message(name, fields):
    """An empty message with these fields, from names to types."""
    file = descriptor_pb2.FileDescriptorProto(
        name=f"{name}.proto",
        package="serving_files_test",
        syntax="proto3",
        dependency=[wrappers_pb2.DESCRIPTOR.name],
    )
    described = file.message_type.add(name=name)
    for number, (field, kind) in enumerate(fields.items(), start=1):
        added = described.field.add(name=field, number=number, label=1)
        if kind in KINDS:
            added.type = KINDS[kind]
        else:
            added.type = added.TYPE_MESSAGE
            added.type_name = kind
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(wrappers_pb2.DESCRIPTOR.serialized_pb)
    pool.Add(file)
    found = pool.FindMessageTypeByName(f"serving_files_test.{name}")
    return message_factory.GetMessageClass(found)()


def parse(name, into):
    return text_format.Parse((FOLDER / name).read_text(), into)


def yaml_documents(name):
    yaml = pytest.importorskip("yaml")
    return list(yaml.safe_load_all((FOLDER / name).read_text()))


def test_the_model_has_the_name_that_the_client_asks_for():
    protos = pytest.importorskip(
        "tensorflow_serving.config.model_server_config_pb2"
    )
    config = parse("models.config", protos.ModelServerConfig())
    (model,) = config.model_config_list.config
    assert model.name == client._parse_flags(["health"]).model
    assert model.base_path == "/models/gan"
    assert model.model_platform == "tensorflow"
    assert model.model_version_policy.latest.num_versions == 1


def test_a_request_of_the_client_fits_into_a_batch():
    # Those of BatchingParameters that are used.
    names = (
        "max_batch_size",
        "batch_timeout_micros",
        "max_enqueued_batches",
        "num_batch_threads",
    )
    number = ".google.protobuf.Int64Value"
    into = message("BatchingParameters", dict.fromkeys(names, number))
    parameters = parse("batching.config", into)
    flags = client._parse_flags(["generate", "--output_dir=x"])
    assert flags.batch_size <= parameters.max_batch_size.value
    assert all(getattr(parameters, name).value > 0 for name in names)


def test_metrics_are_where_the_page_says():
    text = (FOLDER / "monitoring.config").read_text()
    body = re.fullmatch(r"(?:#.*\n)*prometheus_config {([^}]*)}\n", text)[1]
    into = message("PrometheusConfig", {"enable": "bool", "path": "string"})
    config = text_format.Parse(body, into)
    assert config.enable
    assert f"127.0.0.1:8501{config.path}" in PAGE


def test_compose_binds_the_loopback_alone():
    (compose,) = yaml_documents("compose.yaml")
    (service,) = compose["services"].values()
    assert service["ports"] == ["127.0.0.1:8500:8500", "127.0.0.1:8501:8501"]


def test_compose_mounts_what_the_server_reads():
    (compose,) = yaml_documents("compose.yaml")
    (service,) = compose["services"].values()
    mounts = [volume.split(":") for volume in service["volumes"]]
    assert all(mount[-1] == "ro" for mount in mounts)
    held = {mount[-2]: mount[0] for mount in mounts}
    for path in files_of(service["command"]):
        assert (FOLDER / held[path]).is_file()
    assert "/models/gan" in held


def files_of(command):
    named = (word.partition("=")[2] for word in command)
    return [path for path in named if path.startswith("/")]


def test_kubernetes_serves_what_compose_serves():
    (compose,) = yaml_documents("compose.yaml")
    (service,) = compose["services"].values()
    claim, deployment, ports = yaml_documents("kubernetes.yaml")
    pod = deployment["spec"]["template"]
    (container,) = pod["spec"]["containers"]
    assert container["args"] == service["command"]
    mounts = {m["name"]: m["mountPath"] for m in container["volumeMounts"]}
    assert mounts == {"models": "/models/gan", "config": "/etc/gan"}
    volumes = {v["name"]: v for v in pod["spec"]["volumes"]}
    held = volumes["models"]["persistentVolumeClaim"]["claimName"]
    assert held == claim["metadata"]["name"]
    labels = pod["metadata"]["labels"]
    assert labels == ports["spec"]["selector"]
    assert labels == deployment["spec"]["selector"]["matchLabels"]
    named = {p["name"]: p["containerPort"] for p in container["ports"]}
    assert named == {"grpc": 8500, "rest": 8501}
    assert {p["targetPort"]: p["port"] for p in ports["spec"]["ports"]} == named
    assert ports["spec"]["type"] == "ClusterIP"


def test_the_loader_writes_into_the_volume_of_the_server():
    claim, *_ = yaml_documents("kubernetes.yaml")
    (loader,) = yaml_documents("loader.yaml")
    (volume,) = loader["spec"]["volumes"]
    name = volume["persistentVolumeClaim"]["claimName"]
    assert name == claim["metadata"]["name"]


def commands():
    """The commands of the page, each in one line."""
    blocks = re.findall(r"(?:^    .*\n)+", PAGE, re.MULTILINE)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [shlex.split(line, comments=True) for line in lines]


def test_the_clients_commands_of_the_page_can_be_parsed():
    asked = [
        words[words.index("tools/client.py") + 1 :]
        for words in commands()
        if "tools/client.py" in words
    ]
    assert len(asked) >= 5
    for arguments in asked:
        client._parse_flags(arguments)


def test_every_file_that_the_page_names_is_there():
    names = set(re.findall(r"(?:tools|tests|docs)/[\w/]+\.\w+", PAGE))
    assert {f"tools/serving/{path.name}" for path in FOLDER.glob("*.yaml")} | {
        f"tools/serving/{path.name}" for path in FOLDER.glob("*.config")
    } <= names
    for name in names:
        assert (ROOT / name).is_file(), name


def test_docker_run_gives_the_server_what_compose_gives():
    (compose,) = yaml_documents("compose.yaml")
    (service,) = compose["services"].values()
    (run,) = (c for c in commands() if c[:2] == ["docker", "run"])
    assert (
        run[run.index("tensorflow/serving:latest") + 1 :]
        == (service["command"])
    )
    published = [run[i + 1] for i, word in enumerate(run) if word == "-p"]
    assert published == service["ports"]
