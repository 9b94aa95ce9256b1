"""Measures convolutions in both orders of dimensions, in turns, in one run.

    python -m tools.dev.benchmarking.convolutions \
        --json=results/convolutions.json

DCGAN-32's two inner convolutions and their gradients, batch first as in Keras
and spatial first, in GFLOP/s beside a matrix product's. What padding saves is
counted as done.
"""

from __future__ import annotations

import pathlib
import statistics
import time
from collections.abc import Callable

from tfgan_ref import ranges, recorded
from tfgan_ref.command_line import Parser
from tfgan_ref.errors import guard

_BATCH, _SIZE, _STRIDE = 64, 4, 2
_SHAPES = ((16, 64, 128), (8, 128, 256))  # Pixels, channels in and out.
_MATRIX = 2048
_CALLS = 10


def _functions():
    """Name -> (function that computes once, floating-point operations)."""
    import tensorflow as tf

    from tfgan_ref.spatial_first import convolution

    a, b = tf.random.normal([2, _MATRIX, _MATRIX])
    parts: dict[str, tuple[Callable, int]] = {
        "matrix product": (lambda: tf.matmul(a, b), 2 * _MATRIX**3)
    }
    for pixels, channels, filters in _SHAPES:
        small = pixels // _STRIDE
        flop = 2 * _BATCH * small**2 * filters * _SIZE**2 * channels
        x = tf.random.normal([_BATCH, pixels, pixels, channels])
        y = tf.random.normal([_BATCH, small, small, filters])
        kernel = tf.random.normal([_SIZE, _SIZE, channels, filters])
        strides = [1, _STRIDE, _STRIDE, 1]
        shared = {"strides": strides, "padding": "SAME"}
        batch_first: dict[str, Callable] = {
            "forward": lambda x=x, k=kernel, s=shared: tf.raw_ops.Conv2D(
                input=x, filter=k, **s
            ),
            "of the input": lambda x=x, k=kernel, y=y, s=shared: (
                tf.raw_ops.Conv2DBackpropInput(
                    input_sizes=x.shape, filter=k, out_backprop=y, **s
                )
            ),
            "of the kernel": lambda x=x, k=kernel, y=y, s=shared: (
                tf.raw_ops.Conv2DBackpropFilter(
                    input=x, filter_sizes=k.shape, out_backprop=y, **s
                )
            ),
        }
        x, y = (tf.transpose(value, [1, 2, 0, 3]) for value in (x, y))
        spatial_first: dict[str, Callable] = {
            "forward": lambda x=x, k=kernel: convolution.convolution(
                x, k, _STRIDE
            ),
            "of the input": lambda y=y, k=kernel: (
                convolution.transposed_convolution(y, k, _STRIDE)
            ),
            "of the kernel": lambda x=x, y=y: convolution.kernel_gradient(
                x, y, _SIZE, _STRIDE
            ),
        }
        for order, functions in (
            ("batch first", batch_first),
            ("spatial first", spatial_first),
        ):
            for part, function in functions.items():
                parts[f"{pixels} pixels, {part}, {order}"] = function, flop
    return {
        name: (tf.function(function, autograph=False), flop)
        for name, (function, flop) in parts.items()
    }


def measure(rounds: int) -> dict[str, dict[str, float]]:
    """GFLOP/s, best and median, of each part.

    Args:
        rounds: int >= 1, turns of each.
    """
    parts = _functions()
    times: dict[str, list[float]] = {name: [] for name in parts}
    for _ in range(rounds + 1):
        for name, (function, _) in parts.items():
            begin = time.perf_counter()
            for _ in range(_CALLS):
                function()
            times[name].append((time.perf_counter() - begin) / _CALLS)
    return {
        name: {
            "best": 1e-9 * flop / min(times[name][1:]),
            "median": 1e-9 * flop / statistics.median(times[name][1:]),
        }
        for name, (_, flop) in parts.items()
    }


def main(flags) -> None:
    """Measures, records and prints."""
    record = pathlib.Path(flags.json) if flags.json else None
    recorded.check_writable(record)
    gflops = measure(flags.rounds)
    if record:
        content = recorded.circumstances("convolutions") | {"gflops": gflops}
        recorded.write(record, content)
    for name, rates in gflops.items():
        print(f"{name:44} {rates['best']:6.0f} {rates['median']:6.0f}")


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    parser.add_argument(
        "--rounds", type=ranges.COUNT, default=10, help="turns of each"
    )
    parser.add_argument("--json", help="where to record the result")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    guard(lambda: main(_parse_flags()))
