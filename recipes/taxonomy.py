r"""The taxonomy of generative models (tutorial, figure 9) as one table.

    python -m recipes.taxonomy --workdir=runs/taxonomy
    python -m recipes.taxonomy --dataset=idx:FOLDER --workdir=runs/taxonomy

A model of each family learns a ring of Gaussians and small digits, all from as
many minibatches. WORKDIR/taxonomy.md says what is known of log p(x), its mean
on test examples in nats, how often a network is evaluated for a sample, and
the time of that; taxonomy.png has samples, and taxonomy.json is the record.
They are written in the end, all at once: a comparison that is stopped is lost,
and the same command begins it anew.

    python -m recipes.taxonomy --task=made_mnist --dataset=idx:FOLDER \
        --samples=72 --workdir=runs/made

trains the first of them alone, MADE with one hidden layer of 500, on MNIST of
bits: 100 epochs, Adam(1e-3), a tenth of it from epochs 45 and 90 on, and a
decay of 1e-4.
"""

import json
import pathlib

from absl import flags, logging

from recipes.common import define, game, image_data
from recipes.common import run as common
from tfgan_ref.models.taxonomy import tree

_TASK = flags.DEFINE_enum(
    "task",
    "table",
    ["table", "made_mnist"],
    "All families on a ring and on small digits, or MADE on MNIST.",
)
_MODELS = flags.DEFINE_string(
    "models",
    ",".join(tree.KEYS),
    f"Some of {', '.join(tree.KEYS)} between commas.",
)
_LEARNING_RATE = define.number(
    "learning_rate",
    1e-3,
    "Adam's, at first; the GAN has --generator_lr and --discriminator_lr.",
    above=True,
)
_SAMPLES = define.whole(
    "samples",
    1000,
    "Drawn at once; their time is measured, and their modes are counted.",
    low=8,
    high=10**6,
)
_EPOCHS = 100  # Of MADE on MNIST.
_RECORDED = ["task", "dataset", "split", "image_size", "fit", "background"]
_RECORDED += ["train_steps", "batch_size", "seed", "samples"]
_OF_ONE_GAN = ["init_from", "strategy", "virtual_devices", "precision"]
_OF_ONE_GAN += ["jit_compile", "steps_per_execution", "log_every"]
_OF_ONE_GAN += ["sample_every", "checkpoint_every", "checkpoints_to_keep"]
_OF_ONE_GAN += ["export", "diagnose", "resume", "metrics", "extractor"]
_OF_ONE_GAN += ["eval_every", "eval_count", "eval_share", "keep_best"]
_OF_ONE_GAN += ["channels", "augment", "diff_augment"]
_OF_THE_GAME = ["generator_lr", "discriminator_lr", "beta_1", "ema_decay"]
_OF_THE_GAME += ["discriminator_steps", "simultaneous", "real_target"]
_OF_THE_GAME += ["lr_schedule", "lr_decay_steps", "lr_warmup_steps", "lr_final"]
# Flags, and the families that they are of.
_OF_FAMILIES = (
    (["latent_dim"], ("vae", "gmmn", "gan")),
    (["learning_rate"], ("made", "nvp", "vae", "gsn", "gmmn")),
    (_OF_THE_GAME, ("gan",)),
)

flags.set_default(image_data.DATASET, "digits")
flags.set_default(common.TRAIN_STEPS, 3000)
flags.set_default(common.BATCH_SIZE, 100)
flags.set_default(common.LATENT_DIM, 10)
flags.set_default(game.GENERATOR_LR, 1e-3)
flags.set_default(game.DISCRIMINATOR_LR, 5e-4)
flags.set_default(common.EMA_DECAY, 0.0)


def _are_families(text):
    keys = text.split(",")
    return {*keys} <= {*tree.KEYS} and len({*keys}) == len(keys)


flags.register_validator(
    "models",
    _are_families,
    f"some of {', '.join(tree.KEYS)} between commas were expected",
)


def main():
    """Trains and compares what the flags name."""
    _check_flags()
    workdir = pathlib.Path(str(flags.FLAGS["workdir"].value)).expanduser()
    is_dry = flags.FLAGS["dry_run"].value
    settings = _settings()
    if not is_dry and _is_done(workdir, settings):
        return 0
    common.make_strategy()
    runs = _made_mnist() if _TASK.value == "made_mnist" else _table()
    if is_dry:
        lines = [
            f"{key:5} {tasks[0].name:12} {model.parameters:>10,} parameters"
            for key, model, tasks in runs
        ]
        settings["train_steps"] = common.TRAIN_STEPS.value
        print("\n".join([json.dumps(settings, indent=2), *lines]))
        print("Dry run: nothing was trained, nothing was written.")
        return 0
    from recipes.common import taxonomy_files

    with taxonomy_files.reserved(workdir):
        measured = [found for run in runs for found in _measured(*run)]
        settings["train_steps"] = common.TRAIN_STEPS.value
        taxonomy_files.write(workdir, settings, measured)
    return 0


