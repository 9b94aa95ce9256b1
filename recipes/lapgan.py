"""LAPGAN (Denton et al. 2015): a GAN for each level of a Laplacian pyramid.

    python -m recipes.lapgan --dataset=mnist --workdir=runs/lapgan
    python -m recipes.lapgan --dataset=emoji --width=64 --workdir=runs/pyramid

28 pixels are made of 14, and these of 7. Level N is a run of its own, of
--train_steps, in WORKDIR/level_N; all of them follow one another, or each is
trained with --level, in any order, for it sees real coarse images alone. In
its samples the coarse images are real. WORKDIR/samples has those of the whole
chain at each level, and --export writes the chain.
"""

import pathlib

from absl import flags

from recipes.common import define, game, image_data, image_evaluation, initial
from recipes.common import run as common
from recipes.common.unused import refuse_unused
from tfgan_ref.errors import UserError
from tfgan_ref.training import chained

_LEVELS = define.whole(
    "levels", 3, "Of the pyramid, each of twice the size.", low=2, high=8
)
_LEVEL = define.whole(
    "level",
    None,
    "The one to train, 0 the coarsest; unset: one after the other.",
    low=0,
    high=7,
)
_WIDTH = define.width("width", 32, "Feature maps; 64 were released.")
_UNITS = define.width(
    "units", 1200, "Of the coarsest generator's layers.", low=2
)
_SAMPLES = 64
_COARSE = 2048  # Real coarse images of which a level's samples are made.

flags.set_default(game.GENERATOR_LR, 2e-4)
flags.set_default(game.DISCRIMINATOR_LR, 2e-4)


def main():
    """Trains the levels that the flags name."""
    image_evaluation.resolve()
    levels = _resolve()
    workdir = pathlib.Path(str(flags.FLAGS["workdir"].value)).expanduser()
    chained.check_free(workdir, "level")
    is_exported = common.EXPORT.value
    if is_exported:
        _check_below(workdir, levels[0])
        flags.FLAGS["export"].value = False  # Of a level by itself.
    strategy = common.make_strategy()

    import keras

    from tfgan_ref.models import dcgan, lapgan

    policy = keras.config.dtype_policy()
    data = image_data.load(dcgan.image_size_for)
    if levels[-1]:
        lapgan.check_sizes(data.image_shape, _LEVELS.value)
    given = {n: flags.FLAGS[n].value for n in ("width", "units", "latent_dim")}
    for level in levels:
        # What a level's settings do not name does not keep it from going on.
        unused = _unused(level)
        for name, value in given.items():
            flag = flags.FLAGS[name]
            flag.value = flag.default if name in unused else value
        keras.config.set_dtype_policy(policy)
        flags.FLAGS["workdir"].value = str(workdir / f"level_{level}")
        flags.FLAGS["level"].value = level
        if status := _train(level, data, strategy):
            return status
    if not flags.FLAGS["dry_run"].value:
        _finish(workdir, levels[-1], data.class_names, is_exported)
    return 0


def _resolve():
    """The numbers of the levels to train."""
    if _LEVEL.value is None:
        initial.refuse_for_several("level")
        return list(range(_LEVELS.value))
    if _LEVEL.value >= _LEVELS.value:
        raise UserError(
            f"--level must be less than --levels={_LEVELS.value}. "
            f"Received: {_LEVEL.value}"
        )
    refuse_unused(f"--level={_LEVEL.value}", *_unused(_LEVEL.value))
    return [_LEVEL.value]


def _unused(level):
    """The flags that have no effect at a level."""
    return ["units", "latent_dim"] if level else ["width"]


def _train(level, data, strategy):
    """Trains one level; returns the exit status."""
    from tfgan_ref.data.halved import halved
    from tfgan_ref.models import lapgan

    images = halved(data, _LEVELS.value - 1 - level)
    how = {"ema_decay": common.EMA_DECAY.value, "seed": common.SEED.value}
    with strategy.scope():
        if level == 0:
            gan = lapgan.build(
                images.image_shape,
                latent_dim=common.LATENT_DIM.value,
                units=_UNITS.value,
                **how,
            )
        else:
            coarse = halved(images, 1).images[:_COARSE]
            gan = lapgan.build_level(
                images.image_shape,
                coarse.astype("float32") / 127.5 - 1.0,
                width=_WIDTH.value,
                **how,
            )
        game.compile_gan(
            gan,
            discriminator_loss=game.discriminator_loss(),
            diff_augment=image_data.diff_augment(),
        )
    return image_data.train(gan, images)


def _finish(workdir, last, class_names, is_exported):
    """Draws what the chain makes at each level, and exports it."""
    if not is_exported and _missing_below(workdir, last) is not None:
        return
    from recipes.common import chain, report

    print("What the levels make together:")
    pictures = chain.write_samples(workdir, last, _SAMPLES)
    report.print_files(
        [report.picture_row("samples", path) for path in pictures]
    )
    if is_exported:
        path = chain.export(workdir, last, class_names)
        report.print_files([report.saved_model_row(path)])


def _missing_below(workdir, level):
    """The first level below that has no checkpoint; None: all have."""
    from tfgan_ref.training import checkpoints

    for below in range(level):
        folder = workdir / f"level_{below}" / "checkpoints"
        if not checkpoints.steps(folder):
            return below
    return None


def _check_below(workdir, level):
    below = _missing_below(workdir, level)
    if below is not None:
        raise UserError(
            f"Level {level} can be exported with those below it, and "
            f"{workdir / f'level_{below}'} has no checkpoint: --level={below} "
            "makes it"
        )


if __name__ == "__main__":
    common.run(main)
