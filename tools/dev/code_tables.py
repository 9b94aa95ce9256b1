"""The table of runs with labels, codes and encoders, by what they measure."""

from __future__ import annotations

import collections

from tools.dev import mode_tables

_ENCODED = {
    "eval/reconstruction/error": ("reconstruction", 1),
    "eval/reconstruction/shuffled": ("of another image", 1),
    "eval/nearest_neighbour/codes": ("1-NN, %", 100),
    "eval/nearest_neighbour/untrained": ("untrained encoder, %", 100),
}
# Recipe -> key of the last evaluation -> words and factor.
_SCORES = {
    "conditional": {
        "eval/class_accuracy/classifier": ("of the class asked for, %", 100),
        "eval/class_accuracy/classifier/real": ("of real images, %", 100),
    },
    "infogan": {
        "eval/accuracy/majority": ("by majority, %", 100),
        "eval/accuracy/one_to_one": ("one to one, %", 100),
    },
    "bigan": _ENCODED,
    "ali": _ENCODED,
    "catgan": {
        "eval/error_rate/majority": ("errors by majority, %", 100),
        "eval/error_rate/raw": ("errors, %", 100),
    },
    "aae": {
        "eval/cluster_error/majority": ("errors by majority, %", 100),
        "eval/cluster_error/surest": ("by the surest image, %", 100),
        "eval/error_rate/encoder": ("errors, %", 100),
    },
}
# What tells two configurations apart, beside recipe, data and length.
_OPTIONS = ("kind", "prior", "categories", "labels", "width", "units")
# InfoGAN and CatGAN: Chen et al. (2016), Springenberg (2016); BiGAN: Donahue et
# al. (2017), reconstructions as the authors' log has them at epoch 25; AAE:
# Makhzani et al. (2016).
_PUBLISHED = {
    "infogan": "95 % by majority",
    "bigan": "7.29, 9.51; 97.4 %",
    "catgan, 20 categories": "9.7 % by majority",
    "catgan, 10 categories, 100 labels": "1.91 %",
    "aae, clusters, 16 categories": "9.55 % by the surest",
    "aae, clusters, 30 categories": "4.10 % by the surest",
    "aae, classes, 100 labels": "1.90 %",
}
_HEADINGS = ("data", "GAN", "steps", "seeds", "measured", "published", "time")


def is_of_codes(record: dict) -> bool:
    """Whether a record is of a run of one of these recipes, which measured."""
    if record["kind"] != "run":
        return False
    lines = record.get("evaluations") or [{}]
    scores = _SCORES.get(mode_tables.recipe_of(record), {})
    return any(key in lines[-1] for key in scores)


def table(records: dict[str, dict], folder="../results") -> str:
    """Returns the Markdown of such runs, seeds side by side.

    Args:
        records: of tools/dev/record_result.py, by name.
        folder: where they are, as seen from the page.
    """
    groups = collections.defaultdict(list)
    for name, record in sorted(records.items()):
        groups[_key(record)].append((f"{folder}/{name}.json", record))
    rows = [_row(key, groups[key]) for key in sorted(groups)]
    rule = ["---"] * len(_HEADINGS)
    return "\n" + "".join(map(mode_tables.line, [_HEADINGS, rule, *rows]))


def _key(record):
    settings = record["settings"]
    dataset = mode_tables.dataset_of(settings)
    options = [
        str(value) if isinstance(value, str) else f"{value} {name}"
        for name in _OPTIONS
        if (value := settings.get(name)) is not None
    ]
    description = ", ".join([mode_tables.recipe_of(record), *options])
    return dataset, description, record["steps"]


def _row(key, members):
    dataset, description, steps = key
    records = [record for _, record in members]
    links = ", ".join(f"[{record['seed']}]({path})" for path, record in members)
    scores = _SCORES[mode_tables.recipe_of(records[0])]
    measured = [
        f"{words} {mode_tables.spread(records, name, factor)}"
        for name, (words, factor) in scores.items()
        if name in records[0]["evaluations"][-1]
    ]
    return [
        dataset,
        description,
        f"{steps:,}",
        links,
        "; ".join(measured),
        _published(description),
        mode_tables.minutes(records),
    ]


def _published(description):
    """Of the configuration, whatever the widths are."""
    words = description.split(", ")
    words = [w for w in words if not w.endswith((" width", " units"))]
    return _PUBLISHED.get(", ".join(words), "")
