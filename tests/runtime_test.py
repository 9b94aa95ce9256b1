import json
import os
import pathlib
import subprocess
import sys
import types

import pytest
import tensorflow as tf

from tfgan_ref import provenance, runtime
from tfgan_ref.errors import UserError
from tools import local_cluster

ROOT = pathlib.Path(__file__).parents[1]
ONLY_WITH_AFFINITY = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity"), reason="cores cannot be chosen"
)
OURS = ("KERAS_BACKEND", "TF_ENABLE_ONEDNN_OPTS", "TF_CPP_MIN_LOG_LEVEL")


def run(*arguments, **environment):
    """A fresh interpreter, in which nobody has set a variable of ours."""
    inherited = {k: v for k, v in os.environ.items() if k not in OURS}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def environment_after_import(machine, before="", **environment):
    finished = run(
        "-c",
        "import json, os, platform, sys\n"
        f"platform.machine = lambda: {machine!r}\n"
        f"{before}\n"
        "import tfgan_ref\n"
        f"print(json.dumps([os.environ.get(name) for name in {OURS!r}]))",
        **environment,
    )
    assert finished.returncode == 0, finished.stderr
    return dict(zip(OURS, json.loads(finished.stdout), strict=True))


@pytest.mark.parametrize(
    ("machine", "onednn"), [("x86_64", "1"), ("AMD64", "1"), ("aarch64", None)]
)
def test_import_turns_onednn_on_where_it_pays(machine, onednn):
    assert environment_after_import(machine) == {
        "KERAS_BACKEND": "tensorflow",
        "TF_ENABLE_ONEDNN_OPTS": onednn,
        "TF_CPP_MIN_LOG_LEVEL": "1",
    }


def test_import_keeps_what_the_user_has_set():
    chosen = {
        "KERAS_BACKEND": "tensorflow",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    assert environment_after_import("x86_64", **chosen) == chosen


def test_import_after_tensorflow_does_not_claim_onednn():
    received = environment_after_import(
        "x86_64", before="sys.modules['tensorflow'] = object()"
    )
    assert received["TF_ENABLE_ONEDNN_OPTS"] is None


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        (None, "left to TensorFlow"),
        ("0", "off (TF_ENABLE_ONEDNN_OPTS=0)"),
        ("1", "on (TF_ENABLE_ONEDNN_OPTS=1)"),
    ],
)
def test_onednn_is_described_as_it_is_set(monkeypatch, setting, said):
    if setting is None:
        monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS", raising=False)
    else:
        monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", setting)
    assert runtime.describe_onednn().startswith(f"oneDNN: {said}")


@pytest.mark.parametrize("module", ["tfgan_ref", "recipes.dcgan"])
def test_import_alone_does_not_wait_for_tensorflow(module):
    finished = run(
        "-c",
        f"import sys, {module}\n"
        "print({'tensorflow', 'keras', 'numpy'} & set(sys.modules))",
    )
    assert finished.stdout == "set()\n", finished.stderr


def test_another_backend_in_the_environment_is_overruled():
    finished = run(
        "-c",
        "import tfgan_ref, keras; print(keras.config.backend())",
        KERAS_BACKEND="jax",
    )
    assert finished.stdout == "tensorflow\n"


def test_a_keras_that_has_another_backend_is_refused(monkeypatch):
    monkeypatch.setattr("keras.config.backend", lambda: "jax")
    with pytest.raises(ImportError, match="Received: jax$"):
        runtime.prepare_environment()


def test_one_device_is_the_default_strategy():
    strategy = runtime.make_strategy()
    assert strategy.num_replicas_in_sync == 1
    assert strategy is tf.distribute.get_strategy()


def test_mirrored_takes_every_logical_cpu(two_replicas):
    assert two_replicas.num_replicas_in_sync == 2
    strategy = runtime.make_strategy("mirrored")
    assert isinstance(strategy, tf.distribute.MirroredStrategy)
    assert [d.rsplit("/", 1)[-1] for d in strategy.extended.worker_devices] == [
        "device:CPU:0",
        "device:CPU:1",
    ]


def test_one_device_has_nothing_to_mirror(monkeypatch):
    (one, *_) = tf.config.list_logical_devices("CPU")
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind: [one])
    with pytest.raises(UserError, match="two devices at least.*CPU:0$"):
        runtime.make_strategy("mirrored")


