"""The text of docs/tutorial.md, from claims and records."""

from __future__ import annotations

import ast
import pathlib

from tfgan_ref.errors import UserError
from tools.dev import first_steps, records
from tools.dev.tutorial import sections, studies
from tools.dev.tutorial.numbers import sentence
from tools.dev.tutorial.row import Row
from tools.dev.tutorial_claims import every

_PICTURES = pathlib.Path("docs/images/tutorial")
_HEAD = """\
# The tutorial, claim by claim

Goodfellow (2016),
[NIPS 2016 Tutorial: Generative Adversarial Networks](https://arxiv.org/abs/1701.00160):
what it says, what was measured, what speaks against it, where it stands in the
code, and the tests that hold it. `claimed` is what the tutorial itself says,
with its section; other numbers beside a measured one are closed forms,
quadratures, or of the paper that is named. The costs leave out the tutorial's
factor 1/2 of equations 8, 10, 13 and 14. What is not here is in the
[list of all sections](#all-sections-figures-and-equations).

`python tools/dev/tutorial_page.py` writes this page. Its numbers are those of
"""


def page(root: pathlib.Path) -> str:
    """Returns the page's text.

    Args:
        root: the checkout's folder.

    Raises:
        UserError: a function, a test, a record, a picture or a number is not
            there.
    """
    results = root / "results"
    found = records.read_all(results)
    figures = _record(found, "figures")
    with records.naming(results / "figures.json"):
        claims = [_claim(name, root, found) for name in every.MODULES]
        circumstances = (
            f"[results/figures.json](../results/figures.json): "
            f"`{figures['command']}`,\n{records.revision(figures)}, and "
            "of the other records that are linked.\n"
        )
    text = [_HEAD, circumstances, *claims, studies.text(found, results)]
    return first_steps.marked("".join(text), results) + sections.table()


def _claim(name, root, found):
    """A module's rows, and its picture."""
    figures = _record(found, "figures")["figures"]
    blocks = [
        _block(name, row, root, found) for row in every.MODULES[name].ROWS
    ]
    if "head" in figures.get(name, {}):
        picture = _PICTURES / f"{name}.png"
        if not (root / picture).is_file():
            raise UserError(f"There is no {picture}")
        link = picture.relative_to("docs")
        blocks.insert(0, f'\n<a id="{name}"></a>\n')
        blocks.append(f"\n![{figures[name]['head']}]({link})\n")
    return "".join(blocks)


def _block(name, row: Row, root, found):
    numbers = _numbers(name, row, _record(found, "figures")["figures"])
    for words, address in row.records:
        record, _, keys = address.partition(":")
        value = records.dig(
            _record(found, record), keys, f"results/ has no {address}"
        )
        with records.naming(root / "results" / f"{record}.json"):
            value = f"{value:.4g}"
        numbers.append(f"[{words}](../results/{record}.json): {value}")
    lines = {
        "measured": "; ".join(numbers),
        "against": row.against,
        "code": ", ".join(_reference(of, root) for of in row.code),
        "tests": ", ".join(_reference(of, root) for of in row.tests),
    }
    listed = "".join(f"- {what}: {of}\n" for what, of in lines.items() if of)
    return f"\n### {row.where}: {row.item}\n\n{row.says}.\n\n{listed}"


def _numbers(name, row, figures):
    if not hasattr(every.MODULES[name], "compute"):
        return []
    if name not in figures:
        return ["not run"]
    numbers = records.dig(figures, f"{name}:numbers", f"results/ has no {name}")
    lacks = f"results/ has no figures:{name}"
    keys = list(numbers) if row.numbers is None else row.numbers
    return [
        sentence(records.dig(numbers, key, f"{lacks}:{key}")) for key in keys
    ]


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


def _record(found, name):
    if name not in found:
        raise UserError(f"results/ has no {name}.json")
    return found[name]
