"""Arithmetic of concepts in the latent space (Goodfellow 2016, figure 19).

As Radford et al. (2016, section 6.3.2) did it: a concept is the average of
three latents, A - B + C is drawn in the middle of eight neighbours of it, and
each number of these is moved by noise from U(-0.25, 0.25).
"""

from __future__ import annotations

import numpy as np

NOISE = 0.25


def combine(a, b, c):
    """A - B + C of the averages.

    Args:
        a: float `[count, latent_dim]`, latents of one concept.
        b: the same of what is taken away from it.
        c: the same of what is put in its place.

    Returns:
        float `[latent_dim]`.
    """
    return np.mean(a, 0) - np.mean(b, 0) + np.mean(c, 0)


def neighbours(z, seed: int) -> np.ndarray:
    """The latent in the middle of eight that are near it.

    Args:
        z: float `[latent_dim]`.
        seed: int, of the noise.

    Returns:
        float `[9, latent_dim]`, the fifth being `z`.
    """
    rng = np.random.default_rng(abs(seed))
    near = z + rng.uniform(-NOISE, NOISE, (9, len(z)))
    near[4] = z
    return near


def draw(model, concepts, seed: int, label: int | None = None):
    """The images of the concepts, and those of A - B + C.

    Args:
        model: `tfgan_ref.inference.Model`.
        concepts: int64 `[3, count]`, the seeds of A, B and C.
        seed: int, of the noise.
        label: class of all, of a conditional model.

    Returns:
        float32 `[3, count + 1, height, width, channels]`, of each concept its
        samples and then its average; and `[3, 3, height, width, channels]`,
        the result in the middle of its neighbours.
    """
    latents = np.stack([model.latents(seeds) for seeds in concepts])
    averages = latents.mean(1, keepdims=True)
    shown = np.concatenate([latents, averages], 1)
    near = neighbours(combine(*latents), seed)
    images = model.generate(np.concatenate([*shown, near]), label)
    shape = images.shape[1:]
    return (
        images[:-9].reshape(*shown.shape[:2], *shape),
        images[-9:].reshape(3, 3, *shape),
    )
