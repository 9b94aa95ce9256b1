"""What must be decided before TensorFlow runs its first operation.

Nothing here imports TensorFlow at module level, so that `--help` and a
mistyped flag are answered at once.
"""

from __future__ import annotations

import contextlib
import functools
import math
import os
import pathlib
import platform
import re
import signal
import sys
import threading
from typing import TYPE_CHECKING

from tfgan_ref import cluster
from tfgan_ref.errors import UserError, reason

if TYPE_CHECKING:
    import tensorflow as tf

STRATEGIES = ("one_device", "mirrored", "multi_worker")

_ONEDNN = "TF_ENABLE_ONEDNN_OPTS"

# A container sees its own control group here.
_CPUINFO = pathlib.Path("/proc/cpuinfo")
_BFLOAT16 = {"avx512_bf16", "amx_bf16"}
_CGROUPS = pathlib.Path("/sys/fs/cgroup")


def prepare_environment() -> None:
    """Sets the environment variables that TensorFlow reads at its import.

    oneDNN doubles the speed of a DCGAN step on x86, and TensorFlow leaves it
    off on a CPU without AVX-512. What the user has set stays as it is, but for
    Keras's backend, which must be TensorFlow.

    Raises:
        ImportError: Keras is there already, with another backend.
    """
    os.environ["KERAS_BACKEND"] = "tensorflow"
    if "keras" in sys.modules:
        backend = sys.modules["keras"].config.backend()
        if backend != "tensorflow":
            raise ImportError(
                "tfgan_ref needs Keras's TensorFlow backend; import it before "
                f"Keras. Received: {backend}"
            )
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")
    if is_x86() and "tensorflow" not in sys.modules:
        os.environ.setdefault(_ONEDNN, "1")


def is_x86() -> bool:
    """Whether this process runs on an x86-64 CPU."""
    return platform.machine().lower() in ("x86_64", "amd64")


def available_cores() -> int:
    """How many cores this process may use: by affinity and by cgroup.

    TensorFlow knows of the affinity alone, and in a container with a share of
    a large machine it starts a thread for every core of that. Where there is no
    affinity, as on macOS, the cores are those of the machine.
    """
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        count = getattr(os, "process_cpu_count", os.cpu_count)  # Python 3.13.
        cores = count() or 1
    return max(1, math.ceil(min(cores, _cgroup_quota(_CGROUPS))))


