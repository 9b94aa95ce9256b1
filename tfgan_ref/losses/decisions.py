"""How a discriminator decides: where its game's optimum sees more data.

At equal densities of data and samples a logit of the minimax game is 0, with
smoothed labels that of half the target; an output of least squares is half way
between its targets, and that of an f-GAN one whose T is f'(1). Accuracies
count decisions by the side of that value.
"""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable

import tensorflow as tf

from tfgan_ref.losses import adversarial, f_divergence, least_squares


def of(discriminator_loss: Callable) -> Callable:
    """The decision of a game's discriminator.

    Args:
        discriminator_loss: function `(real_logits, fake_logits)` -> costs, of
            `tfgan_ref.losses`, or `functools.partial` of one. Of another
            function a positive logit is taken to say "real".

    Returns:
        Function of logits, float32 of any shape -> bool, True for "real".
    """
    given = {}
    if isinstance(discriminator_loss, functools.partial):
        given = discriminator_loss.keywords
        discriminator_loss = discriminator_loss.func
    divergence = getattr(discriminator_loss, "__self__", None)
    if isinstance(divergence, f_divergence.FDivergence):
        threshold = divergence.optimal_output(tf.constant(1.0))
        return lambda logits: divergence.output_activation(logits) > threshold
    if discriminator_loss is least_squares.least_squares_discriminator_loss:
        parameters = inspect.signature(discriminator_loss).parameters
        real, fake = (
            given.get(name, parameters[name].default)
            for name in ("real_target", "fake_target")
        )
        middle = (real + fake) / 2
        return lambda outputs: (outputs - middle) * (real - fake) > 0
    if discriminator_loss is adversarial.minimax_discriminator_loss:
        half = given.get("real_target", 1.0) / 2  # D of eq. (15), beta = 0.
        logit = math.log(half / (1 - half))
        return lambda logits: logits > logit
    return lambda logits: logits > 0
