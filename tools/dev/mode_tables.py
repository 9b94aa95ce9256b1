"""The table of runs on toy data: modes covered."""

from __future__ import annotations

import collections
import statistics

from tfgan_ref.errors import UserError
from tools.dev import markdown

_COLUMNS = {
    "eval/modes_captured": 1,
    "eval/high_quality": 100,
    "eval/reverse_kl": 1,
}
_HEADINGS = (
    "runs",
    "steps",
    "seeds",
    "modes",
    "quality, %",
    "reverse KL",
    "last quarter",
    "time",
)
# What tells two configurations apart, beside the recipe and the data.
_OPTIONS = (
    "unroll_steps",
    "game",
    "divergence",
    "minibatch_features",
    "minibatch_kernels",
    "minibatch_from_data",
    "discriminator_steps",
    "networks",
    "simultaneous",
    "generator_units",
    "discriminator_units",
    "generator_lr",
    "discriminator_lr",
    "linear_decay",
    "ema_decay",
    "lipschitz",
)
# Of recipes/toy.py.
_UNITS = {"generator_units": 400, "discriminator_units": 200}


def is_toy(record: dict) -> bool:
    """Whether a record is of a run that counted modes."""
    return any(
        "eval/modes_captured" in line for line in record.get("evaluations", [])
    )


def table(records: dict[str, dict], folder="../results", step=None) -> str:
    """Returns the Markdown of runs on toy data, seeds side by side.

    Args:
        records: of tools/dev/record_result.py, by name.
        folder: where they are, as seen from the page.
        step: int, whose evaluation is shown; None: the last one.
    """
    groups = collections.defaultdict(list)
    for name, record in records.items():
        if step is not None:
            record = _until(record, step)
        groups[_key(record)].append((f"{folder}/{name}.json", record))
    rows = [_row(key[0], members) for key, members in sorted(groups.items())]
    return "\n" + markdown.table(_HEADINGS, rows)


def _until(record, step):
    """The record as if the run had ended at that step."""
    found = [line for line in record["evaluations"] if line["step"] == step]
    if not found:
        raise UserError(f"`{record['command']}` was not evaluated at {step}")
    shown = {key: record[key] for key in record if key != "late"}
    return shown | {
        "steps": step,
        "evaluations": found,
        "wall_seconds": found[0]["seconds"],
    }


def _key(record):
    settings = record["settings"]
    options = tuple(str(settings.get(name)) for name in _OPTIONS)
    return recipe_of(record), settings["dataset"], record["steps"], options


def dataset_of(settings) -> str:
    """The data set's name, of a folder its last."""
    return settings["dataset"].rpartition(":")[2].rpartition("/")[2]


def recipe_of(record):
    """The name after `recipes.` in the command."""
    words = record["command"].split()
    start = "recipes."
    return [w for w in words if w.startswith(start)][0].removeprefix(start)


def _row(recipe, members):
    records = [record for _, record in members]
    links = ", ".join(f"[{record['seed']}]({path})" for path, record in members)
    description = _describe(recipe, records[0]["settings"])
    return [
        description,
        f"{records[0]['steps']:,}",
        links,
        *(spread(records, *column) for column in _COLUMNS.items()),
        _late(records),
        markdown.minutes(r["wall_seconds"] for r in records),
    ]


def _describe(recipe, settings):
    """What the run is, by what is not its recipe's usual."""
    parts = [f"{recipe}, {dataset_of(settings)}"]
    if "unroll_steps" in settings:
        parts.append(f"K = {settings['unroll_steps']}")
    if settings.get("divergence"):
        parts.append(settings["divergence"])
    elif settings.get("game", "non_saturating") != "non_saturating":
        parts.append(settings["game"])
    parts += [
        f"{name.replace('_', ' ')} {settings[name]}"
        for name, usual in _UNITS.items()
        if settings.get(name, usual) != usual
    ]
    if settings.get("minibatch_features"):
        parts.append(
            f"{settings.get('minibatch_kernels', 100)} minibatch features"
        )
        # The first runs had no such flags.
        if settings.get("minibatch_from_data", True):
            parts.append("from data")
    if "lipschitz" in settings:
        parts.append(settings["lipschitz"])
    elif settings["discriminator_steps"] > 1:
        parts.append(f"k = {settings['discriminator_steps']}")
    if settings.get("networks") in ("paper", "unrolled_paper"):
        parts.append("networks paper")
    if "unroll_steps" in settings and not settings.get("simultaneous", True):
        parts.append("in turn")
    if settings["ema_decay"]:
        parts.append(f"average {settings['ema_decay']}")
    rates = settings["generator_lr"], settings["discriminator_lr"]
    if "unroll_steps" in settings:
        parts.append("rates {:g}, {:g}".format(*rates))
    if settings.get("linear_decay"):
        parts.append("falling")
    return ", ".join(parts)


def spread(records, key, factor) -> str:
    """Mean and standard deviation (n - 1) of the last evaluations."""
    values = [
        factor * record["evaluations"][-1][key]
        for record in records
        if key in record["evaluations"][-1]
    ]
    return markdown.spread(values) if values else "none"


def _late(records):
    """The three columns again: means of the late evaluations, over seeds."""
    late = [record["late"] for record in records if "late" in record]
    if not late:
        return ""
    return ", ".join(
        f"{statistics.fmean(factor * means[key] for means in late):.3g}"
        if all(key in means for means in late)
        else "none"
        for key, factor in _COLUMNS.items()
    )
