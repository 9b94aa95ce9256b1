"""The usual training loop of PyTorch's DCGAN, written anew.

Two passes through the discriminator for its own update, the second on detached
samples, and a third, after that update, for the generator's: as
`flop.step_flop` counts, 12 passes, 3 of the generator and 9 of the
discriminator.
"""

import numpy as np
import torch
from torch import nn

from tools.dev.benchmarking.worker import Contestant

_LATENT_DIM = 100


def step(
    data,
    batch_size=64,
    channels_last=False,
    width=64,
    threads=1,
    bfloat16=False,
):
    """A step on a .npy file of uint8 images of 32x32 pixels.

    Args:
        data: path.
        batch_size: int.
        channels_last: bool, memory format of networks and images.
        width: int.
        threads: int.
        bfloat16: bool, `torch.autocast`.
    """
    torch.set_num_threads(threads)
    layout = torch.channels_last if channels_last else torch.contiguous_format
    stream = minibatches(data, batch_size, layout)
    channels = next(stream).shape[1]
    generate = generator(channels, width).to(memory_format=layout)
    discriminate = discriminator(channels, width).to(memory_format=layout)
    cost = nn.BCEWithLogitsLoss()
    optimizers = [
        torch.optim.Adam(network.parameters(), lr=2e-4, betas=(0.5, 0.999))
        for network in (generate, discriminate)
    ]
    ones, zeros = torch.ones(batch_size), torch.zeros(batch_size)

    def logits(images):
        with autocast(bfloat16):
            return discriminate(images).float()

    def call():
        real = next(stream)
        optimizers[1].zero_grad()
        real_cost = cost(logits(real), ones)
        real_cost.backward()
        with autocast(bfloat16):
            fake = generate(latents(batch_size))
        fake_cost = cost(logits(fake.detach()), zeros)
        fake_cost.backward()
        optimizers[1].step()
        optimizers[0].zero_grad()
        generator_cost = cost(logits(fake), ones)
        generator_cost.backward()
        optimizers[0].step()
        return generator_cost.item(), (real_cost + fake_cost).item()

    return Contestant(call)


def autocast(bfloat16):
    """Products and convolutions in bfloat16, or nothing."""
    return torch.autocast("cpu", torch.bfloat16, enabled=bfloat16)


def latents(count):
    """Float `[count, 100, 1, 1]`."""
    return torch.randn(count, _LATENT_DIM, 1, 1)


def minibatches(data, batch_size, layout):
    """Endless minibatches of a .npy file of uint8 images.

    Args:
        data: path.
        batch_size: int.
        layout: memory format.

    Yields:
        Float `[batch, channels, height, width]` in [-1, 1].
    """
    pixels = np.load(data, allow_pickle=False)
    images = torch.from_numpy(pixels.transpose(0, 3, 1, 2).astype(np.float32))
    loader = torch.utils.data.DataLoader(
        images / 127.5 - 1.0, batch_size, shuffle=True, drop_last=True
    )
    while True:
        for images in loader:
            yield images.contiguous(memory_format=layout)


def generator(channels, width):
    """Latents `[batch, 100, 1, 1]` -> images of 32x32 pixels."""
    layers = [
        nn.ConvTranspose2d(_LATENT_DIM, 4 * width, 4, 1, 0, bias=False),
        nn.BatchNorm2d(4 * width),
        nn.ReLU(True),
    ]
    for wide in (4 * width, 2 * width):
        layers += [
            nn.ConvTranspose2d(wide, wide // 2, 4, 2, 1, bias=False),
            nn.BatchNorm2d(wide // 2),
            nn.ReLU(True),
        ]
    return nn.Sequential(
        *layers, nn.ConvTranspose2d(width, channels, 4, 2, 1), nn.Tanh()
    )


def discriminator(channels, width):
    """Images of 32x32 pixels -> logits `[batch]`."""
    layers = [nn.Conv2d(channels, width, 4, 2, 1), nn.LeakyReLU(0.2, True)]
    for wide in (width, 2 * width):
        layers += [
            nn.Conv2d(wide, 2 * wide, 4, 2, 1, bias=False),
            nn.BatchNorm2d(2 * wide),
            nn.LeakyReLU(0.2, True),
        ]
    return nn.Sequential(*layers, nn.Conv2d(4 * width, 1, 4), nn.Flatten(0))
