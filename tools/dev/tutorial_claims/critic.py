"""The critic of WGAN-GP: its estimate falls as the samples improve."""

import numpy as np

from tools.dev import records
from tools.dev.tutorial import style
from tools.dev.tutorial.numbers import number
from tools.dev.tutorial.row import Row

HEAD = "WGAN-GP: the critic's estimate of the distance, and its gradient"
SIZE = (9.0, 3.0)
_LOSSES = "tfgan_ref/losses/"
ROWS = (
    Row(
        "Arjovsky et al. 2017, Gulrajani et al. 2017",
        "Wasserstein",
        "The best 1-Lipschitz critic measures the earth mover's distance, and "
        "its gradient has norm 1 between data and samples",
        (
            _LOSSES + "wasserstein.py::wasserstein_critic_loss",
            _LOSSES + "wasserstein.py::gradient_penalty",
        ),
        (
            "tests/losses/wasserstein_test.py::test_best_critic_measures_the_"
            "earth_mover_s_distance",
            "tests/models/wgan_game_test.py::test_the_penalty_brings_the_"
            "slope_to_one",
            "tests/claims/recorded_test.py::test_the_critic_s_curves_are_read_"
            "from_the_records",
        ),
        against="on the ring, with the released penalty weight 0.1, the norm "
        "stays above 1 by a quarter. The estimate is of the critic's own "
        "minibatches; on other samples it is below the exact distance, which "
        "leaves chance in ([both](published.md))",
    ),
)
RUNS = {
    "wgan_mnist": "MNIST",
    "wgan_ring_seed1": "ring of eight Gaussians",
}
_ESTIMATE, _NORM = "critic/estimate", "critic/gradient_norm"
_EXACT, _FLOOR = "eval/earth_mover/exact", "eval/earth_mover/data"


def compute(results):
    """The curves of the recorded runs.

    Args:
        results: `pathlib.Path` of the records.

    Raises:
        NotRecorded: one is not there.
        UserError: one is damaged.
    """
    curves, numbers = {}, dict[str, dict]()
    for name, title in RUNS.items():
        path = results / f"{name}.json"
        if not path.is_file():
            raise records.NotRecorded(
                f"{results} holds no {name}.json: make the run with "
                "`python -m recipes.wgan` or `recipes.wgan_toy`, and record it"
            )
        curves[title] = records.read(path, _curves)
        estimate, norm = (curves[title][key] for key in (_ESTIMATE, _NORM))
        half = len(norm) // 2
        numbers |= {
            f"{name}_first": number(f"{title}, first estimate", estimate[0]),
            f"{name}_last": number(
                "mean of the last tenth", estimate[-len(norm) // 10 :].mean()
            ),
            f"{name}_norm": number(
                "mean norm of the gradient, second half",
                norm[half:].mean(),
                1,
                "Gulrajani et al.",
            ),
        }
        if _EXACT in curves[title]:
            numbers[f"{name}_exact"] = number(
                "exact distance of 1,000 samples in the end",
                curves[title][_EXACT][1, -1],
                curves[title][_FLOOR][1, -1],
                "two draws of the data",
            )
    return {"curves": curves, "numbers": numbers}


def _curves(record):
    found = {
        key: np.array(record["curves"][key], np.float64)
        for key in ("step", _ESTIMATE, _NORM)
    }
    lengths = {len(curve) for curve in found.values()}
    if len(lengths) > 1 or 0 in lengths:
        raise ValueError(f"curves of one length were expected, not {lengths}")
    if evaluated := record.get("evaluations"):
        for key in (_EXACT, _FLOOR):
            points = [(line["step"], line[key]) for line in evaluated]
            found[key] = np.array(points).T
    return found


def draw(figure, computed):
    """Each run's estimate and norm; of points the exact distance."""
    axes = figure.subplots(1, len(RUNS))
    for axis, (title, curve) in zip(
        axes, computed["curves"].items(), strict=True
    ):
        step = curve["step"]
        axis.plot(step, curve[_ESTIMATE], color=style.MODEL, label="estimate")
        axis.plot(
            step, curve[_NORM], color=style.ALARM, label="norm of the gradient"
        )
        if _EXACT in curve:
            axis.plot(
                *curve[_EXACT],
                "o-",
                ms=3,
                color=style.DISCRIMINATOR,
                label="exact distance of 1,000 samples",
            )
        axis.axhline(1.0, color="#bbbbbb", lw=0.8, zorder=0)
        axis.set(title=title, xlabel="generator updates", yscale="log")
        axis.legend(fontsize=8)
