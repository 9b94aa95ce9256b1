"""The simultaneous step of this project, in JAX with Flax NNX and Optax.

One pass through the generator and one through the discriminator for real images
and for samples each, both players' gradients from these logits, then both
updates, all in one compiled function whose state is donated: 10 passes as
`flop.step_flop` counts, 3 of the generator and 7 of the discriminator.
"""

import functools

import jax
import numpy as np
import optax
from flax import nnx
from jax import numpy as jnp

from tools.dev.benchmarking.worker import Contestant

_LATENT_DIM = 100


def step(data, batch_size=64, width=64, bfloat16=False):
    """A step on a .npy file of uint8 images of 32x32 pixels.

    Args:
        data: path.
        batch_size: int.
        width: int.
        bfloat16: bool, layers in bfloat16, weights and costs in float32.
    """
    images = np.load(data, allow_pickle=False)
    stream = _minibatches(
        images / np.float32(127.5) - np.float32(1), batch_size
    )
    # Threefry, the default, takes seconds to compile.
    key = jax.random.key(0, impl="rbg")
    dtype = jnp.bfloat16 if bfloat16 else None
    made = {"dtype": dtype, "rngs": nnx.Rngs(key)}
    networks = [
        make(images.shape[-1], width, **made)
        for make in (Generator, Discriminator)
    ]
    adam = optax.adam(2e-4, b1=0.5)
    optimizers = tuple(nnx.Optimizer(n, adam, wrt=nnx.Param) for n in networks)
    game, state = nnx.split((networks, optimizers))

    @functools.partial(jax.jit, donate_argnums=0)
    def update(state, real, key):
        networks, optimizers = nnx.merge(game, state)
        latents = jax.random.normal(key, (batch_size, _LATENT_DIM))
        generator, discriminator = networks
        costs, gradients = one_round(generator, discriminator, real, latents)
        for network, optimizer, found in zip(
            networks, optimizers, gradients, strict=True
        ):
            optimizer.update(network, found)
        return (
            nnx.state((networks, optimizers)),
            costs,
            jax.random.split(key)[0],
        )

    def call():
        nonlocal state, key
        state, costs, key = update(state, next(stream), key)
        return [float(cost) for cost in costs]

    return Contestant(call)


def one_round(generator, discriminator, real, latents):
    """The costs and the gradients, the generator's and the discriminator's.

    What a gradient does not need of the two backward passes, XLA leaves out.

    Args:
        generator: `Generator`, whose statistics are moved.
        discriminator: `Discriminator`, the same.
        real: float `[batch, 32, 32, channels]`.
        latents: float `[batch, 100]`.

    Returns:
        Two scalars, and two states of gradients.
    """
    networks = generator, discriminator
    split = [nnx.split(network, nnx.Param, ...) for network in networks]

    def play(*weights):
        generate, discriminate = (
            nnx.merge(structure, of_network, rest, copy=True)
            for (structure, _, rest), of_network in zip(
                split, weights, strict=True
            )
        )
        real_logits = discriminate(real)
        fake_logits = discriminate(generate(latents))
        costs = (
            jnp.mean(jax.nn.softplus(-fake_logits)),
            jnp.mean(jax.nn.softplus(-real_logits))
            + jnp.mean(jax.nn.softplus(fake_logits)),
        )
        rest = [
            nnx.state(network, nnx.Not(nnx.Param))
            for network in (generate, discriminate)
        ]
        return costs, rest

    costs, backward, rest = jax.vjp(
        play, *(weights for _, weights, _ in split), has_aux=True
    )
    for network, statistics in zip(networks, rest, strict=True):
        nnx.update(network, statistics)
    one, zero = jnp.ones(()), jnp.zeros(())
    return costs, (backward((one, zero))[0], backward((zero, one))[1])


class Generator(nnx.Module):
    """Latents `[batch, 100]` -> images of 32x32 pixels.

    Args:
        channels: int, of the images.
        width: int, feature maps at half the image's size.
        dtype: of the layers.
        rngs: `nnx.Rngs`.
    """

    def __init__(self, channels, width, dtype, rngs):
        made = {"dtype": dtype, "rngs": rngs}
        self.first = nnx.Linear(
            _LATENT_DIM, 16 * 4 * width, use_bias=False, **made
        )
        widths = 4 * width, 2 * width, width
        self.norms = nnx.List([_norm(wide, made) for wide in widths])
        self.convs = nnx.List(
            [_doubling(2 * wide, wide, made) for wide in widths[1:]]
        )
        self.last = _doubling(width, channels, made, use_bias=True)

    def __call__(self, latents):
        """Returns float32 in [-1, 1]."""
        x = self.first(latents).reshape(len(latents), 4, 4, -1)
        x = jax.nn.relu(self.norms[0](x))
        for conv, norm in zip(self.convs, self.norms[1:], strict=True):
            x = jax.nn.relu(norm(conv(x)))
        return jnp.tanh(self.last(x).astype(jnp.float32))


class Discriminator(nnx.Module):
    """Images of 32x32 pixels -> logits `[batch]`.

    Args:
        channels: int, of the images.
        width: int, feature maps at half the image's size.
        dtype: of the layers.
        rngs: `nnx.Rngs`.
    """

    def __init__(self, channels, width, dtype, rngs):
        made = {"dtype": dtype, "rngs": rngs}
        self.first = _halving(channels, width, made, use_bias=True)
        widths = 2 * width, 4 * width
        self.convs = nnx.List(
            [_halving(wide // 2, wide, made) for wide in widths]
        )
        self.norms = nnx.List([_norm(wide, made) for wide in widths])
        self.last = nnx.Linear(16 * 4 * width, 1, rngs=rngs)

    def __call__(self, images):
        """Returns float32."""
        x = jax.nn.leaky_relu(self.first(images), 0.2)
        for conv, norm in zip(self.convs, self.norms, strict=True):
            x = jax.nn.leaky_relu(norm(conv(x)), 0.2)
        x = x.reshape(len(images), -1).astype(jnp.float32)
        return self.last(x)[:, 0]


def _halving(channels, filters, made, use_bias=False):
    return nnx.Conv(
        channels, filters, (4, 4), strides=2, use_bias=use_bias, **made
    )


def _doubling(channels, filters, made, use_bias=False):
    return nnx.ConvTranspose(
        channels, filters, (4, 4), strides=2, use_bias=use_bias, **made
    )


def _norm(features, made):
    return nnx.BatchNorm(features, momentum=0.9, **made)


def _minibatches(images, batch_size):
    rng = np.random.default_rng(0)
    while True:
        order = rng.permutation(len(images))
        for first in range(0, len(images) - batch_size + 1, batch_size):
            yield images[order[first : first + batch_size]]
