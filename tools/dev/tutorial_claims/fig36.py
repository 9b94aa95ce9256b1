"""Figure 36: the value function V(x, y) = xy has a saddle point."""

import numpy as np
import tensorflow as tf

from tools.dev.tutorial import saddle, style
from tools.dev.tutorial.numbers import claimed, number
from tools.dev.tutorial.row import Row

HEAD = "Figure 36, exercise 7.2: V(x, y) = xy, with an orbit on it"
SIZE = (6.4, 4.2)
ROWS = (
    Row(
        "7.2, 8.2",
        "eq. 19, figure 36, exercise 7.2",
        "V(x, y) = xy has one equilibrium, x = y = 0, a saddle point",
        ("tfgan_ref/losses/wasserstein.py::wasserstein_critic_loss",),
        (
            "tests/claims/two_player_dynamics_test.py::test_figure_36_is_a_"
            "saddle",
        ),
    ),
)


def compute():
    """The surface, an orbit on it, gradient and curvatures at 0."""
    line = np.linspace(-1.5, 1.5, 41)
    x, y = np.meshgrid(line, line)
    origin = tf.zeros([2])
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(origin)
        with tf.GradientTape() as inner:
            inner.watch(origin)
            value = saddle.value(origin[0], origin[1])
        gradient = inner.gradient(value, origin)
    curvatures = np.linalg.eigvalsh(outer.jacobian(gradient, origin))
    orbit = saddle.continuous(np.linspace(0, 2 * np.pi, 200))
    return {
        "x": x,
        "y": y,
        "v": saddle.value(x, y).numpy(),
        "orbit": orbit,
        "orbit_v": saddle.value(orbit[:, 0], orbit[:, 1]).numpy(),
        "numbers": {
            "gradient": number(
                "|gradient| at the equilibrium (0, 0)",
                np.linalg.norm(gradient),
                0.0,
                claimed("8.2"),
            ),
            "down": number("least curvature there", curvatures[0], -1.0),
            "up": number("largest", curvatures[1], 1.0),
        },
    }


def draw(figure, computed):
    """The surface, and the orbit above it."""
    axis = figure.add_subplot(projection="3d", computed_zorder=False)
    axis.plot_surface(
        computed["x"],
        computed["y"],
        computed["v"],
        cmap="Blues",
        rcount=21,
        ccount=21,
        edgecolor="#7d96b5",
        linewidth=0.2,
        alpha=0.9,
    )
    axis.plot(
        *computed["orbit"].T,
        computed["orbit_v"] + 0.03,
        color=style.ALARM,
        zorder=5,
        label="continuous time",
    )
    axis.scatter(
        [0], [0], [0.03], color=style.DATA, zorder=6, label="equilibrium"
    )
    axis.set(xlabel="x minimises", ylabel="y maximises", zlabel="V")
    axis.view_init(28, -58)
    axis.legend(fontsize=8, loc="upper left")
