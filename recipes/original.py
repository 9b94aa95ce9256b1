r"""The first GAN (Goodfellow et al. 2014) on MNIST, as released.

    python -m recipes.original --dataset=mnist --split=train[:50000] \
        --workdir=runs/original
    python tools/evaluate.py --model=runs/original --metrics=parzen

Perceptrons and gradient descent with momentum, by eq. (8) and (13). The paper
chose a checkpoint by the Parzen estimate on the last 10,000 training images and
tells no number of epochs: this trains for 250, in which the momentum rises.
"""

from absl import flags

from recipes.common import game, image_data, image_evaluation
from recipes.common import run as common

_EPOCHS = 250
_COUNTED = 50_000  # Images, of the mean at most.
_DECAY = 1.000004  # Both rates are divided by it at every step.
_DECAY_STEPS = 1000  # By so many at once: float32 has no 1 / 1.000004.

flags.set_default(image_data.DATASET, "mnist")
flags.set_default(common.BATCH_SIZE, 100)
flags.set_default(common.TRAIN_STEPS, 125_000)
flags.set_default(game.GENERATOR_LR, 0.1)
flags.set_default(game.DISCRIMINATOR_LR, 0.05)
flags.set_default(common.EMA_DECAY, 0.0)


def main():
    """Builds, compiles and trains the GAN that the flags describe."""
    common.refuse_unused("with momentum", "beta_1")
    image_evaluation.resolve()
    strategy = common.make_strategy()

    import numpy as np

    from tfgan_ref.models import original

    data = image_data.load(None)
    with strategy.scope():
        gan = original.build(
            data.image_shape,
            means=np.mean(data.images[:_COUNTED], 0) / 255.0,
            latent_dim=common.LATENT_DIM.value,
            ema_decay=common.EMA_DECAY.value,
            seed=common.SEED.value,
        )
        game.compile_gan(
            gan,
            optimizer=_optimizer(data.count),
            schedule=_falling,
            discriminator_loss=game.discriminator_loss(),
            diff_augment=image_data.diff_augment(),
        )
    return image_data.train(gan, data)


def _optimizer(count):
    from tfgan_ref.momentum import RisingMomentum

    steps = _EPOCHS * max(count // common.BATCH_SIZE.value, 1)
    return lambda rate, **_: RisingMomentum(rate, steps=steps)


def _falling(rate):
    from keras.optimizers import schedules

    share = _DECAY**-_DECAY_STEPS
    return schedules.ExponentialDecay(rate, _DECAY_STEPS, share)


if __name__ == "__main__":
    common.run(main)
