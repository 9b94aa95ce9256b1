"""Unrolled GAN (Metz et al. 2017) on a ring, in PyTorch.

Written from the paper (eq. 10 to 12) for the comparison; sizes and rates are
those of recipes/unrolled.py without its decay. The gradient of the generator
flows through K steps of the discriminator's Adam.
"""

import itertools
import math
from typing import NamedTuple

import torch
from torch.nn import functional

from tools.dev.benchmarking.worker import Contestant

_LATENT_DIM, _UNITS, _GAIN = 256, 128, 1.4
_MODES, _SCALE = 8, 0.01
_BETA_1, _BETA_2, _EPSILON = 0.5, 0.999, 1e-7
# Beside it the slope of the root, infinite at 0, is not asked for.
_SMALLEST = 1e-30


class Adam(NamedTuple):
    """What Adam knows: means of gradients and of their squares, its steps."""

    moments: list
    velocities: list
    steps: int = 0


def step(batch_size=512, unroll_steps=5, threads=1):
    """A step of both players.

    Args:
        batch_size: int.
        unroll_steps: int >= 1, K.
        threads: int.
    """
    torch.set_num_threads(threads)
    generator = perceptron(_LATENT_DIM, _UNITS, _UNITS, 2)
    discriminator = perceptron(2, _UNITS, _UNITS, 1)
    optimizer = torch.optim.Adam(
        generator, lr=1e-3, betas=(_BETA_1, _BETA_2), fused=True
    )
    m, v = ([torch.zeros_like(w) for w in discriminator] for _ in range(2))
    adam = Adam(m, v)

    def call():
        nonlocal discriminator, adam
        latents = torch.randn(batch_size, _LATENT_DIM)
        cost, gradients, (moved, after) = play(
            generator,
            discriminator,
            adam,
            _ring(batch_size),
            latents,
            unroll_steps,
            3e-4,
        )
        for weight, gradient in zip(generator, gradients, strict=True):
            weight.grad = gradient
        optimizer.step()
        discriminator = [w.detach().requires_grad_() for w in moved]
        adam = Adam(
            [m.detach() for m in after.moments],
            [v.detach() for v in after.velocities],
            after.steps,
        )
        return -cost.item(), cost.item()

    return Contestant(call)


def play(generator, discriminator, adam, real, latents, unroll_steps, rate):
    """The cost ahead, the generator's gradients, the discriminator's step.

    Args:
        generator: list of weights and biases, see `forward`.
        discriminator: the same.
        adam: `Adam` of the discriminator.
        real: float `[batch, dimensions]`.
        latents: float `[batch, latent_dim]`.
        unroll_steps: int >= 1, K.
        rate: float, the discriminator's.

    Returns:
        f(theta_G, theta_D^K), scalar; the gradients of -f; the discriminator's
        weights and its `Adam` one step ahead, which is its own update.
    """
    fake = forward(generator, latents)

    def cost(weights):
        real_logits, fake_logits = (forward(weights, x) for x in (real, fake))
        return (
            functional.softplus(-real_logits) + functional.softplus(fake_logits)
        ).mean()

    ahead, first = discriminator, None
    for _ in range(unroll_steps):
        gradients = torch.autograd.grad(cost(ahead), ahead, create_graph=True)
        ahead, adam = _moved(ahead, gradients, adam, rate)
        first = first or (ahead, adam)
    value = cost(ahead)
    return value.detach(), torch.autograd.grad(-value, generator), first


def forward(weights, x):
    """Tanh after all layers but the last, `[batch, inputs]` -> `[batch, n]`."""
    *hidden, last = zip(weights[::2], weights[1::2], strict=True)
    for kernel, bias in hidden:
        x = torch.tanh(torch.addmm(bias, x, kernel))
    return torch.addmm(last[1], x, last[0])


def perceptron(*sizes):
    """Kernels `[inputs, outputs]`, orthogonal, and biases in turn."""
    weights = []
    for inputs, outputs in itertools.pairwise(sizes):
        kernel = torch.empty(inputs, outputs)
        weights.append(torch.nn.init.orthogonal_(kernel, _GAIN))
        weights.append(torch.zeros(outputs))
    return [weight.requires_grad_() for weight in weights]


def _moved(weights, gradients, adam, rate):
    """One step of Adam through which gradients flow."""
    steps = adam.steps + 1
    rate *= math.sqrt(1 - _BETA_2**steps) / (1 - _BETA_1**steps)
    moments, velocities, moved = [], [], []
    for weight, gradient, m, v in zip(
        weights, gradients, adam.moments, adam.velocities, strict=True
    ):
        m = torch.lerp(gradient, m, _BETA_1)
        v = torch.lerp(gradient.square(), v, _BETA_2)
        root = v.clamp_min(_SMALLEST).sqrt()
        moved.append(weight - rate * m / (root + _EPSILON))
        moments.append(m)
        velocities.append(v)
    return moved, Adam(moments, velocities, steps)


def _ring(count):
    angles = torch.randint(_MODES, (count,)) * (2 * math.pi / _MODES)
    means = torch.stack([angles.cos(), angles.sin()], 1)
    return means + _SCALE * torch.randn(count, 2)
