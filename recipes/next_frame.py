"""The next frame of a moving digit, which is one of two (figure 3).

    python -m recipes.next_frame --dataset=mnist --workdir=runs/next_frame

Squared error, gradient difference and adversarial cost of Mathieu et al.
(2016), on one digit of moving MNIST that turns to the left or to the right
after four frames. The least squared error has the average of the two, which is
known: each evaluation says how far from it the outputs are, how many are nearer
to one of the two, and shows them. The adversarial cost comes in after
--pretrain_steps, and with --gan_weight=0 never. A row of
samples/next_frames_*.png has the four frames, the output, the average, and the
frame that there is. With a rate of 2e-3 or 1e-3 a
few large gradients, such as the game's first ones, make Adam's steps so large
that the outputs leave the images for good.
"""

from absl import flags, logging

from recipes.common import define, evaluation, game, image_data
from recipes.common import run as common
from recipes.common.held_out import TEST_SPLIT
from recipes.common.unused import OF_DISCRIMINATOR

_CANVAS = flags.DEFINE_enum(
    "canvas", "32", ["28", "32"], "Pixels of a frame; a digit has 14."
)
_WIDTH = define.width("width", 16, "Feature maps; 128 in the paper.")
_ERROR_WEIGHT = define.number("error_weight", 1.0, "Of the squared error.")
_GRADIENT_WEIGHT = define.number(
    "gradient_weight", 0.0, "Of the gradient difference; 1 in the paper."
)
_GAN_WEIGHT = define.number(
    "gan_weight",
    0.05,
    "Of the adversarial cost; 0: no discriminator is trained.",
)
_PRETRAIN_STEPS = define.whole(
    "pretrain_steps", 2000, "Steps without the adversarial cost.", low=0
)
_TESTED, _SAMPLES = 1000, 64  # Clips.
# Of images that are not moved.
_UNUSED = ["image_size", "channels", "augment", "diff_augment", "metrics"]
_UNUSED += ["extractor", "eval_count", "eval_share", "keep_best"]

flags.set_default(image_data.DATASET, "mnist")
flags.set_default(common.BATCH_SIZE, 32)
flags.set_default(common.TRAIN_STEPS, 4000)
flags.set_default(game.GENERATOR_LR, 5e-4)
flags.set_default(game.DISCRIMINATOR_LR, 2e-4)
flags.set_default(evaluation.EVAL_EVERY, 500)


def main():
    """Builds, compiles and trains the game that the flags describe."""
    common.refuse_unused("where digits are moved", *_UNUSED)
    common.refuse_unused("without noise", "latent_dim")
    if not _GAN_WEIGHT.value:
        common.refuse_unused(
            "--gan_weight=0", *OF_DISCRIMINATOR, "pretrain_steps"
        )
    strategy = common.make_strategy()
    if _GAN_WEIGHT.value:
        game.tell_of_pretraining(_PRETRAIN_STEPS.value)

    from tfgan_ref.data import moving
    from tfgan_ref.evaluation.next_frames import NextFrames
    from tfgan_ref.models import next_frame

    canvas = int(_CANVAS.value)
    digits = image_data.load(2 * moving.SIDE, channels=1)
    data = moving.move(digits, canvas)
    logging.info("%s: %s", data.name, data.summary)
    test = image_data.test_images(digits, TEST_SPLIT.value)
    clips = moving.some(moving.move(test or digits, canvas), _TESTED)
    with strategy.scope():
        gan = next_frame.build(
            clips.frames[:_SAMPLES].numpy(),
            width=_WIDTH.value,
            error_weight=_ERROR_WEIGHT.value,
            gradient_weight=_GRADIENT_WEIGHT.value,
            gan_weight=_GAN_WEIGHT.value,
            pretrain_steps=_PRETRAIN_STEPS.value,
            ema_decay=common.EMA_DECAY.value,
            seed=common.SEED.value,
        )
        game.compile_gan(gan, discriminator_loss=game.discriminator_loss())
    return common.train(
        gan,
        data,
        stream=moving.stream,
        evaluate=NextFrames(clips),
        evaluating={"eval_every": evaluation.EVAL_EVERY.value},
    )


if __name__ == "__main__":
    common.run(main)
