"""ALI (Dumoulin et al. 2017) on points of known density.

    python -m recipes.ali_toy --workdir=runs/ali_grid
    python -m recipes.toy --dataset=grid --simultaneous --workdir=runs/gan_grid

The second is the plain GAN with the same generator, discriminator, optimizers,
protocol and number of steps, as in PacGAN's comparison (24.1 modes of 25 for
ALI, 17.3 for the GAN). The paper's own, over random hyperparameters, has
13.4 +- 5.8 and 10.4 +- 9.2.
"""

from absl import flags

from recipes.common import define, game, toy_data
from recipes.common import run as common

_GENERATOR_UNITS = define.width(
    "generator_units", 400, "Of each hidden layer, the encoder's as well."
)
_DISCRIMINATOR_UNITS = define.width(
    "discriminator_units", 200, "Of each maxout layer."
)

flags.set_default(toy_data.DATASET, "grid")
flags.set_default(common.LATENT_DIM, 2)
flags.set_default(common.BATCH_SIZE, 100)
flags.set_default(game.GENERATOR_LR, 1e-4)
flags.set_default(game.DISCRIMINATOR_LR, 1e-4)
flags.set_default(game.BETA_1, 0.8)
flags.set_default(common.TRAIN_STEPS, 400_000)
flags.set_default(game.SIMULTANEOUS, True)


def main():
    """Builds, compiles and trains the ALI that the flags describe."""
    strategy = common.make_strategy()

    from tfgan_ref.models import ali

    data = toy_data.load()
    with strategy.scope():
        gan = ali.build_points(
            data.density.means.shape[1],
            latent_dim=common.LATENT_DIM.value,
            generator_units=_GENERATOR_UNITS.value,
            discriminator_units=_DISCRIMINATOR_UNITS.value,
            ema_decay=common.EMA_DECAY.value,
            seed=common.SEED.value,
        )
        game.compile_gan(gan, discriminator_loss=game.discriminator_loss())
    return toy_data.train(gan, data)


if __name__ == "__main__":
    common.run(main)
