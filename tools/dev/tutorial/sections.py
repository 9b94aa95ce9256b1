"""The tutorial from end to end: where each part of it is, or why it is not."""

from __future__ import annotations

import dataclasses

ROWS = "above"
NOT_YET = "not yet"
NONE = "no experiment in it"
_HEAD = """
## All sections, figures and equations

| section | its figures and equations | here |
| --- | --- | --- |
"""


@dataclasses.dataclass(frozen=True)
class Section:
    """A section.

    Attributes:
        number: of the section.
        title: of it, in a few words.
        here: `ROWS`, `NOT_YET`, `NONE`, or one of them with more words.
        figures: int, their numbers.
        equations: the same.
    """

    number: str
    title: str
    here: str
    figures: tuple[int, ...] = ()
    equations: tuple[int, ...] = ()


SECTIONS = (
    Section(
        "1",
        "why study generative modelling",
        f"{ROWS}; figures 1 and 2 say what a generative model is",
        tuple(range(1, 8)),
    ),
    Section("2.1", "maximum likelihood", ROWS, (8,), (1, 2, 3, 4)),
    Section(
        "2.2",
        "taxonomy",
        ROWS,
        (9,),
    ),
    Section(
        "2.3.1",
        "tractable explicit models",
        f"{ROWS}; figure 10: {NOT_YET}",
        (10,),
        (5, 6),
    ),
    Section(
        "2.3.2",
        "explicit models with approximations",
        f"{ROWS}; figure 11: {NOT_YET}",
        (11,),
        (7,),
    ),
    Section(
        "2.4",
        "implicit density models",
        ROWS,
    ),
    Section("2.5", "comparison with other models", NONE),
    Section("3.1", "the framework", ROWS, (12, 13)),
    Section("3.2.1", "the discriminator's cost", ROWS, (), (8, 9)),
    Section("3.2.2", "minimax", ROWS, (), (10, 11, 12)),
    Section("3.2.3", "non-saturating game", ROWS, (), (13,)),
    Section("3.2.4", "maximum likelihood game", ROWS, (), (14,)),
    Section("3.2.5", "choice of the divergence", ROWS, (14, 15)),
    Section("3.2.6", "comparison of costs", ROWS, (16,)),
    Section(
        "3.3",
        "DCGAN",
        f"{ROWS}; figure 18, bedrooms: {NOT_YET}; LAPGAN is in "
        "[`models/lapgan.py`](../tfgan_ref/models/lapgan.py)",
        (17, 18, 19),
    ),
    Section(
        "3.4",
        "noise-contrastive estimation",
        ROWS,
        (20,),
    ),
    Section(
        "4.1",
        "train with labels",
        f"{ROWS}; whether samples get better with labels: {NOT_YET}",
    ),
    Section("4.2", "one-sided label smoothing", ROWS, (), (15,)),
    Section("4.3", "virtual batch normalisation", ROWS, (21,)),
    Section("4.4", "balance of G and D", ROWS),
    Section("5.1", "non-convergence", ROWS),
    Section(
        "5.1.1",
        "mode collapse",
        f"{ROWS}; figures 23 to 25, pictures of texts, and 26 to 31, "
        f"CIFAR-10 and ImageNet: {NOT_YET}",
        tuple(range(22, 33)),
        (16, 17),
    ),
    Section("5.1.2", "other games", NOT_YET),
    Section("5.2", "evaluation", ROWS),
    Section(
        "5.3",
        "discrete outputs",
        ROWS,
    ),
    Section(
        "5.4",
        "semi-supervised learning",
        ROWS,
    ),
    Section(
        "5.5",
        "using the code",
        ROWS,
    ),
    Section(
        "5.6",
        "reinforcement learning",
        ROWS,
    ),
    Section(
        "6",
        "plug and play generative networks",
        f"{ROWS}; figures 33 and 34, ImageNet: {NOT_YET}",
        (33, 34),
    ),
    Section("7.1", "exercise: the best discriminator", ROWS, (), (18,)),
    Section(
        "7.2", "exercise: gradient descent for games", ROWS, (), (19, 20, 21)
    ),
    Section("7.3", "exercise: maximum likelihood", ROWS, (), (22,)),
    Section("8.1", "its solution: 7.1", ROWS, (35,), (23, 24, 25)),
    Section("8.2", "7.2", ROWS, (36, 37), tuple(range(26, 32))),
    Section("8.3", "7.3", ROWS, (), (32, 33, 34)),
    Section("9", "conclusion", NONE),
)


def table() -> str:
    """The Markdown of all of them."""
    return _HEAD + "".join(
        f"| {of.number} {of.title} | {_items(of)} | {of.here} |\n"
        for of in SECTIONS
    )


def _items(section):
    parts = [
        _range(name, numbers)
        for name, numbers in (
            ("figure", section.figures),
            ("eq.", section.equations),
        )
        if numbers
    ]
    return ", ".join(parts)


def _range(name, numbers):
    """`figures 1 to 7`, `eq. 8 and 9`."""
    first, last = numbers[0], numbers[-1]
    if len(numbers) == 1:
        return f"{name} {first}"
    word = "and" if len(numbers) == 2 else "to"
    plural = name if name.endswith(".") else f"{name}s"
    return f"{plural} {first} {word} {last}"
