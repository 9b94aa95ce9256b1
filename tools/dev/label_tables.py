"""The table of semi-supervised runs: errors by epoch, beside the baseline."""

from __future__ import annotations

from tools.dev import markdown

# At which the curve of a run is shown.
_EPOCHS = (10, 25, 50, 60, 100, 150, 200, 300)
_MNIST_EXAMPLES = 60000


def table(records: dict[str, dict]) -> str:
    """The Markdown.

    Args:
        records: by name, of the kind `run`, with labels; a supervised one is
            the baseline of others.
    """
    baselines = {
        _labels(record): _baseline(name, record)
        for name, record in records.items()
        if _is_supervised(record)
    }
    runs = {
        name: record
        for name, record in records.items()
        if not _is_supervised(record)
    }
    reached = {epoch for run in runs.values() for epoch in _by_epoch(run)}
    epochs = [epoch for epoch in _EPOCHS if epoch in reached]
    head = [
        "record",
        "labels, their seed",
        *(f"{epoch} epochs" for epoch in epochs),
        "time",
        "supervised only",
    ]
    rows = (_cells(name, run, epochs, baselines) for name, run in runs.items())
    return "\n" + markdown.table(head, rows)


def _is_supervised(record):
    return record["settings"].get("supervised", False)


def _labels(record):
    """How many, and their seed."""
    return record["settings"]["labels"], record["settings"]["label_seed"]


def _cells(name, run, epochs, baselines):
    labels, by_epoch = _labels(run), _by_epoch(run)
    return (
        markdown.link(name, run),
        f"{labels[0]}, {labels[1]}",
        *(by_epoch.get(epoch, "not run") for epoch in epochs),
        f"{run['wall_seconds'] / 60:.0f} min, {run['hardware']['cores']} cores",
        baselines.get(labels, "not run"),
    )


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


def _baseline(name, record):
    """A link to the final errors of a supervised run."""
    last = record["evaluations"][-1]
    kinds = "raw", "averaged"
    text = " / ".join(f"{last[f'eval/errors/{k}']:.0f}" for k in kinds)
    return f"[{text}](../results/{name}.json)"
