"""The path from the prior to the posterior: p(z) p(x | z)^power."""

import numpy as np

from tfgan_ref import checks


def sigmoid(count: int, radius: float = 4.0) -> np.ndarray:
    """The powers of the distributions, closer to one another at both ends.

    A logistic function at equal distances in [-radius, radius], scaled to
    [0, 1].

    Args:
        count: int >= 2, of distributions, the first and the last among them.
        radius: float > 0.

    Returns:
        float64 `[count]` from 0 to 1.

    Raises:
        UserError: there are fewer than two.
    """
    checks.at_least(2, distributions=count)
    powers = 1.0 / (1.0 + np.exp(-np.linspace(-radius, radius, count)))
    return (powers - powers[0]) / (powers[-1] - powers[0])
