"""GANs with minibatch features (Salimans et al. 2016), with and without labels.

    python -m recipes.minibatch --dataset=fashion_mnist --workdir=runs/minibatch

`--networks=dcgan` are DCGAN's, to compare with and without the features;
`--networks=cifar10 --labels=4000` is what was released for CIFAR-10.
docs/results.md has the commands whose results are recorded.
"""

import functools

from absl import flags

from recipes.common import (
    define,
    game,
    image_data,
    image_evaluation,
    semi_supervised,
)
from recipes.common import run as common
from tfgan_ref.errors import UserError

_MINIBATCH_FEATURES = flags.DEFINE_enum(
    "minibatch_features",
    "released",
    ["released", "paper", "none"],
    "Which definition: that of the released code, that of the paper, none.",
)
_KERNELS = define.width("minibatch_kernels", 100, "New features per example.")
_DIMENSION = define.width("minibatch_dimension", 5, "Rows of a kernel.")
_ACROSS_REPLICAS = flags.DEFINE_bool(
    "across_replicas", False, "Compare with the examples of all replicas."
)
_NETWORKS = flags.DEFINE_enum(
    "networks", "dcgan", ["dcgan", "cifar10"], "Of which paper's experiment."
)
_GENERATOR_STEPS = define.whole(
    "generator_steps",
    None,
    "Generator updates per step, with labels; unset: 3 for cifar10, else 1.",
    high=10_000,
)
_WIDTH = define.width("width", 64, "Feature maps of DCGAN, see recipes.dcgan.")
_KERNEL_SIZE = define.width("kernel_size", 5, "Of DCGAN's convolutions.", low=2)


def main():
    """Builds, initialises, compiles and trains what the flags describe."""
    cifar10 = _NETWORKS.value == "cifar10"
    _resolve(cifar10)
    strategy = common.make_strategy()
    _check_replicas(strategy.num_replicas_in_sync)

    from tfgan_ref import optimizers
    from tfgan_ref.models import dcgan, improved_conv

    size = improved_conv.IMAGE_SIZE if cifar10 else dcgan.image_size_for
    task = None
    if semi_supervised.LABELS.value:
        task = semi_supervised.load_task(size)
    data = task.data if task else image_data.load(size)
    with strategy.scope():
        gan = _build(cifar10, data.image_shape, task and task.classes)
        # As many as there will be batch-mates.
        first = data.images[: common.BATCH_SIZE.value]
        gan.initialize(first / 127.5 - 1.0)
        game.compile_gan(
            gan,
            optimizer=optimizers.InnerEpsilonAdam if cifar10 else None,
            # Where labels train it, the discriminator has a cost of its own.
            discriminator_loss=None if task else game.discriminator_loss(),
            diff_augment=image_data.diff_augment(),
        )
    if task:
        return semi_supervised.train(gan, task)
    return image_data.train(gan, data)


def _resolve(cifar10):
    """Fills in the flags that depend on others.

    Raises:
        UserError: flags that exclude one another.
    """
    labels = semi_supervised.LABELS.value
    if cifar10 and (not labels or _MINIBATCH_FEATURES.value != "released"):
        raise UserError(
            "--networks=cifar10 needs --labels and "
            "--minibatch_features=released. "
            f"Received: --labels={labels}, "
            f"--minibatch_features={_MINIBATCH_FEATURES.value}"
        )
    if not labels:
        common.refuse_unused(
            "without --labels",
            "generator_steps",
            "label_seed",
            "test_split",
            "discriminator_ema_decay",
        )
    image_evaluation.resolve(evaluates=bool(labels))
    if _MINIBATCH_FEATURES.value == "none":
        common.refuse_unused(
            "--minibatch_features=none",
            "minibatch_kernels",
            "minibatch_dimension",
            "across_replicas",
        )
    if cifar10:
        common.refuse_unused("--networks=cifar10", "width", "kernel_size")
    values = flags.FLAGS
    if labels and not values["generator_steps"].value:
        values["generator_steps"].value = 3 if cifar10 else 1
    if labels and values["simultaneous"].using_default_value:
        values["simultaneous"].value = False
    for name in ("generator_lr", "discriminator_lr"):
        if values[name].value is None:
            values[name].value = 3e-4 if cifar10 else 2e-4


def _check_replicas(replicas):
    if replicas == 1:
        common.refuse_unused("on one replica", "across_replicas")
    if _MINIBATCH_FEATURES.value != "none":
        game.check_batch_mates(replicas)


def _build(cifar10, image_shape, classes):
    from tfgan_ref.layers import minibatch_features
    from tfgan_ref.models import minibatch

    layers = {
        "released": minibatch_features.MinibatchFeatures,
        "paper": minibatch_features.PaperMinibatchFeatures,
    }
    layer = layers.get(_MINIBATCH_FEATURES.value)
    make_minibatch_features = layer and functools.partial(
        layer,
        kernels=_KERNELS.value,
        dimension=_DIMENSION.value,
        across_replicas=_ACROSS_REPLICAS.value,
    )
    common_arguments = {
        "latent_dim": common.LATENT_DIM.value,
        "ema_decay": common.EMA_DECAY.value,
        "discriminator_ema_decay": (
            semi_supervised.DISCRIMINATOR_EMA_DECAY.value
        ),
        "seed": common.SEED.value,
    }
    if cifar10:
        return minibatch.build_cifar10(
            image_shape,
            classes,
            make_minibatch_features=make_minibatch_features,
            generator_steps=_GENERATOR_STEPS.value,
            **common_arguments,
        )
    return minibatch.build(
        image_shape,
        classes=classes,
        make_minibatch_features=make_minibatch_features,
        generator_steps=_GENERATOR_STEPS.value or 1,
        width=_WIDTH.value,
        kernel_size=_KERNEL_SIZE.value,
        **common_arguments,
    )


if __name__ == "__main__":
    common.run(main)
