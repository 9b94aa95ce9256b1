"""Figure 32: unrolling the discriminator covers all modes of the ring."""

import contextlib

from tools.dev import records
from tools.dev.tutorial import ring
from tools.dev.tutorial.numbers import claimed, number
from tools.dev.tutorial.row import Row

HEAD = "Figure 32, section 5.1.1: unrolled GANs on rings of Gaussians"
SIZE = (9.0, 4.2)
ROWS = (
    Row(
        "5.1.1",
        "figure 32",
        "With ten unrolled steps or fewer the generator learns all modes. So "
        "it does in the appendix's set-up, and with five at the released rates "
        "on the notebook's own data, which have seven modes: in the first the "
        "plain GAN has one at a time, in the second few for most of the time",
        (
            "tfgan_ref/models/unrolled.py::UnrolledGAN",
            "tfgan_ref/models/unrolled.py::unroll",
            "tfgan_ref/data/toy.py::unrolled_notebook_ring",
        ),
        (
            "tests/models/unrolled_test.py::test_the_gradient_is_that_of_"
            "finite_differences",
            "tests/models/unrolled_test.py::test_the_gradient_flows_through_"
            "the_steps",
            "tests/claims/rings_test.py::test_figure_32_counts_what_is_in_the_"
            "records",
        ),
        against="on the notebook's data the plain GAN, too, came to all modes "
        "in two of [three seeds](published.md), from about step 21,000 on. On "
        "eight equal modes five steps at the released rates get to 14 % of "
        "good samples only, and the plain GAN has as many modes: see "
        "[below](#unrolling)",
    ),
)
_FLAGS = "unrolled --unroll_steps=K --seed=1"
RUNS = {
    "appendix, K = 10": ("unrolled_paper_k10_seed1", _FLAGS),
    "notebook, K = 5": ("unrolled_notebook_k5_seed1", _FLAGS),
    "notebook, K = 0": ("unrolled_notebook_k0_seed1", _FLAGS),
}
draw = ring.draw


def compute(results):
    """What the runs made, and how many modes at the end.

    Args:
        results: `pathlib.Path` of the records, of the appendix at least.

    Raises:
        NotRecorded: that is not there.
    """
    first, *others = RUNS
    runs = {first: ring.read(results, *RUNS[first])}
    for name in others:
        with contextlib.suppress(records.NotRecorded):
            runs[name] = ring.read(results, *RUNS[name])
    numbers = {}
    for name, run in runs.items():
        every = len(run.means)
        unrolled = not name.endswith("K = 0")
        numbers[f"modes_{name}"] = number(
            f"{name}, modes of {every} at the end",
            run.modes[run.last],
            every if unrolled else None,
            claimed("5.1.1"),
        )
        numbers[f"quality_{name}"] = number(
            "share of the samples within 3 sigma", run.quality[run.last]
        )
        # From one evaluation on at every one.
        lacking = [step for step, found in run.modes.items() if found < every]
        full = [step for step in run.modes if step > max(lacking, default=0)]
        if full:
            numbers[f"from_{name}"] = number("all from step", min(full))
    return {"runs": runs, "numbers": numbers}
