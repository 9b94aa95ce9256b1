"""The text of docs/tutorial.md, from claims and records."""

from __future__ import annotations

import ast
import pathlib

from tfgan_ref.errors import UserError
from tools.dev import mode_tables, records
from tools.dev.tutorial_claims import costs, papers, practice
from tools.dev.tutorial_claims.row import Row
from tools.dev.tutorial_figures.claims import sentence

ROWS = costs.ROWS + practice.ROWS + papers.ROWS
_PICTURES = pathlib.Path("docs/images/tutorial")
_HEAD = """\
# The tutorial, claim by claim

Goodfellow (2016),
[NIPS 2016 Tutorial: Generative Adversarial Networks](https://arxiv.org/abs/1701.00160).
Where an equation stands in the code, the test that holds it, and what was
measured beside what is claimed. The costs leave out the
tutorial's factor 1/2 of equations 8, 10, 13 and 14.

`python tools/dev/tutorial_page.py` writes this page. Its numbers are those of
"""
_TABLE = """
| section | item | claim | code | test | measured (claimed) |
| --- | --- | --- | --- | --- | --- |
"""
_UNROLLING = """
## Unrolling

Section 5.1.1: K = 0 is the plain GAN of the same configuration. Its learning
rates fall from step 16,667 on; first before that, then at the end.
"""
_BALANCE = """
## The balance of the two players

Section 4.4: k updates of the discriminator per update of the generator
(`--discriminator_steps`), and smaller networks (`--discriminator_units`,
`--generator_units`), in the configuration of `recipes.toy`.
"""
_FEATURES = """
## Minibatch features

Section 5.1.1: the same runs with them (`--minibatch_features`) and without. If
they begin from data, as released (`--minibatch_from_data`), their unit is the
distance to the nearest neighbour in a minibatch; here that is within a mode, so
that samples between the modes are like no others, and learn nothing from it.
They make the discriminator much the stronger player, as its loss in the records
tells, and in this configuration that costs modes, as k > 1 does.
"""
# Evaluations at which runs are compared; None: their last one.
_UNROLLING_STEPS = (16_000, None)
_BALANCE_STEPS = (10_000,)
_FEATURES_STEPS = (20_000,)


def page(root: pathlib.Path) -> str:
    """Returns the page's text.

    Args:
        root: the checkout's folder.

    Raises:
        UserError: a function, a test, a record or a number is not there.
    """
    results = root / "results"
    found = records.read_all(results)
    figures = _record(found, "figures")
    with records.naming(results / "figures.json"):
        rows = [_row(row, root, found) for row in ROWS]
        circumstances = (
            f"[results/figures.json](../results/figures.json): "
            f"`{figures['command']}`,\nrevision {figures['revision'][:9]}, and "
            "of the other records that are linked.\n"
        )
        gallery = _gallery(root, figures["figures"])
    studies = _studies(found, results)
    return "".join([_HEAD, circumstances, _TABLE, *rows, *studies, gallery])


def _studies(found, results):
    """What was tried on points, where it is recorded."""

    def named(start):
        return {n: r for n, r in found.items() if n.startswith(start)}

    balance, features = named("balance_"), named("minibatch_")
    parts = []
    for words, shown, steps in (
        (_UNROLLING, named("unrolled_ring_"), _UNROLLING_STEPS),
        (_BALANCE, balance and balance | named("plain_ring"), _BALANCE_STEPS),
        (_FEATURES, features and features | named("plain_"), _FEATURES_STEPS),
    ):
        if shown:
            parts += [words, *(_table(shown, step, results) for step in steps)]
    return parts


def _table(shown, step, results):
    for name, record in shown.items():
        with records.naming(results / f"{name}.json"):
            mode_tables.table({name: record}, step=step)  # If it can be shown.
    return mode_tables.table(shown, "../results", step)


def _row(row: Row, root, found):
    figures = _record(found, "figures")["figures"]
    code = [_reference(name, root) for name in row.code]
    tests = [_reference(name, root) for name in row.tests]
    numbers = _numbers(row, figures)
    for words, address in row.records:
        record, *keys = address.split(":")
        value = _dig(_record(found, record), keys, address)
        with records.naming(root / "results" / f"{record}.json"):
            value = f"{value:.4g}"
        numbers.append(f"[{words}](../results/{record}.json): {value}")
    item = row.item
    if row.figure in figures:
        item = f"[{item}](#{row.figure})"
    cells = (
        row.where,
        item,
        row.says,
        "<br>".join(code),
        "<br>".join(tests),
        "<br>".join(numbers),
    )
    # A bar would end the cell.
    return "| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |\n"


def _numbers(row, figures):
    if row.figure and row.figure not in figures:
        return ["not run"]
    found = []
    for address in row.numbers:
        name, _, key = address.partition(":")
        claims = _dig(figures, [name, "claims"], address)
        keys = [key] if key else list(claims)
        found += [sentence(_dig(claims, [one], address)) for one in keys]
    return found


def _reference(name: str, root: pathlib.Path) -> str:
    """A link to the file in which the function, class or test is."""
    path, _, own = name.partition("::")
    try:
        tree = ast.parse((root / path).read_text(encoding="utf-8"))
    except OSError:
        raise UserError(f"There is no {path}, which has {own}") from None
    names = {getattr(node, "name", None) for node in tree.body}
    if own not in names:
        raise UserError(f"{path} has no {own}")
    stem = pathlib.Path(path).stem
    shown = f"{stem}.{own}"
    if stem.endswith("_test"):
        shown = own.removeprefix("test_").replace("_", " ")
        return f"[{shown}](../{path})"
    return f"[`{shown}`](../{path})"


def _gallery(root, figures):
    text = ["\n## Figures\n\n`python tools/dev/figures.py` draws them.\n"]
    for name, figure in figures.items():
        picture = _PICTURES / f"{name}.png"
        if not (root / picture).is_file():
            raise UserError(f"There is no {picture}")
        link = picture.relative_to("docs")
        text.append(f'\n<a id="{name}"></a>\n\n![{figure["head"]}]({link})\n')
    return "".join(text)


def _dig(content, keys, address):
    for key in keys:
        try:
            content = content[int(key) if isinstance(content, list) else key]
        except (LookupError, ValueError):
            raise UserError(
                f"results/ has no {address}: {key} is missing"
            ) from None
    return content


def _record(found, name):
    if name not in found:
        raise UserError(f"results/ has no {name}.json")
    return found[name]
