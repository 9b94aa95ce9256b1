"""The flags of the game and its protocol, and the GAN compiled as they say."""

from __future__ import annotations

from absl import flags, logging

from recipes.common import define, learning_rates
from recipes.common import run as common
from tfgan_ref.errors import UserError

DISCRIMINATOR_STEPS = define.whole(
    "discriminator_steps", 1, "k of Algorithm 1.", high=10_000
)
SIMULTANEOUS = flags.DEFINE_bool(
    "simultaneous", True, "Both gradients at the same parameters, else in turn."
)
REAL_TARGET = define.number(
    "real_target",
    1.0,
    "Below 1: one-sided label smoothing.",
    high=1.0,
    above=True,
)
GENERATOR_LR = define.number("generator_lr", None, "Adam's step size.")
DISCRIMINATOR_LR = define.number("discriminator_lr", None, "Adam's step size.")
BETA_1 = define.number(
    "beta_1", 0.5, "Adam's decay of the mean.", high=1.0, below=True
)


def compile_gan(
    gan,
    *,
    optimizer=None,
    schedule=None,
    generator_updates=None,
    rates=None,
    **game,
) -> None:
    """Compiles a GAN with the protocol of the flags; in scope.

    Args:
        gan: the GAN.
        optimizer: class of all optimizers; None: `FusedAdam`.
        schedule: function of a learning rate that gives its schedule, where
            --lr_schedule is not set; None: constant.
        generator_updates: function of a number of steps, how many updates of
            the generator they have; None: the same in each.
        rates: dict, learning rates of turns beside the two players'; the
            others have the generator's.
        **game: costs and `diff_augment` of `GAN.compile`, or an optimizer of
            its own.
    """
    from tfgan_ref.optimizers import FusedAdam

    def optimizer_of(rate, updates):
        if learning_rates.SCHEDULE.value:
            rate = learning_rates.schedule(rate, updates)
        elif schedule:
            rate = schedule(rate)
        return (optimizer or FusedAdam)(rate, beta_1=BETA_1.value)

    def updates(count):
        return lambda steps: count * steps

    learning_rates.resolve()
    rates = rates or {}
    generator_updates = generator_updates or updates(
        getattr(gan, "generator_steps", 1)
    )
    optimizers = {
        f"{turn.name}_optimizer": optimizer_of(
            rates.get(turn.name, GENERATOR_LR.value),
            updates(turn.repeats),
        )
        for turn in gan.turns()
        if turn.name not in ("generator", "discriminator")
    }
    for name, rate, own in (
        ("generator", GENERATOR_LR, generator_updates),
        ("discriminator", DISCRIMINATOR_LR, updates(DISCRIMINATOR_STEPS.value)),
    ):
        optimizers[f"{name}_optimizer"] = optimizer_of(rate.value, own)
    gan.compile(
        discriminator_steps=DISCRIMINATOR_STEPS.value,
        simultaneous=SIMULTANEOUS.value,
        steps_per_execution=common.STEPS_PER_EXECUTION.value,
        jit_compile=common.JIT_COMPILE.value == "true",
        **(optimizers | game),
    )


def tell_of_pretraining(steps: int) -> None:
    """Warns where all of a run is before its game begins.

    Args:
        steps: int, as many are without it.
    """
    if steps >= common.TRAIN_STEPS.value:
        logging.warning(
            "All %d steps are without the adversary: --pretrain_steps=%d",
            common.TRAIN_STEPS.value,
            steps,
        )


def check_batch_mates(replicas: int) -> None:
    """Refuses minibatch features of examples without others.

    Args:
        replicas: int.
    """
    if (batch_size := common.BATCH_SIZE.value) < 2 * replicas:
        raise UserError(
            "Minibatch features need at least 2 examples on each of the "
            f"{replicas} replicas. Received: --batch_size={batch_size}"
        )


def generator_loss(game):
    """The generator's cost in one of the tutorial's three games (3.2).

    Args:
        game: `minimax` (eq. 10), `non_saturating` (13) or `maximum_likelihood`
            (14).
    """
    from tfgan_ref.losses import adversarial

    return {
        "minimax": adversarial.minimax_generator_loss,
        "non_saturating": adversarial.non_saturating_generator_loss,
        "maximum_likelihood": adversarial.maximum_likelihood_generator_loss,
    }[game]


def discriminator_loss():
    """The tutorial's cost, eq. 8, with the flags' label smoothing."""
    import functools

    from tfgan_ref.losses import adversarial

    return functools.partial(
        adversarial.minimax_discriminator_loss, real_target=REAL_TARGET.value
    )
