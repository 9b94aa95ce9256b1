"""Finn et al.: GANs and maximum-entropy inverse reinforcement learning."""

import numpy as np
import pytest

from tools.dev.tutorial_claims import inverse_rl


@pytest.mark.parametrize("seed", [0, 3])
def test_the_least_cost_is_at_the_experts_density(seed):
    p, q, _ = inverse_rl.problem(seed)
    c, log_z = inverse_rl.least(p, q)
    # What is -log p but for a constant, which Z makes up for.
    constant = c + np.log(p)
    np.testing.assert_allclose(constant, constant[0], atol=1e-8)
    assert np.exp(log_z) == pytest.approx(np.exp(-c).sum(), rel=1e-8)
    numbers = inverse_rl.compute(seed)["numbers"]
    assert numbers["normaliser"]["measured"] == pytest.approx(1, rel=1e-8)
    assert numbers["cost"]["measured"] < 1e-8
    # 2 log 2 less twice the Jensen-Shannon divergence.
    middle = (p + q) / 2
    divergence = p @ np.log(p / middle) + q @ np.log(q / middle)
    a = inverse_rl.logits(c, log_z, q)
    value = p @ np.log1p(np.exp(-a)) + q @ np.log1p(np.exp(a))
    assert value == pytest.approx(2 * np.log(2) - divergence, rel=1e-9)


def test_the_gradient_is_that_of_inverse_reinforcement_learning():
    p, q, c = inverse_rl.problem(1)
    log_z, epsilon = -0.4, 1e-6

    def cost(c):
        d = np.exp(-c - log_z) / (np.exp(-c - log_z) + q)
        return -(p @ np.log(d) + q @ np.log(1 - d))

    steps = epsilon * np.eye(len(c))
    expected = [(cost(c + s) - cost(c - s)) / (2 * epsilon) for s in steps]
    for function in (inverse_rl.gradient, inverse_rl.inverse_rl_gradient):
        np.testing.assert_allclose(
            function(c, log_z, p, q), expected, atol=1e-6
        )
    assert inverse_rl.compute(1)["numbers"]["gradient"]["measured"] < 1e-6
    # With the right costs it is E_p[dc] - E_model[dc] = 0, whatever q is.
    right = -np.log(p) + 0.7
    np.testing.assert_allclose(
        inverse_rl.inverse_rl_gradient(right, -0.7, p, q), 0, atol=1e-12
    )


def test_z_is_an_estimate_by_importance():
    p, q, c = inverse_rl.problem(2)
    log_z = inverse_rl.consistent_log_z(c, p, q)
    density = (np.exp(-c - log_z) + q) / 2
    estimate = (p + q) / 2 @ (np.exp(-c) / density)
    assert estimate == pytest.approx(np.exp(log_z), rel=1e-9)
    # It is not the sum where c is wrong, and is where c is right.
    assert abs(np.exp(log_z) / np.exp(-c).sum() - 1) > 0.01
    right = -np.log(p) + 0.7
    log_z = inverse_rl.consistent_log_z(right, p, q)
    assert log_z == pytest.approx(-0.7, abs=1e-9)


def test_the_generators_cost_is_reinforcement_learning_with_entropy():
    _, q, c = inverse_rl.problem(4)
    entropy = -(q @ np.log(q))
    value = inverse_rl.generator_cost(c, -0.2, q)
    assert value == pytest.approx(q @ c - entropy - 0.2, abs=1e-6)
    assert abs(inverse_rl.compute(4)["numbers"]["generator"]["measured"]) < 1e-6
