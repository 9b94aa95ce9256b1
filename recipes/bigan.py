"""BiGAN (Donahue et al. 2017), as released for permutation-invariant MNIST.

    python -m recipes.bigan --dataset=mnist --workdir=runs/bigan

Deviation: the step size stays what it is, where the released one falls to 1 %
in the last 200 of 400 epochs. An epoch of MNIST is 469 steps.

Reconstructions stand beside originals in samples/; their error is measured on
test images, and how often the nearest code is of the same class. An untrained
encoder is nearly as good at that: the published 97.4 % says little.
"""

import functools

from absl import flags

from recipes.common import define, encoders, game, image_data, image_evaluation
from recipes.common import run as common

_UNITS = define.width("units", 1024, "Of each hidden layer.")
_EPSILON = 1e-8  # Of Adam, as released.

flags.set_default(common.LATENT_DIM, 50)
flags.set_default(common.BATCH_SIZE, 128)
flags.set_default(game.GENERATOR_LR, 2e-4)
flags.set_default(game.DISCRIMINATOR_LR, 2e-4)


def main():
    """Builds, compiles and trains the BiGAN that the flags describe."""
    image_evaluation.resolve(evaluates=True)
    strategy = common.make_strategy()

    from tfgan_ref import optimizers
    from tfgan_ref.models import bigan

    data = image_data.load(None)
    with strategy.scope():
        gan = bigan.build(
            data.image_shape,
            latent_dim=common.LATENT_DIM.value,
            units=_UNITS.value,
            ema_decay=common.EMA_DECAY.value,
            seed=common.SEED.value,
        )
        game.compile_gan(
            gan,
            optimizer=functools.partial(optimizers.FusedAdam, epsilon=_EPSILON),
            discriminator_loss=game.discriminator_loss(),
            diff_augment=image_data.diff_augment(),
        )
    return encoders.train(gan, data)


if __name__ == "__main__":
    common.run(main)
