"""Figure 15: f-GANs of other divergences lose modes as well."""

from tools.dev.tutorial import ring
from tools.dev.tutorial.numbers import number
from tools.dev.tutorial.row import Row

HEAD = (
    "Figure 15, sections 3.2.5 and 5.1.1: other costs in the set-up of figure "
    "22's first row"
)
SIZE = (9.0, 4.2)
_LOSS = "tfgan_ref/losses/f_divergence.py::"
ROWS = (
    Row(
        "3.2.5, 5.1.1",
        "figure 15, mode collapse whatever the divergence",
        "The choice of the divergence is not why a GAN makes few modes: "
        "those that minimise KL(p_data, p_model) do so too",
        (
            _LOSS + "FDivergence",
            "tfgan_ref/models/toy.py::build_of_unrolled",
        ),
        (
            "tests/losses/f_divergence_test.py::test_optimal_output_recovers_"
            "the_divergence_of_two_gaussians",
            "tests/claims/rings_test.py::test_figure_15_counts_what_is_in_the_"
            "records",
        ),
        against="points, and one seed each; that samples are sharp all the "
        "same is not seen on points, nor are the figure's bedrooms made yet",
    ),
)
_FLAGS = "toy --networks=unrolled_paper --divergence=NAME --seed=1"
RUNS = {
    "KL(p, q)": ("divergence_kl_ring_seed1", _FLAGS),
    "KL(q, p)": ("divergence_reverse_kl_ring_seed1", _FLAGS),
    # Whose divergence is twice the Jensen-Shannon.
    "minimax": ("unrolled_paper_k0_seed1", "unrolled --unroll_steps=0"),
}
draw = ring.draw


def compute(results):
    """What the runs made, and how many modes at a time.

    Args:
        results: `pathlib.Path` of the records.

    Raises:
        NotRecorded: one is not there.
    """
    runs = {name: ring.read(results, *run) for name, run in RUNS.items()}
    numbers = {}
    for title, run in runs.items():
        numbers[f"most_{title}"] = number(
            f"{title}, modes of 8, the most of {len(run.modes)} evaluations",
            max(run.modes.values()),
        )
        numbers[f"last_{title}"] = number("at the end", run.modes[run.last])
        numbers[f"quality_{title}"] = number(
            "share within 3 sigma, the most", max(run.quality.values())
        )
    return {"runs": runs, "numbers": numbers}
