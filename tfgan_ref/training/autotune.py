"""Which compiler and which precision make the faster step: measurements."""

import contextlib
import math
import statistics
import time

import tensorflow as tf

from tfgan_ref import precision

_CALLS = 5  # Timed, after one that traces and compiles.


def choose_jit_compile(gan, dataset):
    """Sets `gan.jit_compile` to what is faster here, XLA or TensorFlow's own.

    On a CPU the latter is oneDNN, where it is on. The GAN is afterwards as it
    was. XLA takes some seconds to compile.

    Args:
        gan: compiled GAN on one device.
        dataset: `tf.data.Dataset` of minibatches, at least one.

    Returns:
        dict, the median milliseconds of a step by `jit_compile`, False and
        True; infinite where it does not work.
    """
    iterator = _repeated(dataset, gan)
    times = {}
    for jit_compile in (False, True):
        gan.jit_compile = jit_compile
        with _unchanged(gan):
            times[jit_compile] = _milliseconds(gan, iterator)
    gan.jit_compile = times[True] < times[False]
    gan.make_train_function(force=True)
    return times


def precisions(gan, dataset):
    """Times a GAN's step in bfloat16 and in float32.

    Args:
        gan: compiled GAN on one device, built under the policy
            mixed_bfloat16. It is afterwards as it was.
        dataset: `tf.data.Dataset` of minibatches, at least one.

    Returns:
        dict, the median milliseconds of a step by policy, mixed_bfloat16 and
        float32.
    """
    iterator = _repeated(dataset, gan)
    with _unchanged(gan):
        of_bfloat16 = _milliseconds(gan, iterator)
    of_float32 = _milliseconds(in_float32(gan), iterator)
    return {"mixed_bfloat16": of_bfloat16, "float32": of_float32}


def in_float32(gan):
    """The same GAN, all of its layers in float32.

    Args:
        gan: compiled, built under the policy mixed_bfloat16.

    Returns:
        Another one with the same weights, of the same class and compiled in
        the same way.
    """
    config = precision.in_float32(gan.get_config())
    twin = type(gan).from_config(config)
    for variable, value in zip(twin.variables, gan.variables, strict=True):
        variable.assign(value)
    twin.compile_from_config(gan.get_compile_config())
    return twin


def _repeated(dataset, gan):
    count = gan.minibatches_per_step
    return iter(dataset.take(count).cache().repeat())


@contextlib.contextmanager
def _unchanged(gan):
    """Whatever happens in this scope, its variables are then what they were."""
    variables = {
        id(variable): variable
        for owner in (gan, *(getattr(gan, n) for n in gan.optimizer_names))
        for variable in owner.variables
    }.values()
    before = [variable.numpy() for variable in variables]
    yield
    for variable, value in zip(variables, before, strict=True):
        variable.assign(value)


def _milliseconds(gan, iterator):
    train_function = gan.make_train_function(force=True)
    times = []
    try:
        for _ in range(_CALLS + 1):
            begin = time.perf_counter()
            logs = train_function(iterator)
            tf.nest.map_structure(lambda value: value.numpy(), logs)
            seconds = time.perf_counter() - begin
            times.append(1e3 * seconds / gan.steps_per_execution)
    except tf.errors.OpError:  # An operation that XLA does not know.
        return math.inf
    return statistics.median(times[1:])
