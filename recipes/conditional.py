"""Conditional GANs on any image data set with labels, of three kinds.

    python -m recipes.conditional --dataset=mnist --workdir=runs/conditional
    python -m recipes.conditional --kind=acgan --workdir=runs/acgan
    python -m recipes.conditional --kind=projection --workdir=runs/projection

Concatenation (Mirza, Osindero 2014), AC-GAN (Odena et al. 2017) and projection
(Miyato, Koyama 2018). A picture of samples has one class per column.
"""

import functools

from absl import flags

from recipes.common import define, game, image_data, image_evaluation
from recipes.common import run as common

_KIND = flags.DEFINE_enum(
    "kind",
    "concat",
    ["concat", "acgan", "projection"],
    "How the class comes in: beside z and the image; by a discriminator that "
    "tells it; by its projection, with spectral normalisation.",
)
_WIDTH = define.width(
    "width", 64, "Feature maps at half the image's size, see recipes.dcgan."
)
_GAME = flags.DEFINE_enum(
    "game",
    None,
    ["minimax", "non_saturating", "hinge"],
    "The costs: the generator's of eq. 10 or 13 of the tutorial, or hinge; "
    "unset: non_saturating, and hinge with --kind=projection.",
)
_GAMES = {"projection": "hinge"}  # Where it is not set.

flags.set_default(game.GENERATOR_LR, 2e-4)
flags.set_default(game.DISCRIMINATOR_LR, 2e-4)


def main():
    """Builds, compiles and trains the GAN that the flags describe."""
    _check_flags()
    image_evaluation.resolve()
    strategy = common.make_strategy()

    from tfgan_ref.data import minibatches
    from tfgan_ref.models import conditional, dcgan

    data = image_data.labelled(image_data.load(dcgan.image_size_for))
    with strategy.scope():
        gan = conditional.build(
            data.image_shape,
            int(data.labels.max()) + 1,
            kind=_KIND.value,
            latent_dim=common.LATENT_DIM.value,
            width=_WIDTH.value,
            ema_decay=common.EMA_DECAY.value,
            seed=common.SEED.value,
        )
        generator_loss, discriminator_loss = _costs()
        game.compile_gan(
            gan,
            generator_loss=generator_loss,
            discriminator_loss=discriminator_loss,
            diff_augment=image_data.diff_augment(),
        )
    stream = functools.partial(minibatches.stream, with_labels=True)
    return image_data.train(gan, data, stream=stream)


def _check_flags():
    """Fills in the game, and refuses what would have no effect."""
    if _GAME.value is None:
        chosen = _GAMES.get(_KIND.value, "non_saturating")
        flags.FLAGS["game"].value = chosen  # As config.json says it.
    if _GAME.value == "hinge":
        common.refuse_unused("--game=hinge", "real_target")


def _costs():
    """The costs of the generator and of the discriminator."""
    from tfgan_ref.losses import hinge

    if _GAME.value == "hinge":
        return hinge.hinge_generator_loss, hinge.hinge_discriminator_loss
    return game.generator_loss(_GAME.value), game.discriminator_loss()


if __name__ == "__main__":
    common.run(main)
