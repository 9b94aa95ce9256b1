import pathlib
import sys

from tests.waiting import Process

ROOT = pathlib.Path(__file__).parents[2]
# The script's own variable is deleted when the interpreter ends.
SLOW = """
import time
import numpy as np
from tfgan_ref.data import minibatches
from tfgan_ref.data.images import Images
from tfgan_ref.data.rows import Rows

def read(places):
    time.sleep(0.02)
    return np.full((len(places), 2, 2, 1), 255, np.uint8)

data = Images("slow", Rows((40, 2, 2, 1), read), np.zeros(40, np.int32))
stream = iter(minibatches.stream(data, 4, seed=0))
assert next(stream).numpy().min() == 1
"""


def test_a_program_ends_while_minibatches_are_read_ahead(tmp_path):
    command = [sys.executable, "-c", SLOW]
    with Process(command, tmp_path / "log", cwd=ROOT) as process:
        assert process.ended() == 0, process.log.read_text()
