"""What recipes.aae builds, flag by flag."""

import functools

import numpy as np
from keras.initializers import RandomNormal

from tests.recipes import (
    built,
    encoder_checks,
    experiment,
    image_checks,
    label_checks,
    optimizer_checks,
)
from tests.recipes import flag_checks as checks
from tests.recipes.experiment import Unset
from tfgan_ref import labelled_priors, priors
from tfgan_ref.data import minibatches, semi_supervised
from tfgan_ref.evaluation import clusters, code_map, encoding
from tfgan_ref.layers.noise import GaussianNoise

DEFAULTS = image_checks.DEFAULTS | {
    "batch_size": 100,
    "latent_dim": 2,
    "generator_lr": 2e-4,
    "discriminator_lr": 2e-4,
    "simultaneous": False,
    "eval_every": 3000,
    "test_split": "test",
    "kind": "plane",
    "prior": "gaussian",
    "labels": None,
    "label_seed": 1,
    "categories": 16,
    "code_noise": 0.0,
    "reconstruction_lr": 2e-4,
    "units": 1000,
}
# Without what changes images, of which the discriminator sees none.
OTHERS = {k: v for k, v in image_checks.OTHERS.items() if k != "diff_augment"}
OTHERS |= {"test_split": "train"}
PLACED = {"reconstruction_lr": Unset(2e-5)}
CLASSES = {
    "kind": "classes",
    "latent_dim": 7,
    "code_noise": Unset(0.3),
    "units": 5,
}
RUNS = {
    "defaults": {},
    "others": OTHERS
    | {
        "kind": "clusters",
        "categories": 5,
        "code_noise": 0.2,
        "reconstruction_lr": 3e-5,
        "units": 6,
        "real_target": 0.8,
        "simultaneous": True,
        "discriminator_steps": 3,
    },
    "ring": {"prior": "ring", "units": 4},
    "classes of a ring": PLACED
    | {
        "prior": "ring",
        "labels": 20,
        "label_seed": 4,
        "units": 4,
    },
    "roll": PLACED
    | {
        "prior": "swiss_roll",
        "labels": 10,
        "code_noise": Unset(0.3),
        "units": 4,
    },
    "classes": CLASSES | {"labels": Unset(100)},
    "few classes": CLASSES | {"labels": 20, "label_seed": 3},
    "mirrored": checks.MIRRORED | {"units": 4},
}
KINDS = {"plane": "AAE", "clusters": "CategoricalAAE"}
MEASURED = {
    "plane": code_map.CodeMap,
    "clusters": clusters.ClusterErrors,
    "classes": clusters.CategoryErrors,
}


def kind(run, value):
    assert type(run.gan).__name__ == KINDS.get(value, "CategoricalAAE")
    assert getattr(run.gan, "labelled", False) == (value == "classes")
    measured = {encoding.Reconstruction, MEASURED[value]}
    assert measured <= encoder_checks.kinds(run)


def prior(run, value):
    if run.told["kind"] != "plane":
        return
    wanted = {
        "gaussian": priors.Normal(2),
        "ring": labelled_priors.GaussianRing(10),
        "swiss_roll": labelled_priors.SwissRoll(10),
    }[value]
    assert run.gan.prior == wanted


def latent_dim(run, value):
    assert run.gan.generator_spec is not None
    spec = run.gan.generator_spec
    spec = spec["latents"] if isinstance(spec, dict) else spec
    np.testing.assert_equal(spec.shape[1], value)


def categories(run, value):
    if run.told["kind"] == "plane":
        return
    count = 10 if run.told["kind"] == "classes" else value
    assert run.gan.generator_spec["categories"].shape[1] == count


def code_noise(run, value):
    """On the codes of each kind that a discriminator sees."""
    names = {"discriminator"}
    if run.told["kind"] != "plane":
        names |= {"category_discriminator"}
    for name in names:
        layers = getattr(run.gan, name).layers
        noise = [x.stddev for x in layers if isinstance(x, GaussianNoise)]
        assert noise == [value] * (value > 0)


def labels(run, value):
    label_checks.labels(run, value)
    conditional = run.told["kind"] == "plane" and value is not None
    assert getattr(run.gan, "is_conditional", False) == conditional


def networks(run, units):
    hidden = built.shapes(run.gan.encoder)[2:4]
    assert hidden == [(units, units), (units,)]


def stream(run):
    """Images, and what goes with them."""
    if run.told["kind"] == "classes":
        label_checks.stream(run)
    elif run.told["labels"] is None:
        image_checks.stream(run)
    else:
        assert run.stream.func is minibatches.stream
        images, labels = run.minibatch
        known = image_checks.known(run)
        found = [known[x.tobytes()] for x in image_checks.pixels(images)]
        assert found == labels.tolist() and -1 in found
    if run.told["kind"] == "classes" and run.told["augment"] is None:
        assert run.stream is semi_supervised.stream


def ema_decay(run, value):
    """Of decoder and encoder."""
    for name in ("generator", "encoder"):
        checks.ema_decay(name)(run, value)
    assert run.decay("discriminator") == 0


def rate_of(run, turn, value):
    optimizer = getattr(run.gan, f"{turn}_optimizer")
    np.testing.assert_allclose(float(optimizer.learning_rate.numpy()), value)


def turns_have_their_rate(run):
    """The generator's, where they have none of their own."""
    for turn in run.gan.turns():
        flag = f"{turn.name}_lr"
        rate_of(run, turn.name, run.told.get(flag, run.told["generator_lr"]))


def minibatch_size(run, value):
    assert {len(x) for x in run.minibatch} == {value}


def no_diff_augment(run, value):
    assert value is None and run.gan.diff_augment == ()


CHECKS = (
    image_checks.CHECKS
    | optimizer_checks.of_flags(optimizer_checks.adam)
    | {
        "seed": checks.seed(functools.partial(RandomNormal, 0, 0.01)),
        "batch_size": minibatch_size,
        "diff_augment": no_diff_augment,
        "kind": kind,
        "prior": prior,
        "latent_dim": latent_dim,
        "categories": categories,
        "code_noise": code_noise,
        "reconstruction_lr": lambda run, value: rate_of(
            run, "reconstruction", value
        ),
        "labels": labels,
        "label_seed": lambda run, _: labels(run, run.told["labels"]),
        "units": networks,
        "ema_decay": ema_decay,
        "test_split": checks.seen(lambda run: run.opened[1][1]),
    }
)
FACTS = {
    "costs": lambda run: checks.generator_cost(run, "non_saturating"),
    "rates": turns_have_their_rate,
    "images": stream,
    "record": checks.record,
}
EXPERIMENT = experiment.Experiment(
    "recipes.aae",
    DEFAULTS,
    RUNS,
    CHECKS,
    FACTS,
    untried=frozenset({"workdir", "diff_augment"}),
)
(
    test_what_is_built,
    test_other_flags_are_as_by_default,
    test_no_flag_is_left_out,
) = EXPERIMENT.tests()
