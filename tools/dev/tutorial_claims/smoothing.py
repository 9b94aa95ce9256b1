"""Section 4.2: what smoothed targets make of the discriminator."""

import numpy as np

from tfgan_ref.data import mixture
from tools.dev.tutorial import discriminator, style
from tools.dev.tutorial.numbers import number
from tools.dev.tutorial.row import Row
from tools.dev.tutorial_claims import fig35

HEAD = (
    "Section 4.2, eq. (15): discriminators with the target alpha for data and "
    "beta for samples"
)
SIZE = (9.0, 3.2)
_COST = "tfgan_ref/losses/adversarial.py::minimax_discriminator_loss"
_TESTS = "tests/claims/smoothing_test.py::"
_OPTIMAL = "tests/claims/optimal_discriminator_test.py::"
ROWS = (
    Row(
        "4.2",
        "eq. 15",
        "With the targets 1 - alpha for data and beta for samples the best D "
        "is ((1 - alpha) p_data + beta p_model) / (p_data + p_model): beta > 0 "
        "makes a peak near a spurious mode, beta = 0 only scales. (Below and "
        "in the code alpha is the target itself)",
        (_COST,),
        (
            _OPTIMAL + "test_one_sided_smoothing_only_scales_the_optimum",
            _OPTIMAL + "test_two_sided_smoothing_accepts_samples_where_there_"
            "are_no_data",
            _TESTS + "test_networks_go_to_the_optima_of_eq_15",
        ),
        ("two_sided", "one_sided", "factor"),
        against="of a trained network D at the spurious mode is "
        "more than twice what it should be",
    ),
    Row(
        "4.2",
        "extreme logits",
        "One-sided smoothing prevents extreme extrapolation: a large logit is "
        "penalised",
        (_COST,),
        (_TESTS + "test_logits_are_bounded_where_there_are_data",),
        (
            "plain_at_data",
            "smoothed_at_data",
            "plain_beyond",
            "smoothed_beyond",
            "samples_beyond",
        ),
        against="the bound holds where there are data: beyond them the logit "
        "still grows, and beyond the samples as fast as without",
    ),
)
TARGETS = ((1.0, 0.0), (0.9, 0.0), (0.9, 0.2))
# Far apart, as data and samples are at the start.
DATA = mixture.make([-1.5], 0.6)
SAMPLES = mixture.make([1.5], 0.6)
X = np.linspace(-5.0, 5.0, 401)
BEYOND = 10.0
_WIDER = np.linspace(-BEYOND, BEYOND, 401)


def compute(steps=4000, relu_steps=2000):
    """Trains a network for each pair of targets, and two that extrapolate.

    Args:
        steps: int, of the first ones.
        relu_steps: int, of the others.
    """
    p, q = (
        discriminator.density(of, fig35.X) for of in (fig35.DATA, fig35.MODEL)
    )
    outputs = {}
    for alpha, beta in TARGETS:
        logits_at, _ = discriminator.train(
            fig35.X, p, q, alpha=alpha, beta=beta, steps=steps
        )
        outputs[alpha, beta] = 1 / (1 + np.exp(-logits_at(fig35.X)))
    far = [discriminator.density(of, X) for of in (DATA, SAMPLES)]
    lines = {
        alpha: discriminator.train(
            X, *far, alpha=alpha, activation="relu", steps=relu_steps
        )[0](_WIDER)
        for alpha in (1.0, 0.9)
    }
    return {
        "p": p,
        "q": q,
        "outputs": outputs,
        "lines": lines,
        "numbers": _of_optima(p, q, outputs) | _of_logits(lines),
    }


def _of_optima(p, q, outputs):
    peak = np.argmin(np.abs(fig35.X - fig35.SPURIOUS))
    best = {
        targets: ((targets[0] * p + targets[1] * q) / (p + q))[peak]
        for targets in TARGETS
    }
    _, one, two = TARGETS
    return {
        "two_sided": number(
            f"D at the spurious mode, x = {fig35.SPURIOUS}, with beta = 0.2",
            outputs[two][peak],
            best[two],
        ),
        "one_sided": number("with beta = 0", outputs[one][peak], best[one]),
        "factor": number(
            "that is too large by the factor", outputs[one][peak] / best[one], 1
        ),
    }


def _of_logits(lines):
    mean, scale = DATA.means[0, 0], DATA.scales[0]
    at = np.argmin(np.abs(_WIDER - mean))
    # log p/q of two Gaussians of the same scale is a line.
    best = -2 * _WIDER * SAMPLES.means[0, 0] / scale**2
    plain, smoothed = lines[1.0], lines[0.9]
    return {
        "plain_at_data": number(
            "logit at the data's mean, target 1", plain[at], best[at]
        ),
        "smoothed_at_data": number("target 0.9", smoothed[at], np.log(9)),
        "plain_beyond": number(
            f"at x = {-BEYOND:g}, beyond all data, target 1", plain[0]
        ),
        "smoothed_beyond": number("target 0.9", smoothed[0]),
        "samples_beyond": number(
            f"at x = {BEYOND:g}, beyond all samples, target 0.9", smoothed[-1]
        ),
    }


def draw(figure, computed):
    """D of the three pairs of targets; logits of the two that extrapolate."""
    left, right = figure.subplots(1, 2)
    left.plot(fig35.X, computed["p"], ":", color=style.DATA, label="data")
    left.plot(fig35.X, computed["q"], color=style.MODEL, label="model")
    colors = style.DISCRIMINATOR, style.THIRD, style.ALARM
    for ((alpha, beta), d), color in zip(
        computed["outputs"].items(), colors, strict=True
    ):
        label = f"D, alpha = {alpha:g}, beta = {beta:g}"
        left.plot(fig35.X, d, "--", color=color, label=label)
    left.set(xlabel="x", ylabel="density; D(x)", ylim=(0, 1.5))
    for (alpha, line), color in zip(
        computed["lines"].items(), colors[:2], strict=True
    ):
        label = f"target of data {alpha:g}"
        right.plot(_WIDER, line, color=color, label=label)
    for of, color, name in (
        (DATA, style.DATA, "data"),
        (SAMPLES, style.MODEL, "samples"),
    ):
        middle, reach = of.means[0, 0], 3 * of.scales[0]
        right.axvspan(
            middle - reach, middle + reach, color=color, alpha=0.12, label=name
        )
    right.axhline(np.log(9), color="#c0c0c0", lw=0.8, zorder=0)
    right.set(xlabel="x", ylabel="logit")
    left.legend(fontsize=8, loc="upper right", ncols=2)
    right.legend(fontsize=8, loc="upper right")
