"""f-GAN: what the best output of each of the nine discriminators is."""

import numpy as np
import tensorflow as tf
from scipy import integrate

from tfgan_ref.data import mixture
from tfgan_ref.losses import f_divergence
from tools.dev.tutorial_figures import gaussian, style
from tools.dev.tutorial_figures.claims import claim

HEAD = (
    "f-GAN: the outputs that win the nine games, and the divergences that they "
    "measure, on [-3.6, 3.6]"
)
SIZE = (9.0, 5.4)
DATA = mixture.make([0.4], 1.0)
MODEL = mixture.make([-0.3], 1.2)
_X = np.linspace(-3.6, 3.6, 361)
# The best logits are within it: exponentials go on as lines above 70.
_BOUND, _HALVINGS = 64.0, 60


def compute():
    """Lets a discriminator with a logit of its own for every point win."""
    p, q = (np.exp(gaussian.log_density(of, _X)) for of in (DATA, MODEL))
    ratio = tf.constant(p / q)
    curves, claims = {}, {}
    for divergence in f_divergence.DIVERGENCES:
        name = divergence.name
        logits = _win(divergence, ratio)
        output = divergence.output_activation(logits).numpy()
        paid = divergence.activated_conjugate(logits).numpy()
        curves[name] = output, divergence.optimal_output(ratio).numpy()
        claims[name] = claim(
            name.replace("_", " "),
            integrate.trapezoid(p * output - q * paid, _X),
            integrate.trapezoid(q * divergence.f(ratio), _X),
        )
    return {"curves": curves, "claims": claims}


def _win(divergence, ratio):
    """The logits of the largest E_p T - E_q f*(T), point by point."""

    @tf.function
    def slope(logits):
        with tf.GradientTape() as tape:
            tape.watch(logits)
            # At every point of the model's density: divided by q.
            value = tf.reduce_sum(
                divergence.activated_conjugate(logits)
                - ratio * divergence.output_activation(logits)
            )
        return tape.gradient(value, logits)

    # It falls and then rises with the logit, of which halving brackets the
    # least: the slope changes its sign there.
    low = tf.fill(ratio.shape, tf.constant(-_BOUND, tf.float64))
    high = -low
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        rising = slope(middle) > 0.0
        low, high = (
            tf.where(rising, low, middle),
            tf.where(rising, middle, high),
        )
    return (low + high) / 2.0


def draw(figure, computed):
    """Each divergence's output beside f'(p/q)."""
    axes = figure.subplots(3, 3, sharex=True)
    for axis, (name, (output, best)) in zip(
        axes.flat, computed["curves"].items(), strict=True
    ):
        axis.plot(_X, best, color="#b8cce4", lw=5, label="f'(p/q)")
        axis.plot(_X, output, "--", color=style.DISCRIMINATOR, label="T")
        axis.set_title(name.replace("_", " "), fontsize=9)
    axes[0, 0].legend(fontsize=8)
