"""Figure 22: a plain GAN on the ring of eight Gaussians."""

from tools.dev.tutorial import ring
from tools.dev.tutorial.numbers import claimed, number
from tools.dev.tutorial.row import Row

HEAD = "Figure 22, section 5.1.1: plain GANs on a ring of eight Gaussians"
SIZE = (9.0, 2.9)
ROWS = (
    Row(
        "5.1.1",
        "figure 22",
        "The generator does not converge to all modes: it makes one at a time, "
        "and goes from one to another as the discriminator learns to reject "
        "it. So it is in the appendix's set-up of Metz et al. (2017)",
        (
            "tfgan_ref/data/toy.py::unrolled_paper_ring",
            "tfgan_ref/models/unrolled.py::build_of_paper",
            "tfgan_ref/evaluation/modes.py::measure_gaussians",
        ),
        (
            "tests/evaluation/modes_test.py::test_one_mode_alone_has_the_"
            "largest_reverse_kl",
            "tests/claims/rings_test.py::test_figure_22_counts_what_is_in_the_"
            "records",
        ),
        against="in two of [five seeds](published.md) there are two at a time, "
        "at 4 of 72 evaluations. With other networks and rates, the second "
        "row, a plain GAN wanders and then has all eight: see "
        "[below](#unrolling)",
    ),
)
RUNS = {
    "appendix": ("unrolled_paper_k0_seed1", "unrolled --networks=paper"),
    "other rates": ("unrolled_ring_k0_seed1", "unrolled --unroll_steps=0"),
}
draw = ring.draw


def compute(results):
    """What the two runs made, and how many modes at a time.

    Args:
        results: `pathlib.Path` of the records.

    Raises:
        NotRecorded: one is not there.
    """
    runs = {name: ring.read(results, *run) for name, run in RUNS.items()}
    paper, other = runs.values()
    return {
        "runs": runs,
        "numbers": {
            "modes": number(
                f"modes at a time, the most of {len(paper.modes)} evaluations",
                max(paper.modes.values()),
                1,
                claimed("5.1.1"),
            ),
            "visited": number(
                f"modes that most samples are nearest to at "
                f"{len(paper.samples)} steps",
                paper.visited(),
            ),
            "quality": number(
                "largest share of the samples within 3 sigma",
                max(paper.quality.values()),
            ),
            "other_modes": number(
                "with other networks and rates, modes of 8 at the end",
                other.modes[other.last],
                1,
                claimed("5.1.1"),
            ),
        },
    }
