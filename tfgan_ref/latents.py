"""Priors over the latents z, as stateless functions of a seed."""

import tensorflow as tf

from tfgan_ref.errors import UserError


def uniform(shape, seed):
    """z ~ U(-1, 1), the prior of DCGAN (Radford et al. 2016, section 4).

    Args:
        shape: int `[2]`, `[batch, latent_dim]`.
        seed: int `[2]`; the same seed gives the same latents.

    Returns:
        float32 `[batch, latent_dim]`.
    """
    return tf.random.stateless_uniform(shape, seed, minval=-1.0, maxval=1.0)


def normal(shape, seed):
    """z ~ N(0, I).

    Args:
        shape: int `[2]`, `[batch, latent_dim]`.
        seed: int `[2]`; the same seed gives the same latents.

    Returns:
        float32 `[batch, latent_dim]`.
    """
    return tf.random.stateless_normal(shape, seed)


def unit_uniform(shape, seed):
    """z ~ U(0, 1), the prior of Salimans et al. (2016) as released.

    Args:
        shape: int `[2]`, `[batch, latent_dim]`.
        seed: int `[2]`; the same seed gives the same latents.

    Returns:
        float32 `[batch, latent_dim]`.
    """
    return tf.random.stateless_uniform(shape, seed)


def by_name(name):
    """The prior of that name; raises `UserError` if it is none of the above."""
    priors = {
        prior.__name__: prior for prior in (uniform, normal, unit_uniform)
    }
    if name not in priors:
        raise UserError(
            f"A prior is one of {', '.join(priors)}. Received: {name}"
        )
    return priors[name]


def mean(prior):
    """The mean of a prior's every number, float.

    Args:
        prior: one of the above; another is taken to be symmetric about 0.
    """
    return 0.5 if prior is unit_uniform else 0.0


def of_seeds(prior, seeds, latent_dim):
    """Latents each of which is a function of its own seed alone.

    Args:
        prior: one of the above, or another function (shape, seed).
        seeds: int64 `[batch]`.
        latent_dim: int, length of one.

    Returns:
        float32 `[batch, latent_dim]`.
    """

    def draw(seed):
        return prior([1, latent_dim], tf.stack([seed, 0]))[0]

    drawn = tf.map_fn(draw, seeds, fn_output_signature=tf.float32)
    return tf.ensure_shape(drawn, [None, latent_dim])


def truncate(prior, latents, truncation):
    """Draws latents to the prior's mean: less variety, more typical samples.

    Args:
        prior: of the latents.
        latents: float32 `[batch, latent_dim]`.
        truncation: float32 `[batch]` or `[]`; 1 leaves them, 0 is the mean.

    Returns:
        float32 `[batch, latent_dim]`.
    """
    centre = mean(prior)
    return centre + truncation[..., tf.newaxis] * (latents - centre)
