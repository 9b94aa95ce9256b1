r"""pix2pix (Isola et al. 2017): pictures made of pictures.

    python -m recipes.pix2pix --dataset=emoji --workdir=runs/pix2pix
    python -m recipes.pix2pix --dataset=folder:PHOTOS --pair=folder:SKETCHES \
        --workdir=runs/photos

Held-out pictures stand in samples/translations_*.png: what is given, what is
made of it, what was wanted. Their L1 error is measured, the kernel distance of
both, by a classifier that is made before training if there is none, and how
sharp they are. Deviations: minibatches of 16 pictures, each
normalised by itself, where 1 was released; patches of 16 pixels, for 70 are
more than there are.
"""

from absl import flags

from recipes.common import define, game, image_data, image_evaluation, pair_data
from recipes.common import run as common
from recipes.common.held_out import TEST_SPLIT
from recipes.common.unused import OF_DISCRIMINATOR, refuse_unused

_RECEPTIVE_FIELD = flags.DEFINE_enum(
    "receptive_field",
    "16",
    ["1", "16", "34", "70"],
    "Pixels, one way, that a logit of the discriminator is of.",
)
_WIDTH = define.width(
    "width", 32, "Feature maps of both first layers; 64 were released."
)
_DROPOUT = define.number(
    "dropout",
    0.5,
    "Share of the decoder's first three layers, the game's only noise.",
    high=1.0,
    below=True,
)
_L1_WEIGHT = define.number(
    "l1_weight", 100.0, "Of the mean absolute difference to the target."
)
_GAN_WEIGHT = define.number(
    "gan_weight",
    1.0,
    "Of the adversarial cost; 0: L1 alone, and no discriminator is trained.",
)
_EXAMPLES = 64
_JUDGED = ["receptive_field", "diff_augment"]  # By the discriminator alone.

flags.set_default(common.BATCH_SIZE, 16)
flags.set_default(game.GENERATOR_LR, 2e-4)
flags.set_default(game.DISCRIMINATOR_LR, 2e-4)


def main():
    """Builds, compiles and trains the pix2pix that the flags describe."""
    image_evaluation.resolve(evaluates=True)
    refuse_unused("where z is what is dropped out", "latent_dim")
    if not _GAN_WEIGHT.value:
        refuse_unused("--gan_weight=0", *OF_DISCRIMINATOR, *_JUDGED)
    strategy = common.make_strategy()

    from tfgan_ref import runtime
    from tfgan_ref.data import pairs
    from tfgan_ref.models import dcgan, pix2pix

    data, test = pair_data.load(dcgan.image_size_for)
    evaluate = pair_data.evaluation(data, test)
    with strategy.scope():
        gan = pix2pix.build(
            test.some(_EXAMPLES),
            receptive_field=int(_RECEPTIVE_FIELD.value),
            width=_WIDTH.value,
            dropout=_DROPOUT.value,
            l1_weight=_L1_WEIGHT.value,
            gan_weight=_GAN_WEIGHT.value,
            ema_decay=common.EMA_DECAY.value,
            seed=common.SEED.value,
        )
        game.compile_gan(
            gan,
            discriminator_loss=game.discriminator_loss(),
            diff_augment=image_data.diff_augment(),
        )
    if runtime.is_chief(strategy) and not common.DRY_RUN.value:
        # Before training, where a signal ends it at once and nothing is lost.
        evaluate.prepare()
    return image_data.train(
        gan,
        data,
        arrange=pairs.stream,
        evaluate=evaluate,
        test_split=TEST_SPLIT.value,
    )


if __name__ == "__main__":
    common.run(main)
