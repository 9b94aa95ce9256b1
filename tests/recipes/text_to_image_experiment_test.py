"""What recipes.text_to_image builds, flag by flag, of the first stage."""

import dataclasses
import functools
import pathlib

import numpy as np
from keras.initializers import RandomNormal

from tests.recipes import (
    built,
    expected,
    experiment,
    image_checks,
    optimizer_checks,
)
from tests.recipes import flag_checks as checks
from tests.recipes.flag_checks import seen
from tfgan_ref import priors

DEFAULTS = image_checks.DEFAULTS | {
    "generator_lr": 2e-4,
    "discriminator_lr": 2e-4,
    "simultaneous": False,
    "image_size": 64,  # Of the second.
    "stage": 1,
    "width": 64,
    "text_dim": 128,
    "condition_dim": 128,
    "kl_weight": 2.0,
    "unseen_split": "unseen",
}
# Of metrics beside the recipe's own evaluation, which take long.
MEASURED = {"eval_count", "eval_share", "metrics", "extractor", "keep_best"}
OTHERS = {
    name: value
    for name, value in image_checks.OTHERS.items()
    if name not in {"export", *MEASURED}
}
RUNS = {
    "defaults": {},
    "others": OTHERS
    | {
        "image_size": 128,
        "width": 6,
        "text_dim": 5,
        "condition_dim": 3,
        "kl_weight": 0.5,
        "unseen_split": "train",
        "real_target": 0.8,
        "simultaneous": True,
        "discriminator_steps": 3,
    },
    "mirrored": checks.MIRRORED | {"width": 4},
}
# Of captions such as `a 3, 5 days old`, `0` to `9` and these:
WORDS = {"a", "days", "old", *"0123456789"}
LENGTH = 5


def networks(run, _):
    """DCGAN's of the joined numbers, and a text at each place."""
    told, shape = run.told, run.data.image_shape
    condition, text = told["condition_dim"], told["text_dim"]
    generator = expected.dcgan_generator(
        told["latent_dim"] + condition, told["width"], 5, shape
    )
    judge = expected.dcgan_discriminator(told["width"], 5, shape)
    (flat, _), _ = judge[-2:]
    trunk = judge[:-2]
    maps = trunk[-1][0]
    assert built.shapes(run.gan.generator) == generator
    assert built.shapes(run.gan.trunk) == trunk
    assert sorted(built.shapes(run.gan.discriminator)) == sorted(
        [
            *((text, condition), (condition,)),
            *((1, 1, maps + condition, maps), (maps,), (maps,)),
            *((flat, 1), (1,)),
        ]
    )
    assert built.shapes(run.gan.encoder) == [
        *((len(WORDS), text), (text, text), (text,))
    ]
    assert built.shapes(run.gan.conditioner) == [
        *((text, 2 * condition), (2 * condition,))
    ]


def image_size(run, value):
    """The first stage's images have half of it."""
    assert run.gan.generator.output_shape[1] == value // 2
    assert run.data.image_shape[0] == value // 2


def where(run, value):
    folder = pathlib.Path(value) / "stage_1"
    assert str(run.config.workdir) == str(folder)
    return str(folder)


def record(run):
    told = {"workdir": where(run, run.told["workdir"])}
    checks.record(dataclasses.replace(run, told=run.told | told))


def latent_dim(run, value):
    assert run.gan.prior == priors.Product(
        latents=priors.Normal(value),
        noise=priors.Normal(run.told["condition_dim"]),
    )


def vocabulary(run):
    assert set(run.gan.words) == WORDS
    assert run.gan.encoder.input_shape == (None, LENGTH)
    captions = {*run.data.captions}
    assert set(run.gan.examples) <= captions
    assert len({*run.gan.examples}) == min(len(captions), 256)


def stream(run):
    """Images of the data, the words of their captions, and of others."""
    images, texts, others = run.minibatch
    known = image_checks.known(
        dataclasses.replace(
            run,
            data=dataclasses.replace(
                run.data, labels=np.arange(len(run.data), dtype=np.int32)
            ),
        )
    )
    every = [words_of(caption) for caption in run.data.captions]
    for image, text in zip(image_checks.pixels(images), texts, strict=True):
        assert told(run, text) == every[known[image.tobytes()]]
    assert all(told(run, other) in every for other in others)
    assert (texts != others).any()


def words_of(caption):
    return caption.replace(",", "").split()


def told(run, ids):
    return [run.gan.words[k - 1] for k in ids if k]


def unseen(run, split):
    """Texts of that split are looked for."""
    assert run.opened[1][1] == split
    assert run.evaluate is not None


CHECKS = (
    image_checks.CHECKS
    | optimizer_checks.of_flags(optimizer_checks.adam)
    | {
        "workdir": where,
        "image_size": image_size,
        "latent_dim": latent_dim,
        "seed": checks.seed(functools.partial(RandomNormal, 0, 0.02)),
        "stage": seen(lambda run: 1 if run.data.image_shape[0] < 128 else 2),
        "width": networks,
        "text_dim": networks,
        "condition_dim": networks,
        "kl_weight": seen(lambda run: run.gan.kl_weight),
        "unseen_split": unseen,
    }
)
FACTS = {
    "costs": lambda run: checks.generator_cost(run, "non_saturating"),
    "constant rates": optimizer_checks.rates_are_constant,
    "vocabulary": vocabulary,
    "stream": stream,
    "record": record,
}
EXPERIMENT = experiment.Experiment(
    "recipes.text_to_image",
    DEFAULTS,
    RUNS,
    CHECKS,
    FACTS,
    untried=frozenset({"workdir", "export", "stage", *MEASURED}),
)
(
    test_what_is_built,
    test_other_flags_are_as_by_default,
    test_no_flag_is_left_out,
) = EXPERIMENT.tests()
