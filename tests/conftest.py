"""What every test may count on."""

import os

import pytest

from tfgan_ref import runtime


def _share_cores():
    """Each of pytest-xdist's workers has cores of its own, before TensorFlow.

    So have the processes that it starts. Threads that wait for one another take
    longer than one alone, and oneDNN orders its sums by how many there are. Not
    on macOS, which shares its cores itself.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker and hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        count = int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
        own = cores[int(worker.removeprefix("gw")) :: count]
        os.sched_setaffinity(0, own or cores)


_share_cores()

# After tfgan_ref has prepared the environment.
import keras  # noqa: E402
import tensorflow as tf  # noqa: E402
from tensorflow.python.data.ops import (  # noqa: E402
    multi_device_iterator_ops as of_devices,
)

# Before a test module is imported: TensorFlow's first operation fixes how many
# logical devices there are.
_TWO_REPLICAS = runtime.make_strategy("mirrored", virtual_devices=2)


def pytest_collection_modifyitems(items):
    """First the files whose tests take long, lest one core wait for the last.

    Those of programs, which start processes.
    """
    items.sort(key=lambda item: "recipes" not in item.path.parts)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory):
    """No test reads or writes the user's; processes inherit the variable."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("TFGAN_REF_CACHE", str(folder))
        yield


@pytest.fixture(scope="session", autouse=True)
def _untuned_data():
    """Data sets of tests have no tuner, nor have those of Keras and replicas.

    Its thread sleeps for up to a minute, and an iterator that is deleted may
    wait for it, see `minibatches.stream`.
    """
    options = tf.data.Options()
    options.autotune.enabled = False

    def untuned(make):
        return lambda *args, **kwargs: make(*args, **kwargs).with_options(
            options
        )

    with pytest.MonkeyPatch.context() as patch:
        for name in ("from_tensors", "from_tensor_slices"):
            made = untuned(getattr(tf.data.Dataset, name))
            patch.setattr(tf.data.Dataset, name, staticmethod(made))
        made = untuned(of_devices._create_device_dataset)
        patch.setattr(of_devices, "_create_device_dataset", made)
        yield


@pytest.fixture
def two_replicas():
    """A MirroredStrategy on two logical CPUs."""
    return _TWO_REPLICAS


@pytest.fixture(autouse=True)
def _same_start():
    keras.utils.set_random_seed(1)
    yield
    keras.config.set_dtype_policy("float32")
