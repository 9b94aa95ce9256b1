"""GANs of perceptrons with few latents, whose likelihood can be measured.

    python -m recipes.perceptron --dataset=mnist --workdir=runs/gan10
    python tools/evaluate_likelihood.py --model=runs/gan10 --variance=.025

The generators of Wu et al. (2017): z of 10 numbers and of 50, N(0, I). The
discriminator, its smaller step and the smoothed targets are not the paper's.
"""

from absl import flags

from recipes.common import game, image_data, image_evaluation
from recipes.common import run as common

_NETWORKS = flags.DEFINE_enum(
    "networks",
    "gan10",
    ["gan10", "gan50"],
    "The generator's hidden layers; of gan50 z has 50 numbers where "
    "--latent_dim is not set.",
)

flags.set_default(common.LATENT_DIM, 10)
flags.set_default(common.BATCH_SIZE, 100)
flags.set_default(game.REAL_TARGET, 0.9)
flags.set_default(game.GENERATOR_LR, 5e-4)
flags.set_default(game.DISCRIMINATOR_LR, 2e-4)


def main():
    """Builds, compiles and trains the GAN that the flags describe."""
    published = 50 if _NETWORKS.value == "gan50" else 10
    if flags.FLAGS["latent_dim"].using_default_value:
        flags.FLAGS["latent_dim"].value = published
    image_evaluation.resolve()
    strategy = common.make_strategy()

    from tfgan_ref.models import perceptron

    data = image_data.load(None)
    with strategy.scope():
        gan = perceptron.build(
            data.image_shape,
            latent_dim=common.LATENT_DIM.value,
            hidden=perceptron.HIDDEN[published],
            ema_decay=common.EMA_DECAY.value,
            seed=common.SEED.value,
        )
        game.compile_gan(
            gan,
            discriminator_loss=game.discriminator_loss(),
            diff_augment=image_data.diff_augment(),
        )
    return image_data.train(gan, data)


if __name__ == "__main__":
    common.run(main)
