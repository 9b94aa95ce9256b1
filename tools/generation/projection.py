"""The latent of a given image, by optimisation.

Goodfellow 2016, section 5.5, lists ways to make use of the code z; this is the
one that needs no further network. The generator has no inverse, and the cost
has many minima: several starts are tried at once.
"""

from __future__ import annotations

import numpy as np


def project(
    model,
    image,
    *,
    starts: int,
    steps: int,
    rate: float,
    first_seed: int,
    label: int | None = None,
):
    """Minimises the mean squared difference of the pixels by Adam.

    Args:
        model: `tfgan_ref.inference.Model`.
        image: float32 `[height, width, channels]` in [0, 1].
        starts: int >= 1, how many latents to begin with.
        steps: int >= 0, of Adam.
        rate: float > 0, Adam's learning rate in the beginning.
        first_seed: int, of the first start; those of the others follow.
        label: class of what is made, of a conditional model.

    Returns:
        float32 `[starts, latent_dim]`, the latents, the best first; and their
        root mean squared errors, float32 `[starts]`.

    Raises:
        UserError: the search ends in what is no number.
    """
    from tfgan_ref.editing import constraint
    from tfgan_ref.editing.latent_space import LatentSpace
    from tfgan_ref.editing.solving import solve

    found = solve(
        LatentSpace.of_model(model, label),
        constraint.whole(image),
        model.latents(np.arange(first_seed, first_seed + starts)),
        steps=steps,
        rate=rate,
    )
    return found.latents, np.sqrt(found.costs)
