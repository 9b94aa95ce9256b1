"""Figure 37: gradient descent orbits the equilibrium of V(x, y) = xy."""

import numpy as np

from tools.dev.tutorial import saddle, style
from tools.dev.tutorial.numbers import claimed, number
from tools.dev.tutorial.row import Row

HEAD = "Figure 37, exercise 7.2: V(x, y) = xy played"
SIZE = (9.0, 3.9)
_DYNAMICS = "tests/claims/two_player_dynamics_test.py::"
ROWS = (
    Row(
        "5.1, 7.2, 8.2",
        "eq. 20, 21 and 26 to 31, figure 37, exercise 7.2",
        "With an infinitely small learning rate simultaneous gradient descent "
        "goes round the equilibrium for ever: x(t) = x(0) cos t - y(0) sin t, "
        "y(t) = x(0) sin t + y(0) cos t",
        ("tfgan_ref/losses/wasserstein.py::wasserstein_critic_loss",),
        (
            _DYNAMICS + "test_continuous_time_keeps_to_a_circle",
            _DYNAMICS + "test_figure_37_has_the_paths_of_the_closed_forms",
        ),
        ("orbit", "continuous"),
    ),
    Row(
        "8.2",
        "figure 37",
        "With a larger rate it can spiral outwards. (That steps in turn stay "
        "near and a look ahead comes closer are closed forms, not the "
        "tutorial's)",
        ("tfgan_ref/gan.py::GAN",),
        (
            _DYNAMICS + "test_simultaneous_steps_spiral_outwards",
            _DYNAMICS + "test_alternating_steps_keep_to_an_ellipse",
            _DYNAMICS + "test_extragradient_steps_spiral_inwards",
        ),
        ("simultaneous", "alternating", "extragradient"),
    ),
)
RATE = 0.2
STEPS = 40


def compute():
    """The paths of four protocols, and what becomes of the radius."""
    times = np.linspace(0, STEPS * RATE, 400)
    paths = {
        "continuous time": saddle.continuous(times),
        "simultaneous": saddle.play(True, RATE, STEPS),
        "alternating": saddle.play(False, RATE, STEPS),
        "extragradient": saddle.extragradient(RATE, STEPS),
    }
    radii = {name: saddle.radii(path) for name, path in paths.items()}
    growth = {
        name: (radius[-1] / radius[0]) ** (1 / STEPS)
        for name, radius in radii.items()
    }
    x, y = paths["alternating"].T
    kept = x**2 + y**2 - RATE * x * y
    return {
        "times": times,
        "paths": paths,
        "numbers": {
            "orbit": number(
                "largest distance of continuous time from eq. 30 and 31",
                np.abs(paths["continuous time"] - orbit(times)).max(),
                0.0,
            ),
            "continuous": number(
                "continuous time, last radius to first",
                radii["continuous time"][-1] / radii["continuous time"][0],
                1.0,
                claimed("8.2"),
            ),
            "simultaneous": number(
                "simultaneous steps, radius times",
                growth["simultaneous"],
                np.sqrt(1 + RATE**2),
            ),
            "alternating": number(
                "alternating, largest relative change of x² + y² - ηxy",
                np.abs(kept / kept[0] - 1).max(),
                0.0,
            ),
            "extragradient": number(
                "extragradient, radius times",
                growth["extragradient"],
                np.sqrt(1 - RATE**2 + RATE**4),
            ),
        },
    }


def orbit(times) -> np.ndarray:
    """Eq. 30 and 31: float64 `[times, 2]`."""
    x, y = saddle.START
    cos, sin = np.cos(times), np.sin(times)
    return np.stack([x * cos - y * sin, x * sin + y * cos], -1)


def draw(figure, computed):
    """The paths in the plane, and x over time."""
    left, right = figure.subplots(1, 2, width_ratios=(2, 3))
    colors = style.DATA, style.ALARM, style.DISCRIMINATOR, style.MODEL
    for (name, path), color in zip(
        computed["paths"].items(), colors, strict=True
    ):
        continuous = name == "continuous time"
        line = "-" if continuous else ".-"
        times = computed["times"]
        if not continuous:
            times = RATE * np.arange(len(path))
        look = {"color": color, "lw": 1.4 if continuous else 0.7, "ms": 3.5}
        left.plot(*path.T, line, **look)
        right.plot(times, path[:, 0], line, label=name, **look)
    left.plot(0, 0, "+", color=style.DATA, ms=9)
    left.plot(*saddle.START, "o", color=style.DATA, ms=6)
    left.set(xlabel="x minimises", ylabel="y maximises", aspect="equal")
    right.set(xlabel=f"time (steps of {RATE:g})", ylabel="x", ylim=(None, 3))
    right.legend(fontsize=8, ncols=2, loc="upper left")
