"""The tables of recorded benchmarks, and a sentence on one."""

from __future__ import annotations

_LOADERS = {
    "c_api": "TensorFlow's C API",
    "saved_model": "`tf.saved_model.load`",
    "keras": "the Keras model in a `tf.function`",
}
_FRACTIONS = ("of its floor", "the plain step")


def notes(records: dict[str, dict]) -> str:
    """A sentence on each record of tools/dev/benchmark.py."""
    return "".join(_note(name, record) for name, record in records.items())


def _note(name, record):
    ours = record["ours"]["best"]
    peers = {
        "the step of Keras's guide": record["keras_guide"],
        "PyTorch's": record["torch_channels_last"],
    }
    return (
        f"\nA step of DCGAN-32 takes {ours:.1f} ms at best, "
        f"{record['fraction_of_floor']['ours']:.0%} of the rate of the "
        "machine's matrix product; "
        + ", ".join(
            f"{peer} {times['best'] / ours:.2f} times as long"
            for peer, times in peers.items()
            if times
        )
        + f" ([{name}](results/{name}.json), "
        "[docs/performance.md](docs/performance.md)).\n"
    )


def steps(record: dict) -> str:
    """The tables of a record of tools/dev/benchmark.py."""
    ours = record["ours"]["best"]
    lines = [
        f"`{record['command']}`, revision {record['revision'][:9]}, "
        f"{record['hardware']['cores']} cores of {record['hardware']['cpu']}, "
        f"matrix product {record['gemm_gflops']:.0f} GFLOP/s.\n\n",
        _row("", "best, ms", "median, ms", "to ours", "of its floor", "MB"),
        "| --- " * 6 + "|\n",
    ]
    for name, times in record.items():
        if not isinstance(times, dict) or "median" not in times:
            continue
        fraction = record["fraction_of_floor"].get(name)
        lines.append(
            _row(
                name,
                f"{times['best']:.2f}",
                f"{times['median']:.2f}",
                f"{times['best'] / ours:.2f}",
                f"{fraction:.0%}" if fraction else "",
                f"{record['peak_memory_mb'][name]:.0f}",
            )
        )
    if "sizes" in record:
        lines += ["\n", _row("pixels", "images", "best, ms", *_FRACTIONS)]
        lines.append("| --- " * 5 + "|\n")
    for row in record.get("sizes", []):
        lines.append(
            _row(
                f"{row['image_size']}",
                f"{row['batch_size']}",
                f"{row['ours']['best']:.1f}",
                f"{row['fraction_of_floor']:.0%}",
                f"{row['floor_ms'] / row['ours_plain']['best']:.0%}",
            )
        )
    return "".join(lines)


def serving(record: dict) -> str:
    """The tables of a record of tools/dev/benchmark_serving.py."""
    drawn = record["samples"]
    lines = [
        f"`{record['command']}`, revision {record['revision'][:9]}, "
        f"{record['hardware']['cores']} cores of {record['hardware']['cpu']}, "
        f"matrix product {record['gemm_gflops']:.0f} GFLOP/s; the model is "
        f"that of `{record['model']}`, {record['mflop_per_image']:.0f} MFLOP "
        f"per image.\n\n{drawn['count']:,} samples: "
        f"{drawn['images_per_second']:,.0f} images/s, "
        f"{drawn['fraction_of_floor']:.0%} of the floor's "
        f"{drawn['floor_images_per_second']:,.0f}.\n\n",
        _row("ms per request", "batch", "p50", "p99", "floor", "requests"),
        "| --- " * 6 + "|\n",
    ]
    for name, times in record["latency_ms"].items():
        loader, _, batch_size = name.rpartition("_")
        numbers = (f"{times[key]:.3f}" for key in ("p50", "p99", "floor"))
        lines.append(
            _row(_LOADERS[loader], batch_size, *numbers, str(times["calls"]))
        )
    return "".join(lines)


def _row(*cells):
    return "| " + " | ".join(cells) + " |\n"
