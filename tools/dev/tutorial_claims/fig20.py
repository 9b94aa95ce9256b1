"""Figure 20: three ways to update the players of one game."""

import numpy as np

from tfgan_ref.data import mixture
from tools.dev.tutorial import discriminator, gaussian, style
from tools.dev.tutorial.numbers import number
from tools.dev.tutorial.row import Row

HEAD = (
    "Figure 20, section 3.4: the gradient by the model's mean of the game in "
    "which the density is the discriminator's, over that of maximum likelihood"
)
SIZE = (6.4, 3.4)
_CONTRAST = "tests/claims/noise_contrastive_test.py::"
ROWS = (
    Row(
        "3.4",
        "figure 20",
        "GAN, noise-contrastive estimation and maximum likelihood play one "
        "game. If the samples are those of a copy of the model in the "
        "discriminator, its update is maximum likelihood's, up to the factor "
        "1/2; with fixed noise it is not",
        ("tfgan_ref/losses/adversarial.py::minimax_discriminator_loss",),
        (
            _CONTRAST + "test_self_contrast_has_half_the_gradient_of_maximum_"
            "likelihood",
            _CONTRAST + "test_noise_contrast_has_another_gradient_but_the_same_"
            "optimum",
            _CONTRAST + "test_figure_20_has_half_the_gradient_at_the_model_"
            "itself",
        ),
    ),
)
DATA = mixture.make([-1.0, 2.0], [0.4, 0.7], [3.0, 1.0])
MEAN, SCALE = 0.4, 1.1  # Of the model.
X = np.linspace(-12.0, 13.0, 5001)


def gradient(noise) -> float:
    """Of the discriminator's cost by the mean of the model in it.

    Args:
        noise: density of the samples.
    """
    p, q = (np.exp(gaussian.log_density(of, X)) for of in (DATA, noise))
    width = X[1] - X[0]
    log_q = gaussian.log_density(noise, X)

    def cost(model):
        # D = p_model / (p_model + q).
        logits = gaussian.log_density(model, X) - log_q
        return discriminator.cost(logits, width * p, width * q)

    return gaussian.cost_and_gradient(cost, [MEAN, np.log(SCALE)])[1][0]


def compute():
    """The ratio of the gradients for noise of many scales."""
    of_data = DATA.weights @ DATA.means[:, 0]
    likelihood = (MEAN - of_data) / SCALE**2
    scales = np.geomspace(0.5, 6.0, 30)
    ratios = [
        gradient(mixture.make([MEAN], scale)) / likelihood for scale in scales
    ]
    own = gradient(mixture.make([MEAN], SCALE)) / likelihood
    return {
        "scales": scales,
        "ratios": ratios,
        "own": own,
        "numbers": {
            "own": number("samples of the model itself, ratio", own, 0.5),
            "wide": number(
                f"noise of deviation {scales[-1]:g}, ratio", ratios[-1]
            ),
        },
    }


def draw(figure, computed):
    """The ratio over the noise's deviation."""
    axis = figure.subplots()
    axis.plot(
        computed["scales"],
        computed["ratios"],
        color=style.DISCRIMINATOR,
        label="fixed noise",
    )
    axis.plot(
        SCALE, computed["own"], "o", color=style.ALARM, label="the model itself"
    )
    axis.axhline(0.5, color="#c0c0c0", lw=0.8, zorder=0)
    axis.set(xlabel="deviation of the samples", ylabel="ratio of the gradients")
    axis.legend(fontsize=8)
    style.grid(axis)
