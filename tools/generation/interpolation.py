"""Paths through the latent space (Radford et al. 2016, section 6.1)."""

from __future__ import annotations

import numpy as np


def linear(start, end, shares):
    """Points on the line between two latents.

    Args:
        start: float `[latent_dim]`.
        end: float `[latent_dim]`.
        shares: float `[count]` in [0, 1], 0 is the start and 1 the end.

    Returns:
        float `[count, latent_dim]`.
    """
    shares = np.asarray(shares)[:, None]
    return (1.0 - shares) * start + shares * end


def spherical(start, end, shares, centre=0.0):
    """Points on the arc between two latents, about the prior's mean.

    slerp (White 2016, Sampling Generative Networks, section 2.1): on the line
    the norm falls between the ends, where a normal prior in many dimensions has
    hardly any mass. Where both point in the same or in opposite directions
    there is no one arc, and this is the line.

    Args:
        start: float `[latent_dim]`.
        end: float `[latent_dim]`.
        shares: float `[count]` in [0, 1].
        centre: float, the prior's mean.

    Returns:
        float `[count, latent_dim]`.
    """
    a, b = (np.asarray(z, np.float64) - centre for z in (start, end))
    lengths = np.linalg.norm(a) * np.linalg.norm(b)
    cosine = np.clip(a @ b / lengths, -1.0, 1.0) if lengths else 1.0
    if abs(cosine) > 1.0 - 1e-9:
        return centre + linear(a, b, shares)
    angle = np.arccos(cosine)
    shares = np.asarray(shares)[:, None]
    arc = np.sin((1.0 - shares) * angle) * a + np.sin(shares * angle) * b
    return centre + arc / np.sin(angle)


def paths(
    model,
    seeds,
    count: int,
    kind: str = "spherical",
    label: int | None = None,
) -> np.ndarray:
    """Images on the way from the sample of each seed to that of the next.

    Args:
        model: `tfgan_ref.inference.Model`.
        seeds: int64 `[stops]`, at least 2.
        count: int >= 2, images of each way, both ends included.
        kind: "linear" or "spherical".
        label: class of all, of a conditional model.

    Returns:
        float32 `[stops - 1, count, height, width, channels]` in [0, 1].
    """
    stops = model.latents(seeds)
    shares = np.linspace(0.0, 1.0, count)
    ways = []
    for start, end in zip(stops[:-1], stops[1:], strict=True):
        if kind == "linear":
            ways.append(linear(start, end, shares))
        else:
            centre = model.prior.mean or 0.0
            ways.append(spherical(start, end, shares, centre))
    images = model.generate(np.concatenate(ways), label)
    return images.reshape(len(ways), count, *images.shape[1:])
