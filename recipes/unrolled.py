r"""Unrolled GAN (Metz et al. 2017) on a ring of Gaussians.

    python -m recipes.unrolled --unroll_steps=5 --seed=1 --workdir=runs/u5

--unroll_steps=0 is the plain GAN in the same configuration. The released one
has --discriminator_lr=1e-4 --nolinear_decay and the data of its notebook,
--dataset=unrolled_notebook_ring. That of the paper's appendix, in which the
plain GAN goes from mode to mode, is

    python -m recipes.unrolled --networks=paper --dataset=unrolled_paper_ring \
        --nosimultaneous --nolinear_decay --generator_lr=1e-4 \
        --discriminator_lr=1e-4 --unroll_steps=10 --seed=1 --workdir=runs/p10

The records in results/ have the commands of what was run, and their times.
"""

from absl import flags

from recipes.common import define, game, learning_rates, toy_data
from recipes.common import run as common

_UNROLL_STEPS = define.whole(
    "unroll_steps", 5, "K of eq. 10; 0: the plain GAN.", low=0, high=1000
)
_NETWORKS = flags.DEFINE_enum(
    "networks",
    "released",
    ["released", "paper"],
    "Those of the released notebook, or of the paper's appendix.",
)
_LINEAR_DECAY = flags.DEFINE_bool(
    "linear_decay",
    True,
    "In the last third of --train_steps the learning rates fall to 0.",
)

flags.set_default(common.LATENT_DIM, 256)
flags.set_default(common.BATCH_SIZE, 512)
flags.set_default(game.GENERATOR_LR, 1e-3)
flags.set_default(game.DISCRIMINATOR_LR, 3e-4)
flags.set_default(game.SIMULTANEOUS, True)
flags.set_default(common.TRAIN_STEPS, 25_000)


def main():
    """Builds, compiles and trains the GAN that the flags describe."""
    if learning_rates.SCHEDULE.value:
        common.refuse_unused(
            f"--lr_schedule={learning_rates.SCHEDULE.value}", "linear_decay"
        )
        flags.FLAGS["linear_decay"].value = False
    strategy = common.make_strategy()

    from tfgan_ref.models import unrolled

    data = toy_data.load()
    build = {"released": unrolled.build, "paper": unrolled.build_of_paper}
    with strategy.scope():
        gan = build[_NETWORKS.value](
            data.density.means.shape[1],
            unroll_steps=_UNROLL_STEPS.value,
            latent_dim=common.LATENT_DIM.value,
            ema_decay=common.EMA_DECAY.value,
            seed=common.SEED.value,
        )
        game.compile_gan(
            gan,
            schedule=_schedule if _LINEAR_DECAY.value else None,
            discriminator_loss=game.discriminator_loss(),
        )
    # The learning rates follow from how long it is trained.
    fixed = ["train_steps"] if _LINEAR_DECAY.value else []
    return toy_data.train(gan, data, fixed)


def _schedule(rate):
    from tfgan_ref.optimizers import LinearDecay

    return LinearDecay(
        rate, epochs=common.TRAIN_STEPS.value / 3, steps_per_epoch=1
    )


if __name__ == "__main__":
    common.run(main)
