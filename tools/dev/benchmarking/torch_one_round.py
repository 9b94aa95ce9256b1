"""The simultaneous step of this project, in PyTorch.

One pass through the generator and one through the discriminator for real images
and for samples each, both players' gradients from these logits, then both
updates: 10 passes as `flop.step_flop` counts, 3 of the generator and 7 of the
discriminator.
"""

import torch
from torch.nn import functional

from tools.dev.benchmarking import torch_example
from tools.dev.benchmarking.worker import Contestant


def step(
    data, batch_size=64, width=64, threads=1, bfloat16=False, compiled=False
):
    """A step on a .npy file of uint8 images of 32x32 pixels.

    Args:
        data: path.
        batch_size: int.
        width: int.
        threads: int.
        bfloat16: bool, `torch.autocast`.
        compiled: bool, `torch.compile` of all but the updates.
    """
    torch.set_num_threads(threads)
    layout = torch.channels_last
    stream = torch_example.minibatches(data, batch_size, layout)
    channels = next(stream).shape[1]
    networks = [
        make(channels, width).to(memory_format=layout)
        for make in (torch_example.generator, torch_example.discriminator)
    ]
    optimizers = [
        torch.optim.Adam(
            network.parameters(), lr=2e-4, betas=(0.5, 0.999), fused=True
        )
        for network in networks
    ]

    generator, discriminator = networks

    def play(real, latents):
        return one_round(generator, discriminator, real, latents, bfloat16)

    if compiled:
        torch._dynamo.config.trace_autograd_ops = True
        play = torch.compile(play, fullgraph=True)

    def call():
        costs, gradients = play(next(stream), torch_example.latents(batch_size))
        for network, optimizer, found in zip(
            networks, optimizers, gradients, strict=True
        ):
            for weight, gradient in zip(
                network.parameters(), found, strict=True
            ):
                weight.grad = gradient
            optimizer.step()
        return [cost.item() for cost in costs]

    return Contestant(call)


def one_round(generator, discriminator, real, latents, bfloat16=False):
    """The costs and the gradients, the generator's and the discriminator's.

    Args:
        generator: of `torch_example`.
        discriminator: of `torch_example`.
        real: float `[batch, channels, 32, 32]`.
        latents: float `[batch, 100, 1, 1]`.
        bfloat16: bool, `torch.autocast`.

    Returns:
        Two scalars, and two tuples of gradients in the order of `parameters`.
    """
    with torch_example.autocast(bfloat16):
        fake = generator(latents)
        real_logits = discriminator(real)
        fake_logits = discriminator(fake)
    real_logits, fake_logits = real_logits.float(), fake_logits.float()
    generator_cost = functional.softplus(-fake_logits).mean()
    discriminator_cost = (
        functional.softplus(-real_logits) + functional.softplus(fake_logits)
    ).mean()
    of_discriminator = torch.autograd.grad(
        discriminator_cost, list(discriminator.parameters()), retain_graph=True
    )
    of_generator = torch.autograd.grad(
        generator_cost, list(generator.parameters())
    )
    costs = generator_cost.detach(), discriminator_cost.detach()
    return costs, (of_generator, of_discriminator)
