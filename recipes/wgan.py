"""WGAN-GP (Gulrajani et al. 2017) or WGAN (Arjovsky et al. 2017) of images.

    python -m recipes.wgan --dataset=fashion_mnist --workdir=runs/wgan_gp
    python -m recipes.wgan --lipschitz=clipping --workdir=runs/wgan

A step is a block of --discriminator_steps updates of the critic; with the
penalty the generator's follows each. With clipping it does not follow each of
the first 500 blocks, but every 20th, so that train_steps counts blocks there.
docs/results.md has the commands whose results are recorded, with their times.
"""

from recipes.common import (
    define,
    image_data,
    image_evaluation,
    wasserstein,
)
from recipes.common import run as common

_WIDTH = define.width("width", 64, "Feature maps of DCGAN, see recipes.dcgan.")
_KERNEL_SIZE = define.width("kernel_size", 5, "Of DCGAN's convolutions.", low=2)
_PENALTY_WEIGHT = 10.0


def main():
    """Builds, compiles and trains the GAN that the flags describe."""
    lipschitz = wasserstein.resolve(_PENALTY_WEIGHT)
    image_evaluation.resolve()
    strategy = common.make_strategy()

    from tfgan_ref.models import dcgan, wgan

    data = image_data.load(dcgan.image_size_for)
    with strategy.scope():
        gan = wgan.build(
            data.image_shape,
            latent_dim=common.LATENT_DIM.value,
            width=_WIDTH.value,
            kernel_size=_KERNEL_SIZE.value,
            ema_decay=common.EMA_DECAY.value,
            seed=common.SEED.value,
            **lipschitz,
        )
        wasserstein.compile_gan(gan, diff_augment=image_data.diff_augment())
    return image_data.train(gan, data)


if __name__ == "__main__":
    common.run(main)
