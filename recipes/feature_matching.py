"""Feature matching with n + 1 classes (Salimans et al. 2016) from few labels.

    python -m recipes.feature_matching --dataset=mnist --labels=100 \
        --workdir=runs/feature_matching

The published configurations: `mlp` for MNIST, `cifar10` and `svhn` for images
of 32 pixels. README.md has the commands whose results are recorded.
"""

import functools

from absl import flags

from recipes import common

_LABELS = flags.DEFINE_integer(
    "labels",
    100,
    "Training examples that keep their label, equally many of each class.",
    lower_bound=1,
)
_LABEL_SEED = flags.DEFINE_integer(
    "label_seed", 1, "Of which examples keep it.", lower_bound=0
)
_TEST_SPLIT = flags.DEFINE_string(
    "test_split", "test", "Split of the data set to evaluate on."
)
_NETWORKS = flags.DEFINE_enum(
    "networks",
    None,
    ["mlp", "cifar10", "svhn"],
    "Unset: svhn if the data set's name begins so, else cifar10 for images of "
    "32x32x3, else mlp.",
)
_SUPERVISED = flags.DEFINE_bool(
    "supervised", False, "The same network on the labelled examples alone."
)
_DISCRIMINATOR_EMA_DECAY = flags.DEFINE_float(
    "discriminator_ema_decay",
    0.9999,
    "Of the discriminator's average; 0: none.",
    lower_bound=0.0,
    upper_bound=1.0,
)
# As published.
flags.set_default(common.BATCH_SIZE, 100)
flags.set_default(common.SIMULTANEOUS, False)
flags.set_default(common.EMA_DECAY, 0.0)
flags.set_default(common.TRAIN_STEPS, 36000)
flags.set_default(common.EVAL_EVERY, 3000)
flags.set_default(common.SAMPLE_EVERY, 3000)
flags.set_default(common.CHECKPOINT_EVERY, 3000)

_INITIAL_IMAGES = 500  # For the data-dependent initialisation.
_LEARNING_RATES = {"mlp": 3e-3, "cifar10": 3e-4, "svhn": 3e-4}
_DECAY_EPOCHS = {"cifar10": 400, "svhn": 300}


def main():
    """Builds, initialises, compiles and trains what the flags describe."""
    strategy = common.make_strategy()

    from tfgan_ref import optimizers
    from tfgan_ref.data import semi_supervised
    from tfgan_ref.evaluation.classification import ClassificationEvaluation
    from tfgan_ref.losses import feature_matching as distances
    from tfgan_ref.models import feature_matching, improved_conv, improved_mlp

    data = common.load_images(
        None, labelled=_LABELS.value, label_seed=_LABEL_SEED.value
    )
    test_data = common.load_images(data.image_shape[0], split=_TEST_SPLIT.value)
    classes = int(data.labels.max()) + 1
    networks = _resolve(data)
    makers = {
        "mlp": (improved_mlp.generator, improved_mlp.discriminator),
        "cifar10": (improved_conv.generator, improved_conv.discriminator),
        "svhn": (
            improved_conv.generator,
            functools.partial(improved_conv.discriminator, widths=(64, 128)),
        ),
    }
    make_generator, make_discriminator = makers[networks]
    with strategy.scope():
        gan = feature_matching.build(
            data.image_shape,
            classes,
            make_generator=make_generator,
            make_discriminator=make_discriminator,
            distance=distances.mean_squared
            if networks == "mlp"
            else distances.mean_absolute,
            supervised=_SUPERVISED.value,
            latent_dim=common.LATENT_DIM.value,
            ema_decay=common.EMA_DECAY.value,
            discriminator_ema_decay=_DISCRIMINATOR_EMA_DECAY.value,
            seed=common.SEED.value,
        )
        gan.initialize(data.images[:_INITIAL_IMAGES] / 127.5 - 1.0)
        common.compile_gan(
            gan,
            optimizer=optimizers.InnerEpsilonAdam,
            schedule=_schedule(networks, len(data)),
        )
    return common.train(
        gan,
        data,
        stream=semi_supervised.stream,
        evaluate=ClassificationEvaluation(test_data, classes),
    )


def _resolve(data):
    """Fills in the flags that depend on the images; returns the networks."""
    if _NETWORKS.value is None:
        colour = data.image_shape == (32, 32, 3)
        flags.FLAGS["networks"].value = (
            "svhn"
            if data.name.startswith("svhn")
            else "cifar10"
            if colour
            else "mlp"
        )
    for flag in (common.GENERATOR_LR, common.DISCRIMINATOR_LR):
        if flag.value is None:
            flags.FLAGS[flag.name].value = _LEARNING_RATES[_NETWORKS.value]
    return _NETWORKS.value


def _schedule(networks, count):
    """The published decay of the learning rate, None for the perceptrons."""
    if networks not in _DECAY_EPOCHS:
        return None
    from tfgan_ref.optimizers import LinearDecay

    return functools.partial(
        LinearDecay,
        epochs=_DECAY_EPOCHS[networks],
        steps_per_epoch=count // common.BATCH_SIZE.value,
    )


if __name__ == "__main__":
    common.run(main)
