r"""A GAN on points of known density, with any cost.

    python -m recipes.toy --dataset=ring --workdir=runs/ring
    python -m recipes.toy --dataset=grid --divergence=kl --workdir=runs/grid

The networks and numbers are those of PacGAN's plain GAN (Lin et al. 2018).
Those of unrolled GAN's appendix, in which modes are lost whatever the cost, are

    python -m recipes.toy --networks=unrolled_paper --latent_dim=256 \
        --dataset=unrolled_paper_ring --batch_size=512 --beta_1=0.5 \
        --divergence=kl --train_steps=18000 --workdir=runs/hopping

The records in results/ have the commands of what was run, and their times.
"""

import functools

from absl import flags

from recipes.common import define, game, toy_data
from recipes.common import run as common
from tfgan_ref.errors import UserError

_GAME = flags.DEFINE_enum(
    "game",
    "non_saturating",
    [
        "minimax",
        "non_saturating",
        "maximum_likelihood",
        "least_squares",
        "hinge",
        "f_gan",
    ],
    "The costs; f_gan: those of --divergence.",
)
_DIVERGENCE = flags.DEFINE_string(
    "divergence", None, "Of f-GAN, one of the nine; sets --game=f_gan."
)
_NETWORKS = flags.DEFINE_enum(
    "networks",
    "pacgan",
    ["pacgan", "unrolled_paper"],
    "Those of PacGAN's plain GAN, or of the appendix on unrolled GAN.",
)
_MINIBATCH_FEATURES = flags.DEFINE_bool(
    "minibatch_features", False, "Released ones, before the last layer."
)
_MINIBATCH_KERNELS = define.width(
    "minibatch_kernels", 20, "Minibatch features, if any."
)
_MINIBATCH_FROM_DATA = flags.DEFINE_bool(
    "minibatch_from_data",
    False,
    "Begin their scale from data, as released: the unit is the distance to "
    "the nearest neighbour, next to nothing among points of narrow modes.",
)
_GENERATOR_UNITS = define.width("generator_units", 400, "Of each hidden layer.")
_DISCRIMINATOR_UNITS = define.width(
    "discriminator_units", 200, "Of each maxout layer."
)
_INITIAL_POINTS = 500

flags.set_default(common.LATENT_DIM, 2)
flags.set_default(common.BATCH_SIZE, 100)
flags.set_default(game.GENERATOR_LR, 1e-4)
flags.set_default(game.DISCRIMINATOR_LR, 1e-4)
flags.set_default(game.BETA_1, 0.8)
flags.set_default(common.TRAIN_STEPS, 400_000)


def main():
    """Builds, compiles and trains the GAN that the flags describe."""
    _check_flags()
    strategy = common.make_strategy()
    if _MINIBATCH_FEATURES.value:
        game.check_batch_mates(strategy.num_replicas_in_sync)
    data = toy_data.load()
    generator_loss, discriminator_loss = _game()
    with strategy.scope():
        gan = _builder()(
            data.density.means.shape[1],
            latent_dim=common.LATENT_DIM.value,
            ema_decay=common.EMA_DECAY.value,
            seed=common.SEED.value,
        )
        if _MINIBATCH_FROM_DATA.value:
            seed = [common.SEED.value, -1]
            gan.initialize(data.density.sample(_INITIAL_POINTS, seed))
        game.compile_gan(
            gan,
            generator_loss=generator_loss,
            discriminator_loss=discriminator_loss,
        )
    return toy_data.train(gan, data)


def _builder():
    """The function that builds the networks of the flags."""
    from tfgan_ref.layers.minibatch_features import MinibatchFeatures
    from tfgan_ref.models import toy

    if _NETWORKS.value == "unrolled_paper":
        return toy.build_of_unrolled
    features = functools.partial(
        MinibatchFeatures, kernels=_MINIBATCH_KERNELS.value
    )
    return functools.partial(
        toy.build,
        generator_units=_GENERATOR_UNITS.value,
        discriminator_units=_DISCRIMINATOR_UNITS.value,
        make_minibatch_features=features if _MINIBATCH_FEATURES.value else None,
    )


def _check_flags():
    """Refuses what would have no effect."""
    given = not flags.FLAGS["game"].using_default_value
    if _DIVERGENCE.value is not None and given and _GAME.value != "f_gan":
        raise UserError(
            "--divergence is of --game=f_gan. Received: "
            f"--game={_GAME.value} --divergence={_DIVERGENCE.value}"
        )
    if _DIVERGENCE.value is not None:
        flags.FLAGS["game"].value = "f_gan"  # As config.json says it.
    if _GAME.value in ("least_squares", "hinge", "f_gan"):
        common.refuse_unused(f"--game={_GAME.value}", "real_target")
    if _NETWORKS.value == "unrolled_paper":
        common.refuse_unused(
            "--networks=unrolled_paper",
            "generator_units",
            "discriminator_units",
            "minibatch_features",
        )
    if not _MINIBATCH_FEATURES.value:
        common.refuse_unused(
            "without --minibatch_features",
            "minibatch_kernels",
            "minibatch_from_data",
        )


def _game():
    """The costs of the generator and of the discriminator."""
    from tfgan_ref.losses import (
        f_divergence,
        hinge,
        least_squares,
    )

    if _GAME.value == "f_gan":
        divergence = f_divergence.by_name(_DIVERGENCE.value or "")
        return divergence.generator_loss, divergence.discriminator_loss
    games = {
        "least_squares": (
            least_squares.least_squares_generator_loss,
            least_squares.least_squares_discriminator_loss,
        ),
        "hinge": (hinge.hinge_generator_loss, hinge.hinge_discriminator_loss),
    }
    if _GAME.value in games:
        return games[_GAME.value]
    return game.generator_loss(_GAME.value), game.discriminator_loss()


if __name__ == "__main__":
    common.run(main)
