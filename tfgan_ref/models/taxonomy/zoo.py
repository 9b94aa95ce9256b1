"""The families as they are compared: all of about one size."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import keras

from tfgan_ref.models.taxonomy import gan
from tfgan_ref.models.taxonomy.cells import Celled, Cells
from tfgan_ref.models.taxonomy.family import Family
from tfgan_ref.models.taxonomy.gmmn import GMMN
from tfgan_ref.models.taxonomy.gsn import GSN
from tfgan_ref.models.taxonomy.made import MADE
from tfgan_ref.models.taxonomy.nvp import Dequantised, RealNVP
from tfgan_ref.models.taxonomy.rbm import RBM
from tfgan_ref.models.taxonomy.vae import VAE
from tfgan_ref.optimizers import FusedAdam

_OF_BITS = ("made", "vae", "rbm", "gsn")  # Alone.
# Deviations of the kernels: of points some units apart, of images of bits.
_BANDWIDTHS = {False: (0.1, 0.3, 1.0, 3.0), True: (1.0, 2.0, 4.0, 8.0)}
_DECAY = 1e-4
# By whether there are many bits: Z is summed over the smaller layer.
_HIDDEN = {False: 64, True: 16}


@dataclasses.dataclass(frozen=True)
class How:
    """What the families are built and trained with.

    Attributes:
        latent_dim: int, length of z where there is one.
        batch_size: int.
        learning_rate: float, Adam's; the GAN and the RBM have their own.
        ema_decay: float, of the GAN.
        seed: int.
        compile_gan: function of a `GAN`.
    """

    latent_dim: int
    batch_size: int
    learning_rate: float
    ema_decay: float
    seed: int
    compile_gan: Callable


def build(key: str, dimensions: int, cells: Cells | None, how: How) -> Family:
    """Builds and compiles a family.

    Args:
        key: of `tree.LEAVES`.
        dimensions: int, of an example.
        cells: of points, where a family knows bits alone; None: examples are
            bits.
        how: what else.
    """
    keras.utils.set_random_seed(how.seed)
    make = _MAKERS[key]
    if cells and key in _OF_BITS:
        return Celled(make(cells.length, True, how), cells)
    return make(dimensions, cells is None, how)


def made_alone(dimensions: int, steps: int, rate: float, seed: int) -> MADE:
    """MADE with the decay and the schedule of karpathy/pytorch-made.

    Args:
        dimensions: int, how many bits.
        steps: int, of the training, which are 100 epochs there.
        rate: float, of Adam at first; a tenth of it after 45 epochs, and of
            that after 90.
        seed: int.
    """
    keras.utils.set_random_seed(seed)
    model = MADE(dimensions, decay=_DECAY, seed=seed)
    falling = keras.optimizers.schedules.PiecewiseConstantDecay(
        [round(0.45 * steps), round(0.9 * steps)],
        [rate, 0.1 * rate, 0.01 * rate],
    )
    model.compile(optimizer=FusedAdam(falling))
    return model


def _compiled(model, how):
    model.compile(optimizer=FusedAdam(how.learning_rate))
    return model


def _made(dimensions, of_bits, how):
    return _compiled(MADE(dimensions, seed=how.seed), how)


def _nvp(dimensions, of_bits, how):
    flow = RealNVP(dimensions, seed=how.seed)
    return _compiled(Dequantised(flow) if of_bits else flow, how)


def _vae(dimensions, of_bits, how):
    return _compiled(VAE(dimensions, how.latent_dim, seed=how.seed), how)


def _rbm(dimensions, of_bits, how):
    many = dimensions > 16
    return RBM(
        dimensions, _HIDDEN[many], batch_size=how.batch_size, seed=how.seed
    )


def _gsn(dimensions, of_bits, how):
    return _compiled(GSN(dimensions, seed=how.seed), how)


def _gmmn(dimensions, of_bits, how):
    model = GMMN(
        dimensions,
        how.latent_dim,
        bandwidths=_BANDWIDTHS[of_bits],
        last=_last(of_bits),
        seed=how.seed,
    )
    return _compiled(model, how)


def _gan(dimensions, of_bits, how):
    game = gan.build(
        dimensions,
        how.latent_dim,
        last=_last(of_bits),
        ema_decay=how.ema_decay,
        seed=how.seed,
    )
    how.compile_gan(game)
    return gan.Adversarial(game)


def _last(of_bits):
    return "sigmoid" if of_bits else None


_MAKERS = {
    "made": _made,
    "nvp": _nvp,
    "vae": _vae,
    "rbm": _rbm,
    "gsn": _gsn,
    "gmmn": _gmmn,
    "gan": _gan,
}
KEYS = tuple(_MAKERS)
