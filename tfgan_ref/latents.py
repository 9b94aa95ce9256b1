"""Priors as functions (shape, seed), for programs of before `priors`."""

from tfgan_ref import priors
from tfgan_ref.errors import UserError


def uniform(shape, seed):
    """As `priors.Uniform` draws."""
    return priors.Uniform(shape[1]).draw(shape[0], seed)


def normal(shape, seed):
    """As `priors.Normal` draws."""
    return priors.Normal(shape[1]).draw(shape[0], seed)


def unit_uniform(shape, seed):
    """As `priors.Uniform` between 0 and 1 draws."""
    return priors.Uniform(shape[1], 0.0, 1.0).draw(shape[0], seed)


uniform.of_dim = priors.Uniform
normal.of_dim = priors.Normal
unit_uniform.of_dim = lambda dim: priors.Uniform(dim, 0.0, 1.0)


def by_name(name):
    """The prior of that name; raises `UserError` if it is none of the above."""
    functions = {
        prior.__name__: prior for prior in (uniform, normal, unit_uniform)
    }
    if name not in functions:
        raise UserError(
            f"A prior is one of {', '.join(functions)}. Received: {name}"
        )
    return functions[name]
