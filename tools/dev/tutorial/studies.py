"""What was tried on points, run by run: the tables below the claims."""

from __future__ import annotations

import pathlib

from tools.dev import mode_tables, records

_UNROLLING = """
## Unrolling

Section 5.1.1: K = 0 is the plain GAN of the same configuration. `networks
paper`: that of the appendix of Metz et al. (2017), in turn, at rates of 1e-4,
where the plain GAN has one mode at a time. `unrolled_notebook_ring`: that of
their released notebook, whose eight angles make seven modes; on eight equal
ones its rates are slower, and tell the two apart less. The last configuration
is our own: faster rates, which fall from step 16,667 on; first before that,
then at the end. There K = 0 has all modes as well, later and with less quality.
"""
_WHATEVER = """
## Other costs

Sections 3.2.5 and 5.1.1: the networks and data of figure 22's first row with
costs of f-GAN.
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
tells, and on the ring that costs modes, as k > 1 does. On the grid 20 of them
make no difference.
"""
# Words; how the records' names begin, and of those that are shown beside them;
# the evaluations at which they are compared, None: the last one.
_STUDIES = (
    (
        _UNROLLING,
        "unrolled_paper_ unrolled_notebook_ unrolled_released_",
        "",
        (None,),
    ),
    ("", "unrolled_ring_", "", (16_000, None)),
    (_WHATEVER, "divergence_", "", (None,)),
    (_BALANCE, "balance_", "plain_ring", (10_000,)),
    (_FEATURES, "minibatch_", "plain_", (20_000,)),
)


def text(found: dict[str, dict], results: pathlib.Path) -> str:
    """The Markdown of those that are recorded.

    Args:
        found: the records by name.
        results: their folder.

    Raises:
        UserError: one is damaged, or was not evaluated where it is compared.
    """

    def named(starts):
        starts = tuple(starts.split())
        return {n: r for n, r in found.items() if n.startswith(starts)}

    parts = []
    for words, own, beside, steps in _STUDIES:
        shown = named(own)
        if shown:
            shown |= named(beside)
            parts += [words, *(_table(shown, step, results) for step in steps)]
    return "".join(parts)


def _table(shown, step, results):
    for name, record in shown.items():
        with records.naming(results / f"{name}.json"):
            mode_tables.table({name: record}, step=step)  # If it can be shown.
    return mode_tables.table(shown, "../results", step)
