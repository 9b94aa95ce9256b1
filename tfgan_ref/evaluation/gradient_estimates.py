"""Bias and variance of what a generator of categories learns from.

The generator is K numbers theta, of law q = softmax(theta), and the logits a of
the discriminator are K numbers: the gradient that an estimator estimates is a
finite sum.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np
import tensorflow as tf

from tfgan_ref.losses import hinge
from tfgan_ref.models import categorical
from tfgan_ref.models.token_game import BoundarySeekingGAN

TEMPERATURES = (0.1, 0.3, 1.0, 3.0)
_FIRST_DRAW = -2  # Training draws for numbers >= 0, `test_step` for -1.


@dataclasses.dataclass(frozen=True)
class Estimate:
    """An estimator of one gradient, of a minibatch each time.

    Attributes:
        exact: float64 `[K]`, the gradient by theta of what is minimised.
        mean: float64 `[K]`, of the estimates.
        variance: float, sum of the K numbers' variances.
        repeats: int, how many estimates there were.
    """

    exact: np.ndarray
    mean: np.ndarray
    variance: float
    repeats: int

    @property
    def bias(self) -> float:
        """Distance of the mean to the exact gradient."""
        return float(np.linalg.norm(self.mean - self.exact))

    @property
    def bias_by_chance(self) -> float:
        """About what `bias` is where there is none."""
        return float(np.sqrt(self.variance / self.repeats))

    @property
    def numbers(self) -> dict[str, float]:
        """Bias and deviation beside the length of the exact gradient."""
        length = float(np.linalg.norm(self.exact))
        return {
            "exact": length,
            "bias": self.bias,
            "bias_by_chance": self.bias_by_chance,
            "deviation": float(np.sqrt(self.variance)),
        }


def theta_of(gan) -> np.ndarray:
    """theta of a `categorical` GAN, float64 `[K]`."""
    values = gan.generator.get_layer("logits").values
    return np.asarray(values.numpy(), np.float64)


def logits_of(gan) -> np.ndarray:
    """The discriminator's logits on all categories, float64 `[K]`."""
    rows = np.eye(gan.generator.output_shape[-1], dtype=np.float32)
    logits = gan.discriminator(rows, training=False)
    return np.asarray(logits, np.float64)


def exact(gan) -> np.ndarray:
    """The gradient by theta that a GAN's estimates are of, float64 `[K]`.

    Of the mean cost of q's categories; of a boundary-seeking GAN that of
    KL(p, q) with p in proportion to q exp(a), the weights held.
    """
    theta, logits = theta_of(gan), logits_of(gan)
    q = np.exp(theta - np.logaddexp.reduce(theta))
    if isinstance(gan, BoundarySeekingGAN):
        p = q * np.exp(logits - logits.max())
        return q - p / p.sum()
    costs = np.float64(gan.generator_loss(tf.constant(logits, tf.float32)))
    return q * (costs - q @ costs)


def measure(gan, batch_size: int, repeats: int) -> Estimate:
    """Takes the gradient of the generator's cost of so many minibatches.

    Args:
        gan: `categorical` GAN, compiled, whose generator is theta alone.
        batch_size: int, samples of a minibatch.
        repeats: int > 1.
    """
    _, turn = gan.turns()
    minibatch = tf.zeros(gan.minibatch_spec(batch_size).shape)
    variables = gan.variables_of(turn)

    def gradient(draw):
        round = gan.round_class(gan, minibatch, draw)
        with tf.GradientTape() as tape:
            cost = gan.cost(turn, round)
        return tape.gradient(cost, variables)[0]

    def gradients(draws):
        return tf.map_fn(gradient, draws, fn_output_signature=tf.float32)

    draws = tf.range(_FIRST_DRAW, _FIRST_DRAW - repeats, -1)
    # Of one call: TensorFlow would warn of many such functions.
    traced = tf.function(gradients, autograph=False).get_concrete_function(
        tf.TensorSpec.from_tensor(draws)
    )
    found = np.asarray(traced(draws).numpy(), np.float64)
    variance = float(found.var(0, ddof=1).sum())
    return Estimate(exact(gan), found.mean(0), variance, repeats)


def estimators(temperature: float) -> Iterator[tuple[str, str, dict]]:
    """Name, estimator and arguments of `categorical.build`, of the table."""
    for estimator in categorical.CHOOSING:
        for baseline in (False, True):
            name = estimator + ", baseline" * baseline
            yield name, estimator, {"baseline": baseline}
    for estimator in ("gumbel_softmax", "straight_through"):
        yield estimator, estimator, {"temperature": temperature}
    yield "embedding", "embedding", {}


def compare(
    probabilities: np.ndarray,
    batch_size: int,
    repeats: int,
    *,
    temperature: float = 1.0,
    temperatures: Sequence[float] = TEMPERATURES,
    generator_loss=hinge.hinge_generator_loss,
) -> dict[str, dict[str, float]]:
    """All estimators where q is even and the discriminator the best one.

    Boundary-seeking weights minimise KL(p, q), whatever the cost. Those of
    `gumbel_softmax` and `straight_through`, which are the same of a cost that
    is linear in the logit, are there at each of the temperatures as well, such
    as `gumbel_softmax/0.5`.

    Args:
        probabilities: float `[K]`, p.
        batch_size: int, samples of a minibatch.
        repeats: int > 1, minibatches.
        temperature: float > 0.
        temperatures: further ones.
        generator_loss: function of logits -> costs; minus the logit minimises
            KL(q, p).

    Returns:
        dict, name -> `Estimate.numbers`.
    """
    shown = list(estimators(temperature))
    shown += [
        (f"{estimator}/{value:g}", estimator, {"temperature": value})
        for estimator in ("gumbel_softmax", "straight_through")
        for value in temperatures
    ]
    found = {}
    for name, estimator, options in shown:
        gan = at_the_best(probabilities, estimator, **options)
        chosen = estimator == "boundary_seeking"
        cost = {} if chosen else {"generator_loss": generator_loss}
        gan.compile("sgd", "sgd", **cost)
        found[name] = measure(gan, batch_size, repeats).numbers
    return found


def at_the_best(probabilities, estimator, theta=None, **options):
    """A GAN of law softmax(theta) with the best discriminator, not compiled.

    Args:
        probabilities: float `[K]`, p.
        estimator: of `categorical.ESTIMATORS`.
        theta: float `[K]`; None: zeros.
        **options: of `categorical.build`.
    """
    p = np.asarray(probabilities, np.float64)
    theta = np.zeros(len(p)) if theta is None else np.asarray(theta, np.float64)
    gan = categorical.build(len(p), estimator, **options)
    gan.generator.get_layer("logits").set_weights([theta])
    log_q = theta - np.logaddexp.reduce(theta)
    best = (np.log(p) - log_q)[:, np.newaxis]
    gan.discriminator.set_weights([best, np.zeros(1)])
    return gan
