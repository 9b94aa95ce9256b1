r"""Text to image (StackGAN, Zhang et al. 2017) on images with captions.

    python -m recipes.text_to_image --dataset=emoji --workdir=runs/text
    python -m tools.generate --model=runs/text/stage_2 \
        --text="man running: dark skin tone" --out=runs/running.png

The first stage makes 32 pixels of a text, the second 64 of these and of the
text. Stage N is a run of its own, of --train_steps, in WORKDIR/stage_N; one
follows the other, or each is trained with --stage. Samples have a text above
each row. Texts of --unseen_split, which share words with those that are learnt
and no whole text, are drawn and looked for, see evaluation/retrieval.py.
"""

import functools
import pathlib

import numpy as np
from absl import flags

from recipes.common import define, game, image_data, image_evaluation, initial
from recipes.common import run as common
from tfgan_ref.errors import UserError
from tfgan_ref.training import chained

_STAGE = define.whole(
    "stage", None, "The one to train; unset: one after the other.", high=2
)
_WIDTH = define.width(
    "width",
    64,
    "Feature maps at half the image's size, see recipes.dcgan.",
    low=2,
)
_TEXT_DIM = define.width("text_dim", 128, "Length of a text's vector.")
_CONDITION_DIM = define.width(
    "condition_dim", 128, "Length of what the generator is told of a text."
)
_KL_WEIGHT = define.number(
    "kl_weight", 2.0, "Of the condition's divergence to N(0, I)."
)
_UNSEEN_SPLIT = flags.DEFINE_string(
    "unseen_split", "unseen", "Of the data set, whose captions are looked for."
)
_SIZE = 64  # Of the second stage where --image_size is not set.
_EXAMPLES = 256  # Texts of samples.
_OF_FIRST = ("latent_dim", "text_dim", "condition_dim")

flags.set_default(game.GENERATOR_LR, 2e-4)
flags.set_default(game.DISCRIMINATOR_LR, 2e-4)
flags.set_default(game.SIMULTANEOUS, False)


def main():
    """Trains the stages that the flags name."""
    image_evaluation.resolve(evaluates=True)
    stages = [1, 2] if _STAGE.value is None else [_STAGE.value]
    workdir = pathlib.Path(str(flags.FLAGS["workdir"].value)).expanduser()
    chained.check_free(workdir, "stage")
    if _STAGE.value is None:
        initial.refuse_for_several("stage")
    if stages == [2]:
        common.refuse_unused("--stage=2, which has the first's", *_OF_FIRST)
        _check_first(workdir)
    strategy = common.make_strategy()

    import keras

    from tfgan_ref.data import captioned, vocabulary

    policy = keras.config.dtype_policy()
    data = image_data.load(_SIZE)
    captioned.check(data)
    words = vocabulary.of(data.captions)
    unseen = _unseen(data, words)
    for stage in stages:
        keras.config.set_dtype_policy(policy)
        flags.FLAGS["workdir"].value = str(workdir / f"stage_{stage}")
        flags.FLAGS["stage"].value = stage
        with strategy.scope():
            gan = _build(stage, data, words, workdir, is_alone=stages == [2])
            game.compile_gan(
                gan,
                discriminator_loss=game.discriminator_loss(),
                diff_augment=image_data.diff_augment(),
            )
        if status := _train(gan, stage, data, unseen):
            return status
    return 0


def _unseen(data, words):
    """Images whose captions were not seen; None: there are not enough."""
    from recipes.common.unused import refuse_unused
    from tfgan_ref.evaluation import retrieval

    found = image_data.test_images(data, _UNSEEN_SPLIT.value)
    if retrieval.evaluation(found, words) is None:
        if not flags.FLAGS["metrics"].value:
            refuse_unused("without captions that were not seen", "eval_every")
        return None
    return found


def _build(stage, data, words, workdir, is_alone):
    """The GAN of a stage, not compiled; in scope."""
    from tfgan_ref.data import vocabulary
    from tfgan_ref.models import stackgan

    size, _, channels = data.image_shape
    how = {
        "width": _WIDTH.value,
        "kl_weight": _KL_WEIGHT.value,
        "ema_decay": common.EMA_DECAY.value,
        "seed": common.SEED.value,
    }
    if stage == 2 and not (flags.FLAGS["dry_run"].value and not is_alone):
        first = _first(workdir)
        _tell_first(first)
        return stackgan.build_second(data.image_shape, first, **how)
    first = stackgan.build(
        (size // 2, size // 2, channels),
        words,
        vocabulary.longest(data.captions),
        _examples(data.captions),
        latent_dim=common.LATENT_DIM.value,
        text_dim=_TEXT_DIM.value,
        condition_dim=_CONDITION_DIM.value,
        **how,
    )
    if stage == 1:
        return first
    return stackgan.build_second(data.image_shape, first, **how)


def _tell_first(first):
    """Gives the settings what the second stage has of the first."""
    of_first = (
        first.prior.parts["latents"].dim,
        first.encoder.output_shape[1],
        first.conditioner.output_shape[1] // 2,
    )
    for name, value in zip(_OF_FIRST, of_first, strict=True):
        flags.FLAGS[name].value = value


def _examples(captions):
    """Some different captions, drawn by the seed."""
    different = [*dict.fromkeys(captions)]
    rng = np.random.default_rng(common.SEED.value)
    chosen = rng.permutation(len(different))[:_EXAMPLES]
    return [different[k] for k in chosen]


def _train(gan, stage, data, unseen):
    """Trains one stage; returns the exit status."""
    from tfgan_ref.data import captioned, vocabulary
    from tfgan_ref.data.halved import halved
    from tfgan_ref.evaluation import retrieval

    times = 2 - stage
    length = gan.encoder.input_shape[1]
    ids = vocabulary.encode(data.captions, gan.words, length).numpy()
    return image_data.train(
        gan,
        halved(data, times),
        stream=functools.partial(captioned.stream, ids=ids),
        evaluate=retrieval.evaluation(
            unseen and halved(unseen, times), gan.words
        ),
    )


def _check_first(workdir):
    from tfgan_ref.training import checkpoints

    folder = workdir / "stage_1"
    if not checkpoints.steps(folder / "checkpoints"):
        raise UserError(
            f"The second stage needs the first one, and {folder} has no "
            "checkpoint: --stage=1 makes it"
        )


def _first(workdir):
    """The first stage as it has learnt."""
    from tfgan_ref.models.text_game import TextGAN
    from tfgan_ref.training import networks
    from tfgan_ref.training.workdir import WorkDir

    found = networks.restore(WorkDir(workdir / "stage_1")).gan
    if type(found) is not TextGAN:
        raise UserError(
            f"{workdir / 'stage_1'} must hold the first stage. "
            f"Received: {type(found).__name__}"
        )
    return found


if __name__ == "__main__":
    common.run(main)
