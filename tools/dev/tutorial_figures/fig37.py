"""Figure 37: gradient descent orbits the equilibrium of V(x, y) = xy."""

import numpy as np

from tools.dev.tutorial_figures import saddle, style
from tools.dev.tutorial_figures.claims import claim

HEAD = "Figure 37, exercise 7.2: V(x, y) = xy played"
SIZE = (9.0, 3.9)
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
        "claims": {
            "continuous": claim(
                "continuous time, last radius to first",
                radii["continuous time"][-1] / radii["continuous time"][0],
                1.0,
            ),
            "simultaneous": claim(
                "simultaneous steps, radius times",
                growth["simultaneous"],
                np.sqrt(1 + RATE**2),
            ),
            "alternating": claim(
                "alternating, largest relative change of x² + y² - ηxy",
                np.abs(kept / kept[0] - 1).max(),
                0.0,
            ),
            "extragradient": claim(
                "extragradient, radius times",
                growth["extragradient"],
                np.sqrt(1 - RATE**2 + RATE**4),
            ),
        },
    }


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
