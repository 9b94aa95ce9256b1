"""The usual training loop of PyTorch's DCGAN, written anew.

Two passes through the discriminator for its own update, the second on detached
samples, and a third, after that update, for the generator's.
"""

import numpy as np
import torch
from torch import nn

from tools.dev.benchmarking.worker import Contestant

_LATENT_DIM = 100


def step(data, batch_size=64, channels_last=False, width=64, threads=1):
    """A step on a .npy file of uint8 images of 32x32 pixels.

    Args:
        data: path.
        batch_size: int.
        channels_last: bool, memory format of networks and images.
        width: int.
        threads: int.
    """
    torch.set_num_threads(threads)
    pixels = np.load(data, allow_pickle=False)
    images = torch.from_numpy(pixels.transpose(0, 3, 1, 2).astype(np.float32))
    images = images / 127.5 - 1.0
    layout = torch.channels_last if channels_last else torch.contiguous_format
    generator = _generator(images.shape[1], width).to(memory_format=layout)
    discriminator = _discriminator(images.shape[1], width)
    discriminator = discriminator.to(memory_format=layout)
    cost = nn.BCEWithLogitsLoss()
    optimizers = [
        torch.optim.Adam(network.parameters(), lr=2e-4, betas=(0.5, 0.999))
        for network in (generator, discriminator)
    ]
    ones, zeros = torch.ones(batch_size), torch.zeros(batch_size)
    loader = torch.utils.data.DataLoader(
        images, batch_size, shuffle=True, drop_last=True
    )
    stream = _endless(loader)

    def call():
        real = next(stream).contiguous(memory_format=layout)
        optimizers[1].zero_grad()
        real_cost = cost(discriminator(real), ones)
        real_cost.backward()
        fake = generator(torch.randn(batch_size, _LATENT_DIM, 1, 1))
        fake_cost = cost(discriminator(fake.detach()), zeros)
        fake_cost.backward()
        optimizers[1].step()
        optimizers[0].zero_grad()
        generator_cost = cost(discriminator(fake), ones)
        generator_cost.backward()
        optimizers[0].step()
        return generator_cost.item(), (real_cost + fake_cost).item()

    return Contestant(call)


def _endless(loader):
    while True:
        yield from loader


def _generator(channels, width):
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


def _discriminator(channels, width):
    layers = [nn.Conv2d(channels, width, 4, 2, 1), nn.LeakyReLU(0.2, True)]
    for wide in (width, 2 * width):
        layers += [
            nn.Conv2d(wide, 2 * wide, 4, 2, 1, bias=False),
            nn.BatchNorm2d(2 * wide),
            nn.LeakyReLU(0.2, True),
        ]
    return nn.Sequential(*layers, nn.Conv2d(4 * width, 1, 4), nn.Flatten(0))
