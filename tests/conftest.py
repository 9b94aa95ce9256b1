"""What every test may count on."""

import pytest

from tfgan_ref import runtime

# Before a test module is imported: TensorFlow's first operation fixes how many
# logical devices there are.
_TWO_REPLICAS = runtime.make_strategy("mirrored", virtual_devices=2)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory):
    """No test reads or writes the user's; processes inherit the variable."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("TFGAN_REF_CACHE", str(folder))
        yield


@pytest.fixture
def two_replicas():
    """A MirroredStrategy on two logical CPUs."""
    return _TWO_REPLICAS


@pytest.fixture(autouse=True)
def _same_start():
    import keras  # After tfgan_ref has prepared the environment.

    keras.utils.set_random_seed(1)
    yield
    keras.config.set_dtype_policy("float32")
