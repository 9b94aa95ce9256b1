"""Which compiler makes the faster training step: a measurement, no belief."""

import math
import statistics
import time

import tensorflow as tf

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
    variables = {
        id(variable): variable
        for owner in (gan, *(getattr(gan, n) for n in gan.optimizer_names))
        for variable in owner.variables
    }.values()
    before = [variable.numpy() for variable in variables]
    iterator = iter(dataset.take(1).cache().repeat())
    times = {}
    for jit_compile in (False, True):
        gan.jit_compile = jit_compile
        times[jit_compile] = _milliseconds(gan, iterator)
        for variable, value in zip(variables, before, strict=True):
            variable.assign(value)
    gan.jit_compile = times[True] < times[False]
    gan.make_train_function(force=True)
    return times


def _milliseconds(gan, iterator):
    train_function = gan.make_train_function(force=True)
    times = []
    try:
        for _ in range(_CALLS + 1):
            begin = time.perf_counter()
            logs = train_function(iterator)
            tf.nest.map_structure(lambda value: value.numpy(), logs)
            times.append(1e3 * (time.perf_counter() - begin))
    except tf.errors.OpError:  # An operation that XLA does not know.
        return math.inf
    return statistics.median(times[1:])
