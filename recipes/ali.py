r"""ALI (Dumoulin et al. 2017), as released for CIFAR-10, on any image data set.

    python -m recipes.ali --dataset=mnist --generator_lr=1e-3 \
        --workdir=runs/ali

With the released rates, 1e-4 of both players, the discriminator soon tells all
digits from samples, which are then all alike. The encoder draws, and the
discriminator drops out. Images are of 32 pixels, or of 28, for which nothing
was released; --width=16 takes a third of the time. Deviation: minibatches are
the released 100, but there are not 6,475 epochs of them.
"""

from absl import flags

from recipes.common import define, encoders, game, image_data, image_evaluation
from recipes.common import run as common

_WIDTH = define.width("width", 32, "Feature maps of the first layer.", low=2)
_SIZES = (32, 28)
_SOME = 10_000  # Images whose mean the generator begins at.

flags.set_default(common.LATENT_DIM, 64)
flags.set_default(common.BATCH_SIZE, 100)
flags.set_default(game.GENERATOR_LR, 1e-4)
flags.set_default(game.DISCRIMINATOR_LR, 1e-4)


def main():
    """Builds, compiles and trains the ALI that the flags describe."""
    image_evaluation.resolve(evaluates=True)
    strategy = common.make_strategy()

    from tfgan_ref.models import ali

    data = image_data.load(_image_size)
    with strategy.scope():
        gan = ali.build(
            data.image_shape,
            latent_dim=common.LATENT_DIM.value,
            width=_WIDTH.value,
            pixel_means=data.images[:_SOME].mean(0) / 255.0,
            ema_decay=common.EMA_DECAY.value,
            seed=common.SEED.value,
        )
        game.compile_gan(
            gan,
            discriminator_loss=game.discriminator_loss(),
            diff_augment=image_data.diff_augment(),
        )
    return encoders.train(gan, data)


def _image_size(natural):
    """The larger of the two, unless images would have to be enlarged."""
    return next((size for size in _SIZES if size <= natural), _SIZES[-1])


if __name__ == "__main__":
    common.run(main)