def test_an_unknown_strategy_is_refused():
    with pytest.raises(UserError, match="Received: 'tpu'"):
        runtime.make_strategy("tpu")


@pytest.mark.parametrize("name", ["one_device", "multi_worker"])
def test_virtual_devices_go_with_mirrored_only(name):
    with pytest.raises(
        UserError, match=f"Received: strategy={name}, virtual_devices=2"
    ):
        runtime.make_strategy(name, virtual_devices=2)


def test_virtual_devices_are_none_beside_gpus(monkeypatch):
    monkeypatch.setattr(
        tf.config, "list_physical_devices", lambda kind: [f"{kind}:0"]
    )
    with pytest.raises(UserError, match="GPUs.*Received: virtual_devices=2"):
        runtime.make_strategy("mirrored", virtual_devices=2)


def test_devices_cannot_be_made_once_tensorflow_has_run():
    tf.constant(0)
    with pytest.raises(UserError, match=r"Wanted: 3\. Received: 2"):
        runtime.make_strategy("mirrored", virtual_devices=3)


CLUSTER = {"worker": ["localhost:1", "localhost:2"]}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "7",
        json.dumps({"cluster": CLUSTER}),
        json.dumps({"task": {"type": "worker", "index": 0}}),
        json.dumps({"cluster": CLUSTER, "task": {"type": "chief", "index": 0}}),
        json.dumps(
            {"cluster": CLUSTER, "task": {"type": "worker", "index": 2}}
        ),
        json.dumps(
            {"cluster": CLUSTER, "task": {"type": "worker", "index": -3}}
        ),
        json.dumps(
            {"cluster": CLUSTER, "task": {"type": "worker", "index": -1}}
        ),
        json.dumps(
            {"cluster": CLUSTER, "task": {"type": "worker", "index": "0"}}
        ),
        json.dumps(
            {
                "cluster": {"worker": "localhost:1"},
                "task": {"type": "worker", "index": 0},
            }
        ),
        *(
            json.dumps(
                {"cluster": {job: addresses}, "task": {"type": job, "index": 0}}
            )
            for job, addresses in (
                ("worker", ["localhost:65536"]),
                ("worker", ["localhost:0"]),
                ("worker", ["localhost:1 "]),
                ("worker", [5]),
                ("worker", []),
                ("ps", ["localhost:1"]),
                ("foo", ["localhost:1"]),
            )
        ),
        json.dumps(
            {
                "cluster": CLUSTER | {"ps": [5]},
                "task": {"type": "worker", "index": 0},
            }
        ),
        pytest.param("[" * 100_000, id="deep"),
    ],
)
def test_a_malformed_tf_config_is_shown(monkeypatch, text):
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(UserError) as error:
        runtime.make_strategy("multi_worker")
    assert str(error.value).endswith(f"Received: TF_CONFIG={text[:200]!r}")


def test_what_tensorflow_refuses_of_workers_is_one_line(monkeypatch):
    tf.constant(0)  # It has run: no workers any more.
    cluster = {"worker": local_cluster.free_addresses(1)}
    task = {"cluster": cluster, "task": {"type": "worker", "index": 0}}
    monkeypatch.setenv("TF_CONFIG", json.dumps(task))
    with pytest.raises(UserError, match="The workers of TF_CONFIG do not"):
        runtime.make_strategy("multi_worker")


