r"""Discrete outputs (section 5.3) on one of K categories, with exact gradients.

    python -m recipes.discrete --workdir=runs/categories
    python -m recipes.discrete --estimator=gumbel_softmax --temperature=0.5 \
        --workdir=runs/gumbel

The generator's law is the softmax of K numbers. Each evaluation has the length
of the exact gradient, and bias and deviation of the estimates that the
generator learns from. In the end there is a table of all estimators, and
WORKDIR/estimators.png, where the law is even and the discriminator the best.
A generator of points, --estimator=embedding, whose nearest category counts, is
a perceptron, of learning rates 0.001 where none are given: the law of its
tokens has no gradient to compare with, and the table leaves it out.
"""

import pathlib

from absl import flags, logging

from recipes.common import define, estimator_table, evaluation, game, rewards
from recipes.common import run as common

_DATASET = flags.DEFINE_enum(
    "dataset",
    "zipf",
    ["zipf", "geometric", "even"],
    "Probabilities as 1 / k, as 1 / 2^k, or all alike.",
)
_CATEGORIES = define.width("categories", 10, "K.", low=2)
_ESTIMATOR = flags.DEFINE_enum(
    "estimator",
    "reinforce",
    [
        "reinforce",
        "boundary_seeking",
        "gumbel_softmax",
        "straight_through",
        "embedding",
    ],
    "What the generator learns from.",
)
_TEMPERATURE = define.number(
    "temperature", 1.0, "Of gumbel_softmax and straight_through.", above=True
)
_BASELINE = flags.DEFINE_bool(
    "baseline", True, "Of reinforce, and of boundary_seeking, then MaliGAN."
)
_REWARD = flags.DEFINE_enum(
    "reward",
    "logit",
    rewards.NAMES,
    "What the generator gets for a sample: log D / (1 - D), log D, or D.",
)
_UNITS = define.width(
    "units", 64, "Of hidden layers, with --estimator=embedding."
)
_ESTIMATES = define.whole(
    "estimates", 1000, "Minibatches whose gradients are measured.", low=2
)
_PICTURED = 1000  # Samples.
_PERCEPTRONS_LR = 1e-3  # Of both players, where nobody said another one.

flags.set_default(common.TRAIN_STEPS, 3000)
flags.set_default(game.GENERATOR_LR, 1e-2)
flags.set_default(game.DISCRIMINATOR_LR, 3e-2)
flags.set_default(common.EMA_DECAY, 0.0)
flags.set_default(game.SIMULTANEOUS, False)
flags.set_default(common.STEPS_PER_EXECUTION, 10)
flags.set_default(evaluation.EVAL_EVERY, 500)


def main():
    """Builds, compiles and trains the GAN that the flags describe."""
    _check_flags()
    strategy = common.make_strategy()

    from tfgan_ref.data import categories
    from tfgan_ref.evaluation import category_shares, gradient_estimates
    from tfgan_ref.models import categorical

    workdir = pathlib.Path(str(flags.FLAGS["workdir"].value)).expanduser()
    is_weighted = _ESTIMATOR.value == "boundary_seeking"
    if not common.DRY_RUN.value:
        estimator_table.check(workdir)
    data = categories.load(_DATASET.value, _CATEGORIES.value)
    logging.info("%s: %s", data.name, data.summary)
    with strategy.scope():
        gan = categorical.build(
            _CATEGORIES.value,
            _ESTIMATOR.value,
            temperature=_TEMPERATURE.value,
            baseline=_BASELINE.value,
            units=_UNITS.value if _ESTIMATOR.value == "embedding" else 0,
            ema_decay=common.EMA_DECAY.value,
            seed=common.SEED.value,
        )
        game.compile_gan(
            gan,
            discriminator_loss=game.discriminator_loss(),
            **(
                {}
                if is_weighted
                else {"generator_loss": rewards.cost(_REWARD.value)}
            ),
        )
    sizes = common.BATCH_SIZE.value, _ESTIMATES.value
    status = common.train(
        gan,
        data,
        stream=categories.stream,
        evaluate=category_shares.CategoryShares(data.probabilities, *sizes),
        evaluating={"eval_every": evaluation.EVAL_EVERY.value},
        draw=category_shares.Bars(data.probabilities),
        sample_count=_PICTURED,
    )
    if common.is_told(status, strategy):
        found = gradient_estimates.compare(
            data.probabilities,
            *sizes,
            temperature=_TEMPERATURE.value,
            generator_loss=rewards.cost(_REWARD.value),
        )
        estimator_table.write(workdir, found)
    return status


def _check_flags():
    """Refuses what would have no effect; fills in what depends on others."""
    estimator = f"--estimator={_ESTIMATOR.value}"
    common.refuse_unused("where z is the noise of each category", "latent_dim")
    if _ESTIMATOR.value not in ("gumbel_softmax", "straight_through"):
        common.refuse_unused(estimator, "temperature")
    if _ESTIMATOR.value not in ("reinforce", "boundary_seeking"):
        common.refuse_unused(estimator, "baseline")
    if _ESTIMATOR.value == "boundary_seeking":
        common.refuse_unused(estimator, "reward")
    if _ESTIMATOR.value != "embedding":
        common.refuse_unused(estimator, "units")
        return
    for rate in ("generator_lr", "discriminator_lr"):
        if flags.FLAGS[rate].using_default_value:
            flags.FLAGS[rate].value = _PERCEPTRONS_LR


if __name__ == "__main__":
    common.run(main)
