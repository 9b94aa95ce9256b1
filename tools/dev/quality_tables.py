"""The table of runs on images whose samples were measured at the end."""

from __future__ import annotations

import collections

from tfgan_ref.errors import UserError
from tools.dev import markdown, mode_tables

_SCORES = {
    "FID": ("eval/fid/classifier", 1),
    "KID": ("eval/kid/classifier", 1),
    "precision, %": ("eval/precision/classifier", 100),
    "recall, %": ("eval/recall/classifier", 100),
}
_RATES = 2e-4, 2e-4  # Of the paper.
_NAMES = {
    "dcgan": "DCGAN",
    "wgan": "WGAN-GP",
    "minibatch": "minibatch features",
}


def is_measured(record: dict) -> bool:
    """Whether a record is of a run whose samples were measured."""
    lines = record.get("evaluations") or [{}]
    return all(key in lines[-1] for key, _ in _SCORES.values())


def table(records: dict[str, dict], folder="../results") -> str:
    """Returns the Markdown of such runs, seeds side by side.

    Args:
        records: of tools/dev/record_result.py, by name.
        folder: where they are, as seen from the page.

    Raises:
        UserError: runs on one data set were measured by two extractors.
    """
    groups = collections.defaultdict(list)
    for name, record in sorted(records.items()):
        groups[_key(record)].append((f"{folder}/{name}.json", record))
    head = ["data", "GAN", "steps", "seeds", *_SCORES, "time"]
    rows = []
    datasets = {key[0] for key in groups}
    for dataset in sorted(datasets):
        own = {key: groups[key] for key in sorted(groups) if key[0] == dataset}
        rows.append(_real(dataset, own.values()))
        rows += [_row(key, members) for key, members in own.items()]
    return "\n" + markdown.table(head, rows)


def _key(record):
    settings = record["settings"]
    dataset = mode_tables.dataset_of(settings)
    recipe = mode_tables.recipe_of(record)
    parts = [_NAMES.get(recipe, recipe), settings.get("game")]
    target = settings.get("real_target", 1.0)
    parts.append("smoothed" if target < 1 else None)
    rates = settings["generator_lr"], settings["discriminator_lr"]
    if recipe == "dcgan" and rates != _RATES:
        parts.append("rates {:g}, {:g}".format(*rates))
    name = ", ".join(part.replace("_", "-") for part in parts if part)
    return dataset, name, record["steps"], settings["batch_size"], rates


def _real(dataset, rows):
    """Of real images against as many others, by the same extractor."""
    scores = {
        tuple(
            mode_tables.spread([record], f"{key}/real", factor)
            for key, factor in _SCORES.values()
        )
        for row in rows
        for _, record in row
    }
    if len(scores) > 1:  # Of the same images: another network saw them.
        raise UserError(f"{dataset}: measured by two extractors: {scores}")
    return [dataset, "real images", "", "", *scores.pop(), ""]


def _row(key, members):
    dataset, name, steps, *_ = key
    records = [record for _, record in members]
    links = ", ".join(f"[{record['seed']}]({path})" for path, record in members)
    return [
        dataset,
        name,
        f"{steps:,}",
        links,
        *(mode_tables.spread(records, *score) for score in _SCORES.values()),
        markdown.minutes(r["wall_seconds"] for r in records),
    ]
