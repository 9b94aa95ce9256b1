"""Figure 22: a plain GAN on the ring of eight Gaussians."""

from tools.dev import records
from tools.dev.tutorial_figures import ring

HEAD = "Figure 22, section 5.1.1: a plain GAN on a ring of eight Gaussians"
SIZE = (9.0, 1.7)
draw = ring.draw


def compute(results):
    """The run without unrolling.

    Args:
        results: `pathlib.Path` of the records.

    Raises:
        NotRecorded: there is none.
    """
    runs = ring.read(results)
    if 0 not in runs:
        raise records.NotRecorded(
            f"{results} holds no unrolled_ring_k0_seed<S>.json: make it with "
            "`python -m recipes.unrolled --unroll_steps=0 --seed=S`"
        )
    return ring.compute(runs, [0])
