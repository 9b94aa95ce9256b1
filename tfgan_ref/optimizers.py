"""Adam, fused, and its variants that the papers' results were made with.

Reference:
    Kingma, Ba (2015), Adam: A Method for Stochastic Optimization,
    https://arxiv.org/abs/1412.6980
"""

import keras
import tensorflow as tf

from tfgan_ref.errors import UserError


@keras.saving.register_keras_serializable("tfgan_ref")
class FusedAdam(keras.optimizers.Adam):
    """Keras's Adam in one pass over each variable instead of ten.

    Args:
        *args: of `keras.optimizers.Adam`.
        **kwargs: the same, without `amsgrad`.

    Raises:
        UserError: `amsgrad` is True.
    """

    # What the fused operation adds to the root.
    _outer_epsilon = property(lambda self: self.epsilon)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.amsgrad:
            raise UserError("`amsgrad` must be False. Received: True")

    def apply(self, grads, trainable_variables=None):
        """Updates all variables; as Keras's."""
        # Read once: what follows from it is then one operation for them all.
        self._count = tf.convert_to_tensor(self.iterations) + 1
        super().apply(grads, trainable_variables)

    def update_step(self, gradient, variable, learning_rate):
        """Updates one variable, on one device."""
        index = self._get_variable_index(variable)
        step = tf.cast(self._count, variable.dtype)
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=self._momentums[index].value.handle,
            v=self._velocities[index].value.handle,
            beta1_power=tf.pow(tf.cast(self.beta_1, step.dtype), step),
            beta2_power=tf.pow(tf.cast(self.beta_2, step.dtype), step),
            lr=tf.cast(learning_rate, variable.dtype),
            beta1=self.beta_1,
            beta2=self.beta_2,
            epsilon=self._outer_epsilon,
            grad=tf.cast(gradient, variable.dtype),
        )


@keras.saving.register_keras_serializable("tfgan_ref")
class InnerEpsilonAdam(FusedAdam):
    """Adam with epsilon inside the root: lr m_hat / sqrt(v_hat + epsilon).

    The feature-matching results of Salimans et al. (2016) were made with it
    and epsilon = 1e-8. Beside gradients below 1e-4 that is a much shorter step
    than with epsilon outside, where the feature-matching generator collapses.

    The variable `velocity` holds u = v + epsilon (1 - beta_2^t), so that
    v_hat + epsilon = u / (1 - beta_2^t) and the fused update, with its own
    epsilon at 0, makes exactly this step.

    Args:
        learning_rate: float, or a schedule.
        beta_1: float in [0, 1), decay of the mean of the gradients.
        beta_2: float in (0, 1), decay of the mean of their squares.
        epsilon: float > 0.
        name: of the optimizer.
        **kwargs: of `FusedAdam`.

    Raises:
        UserError: `beta_2` is not in (0, 1).
    """

    _outer_epsilon = 0.0

    def __init__(
        self,
        learning_rate=0.001,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-8,
        name="inner_epsilon_adam",
        **kwargs,
    ):
        if not 0.0 < beta_2 < 1.0:
            raise UserError(f"`beta_2` must be in (0, 1). Received: {beta_2}")
        super().__init__(
            learning_rate,
            beta_1=beta_1,
            beta_2=beta_2,
            epsilon=epsilon,
            name=name,
            **kwargs,
        )

    def update_step(self, gradient, variable, learning_rate):
        """Updates one variable, on one device."""
        # After the decay by beta_2 this adds (1 - beta_2) epsilon.
        self._velocities[self._get_variable_index(variable)].value.assign_add(
            tf.fill(
                variable.shape,
                tf.cast(
                    (1.0 / self.beta_2 - 1.0) * self.epsilon, variable.dtype
                ),
            )
        )
        super().update_step(gradient, variable, learning_rate)


@keras.saving.register_keras_serializable("tfgan_ref")
class HistoricalAveragingAdam(FusedAdam):
    """Adam with the historical averaging of Salimans et al. (2016).

    Adds `losses.regularization.historical_averaging` times `strength` to the
    player's cost, by its gradient, 2 strength (theta - mean), where the mean
    is that of the parameters of all steps so far.

    Args:
        learning_rate: float, or a schedule.
        strength: float >= 0.
        **kwargs: of `FusedAdam`.
    """

    def __init__(self, learning_rate=0.001, strength=0.0, **kwargs):
        super().__init__(learning_rate, **kwargs)
        self.strength = strength

    def build(self, var_list):
        """Makes the means, which begin at the initial parameters."""
        if self.built:
            return
        super().build(var_list)
        self._means = [
            self.add_variable_from_reference(
                variable, name="mean", initializer="zeros"
            )
            for variable in var_list
        ]

    def update_step(self, gradient, variable, learning_rate):
        """Updates one variable and its mean, on one device."""
        mean = self._means[self._get_variable_index(variable)]
        count = tf.cast(self.iterations + 1, variable.dtype)
        self.assign_add(mean, (variable - mean) / count)
        gradient += 2.0 * self.strength * (variable - mean)
        super().update_step(gradient, variable, learning_rate)

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {"strength": self.strength}


@keras.saving.register_keras_serializable("tfgan_ref")
class LinearDecay(keras.optimizers.schedules.LearningRateSchedule):
    """rate min(3 - epoch / epochs, 1), and 0 from 3 `epochs` on.

    Constant for two thirds of the training, then falling linearly to 0, as
    Salimans et al. (2016) released for CIFAR-10 and SVHN.

    Args:
        rate: float, the learning rate.
        epochs: float > 0, a third of the training.
        steps_per_epoch: int; the rate changes once per epoch.
    """

    def __init__(self, rate, epochs, steps_per_epoch):
        super().__init__()
        self.rate = rate
        self.epochs = epochs
        self.steps_per_epoch = steps_per_epoch

    def __call__(self, step):
        """Returns the learning rate of a step, float32."""
        epoch = tf.cast(step // self.steps_per_epoch, tf.float32)
        share = tf.clip_by_value(3.0 - epoch / self.epochs, 0.0, 1.0)
        return self.rate * share

    def get_config(self):
        """Arguments of the constructor."""
        return {
            "rate": self.rate,
            "epochs": self.epochs,
            "steps_per_epoch": self.steps_per_epoch,
        }
