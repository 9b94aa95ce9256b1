"""The flags of recipes on toy data, and how they train."""

from __future__ import annotations

from absl import flags, logging

from recipes.common import define, evaluation, game
from recipes.common import run as common
from tfgan_ref.errors import UserError

_DATASETS = ["ring", "unrolled_paper_ring", "unrolled_notebook_ring", "grid"]
_DATASETS += ["two_gaussians", "gaussian", "unequal_gaussians"]  # On a line.

DATASET = flags.DEFINE_enum(
    "dataset", "ring", _DATASETS, "Gaussians whose density is known."
)
_EVAL_SAMPLES = define.whole(
    "eval_samples", 2500, "Samples among which modes are counted.", high=2**24
)
_PICTURED = 1000  # Samples.

flags.set_default(common.EMA_DECAY, 0.0)
flags.set_default(game.SIMULTANEOUS, False)
# A step takes less time than what is done between two calls.
flags.set_default(common.STEPS_PER_EXECUTION, 10)


def load():
    """The points that the flags name."""
    from tfgan_ref.data import toy

    data = toy.load(DATASET.value)
    logging.info("%s: %s", data.name, data.summary)
    return data


def train(
    gan, data, fixed=(), evaluate=None, coverage=None, picture=None
) -> int:
    """Trains a compiled GAN of points; returns the exit status.

    Args:
        gan: compiled.
        data: as of `load`.
        fixed: as of `common.train`.
        evaluate: function of the GAN -> `Evaluation`; None: the modes that
            samples cover are counted.
        coverage: class that counts them; None: `modes.ModeCoverage`.
        picture: as of `common.train`.

    Raises:
        UserError: `--export` was asked for, or there are fewer samples than
            modes.
    """
    from tfgan_ref.data import toy
    from tfgan_ref.evaluation import modes, scatter

    if common.EXPORT.value:
        raise UserError("--export is for images: points are not served")
    count = coverage or modes.ModeCoverage
    return common.train(
        gan,
        data,
        fixed=fixed,
        stream=toy.stream,
        evaluate=evaluate or count(data.density, _EVAL_SAMPLES.value),
        evaluating={"eval_every": evaluation.EVAL_EVERY.value},
        draw=scatter.Scatter(data.density),
        sample_count=_PICTURED,
        picture=picture,
    )