def test_a_missing_tf_config_is_refused(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    with pytest.raises(UserError, match="needs TF_CONFIG"):
        runtime.make_strategy("multi_worker")


@pytest.mark.parametrize(
    ("jobs", "task", "expected"),
    [
        (["worker"], ("worker", 0), True),
        (["worker"], ("worker", 1), False),
        (["chief", "worker"], ("chief", 0), True),
        (["chief", "worker"], ("worker", 0), False),
    ],
)
def test_one_worker_is_the_chief(jobs, task, expected):
    cluster = {job: ["localhost:1", "localhost:2"] for job in jobs}
    resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(
        tf.train.ClusterSpec(cluster), task_type=task[0], task_id=task[1]
    )
    # A MultiWorkerMirroredStrategy would wait for its peers.
    strategy = types.SimpleNamespace(cluster_resolver=resolver)
    assert runtime.is_chief(strategy) is expected


def test_without_workers_every_process_is_the_chief(two_replicas):
    assert runtime.is_chief(tf.distribute.get_strategy())
    assert runtime.is_chief(two_replicas)


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({}, None),
        ({"cpu.max": "max 100000\n"}, None),
        ({"cpu.max": "100000 100000\n"}, 1),
        ({"cpu.max": "150000 100000\n"}, 2),
        ({"cpu.max": "20000 100000\n"}, 1),
        ({"cpu.max": "nonsense"}, None),
        (
            {
                "cpu/cpu.cfs_quota_us": "100000\n",
                "cpu/cpu.cfs_period_us": "100000\n",
            },
            1,
        ),
        (
            {
                "cpu/cpu.cfs_quota_us": "-1\n",
                "cpu/cpu.cfs_period_us": "100000\n",
            },
            None,
        ),
    ],
)
def test_cores_are_those_of_affinity_and_control_group(
    files, cores, tmp_path, monkeypatch
):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(runtime, "_CGROUPS", tmp_path)
    monkeypatch.setattr(
        os, "sched_getaffinity", lambda _: {0, 3, 5, 7}, raising=False
    )
    assert runtime.available_cores() == (cores or 4)


@pytest.mark.parametrize(
    ("counts", "cores"),
    [
        ({"process_cpu_count": 5, "cpu_count": 9}, 5),
        ({"cpu_count": 9}, 9),  # Before Python 3.13.
        ({"cpu_count": None}, 1),
    ],
)
def test_without_affinity_the_cores_are_those_of_the_machine(
    counts, cores, tmp_path, monkeypatch
):
    monkeypatch.setattr(runtime, "_CGROUPS", tmp_path)
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.delattr(os, "process_cpu_count", raising=False)
    for name, count in counts.items():
        monkeypatch.setattr(os, name, lambda count=count: count, raising=False)
    assert runtime.available_cores() == cores
    assert provenance.hardware()["cores"] == cores


@ONLY_WITH_AFFINITY
def test_a_process_of_one_core_counts_one():
    code = "from tfgan_ref import runtime; print(runtime.available_cores())"
    mine = min(os.sched_getaffinity(0))
    done = subprocess.run(
        ["taskset", "-c", str(mine), sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "1\n", done.stderr


THREADS = """
from tfgan_ref import provenance, runtime
runtime.available_cores = lambda: 6
{before}
runtime.set_threads({arguments})
import tensorflow as tf
tf.constant(1.0) + 1.0
runtime.set_threads()
print(
    tf.config.threading.get_intra_op_parallelism_threads(),
    tf.config.threading.get_inter_op_parallelism_threads(),
)
"""


def _slower(*case):
    """One of `make conformance`."""
    return pytest.param(*case, marks=pytest.mark.conformance)


@pytest.mark.parametrize(
    ("before", "arguments", "environment", "expected"),
    [
        ("", "", {}, "3 6"),
        _slower("", "for_xla=True", {}, "6 6"),
        _slower("", "", {"TF_NUM_INTRAOP_THREADS": "5"}, "0 6"),
        _slower(
            "import tensorflow as tf\n"
            "tf.config.threading.set_inter_op_parallelism_threads(4)",
            "",
            {},
            "3 4",
        ),
    ],
)
def test_threads_are_for_the_cores(before, arguments, environment, expected):
    code = THREADS.format(before=before, arguments=arguments)
    done = run("-c", code, **environment)
    assert done.stdout.split() == expected.split(), done.stderr


@pytest.mark.parametrize(
    ("text", "has"),
    [
        ("model name : avx512_bf16\nflags\t\t: fpu avx512_bf16 sse\n", True),
        ("flags\t\t: fpu amx_bf16\nflags\t\t: fpu\n", True),
        ("flags\t\t: fpu avx512f avx512_vnni\n", False),
        ("model name : avx512_bf16\n", False),
        (None, False),
    ],
)
def test_the_cpu_says_whether_it_multiplies_bfloat16(
    text, has, tmp_path, monkeypatch
):
    path = tmp_path / "cpuinfo"
    if text is not None:
        path.write_text(text)
    monkeypatch.setattr(runtime, "_CPUINFO", path)
    assert runtime.has_bfloat16() is has
