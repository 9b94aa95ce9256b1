"""SRGAN (Ledig et al. 2017): images four times as high and wide.

    python -m recipes.super_resolution --dataset=emoji --workdir=runs/srgan
    python -m recipes.super_resolution --dataset=mnist --workdir=runs/sr_mnist

16 pixels become 64, or 7 become 28. The first --pretrain_steps are of squared
error alone, and the others of the content and of the adversary as well; each
evaluation has PSNR, SSIM and sharpness on other images, beside bicubic
interpolation. --gan_weight=0 goes on without the adversary. A row of
samples/super_resolution_*.png has the small image, bicubic interpolation, what
the generator makes of it, and the original.

Deviations: fewer blocks and feature maps, and minutes instead of days.
"""

from absl import flags

from recipes.common import (
    define,
    evaluation,
    game,
    image_data,
    image_evaluation,
)
from recipes.common import run as common
from recipes.common.held_out import TEST_SPLIT
from recipes.common.unused import OF_DISCRIMINATOR

_CONTENT = flags.DEFINE_enum(
    "content",
    "pixels",
    ["pixels", "features"],
    "Of what the squared error is; features of the data's classifier, made "
    "where there is none.",
)
_BLOCKS = define.width("blocks", 4, "Residual blocks; 16 in the paper.")
_WIDTH = define.width("width", 32, "Feature maps; 64 in the paper.")
_GAN_WEIGHT = define.number(
    "gan_weight",
    1e-3,
    "Of the adversarial cost; 0: no discriminator is trained.",
)
_PRETRAIN_STEPS = define.whole(
    "pretrain_steps", 1000, "Steps of squared error alone.", low=0
)
_SAMPLES = 64

flags.set_default(common.BATCH_SIZE, 16)
flags.set_default(common.TRAIN_STEPS, 3000)
flags.set_default(game.GENERATOR_LR, 1e-3)
flags.set_default(game.DISCRIMINATOR_LR, 2e-4)
flags.set_default(evaluation.EVAL_EVERY, 500)


def main():
    """Builds, compiles and trains the SRGAN that the flags describe."""
    common.refuse_unused("without noise", "latent_dim")
    if not _GAN_WEIGHT.value:
        common.refuse_unused(
            "--gan_weight=0", *OF_DISCRIMINATOR, "diff_augment"
        )
        if _CONTENT.value == "pixels":
            # The cost after them is theirs.
            common.refuse_unused("--gan_weight=0", "pretrain_steps")
    image_evaluation.resolve(evaluates=True)
    strategy = common.make_strategy()
    if _GAN_WEIGHT.value:
        game.tell_of_pretraining(_PRETRAIN_STEPS.value)

    from tfgan_ref.evaluation.super_resolution import SuperResolution
    from tfgan_ref.models import srgan

    data = image_data.load(_image_size)
    test = image_data.test_images(data, TEST_SPLIT.value)
    shown = test or data
    examples = shown.images[:_SAMPLES].astype("float32") / 127.5 - 1.0
    with strategy.scope():
        gan = srgan.build(
            srgan.small(examples).numpy(),
            content=_content(data, test, examples),
            blocks=_BLOCKS.value,
            width=_WIDTH.value,
            gan_weight=_GAN_WEIGHT.value,
            pretrain_steps=_PRETRAIN_STEPS.value,
            ema_decay=common.EMA_DECAY.value,
            seed=common.SEED.value,
        )
        game.compile_gan(
            gan,
            discriminator_loss=game.discriminator_loss(),
            diff_augment=image_data.diff_augment(),
        )
    return image_data.train(
        gan,
        data,
        evaluate=SuperResolution(shown.images, srgan.small),
        test_split=TEST_SPLIT.value,
    )


def _image_size(natural_size):
    """64 pixels at the most."""
    from tfgan_ref.models import dcgan

    return min(64, dcgan.image_size_for(natural_size))


def _content(data, test, examples):
    """The network whose outputs' error costs; None: pixels do."""
    from tfgan_ref.evaluation import classifier, made_classifier
    from tfgan_ref.models import srgan

    if _CONTENT.value == "pixels":
        return None
    path = made_classifier.find(data, test)
    return srgan.features(classifier.load(path).network, examples)


if __name__ == "__main__":
    common.run(main)
