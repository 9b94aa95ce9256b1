"""DCGAN (Radford et al. 2016) on any image data set.

    python -m recipes.dcgan --dataset=fashion_mnist --workdir=runs/dcgan

docs/results.md has the commands whose results are recorded, with their times.
"""

import functools

from absl import flags

from recipes.common import define, game, image_data, image_evaluation
from recipes.common import run as common

_WIDTH = define.width(
    "width", 64, "Feature maps at half the image's size; the paper: 128."
)
_KERNEL_SIZE = define.width("kernel_size", 5, "Of every convolution.", low=2)
_PRIOR = flags.DEFINE_enum("prior", "uniform", ["uniform", "normal"], "Of z.")
_GAME = flags.DEFINE_enum(
    "game",
    "non_saturating",
    ["minimax", "non_saturating", "maximum_likelihood"],
    "The generator's cost: eq. 10, 13 or 14 of the tutorial.",
)
_NORMALIZATION = flags.DEFINE_enum(
    "normalization",
    "batch",
    ["batch", "reference", "virtual"],
    "The generator's: by the minibatch, or by a reference batch.",
)
_REFERENCE_SIZE = define.whole(
    "reference_size",
    64,
    "Examples of the reference batch, if any.",
    low=2,
    high=2**20,
)
_HISTORICAL_AVERAGING = define.number(
    "historical_averaging",
    0.0,
    "Weight, for both players, of the squared distance of the parameters to "
    "the mean of their past.",
)

flags.set_default(game.GENERATOR_LR, 2e-4)
flags.set_default(game.DISCRIMINATOR_LR, 2e-4)


def main():
    """Builds, compiles and trains the GAN that the flags describe."""
    if _NORMALIZATION.value == "batch":
        common.refuse_unused("--normalization=batch", "reference_size")
    image_evaluation.resolve()
    strategy = common.make_strategy()

    from tfgan_ref import optimizers, priors
    from tfgan_ref.layers import reference_normalization
    from tfgan_ref.models import dcgan

    priors_by_name = {"uniform": priors.Uniform, "normal": priors.Normal}
    normalizations = {
        "batch": None,
        "reference": reference_normalization.ReferenceBatchNormalization,
        "virtual": reference_normalization.VirtualBatchNormalization,
    }
    data = image_data.load(dcgan.image_size_for)
    with strategy.scope():
        gan = dcgan.build(
            data.image_shape,
            latent_dim=common.LATENT_DIM.value,
            width=_WIDTH.value,
            kernel_size=_KERNEL_SIZE.value,
            prior=priors_by_name[_PRIOR.value],
            normalization=normalizations[_NORMALIZATION.value],
            reference_size=_REFERENCE_SIZE.value,
            ema_decay=common.EMA_DECAY.value,
            seed=common.SEED.value,
        )
        game.compile_gan(
            gan,
            optimizer=functools.partial(
                optimizers.HistoricalAveragingAdam,
                strength=_HISTORICAL_AVERAGING.value,
            )
            if _HISTORICAL_AVERAGING.value
            else None,
            generator_loss=game.generator_loss(_GAME.value),
            discriminator_loss=game.discriminator_loss(),
            diff_augment=image_data.diff_augment(),
        )
    return image_data.train(gan, data)


if __name__ == "__main__":
    common.run(main)
