r"""PPGN (Nguyen et al. 2017): a class looked for in a classifier's features.

    python -m recipes.ppgn --dataset=mnist --workdir=runs/ppgn

The classifier of the data that steers is made where there is none, and is
another than the one that --metrics=class_accuracy asks whether a sample is of
its class. Generator and autoencoder learn from images without labels. A picture
of samples has one class per column. An export serves `sample` of a seed and a
class, chain and all, `generate` of features, `encode` and `reconstruct`.

Chains as released, in steps of one length that the class alone directs:

    python -m recipes.ppgn --normalized --step_size=0.1 --last_step_size=0.1 \
        --prior_weight=1e-5 --condition_weight=1 --noise_weight=1e-17 \
        --workdir=runs/released
"""

from absl import flags

from recipes.common import define, game, image_data, image_evaluation
from recipes.common import run as common
from recipes.common.held_out import TEST_SPLIT
from recipes.common.unused import OF_DISCRIMINATOR

_WIDTH = define.width(
    "width", 32, "Feature maps at half the image's size, see recipes.dcgan."
)
_UNITS = define.width(
    "units", 512, "Of the autoencoder's first and last layer.", low=4
)
_DISTURBANCE = define.number(
    "disturbance",
    0.25,
    "Deviation of the noise that the autoencoder takes away; features have a "
    "root mean square of 1.",
    above=True,
)
_IMAGE_WEIGHT = define.number(
    "image_weight", 1.0, "Of the images' squared error."
)
_FEATURE_WEIGHT = define.number(
    "feature_weight", 1.0, "Of the features' squared error."
)
_GAN_WEIGHT = define.number(
    "gan_weight",
    0.03,
    "Of the adversarial cost; 0: no discriminator is trained.",
)
_CHAIN_STEPS = define.whole(
    "chain_steps", 50, "Of the chain that finds a sample.", high=10_000
)
_PRIOR_WEIGHT = define.number(
    "prior_weight", 1.0, "e1 of a chain, of features that are likely."
)
_CONDITION_WEIGHT = define.number(
    "condition_weight", 3.0, "e2 of a chain, of the class."
)
_NOISE_WEIGHT = define.number("noise_weight", 0.2, "e3 of a chain, of noise.")
_STEP_SIZE = define.number("step_size", 1.0, "Of a chain's first step.")
_LAST_STEP_SIZE = define.number(
    "last_step_size", 1.0, "To which it goes linearly."
)
_NORMALIZED = flags.DEFINE_bool(
    "normalized",
    False,
    "Divide a chain's steps by the mean size of their numbers, as released.",
)
_STEERING = 1  # Seed of the classifier; --metrics have that of seed 0.
_SCALED_BY = 500  # Images.

flags.set_default(common.TRAIN_STEPS, 3000)
flags.set_default(game.GENERATOR_LR, 1e-3)
flags.set_default(game.DISCRIMINATOR_LR, 2e-4)
flags.set_default(common.SAMPLE_EVERY, 500)
flags.FLAGS.set_default("metrics", "class_accuracy")
flags.FLAGS.set_default("eval_count", 250)


def main():
    """Builds, compiles and trains the PPGN that the flags describe."""
    common.refuse_unused("where features are the latents", "latent_dim")
    if not _GAN_WEIGHT.value:
        common.refuse_unused(
            "--gan_weight=0", *OF_DISCRIMINATOR, "diff_augment"
        )
    image_evaluation.resolve()
    strategy = common.make_strategy()

    from tfgan_ref.models import dcgan, ppgn
    from tfgan_ref.plug_and_play import Chain

    data = image_data.labelled(image_data.load(dcgan.image_size_for))
    classifier = _classifier(data)
    chain = Chain(
        steps=_CHAIN_STEPS.value,
        prior_weight=_PRIOR_WEIGHT.value,
        condition_weight=_CONDITION_WEIGHT.value,
        noise_weight=_NOISE_WEIGHT.value,
        step_size=_STEP_SIZE.value,
        last_step_size=_LAST_STEP_SIZE.value,
        normalized=_NORMALIZED.value,
    )
    with strategy.scope():
        gan = ppgn.build(
            classifier,
            data.images[:_SCALED_BY].astype("float32") / 127.5 - 1.0,
            width=_WIDTH.value,
            units=_UNITS.value,
            disturbance=_DISTURBANCE.value,
            image_weight=_IMAGE_WEIGHT.value,
            feature_weight=_FEATURE_WEIGHT.value,
            gan_weight=_GAN_WEIGHT.value,
            chain=chain,
            ema_decay=common.EMA_DECAY.value,
            seed=common.SEED.value,
        )
        game.compile_gan(
            gan,
            discriminator_loss=game.discriminator_loss(),
            diff_augment=image_data.diff_augment(),
        )
    return image_data.train(gan, data, test_split=TEST_SPLIT.value)


def _classifier(data):
    """The one that steers; of a dry run, which makes none, untrained."""
    from tfgan_ref.evaluation import classifier, made_classifier

    classes = classifier.count_classes(data)
    if flags.FLAGS["dry_run"].value:
        return classifier.build(data.image_shape, classes)
    test = image_data.test_images(data, TEST_SPLIT.value)
    path = made_classifier.find(data, test, seed=_STEERING)
    return classifier.load(path).network


if __name__ == "__main__":
    common.run(main)
