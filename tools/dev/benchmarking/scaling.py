"""The same step by one process and by several replicas."""

import os

from tfgan_ref import optimizers, runtime
from tools.dev.benchmarking.worker import Contestant

_SEED = 0


def step(cores, data, batch_size, strategy="one_device", width=64):
    """A simultaneous step of DCGAN on some of the cores.

    Args:
        cores: list of their numbers.
        data: .npy file of uint8 images.
        batch_size: int, over all replicas.
        strategy: of `runtime.STRATEGIES`; `mirrored` has two replicas.
        width: int.
    """
    os.sched_setaffinity(0, cores)
    runtime.set_threads()
    replicas = 2 if strategy == "mirrored" else 1
    distribution = runtime.make_strategy(strategy, virtual_devices=replicas)

    import numpy as np

    from tfgan_ref.models import dcgan

    pixels = np.load(data, allow_pickle=False)
    with distribution.scope():
        gan = dcgan.build(pixels.shape[1:], width=width, seed=_SEED)
        gan.compile(*(optimizers.FusedAdam(2e-4, beta_1=0.5) for _ in range(2)))
    stream = distribution.distribute_datasets_from_function(
        lambda context: _stream(pixels, batch_size, context)
    )
    train, iterator = gan.make_train_function(), iter(stream)

    def collectives():
        return [
            int(np.prod(op.inputs[0].shape))
            for op in gan.step_graph.get_operations()
            if op.type.startswith("CollectiveReduce")
        ]

    return Contestant(
        lambda: float(train(iterator)["loss/generator"]),
        collectives=collectives,
    )


def _stream(pixels, batch_size, context=None):
    import numpy as np

    from tfgan_ref.data import images, minibatches

    labels = np.full(len(pixels), -1, np.int32)
    return minibatches.stream(
        images.Images("benchmark", pixels, labels),
        batch_size,
        seed=_SEED,
        input_context=context,
    )


def minibatches_alone(cores, data, batch_size):
    """A worker's input pipeline, which nothing consumes."""
    os.sched_setaffinity(0, cores)
    runtime.set_threads()

    import numpy as np

    iterator = iter(_stream(np.load(data, allow_pickle=False), batch_size))
    return Contestant(lambda: next(iterator))


def reductions(cores, numbers):
    """Reductions over all workers, one after the other.

    Args:
        cores: list of their numbers.
        numbers: list, how many each takes.
    """
    os.sched_setaffinity(0, cores)
    runtime.set_threads()
    strategy = runtime.make_strategy("multi_worker")

    import tensorflow as tf

    def on_replica():
        last = tf.zeros([])
        for count in numbers:
            # Each waits for the one before.
            x = tf.fill([count], last + 1.0)
            x = tf.distribute.get_replica_context().all_reduce("MEAN", x)
            last = x[0]
        return last

    run = tf.function(lambda: strategy.run(on_replica))
    return Contestant(lambda: float(run()))
