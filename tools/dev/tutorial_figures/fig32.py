"""Figure 32: unrolling the discriminator covers all modes of the ring."""

from tools.dev.tutorial_figures import ring

HEAD = "Figure 32, section 5.1.1: unrolled GANs on the ring"
SIZE = (9.0, 3.6)
draw = ring.draw


def compute(results):
    """Every number of unrolled steps that was recorded, most of them first.

    Args:
        results: `pathlib.Path` of the records.

    Raises:
        NotRecorded: there is none.
    """
    records = ring.read(results)
    return ring.compute(records, sorted(records, reverse=True))
