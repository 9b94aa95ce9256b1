"""Section 3.3, figure 19: arithmetic on averaged latents.

The world is one where the claim can hold: a latent is the sum of directions of
its attributes, as they are with glasses or not, of a man or of a woman, and of
what is the sample's own.
"""

import numpy as np

from tools.generation import arithmetic

DIM = 40
OWN = 0.3  # Deviation of what is the sample's own.
RNG = np.random.default_rng(5)
# Rows: of a man and not a woman, and of one with glasses and not without.
MAN, GLASSES = np.linalg.qr(RNG.normal(size=(DIM, 2)))[0].T
CONCEPTS = (MAN + GLASSES, MAN - GLASSES, -MAN - GLASSES)
WOMAN_WITH_GLASSES = GLASSES - MAN


def latents(count, trials):
    """Of men with glasses, men without and women without."""
    noise = RNG.normal(0, OWN, (trials, 3, count, DIM))
    return noise + np.array(CONCEPTS)[:, np.newaxis]


class Linear:
    """A generator whose image shows both attributes."""

    def __init__(self, drawn):
        self.drawn = drawn

    def latents(self, seeds):
        return self.drawn[seeds[0], : len(seeds)]

    def generate(self, z):
        return np.stack([z @ MAN, z @ GLASSES], -1)[:, :, None, None]


def test_the_result_has_the_attributes_that_no_operand_has_together():
    """Figure 19: man with glasses - man + woman = woman with glasses."""
    drawn = latents(3, trials=1)[0]
    samples, result = arithmetic.draw(
        Linear(drawn), np.repeat([[0], [1], [2]], 3, axis=1), seed=1
    )
    man, glasses = np.moveaxis(result[..., 0, 0], -1, 0)
    assert man.shape == (3, 3)
    assert (man < 0).all() and (glasses > 0).all()
    # None of the nine that went in is a woman with glasses.
    operands = samples[:, :3, :, 0, 0]
    assert not ((operands[..., 0] < 0) & (operands[..., 1] > 0)).any()


def test_averages_of_three_are_what_makes_it_stable():
    """Radford et al. (2016): with single samples it was unstable.

    The error is the sum of three, each of variance OWN^2 / count.
    """
    for count in (1, 3):
        errors = [
            arithmetic.combine(*drawn) - WOMAN_WITH_GLASSES
            for drawn in latents(count, trials=500)
        ]
        expected = OWN * np.sqrt(3 / count)
        np.testing.assert_allclose(np.std(errors), expected, rtol=0.03)
        np.testing.assert_allclose(
            np.mean(errors, 0), np.zeros(DIM), atol=5 * expected / np.sqrt(500)
        )
