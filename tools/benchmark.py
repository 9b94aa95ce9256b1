"""Measures the training step and the input pipeline, in turns, in one run.

    python tools/benchmark.py --dataset=digits --json=results/benchmark.json

A step is timed alone, with its minibatch at hand; the pipeline alone, with
nothing that consumes it. Best and median of several rounds are printed, since
the machine may have other work. Only ratios mean anything on another machine.
"""

from __future__ import annotations

import pathlib
import statistics
import time

from absl import app
from absl.flags import argparse_flags

from tfgan_ref.errors import guard

_STEPS_PER_ROUND = 10
_MINIBATCHES_PER_ROUND = 5000


def measure(flags) -> dict[str, dict[str, float]]:
    """Returns milliseconds per minibatch, best and median, of each part."""
    import keras

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
    }
    for run in parts.values():
        run()  # Traces, compiles, fills the buffers.
    times: dict[str, list[float]] = {name: [] for name in parts}
    for _ in range(flags.rounds):
        for name, run in parts.items():
            times[name].append(run())
    return {
        name: {"best": min(values), "median": statistics.median(values)}
        for name, values in times.items()
    }


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
    times = measure(flags)
    print(f"{'':10} {'best':>10} {'median':>10}  ms per minibatch of")
    for name, row in times.items():
        rate = 1e3 * flags.batch_size / row["best"]
        print(
            f"{name:10} {row['best']:10.3f} {row['median']:10.3f}  "
            f"{flags.batch_size} images, {rate:,.0f} images/s at best"
        )
    ratio = times["step"]["best"] / times["pipeline"]["best"]
    print(f"The pipeline is {ratio:.0f} times as fast as the step.")
    if flags.json:
        _record(pathlib.Path(flags.json), flags.batch_size, times, ratio)


def _parse_flags(argv):
    parser = argparse_flags.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--dataset", default="digits", help="as for a recipe")
    parser.add_argument("--data_dir", help="as for a recipe")
    parser.add_argument("--image_size", type=int, default=28, help="pixels")
    parser.add_argument("--batch_size", type=int, default=64)
    parser.add_argument("--width", type=int, default=64, help="of the DCGAN")
    parser.add_argument("--kernel_size", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=7, help="in turns")
    parser.add_argument("--json", help="where to record the result")
    flags = parser.parse_args(argv[1:])
    if flags.rounds < 1:
        parser.error(f"--rounds must be positive. Received: {flags.rounds}")
    return flags


def _record(path, batch_size, times, ratio):
    from tfgan_ref import provenance
    from tfgan_ref.workdir import write_json

    content = provenance.describe() | {
        "batch_size": batch_size,
        "milliseconds": times,
        "pipeline_to_step": ratio,
    }
    write_json(path, content)


if __name__ == "__main__":
    app.run(lambda flags: guard(main, flags), flags_parser=_parse_flags)
