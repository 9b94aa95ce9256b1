"""The table of the systems beside plain GANs of images, by what they measure.

With labels, codes and encoders; of images, texts and frames; of tokens,
densities and actions.
"""

from __future__ import annotations

import collections

from tools.dev import markdown, mode_tables

_ENCODED = {
    "eval/reconstruction/error": ("reconstruction", 1),
    "eval/reconstruction/shuffled": ("of another image", 1),
    "eval/nearest_neighbour/features": ("1-NN of features, %", 100),
    "eval/nearest_neighbour/features/untrained": ("untrained, %", 100),
    "eval/nearest_neighbour/codes": ("of codes, %", 100),
    "eval/nearest_neighbour/codes/untrained": ("untrained, %", 100),
}
_CLASSES = {
    "eval/class_accuracy/classifier": ("of the class asked for, %", 100),
    "eval/class_accuracy/classifier/real": ("of real images, %", 100),
}
# Recipe -> key of the last evaluation, or with `@` of the last until the step
# which a setting names -> words and factor.
_SCORES = {
    "conditional": _CLASSES,
    "ppgn": _CLASSES,
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
    "lapgan": {"eval/fid/classifier": ("FID", 1)},
    "pix2pix": {
        "eval/translation/l1": ("L1", 1),
        "eval/translation/kid/classifier": ("KID", 1),
        "eval/translation/kid/pixels": ("KID of pixels", 1),
        "eval/translation/gradient": ("gradient", 1),
        "eval/translation/gradient/real": ("of targets", 1),
    },
    "super_resolution": {
        "eval/super_resolution/psnr": ("PSNR, dB", 1),
        "eval/super_resolution/psnr/bicubic": ("bicubic", 1),
        "eval/super_resolution/ssim": ("SSIM", 1),
        "eval/super_resolution/ssim/bicubic": ("bicubic", 1),
        "eval/super_resolution/sharpness": ("sharpness", 1),
        "eval/super_resolution/sharpness/bicubic": ("bicubic", 1),
    },
    "next_frame": {
        "eval/next_frame/distance/average": ("to the average", 1),
        "eval/next_frame/distance/nearest": ("to the nearest frame", 1),
        "eval/next_frame/share_nearest": ("nearer to a frame, %", 100),
        "eval/next_frame/squared_error": ("squared error", 1),
        "eval/next_frame/squared_error/least": ("the least", 1),
    },
    "text_to_image": {
        "eval/retrieval/samples": ("first of ten, %", 100),
        "eval/retrieval/real": ("of real images, %", 100),
        "eval/retrieval/pixels": ("by pixels, %", 100),
    },
    "discrete": {
        "eval/reverse_kl": ("KL(q, p), nats", 1),
        "eval/total_variation": ("total variation", 1),
        "eval/gradient/exact": ("gradient", 1),
        "eval/gradient/bias": ("bias", 1),
        "eval/gradient/deviation": ("deviation", 1),
    },
    "sequence": {
        "eval/valid@pretrain_steps": ("valid before the game, %", 100),
        "eval/valid": ("after, %", 100),
        "eval/oracle_nll@pretrain_steps": ("oracle's nats before the game", 1),
        "eval/oracle_nll": ("after", 1),
        "eval/oracle_nll/floor": ("floor", 1),
        "eval/nll@pretrain_steps": ("held-out, nats a token, before", 1),
        "eval/nll": ("after", 1),
    },
    "noise_contrastive": {
        f"eval/{kind}/{name}": (f"{words}, {name.replace('_', ' ')}", 1)
        for kind, words in (("kl", "KL"), ("log_z_error", "log Z"))
        for name in ("noise_contrast", "self_contrast", "maximum_likelihood")
    },
    "imitation": {
        "eval/return": ("return", 1),
        "eval/return_deviation": ("deviation among episodes", 1),
    },
}
# What tells two configurations apart, beside recipe, data and length.
_OPTIONS = (
    "method",
    "kind",
    "prior",
    "pair",
    "task",
    "estimator",
    "categories",
    "labels",
    "level",
    "width",
    "units",
    "gan_weight",
)
_HEADINGS = (
    "data",
    "system",
    "steps",
    "seeds",
    "measured",
    "time",
)


def is_measured(record: dict) -> bool:
    """Whether a record is of a run of one of these recipes, which measured."""
    if record["kind"] != "run":
        return False
    lines = record.get("evaluations") or [{}]
    scores = _SCORES.get(mode_tables.recipe_of(record), {})
    return any(key in lines[-1] for key in scores)


def _evaluation(record, key):
    """Of a key of `_SCORES`: the evaluation, a dict, and the name in it."""
    name, _, setting = key.partition("@")
    if not setting:
        return record["evaluations"][-1], name
    last = record["settings"].get(setting, 0)
    found = [e for e in record["evaluations"] if e["step"] <= last]
    return (found or [{}])[-1], name


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
    return "\n" + markdown.table(_HEADINGS, rows)


def _key(record):
    settings = record["settings"]
    dataset = settings.get("environment") or mode_tables.dataset_of(settings)
    options = [
        value.replace("_", "-") if isinstance(value, str) else f"{name} {value}"
        for name in _OPTIONS
        if (value := settings.get(name)) is not None
    ]
    if settings.get("pretrain_steps") == record["steps"]:
        options.append("no game")
    description = ", ".join([mode_tables.recipe_of(record), *options])
    return dataset, description, record["steps"]


def _row(key, members):
    dataset, description, steps = key
    records = [record for _, record in members]
    links = ", ".join(f"[{record['seed']}]({path})" for path, record in members)
    scores = _SCORES[mode_tables.recipe_of(records[0])]
    measured = [
        f"{words} {_spread(records, key, factor)}"
        for key, (words, factor) in scores.items()
        if _has(records[0], key)
    ]
    return [
        dataset,
        description,
        f"{steps:,}",
        links,
        "; ".join(measured),
        markdown.minutes(r["wall_seconds"] for r in records),
    ]


def _has(record, key):
    evaluation, name = _evaluation(record, key)
    return name in evaluation


def _spread(records, key, factor):
    """As `mode_tables.spread`, of the evaluation that the key names."""
    shown = [
        {"evaluations": [evaluation]}
        for evaluation, name in (_evaluation(r, key) for r in records)
    ]
    return mode_tables.spread(shown, key.partition("@")[0], factor)
