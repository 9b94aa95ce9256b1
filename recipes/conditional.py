"""Conditional GAN (Mirza, Osindero 2014) on any image data set with labels.

    python -m recipes.conditional --dataset=mnist --workdir=runs/conditional

A picture of samples has one class after another, row by row.
"""

import functools

from absl import flags

from recipes.common import define, image_data, image_evaluation
from recipes.common import run as common

_WIDTH = define.width(
    "width", 64, "Feature maps at half the image's size, see recipes.dcgan."
)
_GAME = flags.DEFINE_enum(
    "game",
    "non_saturating",
    ["minimax", "non_saturating"],
    "The generator's cost: eq. 10, as in the paper, or 13 of the tutorial.",
)

flags.set_default(common.GENERATOR_LR, 2e-4)
flags.set_default(common.DISCRIMINATOR_LR, 2e-4)


def main():
    """Builds, compiles and trains the GAN that the flags describe."""
    image_evaluation.resolve()
    strategy = common.make_strategy()

    from tfgan_ref.data import minibatches, semi_supervised
    from tfgan_ref.models import conditional, dcgan

    # Each that has a label, once.
    data = semi_supervised.labelled(image_data.load(dcgan.image_size_for), 1)
    with strategy.scope():
        gan = conditional.build(
            data.image_shape,
            int(data.labels.max()) + 1,
            latent_dim=common.LATENT_DIM.value,
            width=_WIDTH.value,
            ema_decay=common.EMA_DECAY.value,
            seed=common.SEED.value,
        )
        common.compile_gan(
            gan,
            generator_loss=common.generator_loss(_GAME.value),
            discriminator_loss=common.discriminator_loss(),
            diff_augment=image_data.diff_augment(),
        )
    stream = functools.partial(minibatches.stream, with_labels=True)
    return image_data.train(gan, data, stream=stream)


if __name__ == "__main__":
    common.run(main)
