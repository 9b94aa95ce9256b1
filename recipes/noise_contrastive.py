"""A density and its normaliser by noise contrast, self-contrast, likelihood.

    python -m recipes.noise_contrastive --workdir=runs/noise_contrastive

Three networks of the same first weights learn the density of one stream of
points, see `models/noise_contrastive.py`; --discriminator_lr is of noise
contrast, --generator_lr of the other two. At the end there is a table: KL(data
|| model) in nats, and the logarithm of the model's integral, 0 where the
normaliser is right. Noise contrast alone learns it. samples/densities_*.png
have the densities of each evaluation; the samples beside them are the noise.
"""

from absl import flags

from recipes.common import define, game, toy_data
from recipes.common import run as common
from tfgan_ref.errors import UserError

_UNITS = define.width("units", 64, "Of each hidden layer.")
_CELLS = define.whole(
    "cells",
    None,
    "Of the grid that normalises, per side; unset, 2048 on a line and 256 in "
    "the plane.",
    low=2,
    high=2**14,
)
_REACH = 5.0  # Standard deviations of the data's modes, within the box.

flags.set_default(toy_data.DATASET, "unequal_gaussians")
flags.set_default(common.BATCH_SIZE, 512)
flags.set_default(game.GENERATOR_LR, 1e-3)
flags.set_default(game.DISCRIMINATOR_LR, 1e-3)
flags.set_default(game.BETA_1, 0.9)
flags.set_default(common.TRAIN_STEPS, 5000)
flags.set_default(game.SIMULTANEOUS, True)


def main():
    """Builds, compiles and trains the densities that the flags describe."""
    common.refuse_unused("where noise fills a box", "latent_dim", "ema_decay")
    common.refuse_unused("where densities are compared", "eval_samples")
    common.refuse_unused("where D is a function of a density", "real_target")
    strategy = common.make_strategy()

    from tfgan_ref.evaluation import density_errors
    from tfgan_ref.models import noise_contrastive

    data = toy_data.load()
    half_width = _half_width(data.density)
    with strategy.scope():
        gan = noise_contrastive.build(
            data.density.means.shape[1],
            half_width,
            cells=_CELLS.value,
            units=_UNITS.value,
            seed=common.SEED.value,
        )
        _check_cells(gan, data.density)
        game.compile_gan(gan)
    status = toy_data.train(
        gan,
        data,
        evaluate=density_errors.DensityErrors(data.density),
        picture="densities",
    )
    if common.is_told(status, strategy):
        _print_table(flags.FLAGS.workdir)
    return status


def _half_width(density):
    """Of the box that holds the data, float."""
    reach = abs(density.means) + _REACH * density.scales[:, None]
    return float(reach.max())


def _check_cells(gan, density):
    """Refuses a grid that does not see the narrowest mode."""
    cell = 2 * gan.half_width / gan.cells
    if cell > density.scales.min():
        raise UserError(
            "--cells must be more: a cell is wider than the narrowest mode's "
            f"standard deviation, {density.scales.min():g}. Received: "
            f"{gan.cells} cells of {cell:.3g}"
        )


def _print_table(path):
    """Of the run's last evaluation, if it has one."""
    from tfgan_ref.models.noise_contrastive import ESTIMATORS
    from tfgan_ref.training.workdir import WorkDir

    lines = [
        x for x in WorkDir(path).read_metrics() if _kl("noise_contrast") in x
    ]
    if not lines:
        return
    print(f"{'estimator':20} {'KL to the data':>14} {'log Z error':>12}")
    for name in ESTIMATORS:
        kl, error = lines[-1][_kl(name)], lines[-1][f"eval/log_z_error/{name}"]
        print(f"{name:20} {kl:14.4f} {error:+12.4f}")


def _kl(name):
    return f"eval/kl/{name}"


if __name__ == "__main__":
    common.run(main)
