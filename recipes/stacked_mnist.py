r"""DCGAN on three random digits as red, green and blue: 1000 modes.

    python tools/train_classifier.py --out=classifiers/mnist.keras
    python -m recipes.stacked_mnist --dataset=mnist \
        --classifier=classifiers/mnist.keras --workdir=runs/stacked

PacGAN's plain GAN trains on 128,000 such images for 50 epochs, 100,000 steps,
and classifies each colour of 26,000 samples (Lin et al. 2018). With
--networks=released it has the networks that were released, and their images in
[0, 1] beside samples in [-1, 1]; --networks=deep is the same without that.
"""

import pathlib

from absl import flags, logging

from recipes.common import define, game, image_data, image_evaluation
from recipes.common import run as common

_COUNT = define.whole(
    "count", 128_000, "Stacked images to train on.", high=2**26
)
_CLASSIFIER = flags.DEFINE_string(
    "classifier",
    None,
    "Of single digits, by tools/train_classifier.py; unset: no modes are "
    "counted.",
)
_EVAL_SAMPLES = define.whole(
    "eval_samples", 26_000, "Samples among which modes are counted.", high=2**24
)
_NETWORKS = flags.DEFINE_enum(
    "networks",
    "dcgan",
    ["dcgan", "deep", "released"],
    "Two convolutions of each player; or four, of which the generator's move "
    "twice a step; or the same with images in [0, 1] for samples in [-1, 1].",
)
_WIDTH = define.width("width", 64, "Feature maps at half the image's size.")

flags.set_default(image_data.DATASET, "mnist")
flags.set_default(game.GENERATOR_LR, 2e-4)
flags.set_default(game.DISCRIMINATOR_LR, 2e-4)
flags.set_default(common.TRAIN_STEPS, 100_000)


def main():
    """Builds, compiles and trains the GAN that the flags describe."""
    if _CLASSIFIER.value is None:
        common.refuse_unused("without --classifier", "eval_samples")
    if _NETWORKS.value != "dcgan":
        where = f"--networks={_NETWORKS.value}, which moves in turn"
        common.refuse_unused(where, "simultaneous")
        flags.FLAGS["simultaneous"].value = False
    image_evaluation.resolve(evaluates=_CLASSIFIER.value is not None)
    strategy = common.make_strategy()

    from tfgan_ref.data import stacked_mnist
    from tfgan_ref.models import dcgan

    digits = image_data.load(dcgan.image_size_for)
    data = stacked_mnist.stack(
        digits, seed=common.SEED.value, count=_COUNT.value
    )
    logging.info("%s: %s", data.name, data.summary)
    evaluate = _evaluation(data.image_shape)
    with strategy.scope():
        gan = _build(data.image_shape)
        game.compile_gan(
            gan,
            discriminator_loss=game.discriminator_loss(),
            diff_augment=image_data.diff_augment(),
        )
    return image_data.train(gan, data, evaluate=evaluate, test_split=None)


def _build(image_shape):
    from tfgan_ref.models import dcgan, stacked

    how = {
        "latent_dim": common.LATENT_DIM.value,
        "width": _WIDTH.value,
        "ema_decay": common.EMA_DECAY.value,
        "seed": common.SEED.value,
    }
    if _NETWORKS.value == "dcgan":
        return dcgan.build(image_shape, **how)
    is_released = _NETWORKS.value == "released"
    return stacked.build(image_shape, unit_pixels=is_released, **how)


def _evaluation(image_shape):
    """Counts modes, if there is a classifier."""
    from tfgan_ref.evaluation import classifier, modes

    if _CLASSIFIER.value is None:
        logging.warning("No modes are counted without --classifier")
        return None
    network = classifier.load(pathlib.Path(_CLASSIFIER.value)).network
    return modes.StackedModeCoverage(network, image_shape, _EVAL_SAMPLES.value)


if __name__ == "__main__":
    common.run(main)
