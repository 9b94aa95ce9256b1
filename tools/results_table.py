"""Writes the tables of recorded results into README.md and docs/.

    python tools/results_table.py
    python tools/results_table.py --page=docs/performance.md
    python tools/results_table.py --page=docs/serving.md

What stands between `<!-- results -->` and `<!-- /results -->`, and the same of
`benchmark` and `serving`, is made from results/*.json, so that no number is
copied by hand.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import re
import sys

from tfgan_ref.errors import UserError, guard
from tfgan_ref.outputs import write_text

_BLOCK = re.compile(
    r"(<!-- (?P<kind>results|benchmark|serving) -->\n)"
    r".*?(<!-- /(?P=kind) -->)",
    re.DOTALL,
)
_RUNS = """\
| record | command | steps | time | images/s | loss G, D | hardware |
| --- | --- | --- | --- | --- | --- | --- |
"""
_DIVERSITY = """
| record | generators | classes covered | class entropy, nats | confidence |
| --- | --- | --- | --- | --- |
"""
# Epochs at which the curve of a semi-supervised run is shown.
_EPOCHS = (10, 25, 50, 60, 100, 150, 200, 300)
# Errors of 10,000 on MNIST by labels, Salimans et al. (2016), table 1: mean and
# standard deviation of 10 seeds and splits after 300 epochs.
_PUBLISHED = {
    20: "1677 ± 452",
    50: "221 ± 136",
    100: "93 ± 6.5",
    200: "90 ± 4.2",
}
_MNIST_EXAMPLES = 60000
_LOADERS = {
    "c_api": "TensorFlow's C API",
    "saved_model": "`tf.saved_model.load`",
    "keras": "the Keras model in a `tf.function`",
}
_FRACTIONS = ("of its floor", "the plain step")


def tables(results: pathlib.Path) -> str:
    """Returns the Markdown of the recorded runs and benchmarks.

    Args:
        results: folder of the records that tools/record_result.py,
            tools/benchmark.py and tools/evaluate_diversity.py have made.
    """
    from tools import mode_tables

    records = {
        path.stem: json.loads(path.read_text())
        for path in sorted(results.glob("*.json"))
    }
    runs, notes, classified, covered, diversity = [], [], {}, {}, []
    for name, record in records.items():
        if name.startswith("balance_"):
            continue  # In docs/tutorial.md.
        if mode_tables.is_toy(record):
            covered[name] = record
        elif "evaluations" in record:
            classified[name] = record
        elif "metrics" in record:
            runs.append(_run(name, record))
        elif "floor_ms" in record and "baseline" not in name:
            notes.append(_benchmark(name, record))
        elif "generators" in record:
            diversity.append(_diversity(name, record))
    text = _RUNS + "".join(runs + notes)
    if classified:
        text += _semi_supervised(classified)
    if covered:
        text += mode_tables.table(covered)
    if diversity:
        text += _DIVERSITY + "".join(diversity)
    return text


def _run(name, record):
    metrics, hardware = record["metrics"], record["hardware"]
    settings = record["settings"]
    images_per_step = settings["batch_size"] * settings["discriminator_steps"]
    images = record["steps"] * images_per_step
    return _row(
        _link(name),
        f"`{record['command']}`",
        f"{record['steps']:,}",
        f"{record['wall_seconds']:.0f} s",
        f"{images / record['wall_seconds']:,.0f}",
        f"{metrics['loss/generator']:.2f}, {metrics['loss/discriminator']:.2f}",
        f"{hardware['cores']} cores, {hardware['cpu']}",
    )


def _benchmark(name, record):
    """One sentence on a record of tools/benchmark.py."""
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


def benchmarks(results: pathlib.Path) -> str:
    """Returns the tables of results/benchmark.json.

    Args:
        results: folder of the records.
    """
    record = json.loads((results / "benchmark.json").read_text())
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


def serving(results: pathlib.Path) -> str:
    """Returns the tables of results/serving.json.

    Args:
        results: folder of the records.
    """
    record = json.loads((results / "serving.json").read_text())
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


def _semi_supervised(records):
    """The curves of the errors, beside the baseline and the paper."""
    reached = {
        epoch
        for record in records.values()
        for epoch in _by_epoch(record)
        if not record["settings"].get("supervised")
    }
    epochs = [epoch for epoch in _EPOCHS if epoch in reached]
    head = [
        "record",
        "labels, their seed",
        *(f"{epoch} epochs" for epoch in epochs),
        "time",
        "supervised only",
        "paper, 300 epochs",
    ]
    lines = ["\n", _row(*head), "| --- " * len(head) + "|\n"]
    for name, record in records.items():
        settings = record["settings"]
        if settings.get("supervised"):
            continue
        by_epoch = _by_epoch(record)
        labels = settings["labels"], settings["label_seed"]
        lines.append(
            _row(
                _link(name),
                f"{labels[0]}, {labels[1]}",
                *(by_epoch.get(epoch, "not run") for epoch in epochs),
                f"{record['wall_seconds'] / 60:.0f} min, "
                f"{record['hardware']['cores']} cores",
                _baseline(records, labels),
                _PUBLISHED.get(labels[0], "") if _is_mnist(record) else "",
            )
        )
    return "".join(lines)


def _by_epoch(record):
    """Epoch -> "raw / averaged" errors, where an epoch's end was evaluated."""
    steps = _MNIST_EXAMPLES // record["settings"]["batch_size"]
    return {
        evaluation["step"] // steps: " / ".join(
            f"{evaluation[f'eval/errors/{kind}']:.0f}"
            for kind in ("raw", "averaged")
            if f"eval/errors/{kind}" in evaluation
        )
        for evaluation in record["evaluations"]
        if evaluation["step"] % steps == 0 and _is_mnist(record)
    }


