"""The tables of recorded benchmarks, and a sentence on one."""

from __future__ import annotations

from tools.dev import markdown, records

_LOADERS = {
    "c_api": "TensorFlow's C API",
    "saved_model": "`tf.saved_model.load`",
    "keras": "the Keras model in a `tf.function`",
}
_FRACTIONS = ("of its floor", "the plain step")
# Contestant, and the passes through a network of its step.
_NOTED = {
    "the step of Keras's guide (12 passes to our 10)": ("keras_guide", 12),
    "PyTorch's usual loop (12 passes to our 10)": ("torch_channels_last", 12),
    "our arithmetic in PyTorch": ("torch_one_round", 10),
    "in JAX": ("jax_one_round", 10),
}
_LIBRARIES = {
    "tensorflow": "TensorFlow",
    "torch": "PyTorch",
    "jax": "JAX",
    "flax": "Flax",
}
# Passes through a network per step as `flop.step_flop` counts; contestant.
_PEERS = (
    ("this project", 10, "ours"),
    ("PyTorch with the same arithmetic", 10, "torch_one_round"),
    ("the same, `torch.compile`", 10, "torch_compiled"),
    ("JAX with the same arithmetic", 10, "jax_one_round"),
    ("PyTorch's usual loop", 12, "torch_channels_last"),
    ("Keras's guide", 12, "keras_guide"),
)


def notes(found: dict[str, dict]) -> str:
    """A sentence on each record of tools/dev/benchmark.py."""
    return "".join(_note(name, record) for name, record in found.items())


def _note(name, record):
    ours = record["ours"]["best"]
    text = (
        f"\nA step of DCGAN-32 takes {ours:.1f} ms at best, "
        f"{record['fraction_of_floor']['ours']:.0%} of the rate of the "
        f"machine's matrix product; {_beside(record, '')}"
    )
    if record.get("ours_bfloat16"):
        half = record["ours_bfloat16"]["best"]
        text += f"; in bfloat16 {half:.1f} ms, {_beside(record, '_bfloat16')}"
    return (
        f"{text} ([{name}](../results/{name}.json), "
        "[where the time goes](performance.md)).\n"
    )


def _beside(record, suffix):
    """What others take in the same precision."""
    ours = record["ours" + suffix]["best"]
    return ", ".join(
        f"{peer} {_to_ours(times['best'] / ours, passes, ' times as long')}"
        for peer, (name, passes) in _NOTED.items()
        if (times := record.get(name + suffix))
    )


def steps(record: dict) -> str:
    """The tables of a record of tools/dev/benchmark.py."""
    rates = {
        "matrix product": "gemm_gflops",
        "in bfloat16": "gemm_gflops_bfloat16",
        "of 100 rows": "gemm_gflops_100_rows",
    }
    versions = record.get("versions", {})
    return "".join(
        [
            f"`{record['command']}`, {records.revision(record)}, "
            f"{record['hardware']['cores']} cores of "
            f"{record['hardware']['cpu']}, ",
            ", ".join(
                f"{label} {record[key]:.0f} GFLOP/s"
                for label, key in rates.items()
                if key in record
            ),
            "".join(
                f", {label} {versions[package]}"
                for package, label in _LIBRARIES.items()
                if package in versions
            ),
            ".\n\n",
            *_contestants(record),
            *_peers(record),
            *_sizes(record.get("sizes", [])),
            *_precisions(record.get("precision_losses", {})),
        ]
    )


def _contestants(record):
    """Lines: whatever was timed, beside our step in float32."""
    ours = record["ours"]["best"]
    yield markdown.row(
        "", "best, ms", "median, ms", "to ours", "of its floor", "MB"
    )
    yield "| --- " * 6 + "|\n"
    for name, times in record.items():
        if not isinstance(times, dict) or "median" not in times:
            continue
        fraction = record["fraction_of_floor"].get(name)
        yield markdown.row(
            name,
            f"{times['best']:.2f}",
            f"{times['median']:.2f}",
            f"{times['best'] / ours:.2f}",
            f"{fraction:.0%}" if fraction else "",
            f"{record['peak_memory_mb'][name]:.0f}",
        )
    for name, reason in record.get("not_run", {}).items():
        yield markdown.row(name, "not run", reason, "", "", "")


