r"""CatGAN (Springenberg 2016): categories without labels, or classes of few.

    python -m recipes.catgan --dataset=mnist --workdir=runs/catgan
    python -m recipes.catgan --dataset=mnist --labels=100 \
        --workdir=runs/catgan_100

Without --labels each category of the test images is taken for the class that is
most frequent in it, and the errors of that are counted.
"""

from absl import flags

from recipes.common import (
    categories,
    define,
    game,
    image_data,
    image_evaluation,
    semi_supervised,
)
from recipes.common import run as common
from recipes.common.held_out import TEST_SPLIT

_UNITS = define.width("units", 1000, "Of the widest layers.", low=4)
_LABEL_WEIGHT = define.number(
    "label_weight", 1.0, "Of the cross-entropy of labels."
)

flags.set_default(categories.CATEGORIES, 20)
flags.set_default(common.LATENT_DIM, 128)
flags.set_default(common.BATCH_SIZE, 100)
flags.set_default(game.GENERATOR_LR, 2e-4)
flags.set_default(game.DISCRIMINATOR_LR, 2e-4)


def main():
    """Builds, compiles and trains the CatGAN that the flags describe."""
    labels = semi_supervised.LABELS.value
    common.refuse_unused("where entropies are the costs", "real_target")
    if labels:
        common.refuse_unused(f"--labels={labels}", "categories")
    else:
        common.refuse_unused("without --labels", "label_seed", "label_weight")
    image_evaluation.resolve(evaluates=True)
    strategy = common.make_strategy()

    from tfgan_ref.models import catgan

    task = semi_supervised.load_task() if labels else None
    data = task.data if task else image_data.load(None)
    with strategy.scope():
        gan = catgan.build(
            data.image_shape,
            task.classes if task else categories.CATEGORIES.value,
            label_weight=_LABEL_WEIGHT.value if task else None,
            latent_dim=common.LATENT_DIM.value,
            units=_UNITS.value,
            ema_decay=common.EMA_DECAY.value,
            discriminator_ema_decay=(
                semi_supervised.DISCRIMINATOR_EMA_DECAY.value
            ),
            seed=common.SEED.value,
        )
        game.compile_gan(gan, diff_augment=image_data.diff_augment())
    if task:
        return semi_supervised.train(gan, task)
    test_split = TEST_SPLIT.value
    return image_data.train(
        gan,
        data,
        evaluate=categories.evaluation(data, test_split),
        test_split=test_split,
    )


if __name__ == "__main__":
    common.run(main)
