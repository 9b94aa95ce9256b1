"""Every GAN on two real workers on loopback: the steps of one process."""

import pathlib
import sys

import numpy as np
import pytest

from tests.conformance import cases
from tfgan_ref import processes
from tools import local_cluster

pytestmark = pytest.mark.conformance
PROGRAM = pathlib.Path(__file__).with_name("two_steps.py")
_ALL_SECONDS = 30 * 60


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """What two workers have written, and what one process has."""
    made = [tmp_path_factory.mktemp(name) for name in ("workers", "one")]
    addresses = local_cluster.free_addresses(2)
    command = [sys.executable, str(PROGRAM), str(made[0])]
    workers = [local_cluster.start(command, addresses, n) for n in range(2)]
    alone = processes.start([sys.executable, str(PROGRAM), str(made[1])])
    for process in (*workers, alone):
        said, _ = process.communicate(timeout=_ALL_SECONDS)
        assert process.returncode == 0, said[-2000:]
    return made


@pytest.mark.parametrize("case", [case.id for case in cases.every()])
def test_two_workers_are_one(folders, case):
    paths = [folder / f"{case}.npz" for folder in folders]
    if not any(path.exists() for path in paths):
        pytest.skip("each replica has noise of its own")
    found, expected = (np.load(path) for path in paths)
    assert found.keys() == expected.keys()
    for name in expected.keys():
        # Of a step 0.01: see contract_test.py.
        np.testing.assert_allclose(
            found[name], expected[name], rtol=1e-3, atol=1e-4, err_msg=name
        )
