"""Section 5.6: a GAN whose D is a density is inverse reinforcement learning."""

import numpy as np
import tensorflow as tf
from scipy import optimize, special

from tfgan_ref.losses import adversarial
from tools.dev.tutorial import discriminator
from tools.dev.tutorial.numbers import number
from tools.dev.tutorial.row import Row

_TESTS = "tests/claims/inverse_rl_test.py::"
ROWS = (
    Row(
        "5.6",
        "Finn et al. (2016)",
        "If D = p / (p + q), where p = exp(-c) / Z over trajectories and q is "
        "the policy's density, then D's cost is least at c = -log of the "
        "experts' density and Z the sum of exp(-c); its gradient by c is "
        "maximum-entropy inverse reinforcement learning's, with Z estimated by "
        "importance sampling from experts and policy; and the generator's "
        "cost, of both games added, is reinforcement learning of c with an "
        "entropy",
        (
            "tfgan_ref/losses/adversarial.py::minimax_discriminator_loss",
            "tfgan_ref/losses/adversarial.py::minimax_generator_loss",
            "tfgan_ref/losses/adversarial.py::non_saturating_generator_loss",
        ),
        (
            _TESTS + "test_the_least_cost_is_at_the_experts_density",
            _TESTS + "test_the_gradient_is_that_of_inverse_reinforcement_"
            "learning",
            _TESTS + "test_the_generators_cost_is_reinforcement_learning_"
            "with_entropy",
        ),
        against="Z is estimated without bias only where c is right already: "
        "elsewhere the weights have p for the experts' density",
    ),
)
_TRAJECTORIES = 8


def problem(seed=0):
    """Densities of experts and policy, and costs, float64 `[trajectories]`."""
    rng = np.random.default_rng(seed)
    p, q = rng.dirichlet(np.full(_TRAJECTORIES, 2.0), 2)
    return p, q, rng.normal(size=_TRAJECTORIES)


def compute(seed=0):
    """The identities, as sums over all trajectories.

    Args:
        seed: int, of the densities and of the costs.
    """
    p, q, c = problem(seed)
    best, log_z = least(p, q)
    found, expected = gradient(c, 0.3, p, q), inverse_rl_gradient(c, 0.3, p, q)
    value, wanted = generator_cost(c, 0.3, q), q @ (np.log(q) + c) + 0.3
    exact = p - special.softmax(-c)
    apart = inverse_rl_gradient(c, consistent_log_z(c, p, q), p, q) - exact
    return {
        "numbers": {
            "normaliser": number(
                "Z over the sum of exp(-c) at D's least cost",
                np.exp(log_z - special.logsumexp(-best)),
                1.0,
            ),
            "cost": number(
                "largest |log(exp(-c) / Z) - log p| there",
                abs(-best - log_z - np.log(p)).max(),
                0.0,
            ),
            "gradient": number(
                "D's gradient less inverse reinforcement learning's",
                abs(found - expected).max(),
                0.0,
            ),
            "generator": number(
                "the generator's cost less E_q[c + log q] + log Z",
                value - wanted,
                0.0,
            ),
            "bias": number(
                "at another c, the gradient with that Z less the exact one",
                abs(apart).max(),
            ),
        }
    }


def logits(c, log_z, q):
    """Of D = p / (p + q), float64."""
    return -c - log_z - np.log(q)


def least(p, q):
    """c and log Z of the discriminator's least cost, in float64."""

    def cost_and_gradient(parameters):
        a = logits(parameters[:-1], parameters[-1], q)
        cost = p @ np.logaddexp(0, -a) + q @ np.logaddexp(0, a)
        by_logits = q * special.expit(a) - p * special.expit(-a)
        return cost, -np.append(by_logits, by_logits.sum())

    found = optimize.minimize(
        cost_and_gradient,
        np.zeros(len(p) + 1),
        jac=True,
        method="BFGS",
        options={"gtol": 1e-10},
    )
    return found.x[:-1], found.x[-1]


def gradient(c, log_z, p, q):
    """Of the discriminator's cost by c, by the library, float64."""
    c = tf.constant(c)
    with tf.GradientTape() as tape:
        tape.watch(c)
        cost = discriminator.cost(-c - log_z - np.log(q), p, q)
    return tape.gradient(cost, c).numpy()


def inverse_rl_gradient(c, log_z, p, q):
    """Of E_p[c] + log Z by c, with Z by importance sampling.

    From the mixture of experts and policy, whose density is taken for that of
    exp(-c) / Z and of the policy (Finn et al., equations 3 and 8).

    Args:
        c: float64 `[trajectories]`, costs.
        log_z: float, by which exp(-c) is divided in the weights.
        p: the experts' density.
        q: the policy's.
    """
    drawn = (p + q) / 2
    taken_for = (np.exp(-c - log_z) + q) / 2
    weights = np.exp(-c) / taken_for
    return p - drawn * weights / np.exp(log_z)


def consistent_log_z(c, p, q):
    """Where the estimate of Z with weights of log Z is Z: D's best, of c."""

    def slope(log_z):
        return 1 - (p - inverse_rl_gradient(c, log_z, p, q)).sum()

    return optimize.brentq(slope, -20, 20)


def generator_cost(c, log_z, q):
    """E_q of log(1 - D) - log D, by the library."""
    a = tf.constant(logits(c, log_z, q))
    cost = adversarial.minimax_generator_loss(a)
    cost += adversarial.non_saturating_generator_loss(a)
    return float(q @ cost.numpy().astype(np.float64))
