"""Priors as functions (shape, seed), for programs of before `priors`."""

from tfgan_ref import priors


class _Function:
    """Draws as the prior that `of_dim` makes for a dimension."""

    def __init__(self, of_dim):
        self.of_dim = of_dim

    def __call__(self, shape, seed):
        """float32 of that shape, `[count, dim]`."""
        return self.of_dim(shape[1]).draw(shape[0], seed)


uniform = _Function(priors.Uniform)
normal = _Function(priors.Normal)
unit_uniform = _Function(lambda dim: priors.Uniform(dim, 0.0, 1.0))