def _is_done(workdir, settings):
    """Whether what is asked for is there; then it is shown."""
    from recipes.common import taxonomy_files

    is_given = not flags.FLAGS["train_steps"].using_default_value
    if _TASK.value == "made_mnist" and not is_given:
        # The data say how many.
        settings = {n: v for n, v in settings.items() if n != "train_steps"}
    return taxonomy_files.is_done(workdir, settings)


def _table():
    """Yields key, model and tasks of what is to be trained, one at a time."""
    from recipes.common import taxonomy_tasks
    from tfgan_ref.models.taxonomy import zoo

    how = zoo.How(
        latent_dim=common.LATENT_DIM.value,
        batch_size=common.BATCH_SIZE.value,
        learning_rate=_LEARNING_RATE.value,
        ema_decay=common.EMA_DECAY.value,
        seed=common.SEED.value,
        compile_gan=_compile_gan,
    )
    count = _SAMPLES.value
    tasks = [taxonomy_tasks.points(count), taxonomy_tasks.digits(count)]
    _check_batch_size(tasks)
    for key in _keys():
        for task in tasks:
            model = zoo.build(key, task.dimensions, task.cells, how)
            yield key, model, [task]


def _compile_gan(gan):
    game.compile_gan(gan, discriminator_loss=game.discriminator_loss())


def _made_mnist():
    """The same of MADE alone."""
    from recipes.common import taxonomy_tasks
    from tfgan_ref.models.taxonomy import zoo

    tasks = taxonomy_tasks.mnist(_SAMPLES.value)
    _check_batch_size(tasks)
    if flags.FLAGS["train_steps"].using_default_value:
        epoch = len(tasks[0].train) // common.BATCH_SIZE.value
        flags.FLAGS["train_steps"].value = _EPOCHS * epoch
    model = zoo.made_alone(
        tasks[0].dimensions,
        common.TRAIN_STEPS.value,
        _LEARNING_RATE.value,
        common.SEED.value,
    )
    yield "made", model, tasks


def _measured(key, model, tasks):
    """Yields of each task: key, task, row and pictures of samples."""
    from tfgan_ref.evaluation import taxonomy

    seconds = taxonomy.train(
        model,
        tasks[0],
        steps=common.TRAIN_STEPS.value,
        batch_size=common.BATCH_SIZE.value,
        seed=common.SEED.value,
    )
    for task in tasks:
        row, samples = taxonomy.measure(model, task, seconds)
        nats = "none" if row.nats is None else f"{row.nats:.3f} nats"
        logging.info(
            "%s on %s: %.0f s of training, log p(x) %s",
            *(key, task.name, seconds, nats),
        )
        yield key, task, row, task.draw(samples)


def _check_batch_size(tasks):
    from tfgan_ref.data import minibatches

    for task in tasks:
        minibatches.check_batch_size(
            common.BATCH_SIZE.value, len(task.train), 1
        )


def _settings():
    """What the record says: the flags that have an effect."""
    names = [*_RECORDED] + ["models"] * (_TASK.value == "table")
    for own, families in _OF_FAMILIES:
        names += own * _is_any_trained(families)
    return {name: flags.FLAGS[name].value for name in names}


def _keys():
    """Of the families that are trained, in the order of the figure."""
    if _TASK.value == "made_mnist":
        return ["made"]
    return [key for key in tree.KEYS if key in _MODELS.value.split(",")]


def _is_any_trained(families):
    return not {*families}.isdisjoint(_keys())


def _check_flags():
    """Refuses what would have no effect."""
    common.refuse_unused("where families are compared", *_OF_ONE_GAN)
    is_alone = _TASK.value == "made_mnist"
    if is_alone:
        common.refuse_unused("--task=made_mnist", "models")
    for own, families in _OF_FAMILIES:
        if not _is_any_trained(families):
            some = f"without {' or '.join(families)} in --models"
            where = "--task=made_mnist" if is_alone else some
            common.refuse_unused(where, *own)


if __name__ == "__main__":
    common.run(main)
