"""Figure 35: a discriminator between two known densities."""

import keras
import numpy as np
import tensorflow as tf

from tfgan_ref.data import mixture
from tfgan_ref.losses import adversarial
from tools.dev.tutorial_figures import gaussian, style
from tools.dev.tutorial_figures.claims import claim

HEAD = "Figure 35, eq. (25), and eq. (15): discriminators trained to the end"
SIZE = (9.0, 3.2)
STEPS = 4000
# (alpha, beta): the targets of data and of samples, section 4.2.
TARGETS = ((1.0, 0.0), (0.9, 0.0), (0.9, 0.2))
# Samples are, where no data are: the second mode of the model.
SPURIOUS = 4.5
DATA = mixture.make([0.0], 1.0)
MODEL = mixture.make([1.0, SPURIOUS], [0.8, 0.4], [7.0, 3.0])
_X = np.linspace(-3.0, 6.0, 451)
_STEP = _X[1] - _X[0]


def compute(steps=STEPS):
    """Trains one network for each pair of targets.

    Args:
        steps: int, of Adam on the expected cost.
    """
    p, q = _density(DATA), _density(MODEL)
    trained = [_train(p, q, alpha, beta, steps) for alpha, beta in TARGETS]
    outputs = [1 / (1 + np.exp(-logits)) for logits, _ in trained]
    optima = [(alpha * p + beta * q) / (p + q) for alpha, beta in TARGETS]
    middle = (p + q) / 2
    divergence = _STEP * np.sum(p * np.log(p / middle) + q * np.log(q / middle))
    peak = np.argmin(np.abs(_X - SPURIOUS))
    errors = [
        np.abs(d - best).max() for d, best in zip(outputs, optima, strict=True)
    ]
    claims = {
        "error": claim("largest |D - p/(p+q)|", errors[0], 0.0),
        "value": claim(
            "-J, the value of the game, twice the Jensen-Shannon divergence "
            "less log 4",
            -trained[0][1],
            divergence - np.log(4),
        ),
        "one_sided": claim(
            f"D at x = {SPURIOUS} with beta = 0",
            outputs[1][peak],
            optima[1][peak],
        ),
        "two_sided": claim(
            "with beta = 0.2", outputs[2][peak], optima[2][peak]
        ),
    }
    return {
        "x": _X,
        "p": p,
        "q": q,
        "outputs": outputs,
        "optima": optima,
        "claims": claims,
    }


def _density(of):
    """On the points, which are all there is: of sum 1."""
    density = np.exp(gaussian.log_density(of, _X))
    return density / (_STEP * density.sum())


def _train(p, q, alpha, beta, steps):
    """Logits on the points, and the expected cost."""
    keras.utils.set_random_seed(1)
    hidden = [keras.layers.Dense(64, "tanh") for _ in range(2)]
    network = keras.Sequential(
        [keras.Input([1]), *hidden, keras.layers.Dense(1)]
    )
    network.layers[0].kernel.assign(2.0 * network.layers[0].kernel)
    optimizer = keras.optimizers.Adam(
        keras.optimizers.schedules.CosineDecay(0.01, steps)
    )
    x = tf.constant(_X[:, np.newaxis], tf.float32)
    p, q = (tf.constant(_STEP * density, tf.float32) for density in (p, q))
    sure = tf.fill([len(_X)], 1e4)
    loss = adversarial.minimax_discriminator_loss

    def cost(logits):
        # One of the two logits in place, the other one costs nothing. Eq.
        # (15)'s beta is what smoothing does to the targets of data.
        of_data = loss(logits, -sure, real_target=alpha)
        of_samples = loss(sure, logits)
        if beta:
            of_samples = loss(logits, -sure, real_target=beta)
        return tf.reduce_sum(p * of_data + q * of_samples)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            value = cost(network(x, training=True)[:, 0])
        gradient = tape.gradient(value, network.trainable_variables)
        optimizer.apply(gradient, network.trainable_variables)

    for _ in range(steps):
        step()
    logits = network(x, training=False)[:, 0]
    return np.float64(logits), float(cost(logits))


def draw(figure, computed):
    """The densities with their D, and D of smoothed targets."""
    left, right = figure.subplots(1, 2, sharex=True)
    x = computed["x"]
    for axis in (left, right):
        axis.plot(x, computed["p"], ":", color=style.DATA, label="data, p")
        axis.plot(x, computed["q"], color=style.MODEL, label="model, q")
        axis.set(xlabel="x", ylim=(0, 1.4))
    left.set_ylabel("density; D(x)")
    d, best = computed["outputs"][0], computed["optima"][0]
    left.plot(x, best, color="#b8cce4", lw=5, label="p / (p + q)", zorder=0)
    left.plot(x, d, "--", color=style.DISCRIMINATOR, label="D, trained")
    colors = style.DISCRIMINATOR, style.THIRD, style.ALARM
    for (alpha, beta), d, color in zip(
        TARGETS, computed["outputs"], colors, strict=True
    ):
        label = f"D, alpha = {alpha:g}, beta = {beta:g}"
        right.plot(x, d, "--", color=color, label=label)
    for axis in (left, right):
        axis.legend(fontsize=8, loc="upper right", ncols=2)