def set_threads(for_xla: bool = False) -> None:
    """Gives TensorFlow threads for the cores; before its first operation.

    A training step has two or more operations to do at most times (for real
    images and for samples, for a gradient of weights and for one of inputs),
    which take less time side by side on half of the cores each than one after
    the other on all. XLA runs one after the other.

    What the user has set, in TF_NUM_INTRAOP_THREADS or TF_NUM_INTEROP_THREADS
    or by `tf.config.threading`, stays.

    Args:
        for_xla: bool, whether steps may be compiled with XLA.
    """
    import tensorflow as tf

    cores = available_cores()
    threading = tf.config.threading
    for variable, get, put, count in (
        (
            "TF_NUM_INTRAOP_THREADS",
            threading.get_intra_op_parallelism_threads,
            threading.set_intra_op_parallelism_threads,
            cores if for_xla else max(cores // 2, 1),
        ),
        (
            "TF_NUM_INTEROP_THREADS",
            threading.get_inter_op_parallelism_threads,
            threading.set_inter_op_parallelism_threads,
            cores,
        ),
    ):
        if variable not in os.environ and not get():
            # RuntimeError: TensorFlow has run, and its threads are there.
            with contextlib.suppress(RuntimeError):
                put(count)


def has_onednn() -> bool:
    """Whether TensorFlow computes with oneDNN, on an x86-64 CPU."""
    from tensorflow.python.util import _pywrap_util_port

    return _pywrap_util_port.IsMklEnabled()


def has_bfloat16() -> bool:
    """Whether the CPU multiplies bfloat16 itself, twice as fast as float32.

    By AVX512_BF16 or AMX, which Linux tells of. Others convert every number.
    """
    return not _BFLOAT16.isdisjoint(_cpu_flags(_CPUINFO))


@functools.cache  # Long where there are many cores, and asked for by layer.
def _cpu_flags(path: pathlib.Path) -> frozenset[str]:
    with contextlib.suppress(OSError):
        if found := re.search(r"^flags\s*:(.*)$", path.read_text(), re.M):
            return frozenset(found[1].split())
    return frozenset()


def describe_onednn() -> str:
    """One line for the log: is oneDNN on, and who decided."""
    setting = os.environ.get(_ONEDNN)
    if setting is None:
        return f"oneDNN: left to TensorFlow ({_ONEDNN} is not set)"
    return f"oneDNN: {'off' if setting == '0' else 'on'} ({_ONEDNN}={setting})"


def make_strategy(
    name: str = "one_device",
    virtual_devices: int = 1,
    worker_timeout: float = cluster.TIMEOUT_SECONDS,
) -> tf.distribute.Strategy:
    """Returns the `tf.distribute` strategy; call it before any operation.

    Args:
        name: One of `STRATEGIES`. `mirrored` uses every GPU or, without one,
            every logical CPU. `multi_worker` takes its peers from `TF_CONFIG`.
        virtual_devices: How many logical devices to make of the one CPU, for
            trying `mirrored` without a second device.
        worker_timeout: Seconds in which all workers must have come up.

    Raises:
        UserError: The name is unknown, the combination makes no sense, there
            is one device to mirror, `TF_CONFIG` is missing or malformed, or a
            worker does not come up.
    """
    if name not in STRATEGIES:
        raise UserError(f"`name` must be in {STRATEGIES}. Received: {name!r}")
    if virtual_devices > 1 and name != "mirrored":
        raise UserError(
            "`virtual_devices` goes with the mirrored strategy. "
            f"Received: strategy={name}, virtual_devices={virtual_devices}"
        )
    if name == "one_device":
        import tensorflow as tf

        return tf.distribute.get_strategy()
    if name == "multi_worker":
        strategy = _multi_worker(cluster.read(), worker_timeout)
    else:
        strategy = _mirrored(virtual_devices)
    from tfgan_ref import memory

    memory.reuse()
    return strategy


def _mirrored(virtual_devices) -> tf.distribute.Strategy:
    import tensorflow as tf

    kind = "GPU" if tf.config.list_physical_devices("GPU") else "CPU"
    if virtual_devices > 1:
        if kind == "GPU":
            raise UserError(
                "`virtual_devices` divides the CPU, and the mirrored strategy "
                "uses the GPUs that there are. "
                f"Received: virtual_devices={virtual_devices}"
            )
        _split_cpu(virtual_devices)
    devices = [d.name for d in tf.config.list_logical_devices(kind)]
    if len(devices) < 2:
        raise UserError(
            "The mirrored strategy needs two devices at least; "
            "--virtual_devices=2 divides a CPU, to try it. "
            f"Received: {', '.join(devices)}"
        )
    return tf.distribute.MirroredStrategy(devices)


def _multi_worker(workers, timeout) -> tf.distribute.Strategy:
    import tensorflow as tf

    cluster.meet(workers, timeout)
    try:
        # TensorFlow would wait without an end for one that is gone since.
        with cluster.watch(workers, timeout):
            strategy = tf.distribute.MultiWorkerMirroredStrategy()
    except (tf.errors.OpError, RuntimeError, ValueError) as error:
        # The port was taken since, or TensorFlow has run.
        raise UserError(
            f"The workers of TF_CONFIG do not work together: {reason(error)}"
        ) from None
    if threading.current_thread() is threading.main_thread():
        # TensorFlow has taken SIGTERM, for a service that nobody asks.
        signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGTERM))
    return strategy


def is_chief(strategy: tf.distribute.Strategy) -> bool:
    """Whether this process writes the files of the run."""
    resolver = strategy.cluster_resolver
    if resolver is None or not resolver.task_type:
        return True
    return resolver.task_type == "chief" or (
        resolver.task_type == "worker"
        and resolver.task_id == 0
        and "chief" not in resolver.cluster_spec().jobs
    )


def _cgroup_quota(root: pathlib.Path) -> float:
    """Cores' worth of time that this process's control group grants."""
    with contextlib.suppress(OSError, ValueError):
        quota, period = (root / "cpu.max").read_text().split()  # Version 2.
        return math.inf if quota == "max" else int(quota) / int(period)
    with contextlib.suppress(OSError, ValueError):
        quota, period = (
            (root / "cpu" / f"cpu.cfs_{name}_us").read_text()
            for name in ("quota", "period")
        )
        return int(quota) / int(period) if int(quota) > 0 else math.inf
    return math.inf


def _split_cpu(count: int) -> None:
    import tensorflow as tf

    cpu = tf.config.list_physical_devices("CPU")[0]
    try:
        tf.config.set_logical_device_configuration(
            cpu, [tf.config.LogicalDeviceConfiguration()] * count
        )
    except RuntimeError:  # TensorFlow has run: its devices are fixed.
        made = len(tf.config.list_logical_devices("CPU"))
        if made != count:
            raise UserError(
                "The logical devices must be made before TensorFlow runs. "
                f"Wanted: {count}. Received: {made}"
            ) from None
