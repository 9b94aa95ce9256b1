"""Measures how fast a trained generator draws, and how long a request takes.

    python tools/dev/benchmark_serving.py --model=runs/mnist \
        --json=results/serving.json

Takes turns, in processes of their own: the Keras model of the run, its newest
export through `tf.saved_model.load`, and the same through TensorFlow's C API,
which is the loader of TensorFlow Serving. Network and queues are not measured,
and PNG files are encoded in memory, by one core. The floor is the generator's
arithmetic at the rate of the machine's matrix product.
"""

from __future__ import annotations

import pathlib
import sys

from tfgan_ref import ranges, recorded, runtime
from tfgan_ref.command_line import Parser
from tfgan_ref.errors import UserError, guard
from tfgan_ref.literal_path import literal

_BATCH_SIZES = (1, 64)
_CALLS = {1: 100, 64: 20}  # Per turn.


def measure(workdir: pathlib.Path, rounds: int, count: int) -> dict:
    """Lets the contestants take turns.

    Args:
        workdir: of a run with an export.
        rounds: turns of each.
        count: samples that are drawn at once.

    Returns:
        dict, what --json writes.

    Raises:
        UserError: there is no run, or no export of it.
    """
    from tools.dev.benchmarking import turns

    path, names, card = _export_of(workdir)
    entries = {"matrix_product": turns.Entry("ours.matrix_product")}
    drawing = {"samples": path, "samples_bfloat16": str(workdir), "png": path}
    if not runtime.has_bfloat16():
        del drawing["samples_bfloat16"]
    for name, folder in drawing.items():
        entries[name] = turns.Entry(
            f"serving.{name}", {"folder": folder, "count": count}, calls=1
        )
    for size in _BATCH_SIZES:
        for loader, options in {
            "c_api": {"folder": literal(path)} | names,
            "saved_model": {"folder": literal(path)},
            "keras": {"workdir": str(workdir)},
        }.items():
            function = "native" if loader == "c_api" else loader
            entries[f"{loader}_{size}"] = turns.Entry(
                f"serving.{function}",
                options | {"batch_size": size},
                calls=_CALLS[size],
            )
    results = turns.take(entries, rounds)
    product = results["matrix_product"]
    rate = 1e3 * product.flop / min(product.milliseconds)
    flop = results["keras_64"].flop / 64
    per_second = {
        name: 1e3 * count / min(results[name].milliseconds) for name in drawing
    }
    drawn = per_second["samples"]
    return {
        "model": card["command"],
        "gemm_gflops": rate / 1e9,
        "mflop_per_image": flop / 1e6,
        "samples": {
            "count": count,
            "images_per_second": drawn,
            "floor_images_per_second": rate / flop,
            "fraction_of_floor": drawn * flop / rate,
        },
        "samples_bfloat16_per_second": per_second.get("samples_bfloat16"),
        "png_per_second": per_second["png"],
        "latency_ms": {
            f"{loader}_{size}": _percentiles(
                results[f"{loader}_{size}"].milliseconds
            )
            | {"floor": 1e3 * size * flop / rate}
            for loader in ("c_api", "saved_model", "keras")
            for size in _BATCH_SIZES
        },
    }


def _export_of(workdir):
    """The newest export of a run, the C API's names in it, its card."""
    from tensorflow.core.protobuf import saved_model_pb2

    from tfgan_ref import inference
    from tfgan_ref.training.workdir import WorkDir

    model = inference.load(WorkDir(workdir).exports)
    content = (model.path / "saved_model.pb").read_bytes()
    graph = saved_model_pb2.SavedModel.FromString(content).meta_graphs[0]
    signature = graph.signature_def["generate"]
    names = {
        "latent_dim": model.latent_dim,
        "input_name": signature.inputs["latents"].name,
        "output_name": signature.outputs["images"].name,
    }
    if "command" not in model.card:
        raise UserError(f"{model.path} does not tell what made it")
    return str(model.path), names, model.card


def _percentiles(milliseconds):
    import numpy as np

    p50, p99 = np.percentile(milliseconds, [50, 99])
    return {"p50": p50, "p99": p99, "calls": len(milliseconds)}


def main(flags) -> None:
    """Measures, records and prints."""
    record = pathlib.Path(flags.json) if flags.json else None
    recorded.check_writable(record)
    content = measure(
        pathlib.Path(flags.model).expanduser(), flags.rounds, flags.count
    )
    if record:
        recorded.write(record, recorded.circumstances("serving") | content)
    drawn = content["samples"]
    print(f"Matrix product: {content['gemm_gflops']:.0f} GFLOP/s")
    print(
        f"{drawn['count']} samples: {drawn['images_per_second']:,.0f} "
        f"images/s, {drawn['fraction_of_floor']:.0%} of the floor's "
        f"{drawn['floor_images_per_second']:,.0f}"
    )
    half = content["samples_bfloat16_per_second"]
    in_bfloat16 = f"{half:,.0f} images/s" if half else "not run"
    print(
        f"In bfloat16: {in_bfloat16}; PNG: {content['png_per_second']:,.0f} "
        "images/s"
    )
    print(f"{'ms':16} {'p50':>8} {'p99':>8} {'floor':>8}")
    for name, times in content["latency_ms"].items():
        numbers = (times[key] for key in ("p50", "p99", "floor"))
        print(f"{name:16}", *(f"{number:8.3f}" for number in numbers))


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    parser.add_argument(
        "--model",
        "--workdir",
        default="runs/fashion_mnist",
        help="a run with an export",
    )
    parser.add_argument(
        "--rounds", type=ranges.COUNT, default=10, help="turns of each"
    )
    parser.add_argument(
        "--count", "--n", type=ranges.COUNT, default=10000, help="samples"
    )
    parser.add_argument("--json", help="where to record the result")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    # The workers are modules beside this program.
    sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
    guard(lambda: main(_parse_flags()))
