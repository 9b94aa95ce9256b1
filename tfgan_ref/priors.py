"""What the generator is given when nothing is given: priors over z.

A prior is an object that draws, as a function of a seed, what goes into the
generator: latents, or a dict of latents and codes. Every one has

- `draw(count, seed)`: `count` rows of one seed, int `[2]`;
- `of_seeds(seeds)`: one row of each of these int64 `[count]` seeds, a function
  of it alone;
- `truncate(drawn, truncation)`: the rows drawn to the mean, see `truncate`;
- a Keras configuration, so that a saved GAN has its prior.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable

import keras
import tensorflow as tf

from tfgan_ref.errors import UserError

registered = keras.saving.register_keras_serializable("tfgan_ref")


class Prior:
    """Rows `[dim]` of numbers that are drawn alike.

    Args:
        dim: int >= 1, how many numbers a row has.

    Attributes:
        mean: float, of every number; None: rows are not drawn to it.
        support: the least and the largest number that is drawn, floats.

    Raises:
        UserError: `dim` is not positive.
    """

    mean: float | None = 0.0
    support = (-math.inf, math.inf)

    def __init__(self, dim: int):
        if dim < 1:
            raise UserError(
                f"The dimension of a prior must be positive. Received: {dim}"
            )
        self.dim = dim

    def draw(self, count, seed):
        """float32 `[count, dim]`, a function of the seed, int `[2]`."""
        raise NotImplementedError

    def of_seeds(self, seeds):
        """float32 `[count, dim]`, each row a function of its own seed alone.

        Args:
            seeds: int64 `[count]`.
        """

        def draw(seed):
            return self.draw(1, tf.stack([seed, 0]))[0]

        drawn = tf.map_fn(draw, seeds, fn_output_signature=tf.float32)
        return tf.ensure_shape(drawn, [None, self.dim])

    def truncate(self, drawn, truncation):
        """Draws rows to the mean: less variety, more typical samples.

        Args:
            drawn: float32 `[count, dim]`.
            truncation: float32 `[count]` or `[]`; 1 leaves them, 0 is the mean.
        """
        if self.mean is None:
            return drawn
        centre = self.mean
        share = tf.cast(truncation, tf.float32)[..., tf.newaxis]
        return centre + share * (drawn - centre)

    @property
    def spec(self):
        """`tf.TensorSpec` of a batch of rows, or a dict of them."""
        return tf.TensorSpec([None, self.dim], tf.float32)

    def get_config(self):
        """Arguments of the constructor."""
        return {"dim": self.dim}

    @classmethod
    def from_config(cls, config):
        """The prior of a configuration."""
        return cls(**config)

    def __eq__(self, other):
        return (
            type(self) is type(other)
            and self.get_config() == other.get_config()
        )

    def __hash__(self):
        return hash((type(self), str(self.get_config())))

    def __repr__(self):
        given = ", ".join(f"{k}={v}" for k, v in self.get_config().items())
        return f"{type(self).__name__}({given})"


@registered
class Uniform(Prior):
    """z ~ U(low, high), with U(-1, 1) the prior of DCGAN (section 4).

    Salimans et al. (2016) released theirs with U(0, 1).

    Args:
        dim: int >= 1.
        low: float.
        high: float > `low`.

    Raises:
        UserError: an argument is out of range.
    """

    def __init__(self, dim: int, low: float = -1.0, high: float = 1.0):
        super().__init__(dim)
        if not low < high:
            raise UserError(
                "`low` must be less than `high`. "
                f"Received: low={low}, high={high}"
            )
        self.low, self.high = low, high
        self.mean = (low + high) / 2
        self.support = (low, high)

    def draw(self, count, seed):
        """float32 `[count, dim]`."""
        return tf.random.stateless_uniform(
            [count, self.dim], seed, minval=self.low, maxval=self.high
        )

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {"low": self.low, "high": self.high}


@registered
class Normal(Prior):
    """z ~ N(0, I)."""

    def draw(self, count, seed):
        """float32 `[count, dim]`."""
        return tf.random.stateless_normal([count, self.dim], seed)


@registered
class Categorical(Prior):
    """One of n classes, all as probable, as a one-hot row.

    Args:
        classes: int >= 1, n.
    """

    mean = None
    support = (0.0, 1.0)

    def __init__(self, classes: int):
        super().__init__(classes)

    def draw(self, count, seed):
        """float32 `[count, classes]`, a single 1 in each row."""
        chosen = tf.random.stateless_uniform(
            [count], seed, maxval=self.dim, dtype=tf.int32
        )
        return tf.one_hot(chosen, self.dim)

    def get_config(self):
        """Arguments of the constructor."""
        return {"classes": self.dim}


@registered
class Product:
    """Independent parts, drawn side by side: a dict of rows.

        Product(latents=Normal(62), code=Categorical(10))

    Each part draws from a seed of its own, made of the part's name.

    Args:
        **parts: name -> prior, as the generator's inputs are named.

    Raises:
        UserError: there are no parts.
    """

    def __init__(self, **parts):
        if not parts:
            raise UserError("A product of priors needs at least one")
        self.parts = parts

    def draw(self, count, seed):
        """Name -> rows `[count, ...]`."""
        return {
            name: prior.draw(count, _seed_of_part(seed, name))
            for name, prior in self.parts.items()
        }

    def of_seeds(self, seeds):
        """Name -> rows `[count, ...]`, each a function of its seed alone."""
        return {
            name: prior.of_seeds(_seeds_of_part(seeds, name))
            for name, prior in self.parts.items()
        }

    def truncate(self, drawn, truncation):
        """Each part drawn to its mean, if it has one."""
        return {
            name: prior.truncate(drawn[name], truncation)
            for name, prior in self.parts.items()
        }

    @property
    def spec(self):
        """Name -> `tf.TensorSpec` of a batch of rows."""
        return {name: prior.spec for name, prior in self.parts.items()}

    def get_config(self):
        """Name -> the serialised prior."""
        return {
            name: keras.saving.serialize_keras_object(prior)
            for name, prior in self.parts.items()
        }

    @classmethod
    def from_config(cls, config):
        """The product of a configuration."""
        return cls(
            **{
                name: keras.saving.deserialize_keras_object(part)
                for name, part in config.items()
            }
        )

    def __eq__(self, other):
        return type(self) is type(other) and self.parts == other.parts

    def __hash__(self):
        return hash(tuple(self.parts.items()))

    def __repr__(self):
        given = ", ".join(f"{k}={v!r}" for k, v in self.parts.items())
        return f"Product({given})"


class FromFunction(Prior):
    """A function (shape, seed) -> float32 of that shape, for a user's own.

    It is not saved with the GAN: a class of one's own, registered with Keras,
    is.

    Args:
        dim: int >= 1.
        function: of a shape int `[2]` and a seed int `[2]`.
    """

    def __init__(self, dim: int, function: Callable):
        super().__init__(dim)
        self.function = function

    def draw(self, count, seed):
        """float32 `[count, dim]`."""
        return self.function([count, self.dim], seed)

    def get_config(self):
        """Refuses.

        Raises:
            UserError: always; a function has no configuration.
        """
        raise UserError(
            "A prior that is a function cannot be saved: a class with "
            "`get_config`, registered with Keras, can. "
            f"Received: {self.function}"
        )

    def __eq__(self, other):
        return self is other

    def __hash__(self):
        return id(self)

    def __repr__(self):
        return f"FromFunction({self.dim}, {self.function})"


def of(prior, dim: int | None):
    """A prior of what was given for one.

    Args:
        prior: a prior; its class; a function (shape, seed) -> float32 of that
            shape; or None for `Uniform`.
        dim: int, of the rows, where `prior` does not say it.

    Raises:
        UserError: the dimension is needed and None.
    """
    if hasattr(prior, "of_seeds") and not isinstance(prior, type):
        return prior
    if dim is None:
        raise UserError(
            "A generator with one input `[batch, latent_dim]` was expected, or "
            f"a prior, such as priors.Uniform(100). Received: prior={prior}"
        )
    if prior is None:
        return Uniform(dim)
    if isinstance(prior, type):
        return prior(dim)
    of_dim = getattr(prior, "of_dim", None)  # `tfgan_ref.latents` has them.
    return of_dim(dim) if of_dim else FromFunction(dim, prior)


def _seed_of_part(seed, name):
    """int64 `[2]`, of a seed int `[2]`."""
    return tf.random.experimental.stateless_fold_in(
        tf.cast(seed, tf.int64), _number_of(name)
    )


def _seeds_of_part(seeds, name):
    """int64 `[count]`, each a function of its seed, int64, and the name."""

    def mixed(seed):
        return tf.random.stateless_uniform(
            [], tf.stack([seed, _number_of(name)]), None, None, tf.int64
        )

    return tf.map_fn(mixed, seeds)


def _number_of(name):
    # int64, which decides about the type of what it is folded into.
    return tf.constant(zlib.crc32(name.encode()), tf.int64)
