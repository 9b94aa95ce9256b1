"""Adversarial autoencoder (Makhzani et al. 2016) on any image data set.

Codes in the plane, distributed as one of the paper's three priors; with some
labels each class has its own place:

    python -m recipes.aae --dataset=mnist --workdir=runs/aae
    python -m recipes.aae --prior=ring --labels=10000 --workdir=runs/aae_ring

Clusters without labels, and classes of few:

    python -m recipes.aae --kind=clusters --categories=16 --workdir=runs/k16
    python -m recipes.aae --kind=classes --labels=100 --workdir=runs/classes

Deviations: Adam, where the paper has SGD of three rates that fall, and hours
instead of 1,000 epochs and more.
"""

import functools

from absl import flags

from recipes.common import (
    define,
    evaluation,
    game,
    image_data,
    image_evaluation,
)
from recipes.common import run as common
from recipes.common.held_out import TEST_SPLIT

_KIND = flags.DEFINE_enum(
    "kind",
    "plane",
    ["plane", "clusters", "classes"],
    "Codes of two numbers; or a style and a category, found or told.",
)
_PRIOR = flags.DEFINE_enum(
    "prior",
    "gaussian",
    ["gaussian", "ring", "swiss_roll"],
    "Of codes in the plane; a ring of Gaussians and a roll have classes.",
)
_LABELS = define.whole(
    "labels",
    None,
    "Training images that keep their label, equally many of each class; "
    "unset: 100 with --kind=classes, else none.",
)
_LABEL_SEED = define.whole(
    "label_seed", 1, "Of which images keep it.", low=0, high=2**32 - 1
)
_CATEGORIES = define.whole(
    "categories",
    16,
    "K of --kind=clusters; 16 and 30 in the paper.",
    low=2,
    high=1024,
)
_NOISE = define.number(
    "code_noise",
    None,
    "Standard deviation of noise on the codes that discriminators see; unset: "
    "0.3, in the plane 0 but for a swiss roll.",
    low=0.0,
)
_RECONSTRUCTION_LR = define.number(
    "reconstruction_lr",
    None,
    "Adam's step size where encoder and decoder make images; unset: that of "
    "the generator, in the plane with labels a tenth of it.",
)
_UNITS = define.width("units", 1000, "Of each hidden layer.")

flags.set_default(common.LATENT_DIM, 10)
flags.set_default(common.BATCH_SIZE, 100)
flags.set_default(game.GENERATOR_LR, 2e-4)
flags.set_default(game.DISCRIMINATOR_LR, 2e-4)
flags.set_default(game.SIMULTANEOUS, False)
flags.set_default(evaluation.EVAL_EVERY, 3000)


def main():
    """Builds, compiles and trains the autoencoder that the flags describe."""
    _resolve()
    image_evaluation.resolve(evaluates=True)
    strategy = common.make_strategy()
    data = image_data.load(
        None, labelled=_LABELS.value, label_seed=_LABEL_SEED.value
    )
    test = image_data.measured_images(data, TEST_SPLIT.value)
    evaluate = _evaluation(data, test)
    with strategy.scope():
        gan = _build(data)
        game.compile_gan(
            gan,
            rates={"reconstruction": _RECONSTRUCTION_LR.value},
            discriminator_loss=game.discriminator_loss(),
        )
    return image_data.train(
        gan,
        data,
        stream=_stream(),
        evaluate=evaluate,
        real=lambda: image_data.with_all_labels(data),
        test_split=TEST_SPLIT.value,
    )


def _resolve():
    """Refuses what has no effect, and fills in what depends on the kind."""
    values, where = flags.FLAGS, f"--kind={_KIND.value}"
    common.refuse_unused("where codes are judged", "diff_augment")
    if _KIND.value != "clusters":
        common.refuse_unused(where, "categories")
    if _KIND.value != "plane":
        common.refuse_unused(where, "prior")
    else:
        common.refuse_unused(where, "latent_dim")
        values["latent_dim"].value = 2
    if _KIND.value == "clusters":
        common.refuse_unused(where, "labels")
    if _PRIOR.value == "gaussian" and _KIND.value == "plane":
        common.refuse_unused("--prior=gaussian", "labels")
    if _KIND.value == "classes" and _LABELS.value is None:
        values["labels"].value = 100
    if _LABELS.value is None:
        common.refuse_unused("without --labels", "label_seed")
    _settle_the_game()


def _settle_the_game():
    """Noise, and a rate, by which codes come to lie on their prior."""
    is_plane = _KIND.value == "plane"
    if _NOISE.value is None:
        # Beside a curve a discriminator becomes too sure.
        is_noisy = not is_plane or _PRIOR.value == "swiss_roll"
        flags.FLAGS["code_noise"].value = 0.3 if is_noisy else 0.0
    if _RECONSTRUCTION_LR.value is None:
        # Adam's steps for it are as long as the game's, and pull codes off
        # their place; without labels it alone keeps them apart.
        is_placed = is_plane and _LABELS.value is not None
        rate = game.GENERATOR_LR.value * (0.1 if is_placed else 1.0)
        flags.FLAGS["reconstruction_lr"].value = rate


def _build(data):
    from tfgan_ref.models import aae, categorical_aae

    how = {
        "units": _UNITS.value,
        "noise": _NOISE.value,
        "ema_decay": common.EMA_DECAY.value,
        "seed": common.SEED.value,
    }
    if _KIND.value == "plane":
        is_conditional = _LABELS.value is not None
        prior = _prior(data.labels.max() + 1 if is_conditional else 10)
        return aae.build(
            data.image_shape, prior, conditional=is_conditional, **how
        )
    is_labelled = _KIND.value == "classes"
    count = int(data.labels.max()) + 1 if is_labelled else _CATEGORIES.value
    return categorical_aae.build(
        data.image_shape,
        count,
        labelled=is_labelled,
        latent_dim=common.LATENT_DIM.value,
        **how,
    )


def _prior(classes):
    from tfgan_ref import labelled_priors, priors

    if _PRIOR.value == "gaussian":
        return priors.Normal(2)
    if _PRIOR.value == "ring":
        return labelled_priors.GaussianRing(int(classes))
    return labelled_priors.SwissRoll(int(classes))


def _evaluation(data, test):
    """Errors of reconstructions and of categories; a map of the plane."""
    from tfgan_ref.evaluation import clusters, code_map, encoding, result

    found: list = [encoding.Reconstruction(test)]
    if _KIND.value == "plane":
        found.append(code_map.CodeMap(test))
    elif _KIND.value == "clusters":
        found.append(clusters.ClusterErrors(data, test))
    else:
        found.append(clusters.CategoryErrors(test))
    return result.together(found)


def _stream():
    """Minibatches with what labels count."""
    from tfgan_ref.data import minibatches, semi_supervised

    if _KIND.value == "classes":
        return semi_supervised.stream
    if _LABELS.value is not None:
        return functools.partial(minibatches.stream, with_labels=True)
    return minibatches.stream


if __name__ == "__main__":
    common.run(main)