def _peers(record):
    """Lines: times of others' steps to ours in the same precision."""
    yield "\n" + markdown.row(
        "", "passes", "float32, to ours", "bfloat16, to ours"
    )
    yield "| --- " * 4 + "|\n"
    for label, passes, name in _PEERS:
        ratios = (
            _ratio(
                record.get(name + suffix), record.get("ours" + suffix), passes
            )
            for suffix in ("", "_bfloat16")
        )
        yield markdown.row(label, str(passes), *ratios)


def _ratio(times, ours, passes):
    if not times or not ours:
        return "not run"
    return _to_ours(times["best"] / ours["best"], passes)


def _to_ours(ratio, passes, unit=""):
    """A ratio, and the same of one pass where there are more than our 10."""
    text = f"{ratio:.2f}{unit}"
    return text if passes == 10 else f"{text}, {10 * ratio / passes:.2f} a pass"


def _sizes(rows):
    """Lines: our step and its floor for other images and minibatches."""
    if rows:
        yield "\n" + markdown.row("pixels", "images", "best, ms", *_FRACTIONS)
        yield "| --- " * 5 + "|\n"
    for row in rows:
        yield markdown.row(
            f"{row['image_size']}",
            f"{row['batch_size']}",
            f"{row['ours']['best']:.1f}",
            f"{row['fraction_of_floor']:.0%}",
            f"{row['floor_ms'] / row['ours_plain']['best']:.0%}",
        )


def _precisions(losses):
    """Lines: mean losses by precision, of each seed."""
    if losses:
        seeds = range(len(losses["float32"]))
        names = (f"{player} {seed}" for player in "GD" for seed in seeds)
        yield "\n" + markdown.row("mean loss of network and seed", *names)
        yield "| --- " * (1 + 2 * len(seeds)) + "|\n"
    for precision, pairs in losses.items():
        means = [mean for player in zip(*pairs, strict=True) for mean in player]
        yield markdown.row(precision, *(f"{mean:.3f}" for mean in means))


def serving(record: dict) -> str:
    """The tables of a record of tools/dev/benchmark_serving.py."""
    drawn = record["samples"]
    half = record.get("samples_bfloat16_per_second")
    in_bfloat16 = f"{half:,.0f} images/s" if half else "not run"
    encoded = record.get("png_per_second")
    files = f"{encoded:,.0f}" if encoded else "not run"
    lines = [
        f"`{record['command']}`, {records.revision(record)}, "
        f"{record['hardware']['cores']} cores of {record['hardware']['cpu']}, "
        f"matrix product {record['gemm_gflops']:.0f} GFLOP/s; the model is "
        f"that of `{record['model']}`, {record['mflop_per_image']:.0f} MFLOP "
        f"per image.\n\n{drawn['count']:,} samples: "
        f"{drawn['images_per_second']:,.0f} images/s, "
        f"{drawn['fraction_of_floor']:.0%} of the floor's "
        f"{drawn['floor_images_per_second']:,.0f}; in bfloat16 {in_bfloat16}; "
        f"PNG files {files} a second.\n\n",
        markdown.row(
            "ms per request", "batch", "p50", "p99", "floor", "requests"
        ),
        "| --- " * 6 + "|\n",
    ]
    for name, times in record["latency_ms"].items():
        loader, _, batch_size = name.rpartition("_")
        numbers = (f"{times[key]:.3f}" for key in ("p50", "p99", "floor"))
        lines.append(
            markdown.row(
                _LOADERS[loader], batch_size, *numbers, str(times["calls"])
            )
        )
    return "".join(lines)
