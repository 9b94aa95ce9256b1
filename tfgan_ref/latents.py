"""Priors over the latents z, as stateless functions of a seed."""

import tensorflow as tf


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


def mean(prior):
    """The mean of a prior's every number, float.

    Args:
        prior: one of the above; another is taken to be symmetric about 0.
    """
    return 0.5 if prior is unit_uniform else 0.0
