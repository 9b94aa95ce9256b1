"""The tables of a record of tools/dev/benchmark_scaling.py."""

from __future__ import annotations

from tools.dev import markdown, records

_BOTH, _ONE = "one process, both cores", "one worker, one core"


def scaling(record: dict) -> str:
    """What was measured, and the model of more workers."""
    rates = record["images_per_second"]
    best = record["milliseconds"]
    measured = [
        [
            name,
            f"{best[name]['median']:.0f}",
            f"{rate:.0f}",
            f"{rate / rates[_BOTH]:.2f}",
            f"{rate / rates[_ONE]:.2f}",
        ]
        for name, rate in rates.items()
    ]
    modelled = [
        [
            f"{row['workers']}{' on this machine' * row['is_here']}",
            f"{row['compute']:.0f}",
            f"{row['statistics']:.1f}",
            f"{row['gradients']:.1f}",
            f"{row['efficiency']:.0%}",
        ]
        for row in record["modelled"]
    ]
    reduced, link = record["reductions_ms"], record["link"]
    return (
        f"`{record['command']}`, {records.revision(record)}, "
        f"{record['hardware']['cores']} cores of {record['hardware']['cpu']}, "
        f"{record['batch_size']} images per replica:\n\n"
        + markdown.table(
            ["", "ms", "images/s", "of one process", "of one worker"], measured
        )
        + f"\nA step of the workers has {len(record['collectives'])} "
        f"reductions, which alone take {reduced:.1f} ms; a minibatch takes "
        f"{record['input_ms']:.2f} ms, beside the step. The model, by a link "
        f"of {link['gbits']:g} Gbit/s each way and "
        f"{link['hop_microseconds']:g} us a message:\n\n"
        + markdown.table(
            ["workers", "compute, ms", "statistics", "gradients", "efficiency"],
            modelled,
        )
    )
