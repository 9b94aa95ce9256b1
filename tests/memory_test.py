"""Large buffers take memory that others have left, on a real glibc."""

import platform

import pytest

from tests import forked
from tfgan_ref import runtime

# A pipeline as TensorFlow's for several devices; then products whose reordered
# weights, 4 MB, oneDNN holds beside TensorFlow's tensors.
PROGRAM = """
import resource
import tensorflow as tf
from tfgan_ref import memory
{first}
data = tf.data.Dataset.from_generator(
    lambda: iter([0]), output_signature=tf.TensorSpec((), tf.int32))
next(iter(data))
x, y = tf.ones([2000, 1000]), tf.ones([1000, 1000])
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    tf.matmul(x, y)
before = faults()
for _ in range(50):
    tf.matmul(x, y)
print((faults() - before) / 50)
"""


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc" or not runtime.is_x86(),
    reason="of glibc and oneDNN",
)
def test_large_buffers_are_not_mapped_anew(tmp_path):
    def faults(first):
        program = tmp_path / "program.py"
        program.write_text(PROGRAM.format(first=first))
        return float(forked.run(program).stdout)

    pages = 1000 * 1000 * 4 / 4096
    assert faults("") > 0.2 * pages  # Else there is nothing to mend.
    assert faults("memory.reuse()") < 0.1 * pages
