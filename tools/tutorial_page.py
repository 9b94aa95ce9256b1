"""Writes docs/tutorial.md: the tutorial's equations, found in the code.

    python tools/tutorial_page.py

Its facts are in tools/tutorial_claims/, its numbers in results/*.json, which
tools/figures.py and the tools of the records have written.
"""

from __future__ import annotations

import argparse
import ast
import json
import pathlib
import re

from tfgan_ref.errors import UserError, guard
from tfgan_ref.workdir import write_text
from tools.tutorial_claims import costs, practice
from tools.tutorial_claims.row import Row
from tools.tutorial_figures.claims import sentence

ROWS = costs.ROWS + practice.ROWS
_PICTURES = pathlib.Path("docs/images/tutorial")
_HEAD = """\
# The tutorial, claim by claim

Goodfellow (2016),
[NIPS 2016 Tutorial: Generative Adversarial Networks](https://arxiv.org/abs/1701.00160).
Where an equation stands in the code, the test that holds it, and what was
measured beside what is claimed. The costs leave out the
tutorial's factor 1/2 of equations 8, 10, 13 and 14.

`python tools/tutorial_page.py` writes this page. Its numbers are those of
"""
_TABLE = """
| section | item | claim | code | test | measured (claimed) |
| --- | --- | --- | --- | --- | --- |
"""
_BALANCE = "<!-- balance -->\n<!-- /balance -->\n"
_BLOCK = re.compile(r"<!-- balance -->\n.*?<!-- /balance -->\n", re.DOTALL)


def page(root: pathlib.Path, balance: str = _BALANCE) -> str:
    """Returns the page's text.

    Args:
        root: the checkout's folder.
        balance: what stands, with its marks, where the study of k is.

    Raises:
        UserError: a function, a test, a record or a number is not there.
    """
    figures = _read(root / "results" / "figures.json")
    rows = [_row(row, root, figures) for row in ROWS]
    circumstances = (
        f"[results/figures.json](../results/figures.json): "
        f"`{figures['command']}`,\nrevision {figures['revision'][:9]}, and of "
        "the other records that are linked.\n"
    )
    return "".join(
        [
            _HEAD,
            circumstances,
            _TABLE,
            *rows,
            "\n## How many steps for the discriminator\n\nSection 4.4: ",
            "balancing the players, by k discriminator steps per step.\n\n",
            balance,
            _gallery(root, figures["figures"]),
        ]
    )


def _row(row: Row, root, figures):
    code = [_reference(name, root) for name in row.code]
    tests = [_reference(name, root) for name in row.tests]
    numbers = _numbers(row, figures["figures"])
    for words, address in row.records:
        record, *keys = address.split(":")
        value = _dig(_read(root / "results" / f"{record}.json"), keys, address)
        numbers.append(f"[{words}](../results/{record}.json): {value:.4g}")
    item = row.item
    if row.figure in figures["figures"]:
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
        return f'[{shown}](../{path} "{stem}")'
    return f"[`{shown}`](../{path})"


def _gallery(root, figures):
    text = ["\n## Figures\n\n`python tools/figures.py` draws them.\n"]
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


def _read(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"Cannot read {path.name}: {error}") from None


def updated(before: str, root: pathlib.Path) -> str:
    """The page of today, with the study of k that stood in the one before."""
    block = _BLOCK.search(before)
    return page(root, block[0] if block else _BALANCE)


def main(flags) -> None:
    """Writes the page."""
    root = pathlib.Path(flags.root)
    path = root / "docs" / "tutorial.md"
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    write_text(path, updated(before, root))


def _parse_flags(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=".", help="the checkout")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    guard(main, _parse_flags())
