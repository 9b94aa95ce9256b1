"""What the recipes of Wasserstein GANs have in common."""

from __future__ import annotations

from absl import flags

from recipes.common import define, game
from recipes.common import run as common

LIPSCHITZ = flags.DEFINE_enum(
    "lipschitz",
    "penalty",
    ["penalty", "clipping"],
    "What bounds the critic's slope: WGAN-GP's penalty, or WGAN's clipping.",
)
_PENALTY_WEIGHT = define.number(
    "penalty_weight",
    None,
    "lambda of the penalty; unset: 10 for images, 0.1 for points.",
)
_CLIP = define.number(
    "clip",
    None,
    "Bound of the critic's weights, if clipped; unset: 0.01.",
    above=True,
)

flags.set_default(game.DISCRIMINATOR_STEPS, 5)
flags.set_default(game.SIMULTANEOUS, False)
flags.set_default(common.EMA_DECAY, 0.0)
flags.set_default(game.BETA_1, 0.0)

# Of each way: what it needs not, and what its paper has.
_WITHOUT = {"penalty": ["clip"], "clipping": ["penalty_weight", "beta_1"]}
_LEARNING_RATES = {"penalty": 1e-4, "clipping": 5e-5}
_CLIP_OF_PAPER = 0.01


def resolve(penalty_weight):
    """Fills in the flags that depend on --lipschitz.

    Args:
        penalty_weight: float, where the flag is not set.

    Returns:
        dict, `clip` and `penalty_weight` of `wgan.build`.

    Raises:
        UserError: a flag that has no effect was set.
    """
    values, way = flags.FLAGS, LIPSCHITZ.value
    common.refuse_unused(f"--lipschitz={way}", *_WITHOUT[way], "real_target")
    for name in ("generator_lr", "discriminator_lr"):
        if values[name].value is None:
            values[name].value = _LEARNING_RATES[way]
    if way == "penalty":
        if _PENALTY_WEIGHT.value is None:
            values["penalty_weight"].value = penalty_weight
        return {"penalty_weight": _PENALTY_WEIGHT.value}
    if _CLIP.value is None:
        values["clip"].value = _CLIP_OF_PAPER
    return {"clip": _CLIP.value}


def compile_gan(gan, **costs) -> None:
    """Compiles a GAN with the optimizers of its paper; in scope.

    Args:
        gan: the GAN.
        **costs: of `game.compile_gan`.
    """
    if LIPSCHITZ.value == "clipping":
        costs |= {"optimizer": _clipping, "generator_updates": _rare_updates}
    game.compile_gan(gan, **{"optimizer": _penalty, **costs})


def _rare_updates(steps):
    """The generator's in the first so many blocks of the released schedule."""
    from tfgan_ref.models import wgan

    return wgan.generator_updates(steps, game.DISCRIMINATOR_STEPS.value)


def _penalty(rate, beta_1):
    from tfgan_ref.optimizers import FusedAdam

    return FusedAdam(rate, beta_1=beta_1, beta_2=0.9)


def _clipping(rate, beta_1):
    import keras

    # As released for PyTorch: the mean over about 100 steps, and 1e-8 beside
    # the root. Keras's own is 3e-4 there, more than most gradients of a critic
    # of such small weights.
    return keras.optimizers.RMSprop(rate, rho=0.99, epsilon=1e-16)