def _is_mnist(record):
    data = record["settings"]["data"]
    return (
        "fashion" not in record["settings"]["dataset"]
        and data["count"] == _MNIST_EXAMPLES
    )


def _baseline(records, labels):
    """Final errors of the supervised run on the same labels."""
    for name, record in records.items():
        settings = record["settings"]
        if settings.get("supervised") and labels == (
            settings["labels"],
            settings["label_seed"],
        ):
            last = record["evaluations"][-1]
            kinds = "raw", "averaged"
            text = " / ".join(f"{last[f'eval/errors/{k}']:.0f}" for k in kinds)
            return f"[{text}](results/{name}.json)"
    return "not run"


def _diversity(name, record):
    """The row of a record of tools/evaluate_diversity.py."""
    numbers = [
        f"{record['mean'][key]:.3f} ± {record['standard_deviation'][key]:.3f}"
        if "mean" in record
        else f"{record['generators'][0][key]:.3f}"
        for key in ("classes_covered", "class_entropy", "confidence")
    ]
    return _row(_link(name), str(len(record["generators"])), *numbers)


def _link(name):
    return f"[{name}](results/{name}.json)"


def _row(*cells):
    return "| " + " | ".join(cells) + " |\n"


def updated(page: str, results: pathlib.Path) -> str:
    """Returns the page with the tables of today's records in it."""
    makers = {"results": tables, "benchmark": benchmarks, "serving": serving}
    return _BLOCK.sub(
        lambda block: block[1] + makers[block["kind"]](results) + block[3],
        page,
    )


def main(flags) -> None:
    """Updates the page."""
    path = pathlib.Path(flags.page)
    try:
        before = path.read_text()
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror}") from None
    if not _BLOCK.search(before):
        raise UserError(f"{path} has no place for the table")
    after = updated(before, pathlib.Path(flags.results))
    if before != after:
        write_text(path, after)


def _parse_flags(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--page", default="README.md", help="what to update")
    parser.add_argument("--results", default="results", help="the records")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    # Its other tables are in a module beside it.
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
    guard(main, _parse_flags())
