"""Measures training steps and the input pipeline, in turns, in one run.

    python tools/benchmark.py --dataset=digits --json=results/benchmark.json

A step is timed alone, with its minibatch at hand; the pipeline alone, with
nothing that consumes it. Best and median of several rounds are printed, since
the machine may have other work. Only ratios mean anything on another machine.

The floor of a step is its arithmetic (`cost.step_flop`) at the rate of a large
float32 matrix product, measured in the same run.
"""

from __future__ import annotations

import argparse
import pathlib
import statistics
import time

from tfgan_ref.errors import guard

_STEPS_PER_ROUND = 10
_MINIBATCHES_PER_ROUND = 5000
_PRODUCTS_PER_ROUND = 5
_MATRIX_SIZE = 2048
_FEATURE_MATCHING_BATCH = 100  # As published.


def measure(flags) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Times each part.

    Returns:
        Milliseconds per call of each part, best and median; and the floors in
        milliseconds of those that are training steps.
    """
    import keras

    from tfgan_ref import cost
    from tfgan_ref.data import images, minibatches
    from tfgan_ref.models import dcgan

    data = images.load(
        flags.dataset, image_size=flags.image_size, data_dir=flags.data_dir
    )
    gan = dcgan.build(
        data.image_shape, width=flags.width, kernel_size=flags.kernel_size
    )
    gan.compile(
        keras.optimizers.Adam(2e-4, beta_1=0.5),
        keras.optimizers.Adam(2e-4, beta_1=0.5),
    )
    train_function = gan.make_train_function()
    stream = minibatches.stream(data, flags.batch_size, seed=0)
    minibatch = stream.take(1).cache().repeat()
    parts = {
        "step": _timer(train_function, iter(minibatch), _STEPS_PER_ROUND),
        "pipeline": _timer(next, iter(stream), _MINIBATCHES_PER_ROUND),
        "matrix product": _matrix_product(),
    }
    flop = {"step": cost.step_flop(gan, flags.batch_size)}
    parts["feature matching"], flop["feature matching"] = _feature_matching()
    for run in parts.values():
        run()  # Traces, compiles, fills the buffers.
    times: dict[str, list[float]] = {name: [] for name in parts}
    for _ in range(flags.rounds):
        for name, run in parts.items():
            times[name].append(run())
    result = {
        name: {"best": min(values), "median": statistics.median(values)}
        for name, values in times.items()
    }
    rate = 2 * _MATRIX_SIZE**3 / result["matrix product"]["best"]
    return result, {name: count / rate for name, count in flop.items()}


def _matrix_product():
    """Times the product of two large matrices."""
    import tensorflow as tf

    a, b = tf.random.normal([2, _MATRIX_SIZE, _MATRIX_SIZE])
    product = tf.function(lambda: tf.reduce_sum(tf.matmul(a, b)))
    return _timer(lambda _: float(product()), None, _PRODUCTS_PER_ROUND)


def _feature_matching():
    """Times a step of feature matching on MNIST's shapes; and its FLOP."""
    import numpy as np

    from tfgan_ref import cost
    from tfgan_ref.data import semi_supervised
    from tfgan_ref.data.images import Images
    from tfgan_ref.models import feature_matching
    from tfgan_ref.optimizers import InnerEpsilonAdam

    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (1000, 28, 28, 1), np.uint8)
    labels = np.arange(1000, dtype=np.int32) % 10
    data = Images("noise", pixels, labels)
    gan = feature_matching.build(data.image_shape, 10)
    gan.initialize(pixels[:500] / 127.5 - 1.0)
    gan.compile(
        InnerEpsilonAdam(3e-3, beta_1=0.5), InnerEpsilonAdam(3e-3, beta_1=0.5)
    )
    stream = semi_supervised.stream(data, _FEATURE_MATCHING_BATCH, seed=0)
    minibatch = iter(stream.take(1).cache().repeat())
    timer = _timer(gan.make_train_function(), minibatch, _STEPS_PER_ROUND)
    return timer, cost.step_flop(gan, _FEATURE_MATCHING_BATCH)


def _timer(function, iterator, count):
    """Returns a function that times `count` calls: milliseconds per call."""

    def run():
        begin = time.perf_counter()
        for _ in range(count):
            function(iterator)
        return 1e3 * (time.perf_counter() - begin) / count

    return run


def main(flags) -> None:
    """Measures, prints and records."""
    times, floors = measure(flags)
    print(f"{'':16} {'best':>10} {'median':>10} {'floor':>10}  ms")
    for name, row in times.items():
        floor = f"{floors[name]:10.3f}" if name in floors else " " * 10
        print(f"{name:16} {row['best']:10.3f} {row['median']:10.3f} {floor}")
    for name, floor in floors.items():
        print(f"{name}: {times[name]['best'] / floor:.2f} times its floor.")
    ratio = times["step"]["best"] / times["pipeline"]["best"]
    print(f"The pipeline is {ratio:.0f} times as fast as the step.")
    if flags.json:
        _record(flags, times, floors, ratio)


def _parse_flags(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--dataset", default="digits", help="as for a recipe")
    parser.add_argument("--data_dir", help="as for a recipe")
    parser.add_argument("--image_size", type=int, default=28, help="pixels")
    parser.add_argument("--batch_size", type=int, default=64)
    parser.add_argument("--width", type=int, default=64, help="of the DCGAN")
    parser.add_argument("--kernel_size", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=7, help="in turns")
    parser.add_argument("--json", help="where to record the result")
    flags = parser.parse_args(arguments)
    if flags.rounds < 1:
        parser.error(f"--rounds must be positive. Received: {flags.rounds}")
    return flags


def _record(flags, times, floors, ratio):
    from tfgan_ref import provenance
    from tfgan_ref.workdir import write_json

    content = provenance.describe() | {
        "batch_size": flags.batch_size,
        "milliseconds": times,
        "floor_milliseconds": floors,
        "pipeline_to_step": ratio,
    }
    write_json(pathlib.Path(flags.json), content)


if __name__ == "__main__":
    guard(main, _parse_flags())
