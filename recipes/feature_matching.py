r"""Feature matching with n + 1 classes (Salimans et al. 2016) from few labels.

    python -m recipes.feature_matching --dataset=mnist --labels=100 \
        --workdir=runs/feature_matching

The published configurations: `mlp` for MNIST, `cifar10` and `svhn` for images
of 32 pixels. docs/results.md has the commands whose results are recorded.
"""

import functools

from absl import flags

from recipes.common import (
    evaluation,
    game,
    image_data,
    image_evaluation,
    semi_supervised,
)
from recipes.common import run as common

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
_MATCHING = flags.DEFINE_bool(
    "matching",
    True,
    "Whether the generator matches features; else its cost is --game's.",
)
_GAME = flags.DEFINE_enum(
    "game",
    "minimax",
    ["minimax", "non_saturating", "maximum_likelihood"],
    "The generator's cost without --matching: eq. 10, 13 or 14 of the "
    'tutorial, of the logits of "real".',
)
# As published.
flags.set_default(semi_supervised.LABELS, 100)
flags.set_default(semi_supervised.DISCRIMINATOR_EMA_DECAY, 0.9999)
flags.set_default(common.BATCH_SIZE, 100)
flags.set_default(game.SIMULTANEOUS, False)
flags.set_default(common.EMA_DECAY, 0.0)
flags.set_default(common.TRAIN_STEPS, 36000)
flags.set_default(evaluation.EVAL_EVERY, 3000)
# A step of the perceptrons takes a thirtieth of a second.
flags.set_default(common.STEPS_PER_EXECUTION, 10)
flags.set_default(common.SAMPLE_EVERY, 3000)
flags.set_default(common.CHECKPOINT_EVERY, 3000)

_INITIAL_IMAGES = 500  # For the data-dependent initialisation.
_LEARNING_RATES = {"mlp": 3e-3, "cifar10": 3e-4, "svhn": 3e-4}
_DECAY_EPOCHS = {"cifar10": 400, "svhn": 300}


def main():
    """Builds, initialises, compiles and trains what the flags describe."""
    if _SUPERVISED.value:
        common.refuse_unused(
            "--supervised",
            "generator_lr",
            "latent_dim",
            "ema_decay",
            "simultaneous",
            "matching",
            "game",
            "metrics",
        )
    elif _MATCHING.value:
        common.refuse_unused("with --matching", "game")
    image_evaluation.resolve(evaluates=True)
    strategy = common.make_strategy()
    task = semi_supervised.load_task()
    networks = _resolve(task.data)

    from tfgan_ref import optimizers
    from tfgan_ref.models import feature_matching

    with strategy.scope():
        gan = feature_matching.build(
            task.data.image_shape,
            task.classes,
            **_published(networks),
            supervised=_SUPERVISED.value,
            matching=_MATCHING.value,
            latent_dim=common.LATENT_DIM.value,
            ema_decay=common.EMA_DECAY.value,
            discriminator_ema_decay=(
                semi_supervised.DISCRIMINATOR_EMA_DECAY.value
            ),
            seed=common.SEED.value,
        )
        gan.initialize(task.data.images[:_INITIAL_IMAGES] / 127.5 - 1.0)
        game.compile_gan(
            gan,
            optimizer=optimizers.InnerEpsilonAdam,
            schedule=_schedule(networks, len(task.data)),
            diff_augment=image_data.diff_augment(),
            **_costs(),
        )
    return semi_supervised.train(gan, task)


def _resolve(data):
    """Fills in the flags that depend on the images; returns the networks."""
    networks = _NETWORKS.value or _networks_for(data)
    flags.FLAGS["networks"].value = networks
    if networks != "mlp":
        # Between two calls a signal stops the run.
        flags.set_default(common.STEPS_PER_EXECUTION, 1)
    for flag in (game.GENERATOR_LR, game.DISCRIMINATOR_LR):
        if flag.value is None:
            flags.FLAGS[flag.name].value = _LEARNING_RATES[networks]
    return networks


def _networks_for(data):
    if data.name.startswith("svhn"):
        return "svhn"
    return "cifar10" if data.image_shape == (32, 32, 3) else "mlp"


def _published(networks):
    """The networks, and how far the mean features are apart."""
    from tfgan_ref.losses import feature_matching
    from tfgan_ref.models import improved_conv, improved_mlp

    if networks == "mlp":
        return {
            "make_generator": improved_mlp.generator,
            "make_discriminator": improved_mlp.discriminator,
            "distance": feature_matching.mean_squared,
        }
    widths = (64, 128) if networks == "svhn" else (96, 192)
    return {
        "make_generator": improved_conv.generator,
        "make_discriminator": functools.partial(
            improved_conv.discriminator, widths=widths
        ),
        "distance": feature_matching.mean_absolute,
    }


def _costs():
    """The generator's, where it plays a game."""
    if _SUPERVISED.value or _MATCHING.value:
        return {}
    return {"generator_loss": game.generator_loss(_GAME.value)}


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
