"""InfoGAN (Chen et al. 2016), as released for MNIST.

    python -m recipes.infogan --dataset=mnist --workdir=runs/infogan

A picture of codes, beside that of samples, changes one code per row. Where the
data have labels and a test split, its images are classified by the category
that Q tells of them. On MNIST a width of 32 learns digits after 600 steps, and
one of 16 did not in 2,000.
"""

import functools

from absl import flags

from recipes.common import (
    categories,
    define,
    game,
    image_data,
    image_evaluation,
)
from recipes.common import run as common

_CODES = define.width("codes", 2, "Continuous codes, each from U(-1, 1).")
_WIDTH = define.width("width", 64, "Feature maps at half the image's size.")
_INFORMATION = define.number(
    "information",
    1.0,
    "Weight of what samples tell of their codes; 0: a plain GAN.",
)
_EPSILON = 1e-8  # Of Adam, as released.

# As released: 50 epochs of 100 updates, in turn, with latents of their own.
flags.set_default(common.LATENT_DIM, 62)
flags.set_default(common.BATCH_SIZE, 128)
flags.set_default(game.GENERATOR_LR, 1e-3)
flags.set_default(game.DISCRIMINATOR_LR, 2e-4)
flags.set_default(game.SIMULTANEOUS, False)
flags.set_default(common.TRAIN_STEPS, 5000)


def main():
    """Builds, compiles and trains the InfoGAN that the flags describe."""
    image_evaluation.resolve(evaluates=True)
    strategy = common.make_strategy()

    from tfgan_ref import optimizers
    from tfgan_ref.models import infogan

    data = image_data.load(infogan.image_size_for)
    with strategy.scope():
        gan = infogan.build(
            data.image_shape,
            categories=categories.CATEGORIES.value,
            codes=_CODES.value,
            latent_dim=common.LATENT_DIM.value,
            width=_WIDTH.value,
            information=_INFORMATION.value,
            ema_decay=common.EMA_DECAY.value,
            seed=common.SEED.value,
        )
        game.compile_gan(
            gan,
            optimizer=functools.partial(optimizers.FusedAdam, epsilon=_EPSILON),
            discriminator_loss=game.discriminator_loss(),
            diff_augment=image_data.diff_augment(),
        )
    return image_data.train(gan, data, evaluate=categories.evaluation(data))


if __name__ == "__main__":
    common.run(main)
