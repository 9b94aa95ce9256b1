"""WGAN-GP or WGAN on points of known density.

    python -m recipes.wgan_toy --dataset=ring --workdir=runs/wgan_ring
    python -m recipes.wgan_toy --lipschitz=clipping --workdir=runs/clipped_ring

The networks and numbers are those of WGAN-GP's released toy script; steps are
as in recipes/wgan.py. Each evaluation has the exact earth mover's distance of
samples beside the critic's estimate.
"""

from absl import flags

from recipes.common import define, toy_data, wasserstein
from recipes.common import run as common

_UNITS = define.width("units", 512, "Of each hidden layer.")
_PENALTY_WEIGHT = 0.1

flags.set_default(common.LATENT_DIM, 2)
flags.set_default(common.BATCH_SIZE, 256)
flags.set_default(common.TRAIN_STEPS, 100_000)


def main():
    """Builds, compiles and trains the GAN that the flags describe."""
    lipschitz = wasserstein.resolve(_PENALTY_WEIGHT)
    strategy = common.make_strategy()

    from tfgan_ref.evaluation.transport import CriticCoverage
    from tfgan_ref.models import wgan

    data = toy_data.load()
    with strategy.scope():
        gan = wgan.build_toy(
            data.density.means.shape[1],
            latent_dim=common.LATENT_DIM.value,
            units=_UNITS.value,
            ema_decay=common.EMA_DECAY.value,
            seed=common.SEED.value,
            **lipschitz,
        )
        wasserstein.compile_gan(gan)
    return toy_data.train(gan, data, coverage=CriticCoverage)


if __name__ == "__main__":
    common.run(main)
