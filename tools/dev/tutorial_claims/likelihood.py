"""Section 5.2: a generator's likelihood, and an estimate that is none."""

import numpy as np
import tensorflow as tf
from sklearn import cluster, decomposition

from tfgan_ref.data import digits
from tfgan_ref.evaluation import parzen
from tfgan_ref.evaluation.likelihood import annealing, bounds, path
from tfgan_ref.evaluation.likelihood.decoder import Decoder
from tools.dev.tutorial import style
from tools.dev.tutorial.numbers import number
from tools.dev.tutorial.row import Row

HEAD = (
    "Section 5.2: linear generators of digits of 8x8 pixels, whose likelihood "
    "is known"
)
SIZE = (9.0, 3.2)
_LIKELIHOOD = "tfgan_ref/evaluation/likelihood/"
_TESTS = "tests/claims/likelihood_test.py::"
ROWS = (
    Row(
        "5.2",
        "likelihood",
        "It is difficult to estimate the likelihood of a GAN, but it is "
        "possible (Wu et al. 2017): with Gaussian noise around its images, "
        "annealed importance sampling bounds it from below, and back from an "
        "exact sample from above",
        (
            _LIKELIHOOD + "annealing.py::Chains",
            _LIKELIHOOD + "bounds.py::lower",
            _LIKELIHOOD + "bounds.py::upper",
        ),
        (
            _TESTS + "test_both_bounds_come_to_the_exact_likelihood",
            "tests/evaluation/likelihood/bounds_test.py::test_of_a_linear_"
            "decoder_they_are_within_a_tenth_of_a_nat",
            "tests/evaluation/likelihood/annealing_test.py::test_the_mean_"
            "weight_is_without_bias_in_either_direction",
        ),
        ("lower", "upper"),
        records=(
            (
                "GAN of ten latents on MNIST, 20 test images, nats at least",
                "likelihood_mnist_gan10:log_likelihood:value",
            ),
            (
                "standard error over the images",
                "likelihood_mnist_gan10:log_likelihood:error",
            ),
            (
                "gap between both bounds of samples",
                "likelihood_mnist_gan10:gap:value",
            ),
        ),
        against="328.8 ± 5.5 nats in the paper, of 1,000 images: ours are "
        "20, which differ a lot, after 40,000 steps",
    ),
    Row(
        "5.2",
        "samples and likelihood",
        "No score of samples stands for the likelihood (Theis et al. 2016): "
        "by Parzen windows around samples the models are in another order, and "
        "centres of k-means are better than images of the data's own law",
        ("tfgan_ref/evaluation/parzen.py::score",),
        (
            _TESTS + "test_parzen_windows_reverse_the_order",
            "tests/evaluation/parzen_test.py::test_it_is_the_likelihood_under_"
            "gaussians_around_samples",
        ),
        (
            "exact_10",
            "exact_40",
            "parzen_10",
            "parzen_40",
            "images",
            "centres",
        ),
    ),
)
LATENTS = (2, 5, 10, 20, 30, 40)
_FIRST, _LAST = 10, 40  # Latents of the models that are compared.
_SAMPLES = 4000
_CENTRES = 200
_TRAIN, _VALIDATION = 1197, 300  # Images, the others are of the test.


def compute(distributions=(10, 30, 100, 300, 1000), count=40):
    """Bounds by ever more distributions; likelihoods and Parzen windows.

    Args:
        distributions: ints >= 2.
        count: int, samples whose likelihood is bounded.
    """
    train, validation, test = split()
    models = [_principal(train, latents) for latents in LATENTS]
    first = LATENTS.index(_FIRST)
    ends, exact = _bounds(models[first], distributions, count)
    likelihoods = [model.score(test) for model in models]
    sets = [_samples(model) for model in models]
    sets += [train[:_CENTRES], _centres(train)]
    *windows, images, centres = (
        parzen.score(_levels(of), _levels(validation), _levels(test)).value
        for of in sets
    )
    last = LATENTS.index(_LAST)
    of = f"{_CENTRES} {{}}: log-likelihood of test images by Parzen windows"
    found = {
        "lower": number(
            f"lower bound of samples, {distributions[-1]} distributions, nats",
            ends[-1][0],
            exact,
        ),
        "upper": number("upper bound", ends[-1][1], exact),
    }
    for latents, place in ((_FIRST, first), (_LAST, last)):
        found[f"exact_{latents}"] = number(
            f"log-likelihood of test images, {latents} latents, nats",
            likelihoods[place],
        )
        found[f"parzen_{latents}"] = number(
            f"by Parzen windows, {latents} latents", windows[place]
        )
    found["images"] = number(of.format("images of the data"), images)
    found["centres"] = number(of.format("centres"), centres)
    return {
        "distributions": distributions,
        "bounds": np.array(ends) - exact,
        "likelihoods": likelihoods,
        "windows": windows,
        "numbers": found,
    }


