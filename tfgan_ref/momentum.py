"""Gradient descent with a momentum that rises, as the first GAN was trained."""

import keras
import tensorflow as tf

from tfgan_ref import checks
from tfgan_ref.errors import UserError


@keras.saving.register_keras_serializable("tfgan_ref")
class RisingMomentum(keras.optimizers.SGD):
    """v = m v - lr g, w = w + v, where m rises linearly.

    Step t, from 0, has m = momentum + (final - momentum) min(t / steps, 1).

        gan.compile(RisingMomentum(0.1), RisingMomentum(0.1))

    Deviation: m rises with every step, and with every epoch where it was
    released.

    Args:
        learning_rate: float, or a schedule.
        momentum: float in [0, 1), of the first step.
        final: float in [0, 1), of the step `steps` and of those after it.
        steps: int >= 1.
        name: of the optimizer.
        **kwargs: of `keras.optimizers.Optimizer`.

    Raises:
        UserError: an argument is out of range, or `nesterov` is True.

    Reference:
        Goodfellow et al. (2014), Generative Adversarial Networks,
        https://arxiv.org/abs/1406.2661; code goodfeli/adversarial, mnist.yaml.
    """

    def __init__(
        self,
        learning_rate=0.1,
        momentum=0.5,
        final=0.7,
        steps=125_000,
        name="rising_momentum",
        **kwargs,
    ):
        checks.positive(steps=steps)
        for what, value in {"momentum": momentum, "final": final}.items():
            if not 0 <= value < 1:
                raise UserError(
                    f"`{what}` must be in [0, 1). Received: {value}"
                )
        super().__init__(learning_rate, momentum, name=name, **kwargs)
        if self.nesterov:
            raise UserError("`nesterov` must be False. Received: True")
        self.final, self.steps = final, steps

    def build(self, variables):
        """Makes the velocities, also where the first momentum is 0."""
        if self.built:
            return
        super().build(variables)
        if not self.momentum:
            self.momentums = [
                self.add_variable_from_reference(v, "momentum")
                for v in variables
            ]

    def update_step(self, gradient, variable, learning_rate):
        """Updates one variable, on one device."""
        count = tf.convert_to_tensor(self.iterations)
        share = tf.cast(count, tf.float32) / self.steps
        rise = (self.final - self.momentum) * tf.minimum(share, 1.0)
        velocity = self.momentums[self._get_variable_index(variable)]
        tf.raw_ops.ResourceApplyKerasMomentum(
            var=variable.handle,
            accum=velocity.value.handle,
            lr=tf.cast(learning_rate, variable.dtype),
            grad=tf.cast(gradient, variable.dtype),
            momentum=tf.cast(self.momentum + rise, variable.dtype),
        )

    def get_config(self):
        """Arguments of the constructor."""
        config = super().get_config()
        del config["nesterov"]
        return config | {"final": self.final, "steps": self.steps}
