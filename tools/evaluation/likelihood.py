"""The work of tools/evaluate_likelihood.py."""

from __future__ import annotations

import numpy as np

from tfgan_ref import recorded
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import parzen
from tfgan_ref.evaluation.likelihood import annealing, bounds, decoder, path
from tfgan_ref.serving.served import inputs_of
from tools.evaluation import commands, drawn

_OF_DATA, _OF_MODEL, _FORWARD, _BACK = range(4)  # What a seed is for.


def evaluate(flags) -> dict:
    """Measures and prints; returns a record of what was measured.

    Raises:
        UserError: the model or the data do not fit, or the chains diverge.
    """
    model, settings = commands.open_model(flags.model, flags)
    prior = drawn.prior_of(model, flags.prior)
    chains = annealing.Chains(of_model(model, prior, flags.variance))
    test, validation = _images(flags, settings, drawn.image_shape(model))
    powers = path.sigmoid(flags.distributions)
    print(
        f"{model.path}: z ~ {prior}; {len(test)} images of {flags.split}, "
        f"variance {flags.variance:g}, {flags.distributions} distributions, "
        f"{flags.chains} chains",
        flush=True,
    )

    def lower(x, use):
        seed = [flags.seed, use]
        return bounds.lower(chains, x, powers, seed, flags.chains)

    found = lower(decoder.of_levels(test, flags.seed), _OF_DATA)
    likelihood = bounds.mean(found.values)
    _print("log-likelihood", likelihood, f"at least, {_moves(found)}")
    x, z = chains.decoder.draw(len(test), [flags.seed, _OF_MODEL])
    below = lower(x.numpy(), _FORWARD)
    above = bounds.upper(
        chains, x.numpy(), z.numpy(), powers, [flags.seed, _BACK]
    )
    gap = bounds.mean(above.values - below.values)
    ends = f"{below.values.mean():.2f} to {above.values.mean():.2f}"
    _print("gap", gap, f"of as many samples, {ends}, {_moves(above)} back")
    samples = drawn.source(
        model, flags.samples, seed=flags.seed, prior=flags.prior
    )
    windows = parzen.score(
        np.concatenate([*samples.batches()]), validation, test
    )
    _print("parzen", windows, f"no likelihood: {windows.note}")
    return recorded.circumstances("likelihood") | {
        "model": flags.model,
        "prior": str(prior),
        "dataset": flags.dataset or settings["dataset"],
        "split": flags.split,
        "counts": {"images": len(test), "samples": flags.samples},
        "variance": flags.variance,
        "distributions": flags.distributions,
        "chains": flags.chains,
        "seed": flags.seed,
        "checkpoint": model.card.get("step"),
        "averaged": model.card.get("averaged"),
        "log_likelihood": _row(likelihood),
        "gap": _row(gap),
        "parzen": _row(windows) | {"note": windows.note},
        "acceptance": {
            "data": found.acceptance,
            "forward": below.acceptance,
            "back": above.acceptance,
        },
        "images": found.values.tolist(),
        "samples": {
            "lower": below.values.tolist(),
            "upper": above.values.tolist(),
        },
    }


def of_model(model, prior, variance) -> decoder.Decoder:
    """The density of a model, by the function that it serves.

    Args:
        model: of `inference.load`.
        prior: of its latents.
        variance: float > 0, of a pixel.

    Raises:
        UserError: its images are of more than latents, its prior is none that
            chains can start from, or the variance not positive.
    """
    function = model.signature("generate")
    if (given := inputs_of(function).keys()) != {"latents"}:
        raise UserError(
            f"{model.path}: images of latents alone were expected. Received: "
            f"of {', '.join(sorted(given))}"
        )
    shape = drawn.image_shape(model)
    return decoder.of_generator(
        lambda latents: function(latents=latents)["images"],
        shape,
        prior,
        variance,
    )


def _images(flags, settings, shape):
    """Test images, chosen by the seed, and others that are of no influence.

    Raises:
        UserError: there are too few.
    """
    trained_on = settings.get("split") or "train"
    train = commands.open_images(flags, settings, trained_on, shape)
    last = np.arange(max(0, len(train) - parzen.SAMPLES), len(train))
    validation = last[: parzen.VALIDATION]
    test, places = train, np.arange(len(train))
    if flags.split == trained_on:
        places = np.setdiff1d(places, validation)
    else:
        test = commands.open_images(flags, settings, flags.split, shape)
        places = np.arange(len(test))
    if len(places) < flags.count:
        raise UserError(
            f"--count={flags.count} images of {flags.split} were expected. "
            f"Received: {len(places)}"
        )
    rng = np.random.default_rng(flags.seed)
    chosen = np.sort(rng.choice(places, flags.count, replace=False))
    return test.images[chosen], train.images[validation]


def _moves(bound):
    return f"{bound.acceptance:.1%} of moves accepted"


def _row(score):
    error = {} if score.error is None else {"error": score.error}
    return {"value": score.value} | error


def _print(name, score, note):
    error = "" if score.error is None else f" +- {score.error:.3g}"
    print(f"  {name:14} {score.value:.4g}{error} nats   ({note})", flush=True)