def split():
    """Training, validation and test images, float64 `[count, 64]` in [0, 1).

    Noise is added within their 17 levels, which have a density so.
    """
    source = digits.open_source("train")
    pixels = np.stack([image.ravel() for image, _ in source.examples])
    rng = np.random.default_rng(0)
    levels = np.rint(pixels / 255 * 16)
    images = (levels + rng.uniform(size=levels.shape)) / 17
    images = images[rng.permutation(len(images))]
    return np.split(images, [_TRAIN, _TRAIN + _VALIDATION])


def _principal(images, latents):
    """Probabilistic PCA: x = z W + b and noise of one variance."""
    return decomposition.PCA(latents, svd_solver="full").fit(images)


def _weights(model):
    scales = np.sqrt(model.explained_variance_ - model.noise_variance_)
    return scales[:, np.newaxis] * model.components_


def _samples(model):
    """Its images, without the noise."""
    weights = _weights(model)
    rng = np.random.default_rng(1)
    return rng.normal(size=(_SAMPLES, len(weights))) @ weights + model.mean_


def _centres(images):
    found = cluster.KMeans(_CENTRES, n_init=1, random_state=0).fit(images)
    return found.cluster_centers_


def _levels(images):
    return np.rint(255 * np.clip(images, 0, 1)).astype(np.uint8)


def _bounds(model, distributions, count):
    """Mean bounds of samples, in rows, and the exact mean."""
    weights = _weights(model).astype(np.float32)
    mean = model.mean_.astype(np.float32)
    latents, values = weights.shape
    decoder = Decoder(
        lambda z: tf.matmul(z, weights) + mean,
        latents,
        values,
        float(model.noise_variance_),
    )
    chains = annealing.Chains(decoder)
    x, z = (part.numpy() for part in decoder.draw(count, [0, 0]))
    rows = []
    for number_of in distributions:
        powers = path.sigmoid(number_of)
        below = bounds.lower(chains, x, powers, [0, 1])
        above = bounds.upper(chains, x, z, powers, [0, 2])
        rows.append([below.values.mean(), above.values.mean()])
    return rows, model.score(x)


def draw(figure, computed):
    """The bounds as chains get longer, and likelihoods beside windows."""
    left, right = figure.subplots(1, 2)
    for values, label, color in zip(
        computed["bounds"].T,
        ("from the prior", "back from exact samples"),
        (style.MODEL, style.DISCRIMINATOR),
        strict=True,
    ):
        left.plot(
            computed["distributions"], values, "o-", color=color, label=label
        )
    left.axhline(0, ls=":", color=style.DATA)
    left.set(
        xscale="log",
        yscale="symlog",
        xlabel="distributions",
        ylabel="bound - exact, nats",
    )
    for key, label, color in (
        ("likelihoods", "exact", style.MODEL),
        ("windows", "by windows around its samples", style.ALARM),
    ):
        right.plot(LATENTS, computed[key], "o-", color=color, label=label)
    for key, color in (("images", style.DATA), ("centres", style.THIRD)):
        value = computed["numbers"][key]["measured"]
        right.axhline(value, ls=":", color=color, label=f"around {key}")
    right.set(xlabel="latents of the model", ylabel="log-likelihood, nats")
    left.legend(fontsize=8)
    right.legend(fontsize=8, loc="upper left")
