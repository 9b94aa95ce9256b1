"""How the flags of recipes.common.wasserstein show in what is built."""

import numpy as np
import tensorflow as tf

from tests.recipes import expected, optimizer_checks
from tests.recipes.built import fill, unchanged

DEFAULTS = {
    "lipschitz": "penalty",
    "clip": None,
    "generator_lr": 1e-4,
    "discriminator_lr": 1e-4,
    "beta_1": 0.0,
    "discriminator_steps": 5,
    "simultaneous": False,
    "ema_decay": 0.0,
}
CLIPPED = {"lipschitz": "clipping", "clip": 0.01, "penalty_weight": None}
CLIPPED_RATES = {"generator_lr": 5e-5, "discriminator_lr": 5e-5}
# They are refused.
UNTRIED = {"workdir", "simultaneous", "real_target"}


def updates(gradients, rate, told):
    """WGAN-GP's Adam, or the RMSprop of WGAN as released for PyTorch."""
    if told["lipschitz"] == "clipping":
        return expected.rmsprop(gradients, rate, rho=0.99, inner=1e-16)
    return expected.adam(gradients, rate, told["beta_1"], beta_2=0.9)


def costs(run, _=None):
    """f(G(z)) - f(x), and -f(G(z))."""
    received = run.gan.discriminator_loss(expected.REAL, expected.FAKE)
    np.testing.assert_allclose(received, expected.FAKE - expected.REAL)
    received = run.gan.generator_loss(expected.FAKE)
    np.testing.assert_allclose(received, -expected.FAKE)


def lipschitz(run, value):
    kind = {"penalty": "PenalizedGAN", "clipping": "ClippedGAN"}[value]
    assert type(run.gan).__name__ == kind


def penalty_weight(run, value):
    """Of one example the penalty is lambda (norm - 1)^2."""
    if value is None:
        return lipschitz(run, "clipping")
    if run.told["strategy"] == "mirrored":  # Each replica has its example.
        return lipschitz(run, "penalty")
    with unchanged(_variables(run.gan)):
        logs = _step(run)
    penalty = logs["loss/discriminator"] + logs["critic/estimate"]
    wanted = value * (logs["critic/gradient_norm"] - 1) ** 2
    np.testing.assert_allclose(penalty, wanted, rtol=1e-4, atol=1e-6)


def clip(run, value):
    """Critic's weights of 1 are clipped to it, and not moved at a rate of 0."""
    if value is None:
        return lipschitz(run, "penalty")
    weights = run.gan.discriminator.trainable_variables
    with unchanged(_variables(run.gan)):
        run.gan.discriminator_optimizer.learning_rate.assign(0.0)
        fill(weights, 1.0)
        _step(run)
        for received in weights:
            np.testing.assert_allclose(received, value, rtol=1e-6)


def _step(run):
    """The metrics of one update of each player, on one example."""
    return run.gan.train_step([tf.constant(run.minibatch[0][:1])])


def _variables(gan):
    owners = gan, gan.generator_optimizer, gan.discriminator_optimizer
    return [variable for owner in owners for variable in owner.variables]


CHECKS = optimizer_checks.of_flags(updates) | {
    "lipschitz": lipschitz,
    "penalty_weight": penalty_weight,
    "clip": clip,
    "real_target": costs,
}
