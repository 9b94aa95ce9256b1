"""Minibatch features (Salimans et al. 2016, section 3.2).

How similar an example is to the others of its minibatch. With M_i = f(x_i) T,
T of `[features, kernels, dimension]`, the similarity of two examples under
kernel b is c_b(i, j) = exp(-||M_ib - M_jb||_1), and feature b of example i is
o_b(i), its sum over j.

The paper and the two programs released with it differ in what is summed and in
how T is made: one layer each. They compute in the type of their variables,
float32 under mixed precision, and return that of their inputs.

Reference:
    Salimans, Goodfellow, Zaremba, Cheung, Radford, Chen (2016), Improved
    Techniques for Training GANs, https://arxiv.org/abs/1606.03498
    The programs: https://github.com/openai/improved-gan
"""

import keras
import tensorflow as tf

from tfgan_ref import checks
from tfgan_ref.errors import UserError
from tfgan_ref.layers import initialization


class _Features(keras.layers.Layer):
    """What the layers share: arguments, T, the rows of other replicas."""

    _per_kernel = 1
    _multiple = 1
    _needs = "minibatch features need at least 2 examples"

    def __init__(
        self, kernels, dimension, initializer, across_replicas, **kwargs
    ):
        super().__init__(**kwargs)
        checks.positive(kernels=kernels, dimension=dimension)
        self.kernels = kernels
        self.dimension = dimension
        self.initializer = keras.initializers.get(initializer)
        self.across_replicas = across_replicas

    def build(self, input_shape):
        """Makes T."""
        # Keras wraps what `call` raises in several lines, but not this.
        self._check(input_shape)
        shape = (input_shape[1], self.kernels, self.dimension)
        self.tensor = self._add_weight("tensor", shape, self.initializer)

    def call(self, inputs):
        """Appends the minibatch features."""
        self._check(inputs.shape)
        rows, features = keras.ops.shape(inputs)
        if inputs.shape[0] is None:
            tf.debugging.assert_greater(rows, 1, self._needs)
            tf.debugging.assert_equal(rows % self._multiple, 0, self._needs)
        tensor = tf.reshape(self.tensor, [features, -1])
        projected = tf.matmul(tf.cast(inputs, tensor.dtype), tensor)
        new = self._features(
            tf.reshape(projected, [rows, self.kernels, self.dimension])
        )
        return tf.concat([inputs, tf.cast(new, inputs.dtype)], 1)

    def compute_output_shape(self, input_shape):
        """`[batch, features + new]`."""
        batch, features = input_shape
        return batch, features + self._per_kernel * self.kernels

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {
            "kernels": self.kernels,
            "dimension": self.dimension,
            "across_replicas": self.across_replicas,
        }

    def _add_weight(self, name, shape, initializer):
        return self.add_weight(
            name=name, shape=shape, initializer=initializer, autocast=False
        )

    def _check(self, shape):
        if len(shape) != 2:
            raise UserError(
                "minibatch features need inputs `[batch, features]`. "
                f"Received: shape {tuple(shape)}"
            )
        size = shape[0]
        if size is not None and (size < 2 or size % self._multiple):
            raise UserError(f"{self._needs}. Received: {size} in all")

    def _compare(self, projected):
        """This replica's rows with those of the whole minibatch.

        Args:
            projected: float `[rows, kernels, dimension]`.

        Returns:
            The distances, float `[rows, all rows, kernels]`, and float
            `[rows, all rows, 1]`, 1 where both are the same row and else 0.
        """
        rows, *unit = keras.ops.shape(projected)
        everyone, first, count = projected, 0, rows
        context = tf.distribute.get_replica_context()
        # Outside of the replicas all rows are here.
        if self.across_replicas and context is not None:
            first = context.replica_id_in_sync_group * rows
            count = context.num_replicas_in_sync * rows
            # Sums, on the way back, what the replicas find for their rows.
            everyone = context.all_gather(projected, axis=0)
            everyone = tf.reshape(everyone, [count, *unit])
        own = first + tf.range(rows)
        itself = tf.one_hot(own, count, dtype=projected.dtype)
        return _distances(projected, everyone), itself[:, :, tf.newaxis]


@keras.saving.register_keras_serializable(package="tfgan_ref")
class PaperMinibatchFeatures(_Features):
    """The paper's: o_b(i) is the sum over all j, j = i as well.

    Args:
        kernels: int >= 1, B.
        dimension: int >= 1, C.
        initializer: of T, for which the paper gives none; N(0, 0.05^2).
        across_replicas: bool. False compares an example with the minibatch of
            its own replica of `tf.distribute`; True with the global batch, of
            which each replica has equally many examples.
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        inputs: float `[batch, features]`, at least 2 examples per replica.

    Returns of the call:
        float `[batch, features + kernels]`, the inputs and the new features.

    Raises:
        UserError: a number below 1, inputs of another rank, or one example.
    """

    def __init__(
        self,
        kernels,
        dimension,
        initializer="random_normal",
        across_replicas=False,
        **kwargs,
    ):
        super().__init__(
            kernels, dimension, initializer, across_replicas, **kwargs
        )

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {
            "initializer": keras.initializers.serialize(self.initializer)
        }

    def _features(self, projected):
        distances, _ = self._compare(projected)
        return tf.reduce_sum(tf.exp(-distances), 1)


@keras.saving.register_keras_serializable(package="tfgan_ref")
class MinibatchFeatures(_Features):
    """That of the released program for CIFAR-10.

    Column (b, c) of T is exp(s_bc) v_bc / ||v_bc||: weight normalisation, with
    v from N(0, 0.05^2) and s = 0 at first. A bias, at first -1, is added to
    o_b(i), the sum over j without i: to an example's distance to itself 1e6 is
    added. v, s and the bias are trained.

    Within `initialization.from_data()` each kernel's distances are divided by
    half the mean, over the minibatch, of the distance to the nearest other
    example, and the bias is set to minus the mean of o_b. A kernel for which
    every example has its like keeps its scale.

    Args:
        kernels: int >= 1, B.
        dimension: int >= 1, C.
        across_replicas: as for `PaperMinibatchFeatures`.
        **kwargs: of `keras.layers.Layer`.

    The call and what is raised: as for `PaperMinibatchFeatures`.
    """

    def __init__(
        self, kernels=100, dimension=5, across_replicas=False, **kwargs
    ):
        normal = keras.initializers.RandomNormal(stddev=0.05)
        super().__init__(kernels, dimension, normal, across_replicas, **kwargs)

    def build(self, input_shape):
        """Makes v, s and the bias."""
        super().build(input_shape)
        shape = (self.kernels, self.dimension)
        self.log_scale = self._add_weight("log_scale", shape, "zeros")
        minus_one = keras.initializers.Constant(-1.0)
        self.bias = self._add_weight("bias", (self.kernels,), minus_one)

    def _features(self, projected):
        norm = tf.norm(self.tensor, axis=0)
        distances, itself = self._compare(
            projected * (tf.exp(self.log_scale) / norm)
        )
        distances += 1e6 * itself
        if initialization.is_active():
            distances = self._initialize(distances)
        return tf.reduce_sum(tf.exp(-distances), 1) + self.bias

    def _initialize(self, distances):
        """Sets s and the bias; returns the distances with the new s."""
        scale = 0.5 * tf.reduce_mean(tf.reduce_min(distances, 1), 0)
        scale = tf.where(scale > 0.0, scale, 1.0)
        self.log_scale.assign(self.log_scale - tf.math.log(scale)[:, None])
        distances /= scale
        features = tf.reduce_sum(tf.exp(-distances), 1)
        self.bias.assign(-tf.reduce_mean(features, 0))
        return distances


@keras.saving.register_keras_serializable(package="tfgan_ref")
class PairedMinibatchFeatures(_Features):
    """That of the released program for ImageNet.

    One minibatch holds n real examples and then n fake ones. Each example has
    two features per kernel, its similarity to the real and to the fake ones:
    the sum over j of that half, without i, divided by n (2n - 1), the number of
    such pairs (i, j) for all 2n examples i. (The program divides by the sum of
    its mask over that half of the columns, the same number.) T is from
    N(0, 0.02^2), and M has a bias, at first 0, that cancels in the distances.

    Args:
        kernels: int >= 1, B.
        dimension: int >= 1, C.
        across_replicas: as for `PaperMinibatchFeatures`; each replica has a
            real and a fake half.
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        inputs: float `[2 n, features]`, the real examples first.

    Returns of the call:
        float `[2 n, features + 2 kernels]`: the inputs, the similarities to
        the real examples, those to the fake ones.

    Raises:
        UserError: a number below 1, inputs of another rank, or an odd number
            of examples.
    """

    _per_kernel = 2
    _multiple = 2
    _needs = "minibatch features need as many real as fake examples"

    def __init__(
        self, kernels=300, dimension=50, across_replicas=False, **kwargs
    ):
        normal = keras.initializers.RandomNormal(stddev=0.02)
        super().__init__(kernels, dimension, normal, across_replicas, **kwargs)

    def build(self, input_shape):
        """Makes T and the bias of M."""
        super().build(input_shape)
        units = self.kernels * self.dimension
        self.bias = self._add_weight("bias", (units,), "zeros")

    def _features(self, projected):
        rows, *unit = keras.ops.shape(projected)
        distances, itself = self._compare(
            projected + tf.reshape(self.bias, unit)
        )
        similarities = tf.exp(-distances) * (1.0 - itself)
        # Each replica's rows, its halves, their examples.
        columns = [-1, 2, rows // 2]
        similarities = tf.reshape(similarities, [rows, *columns, self.kernels])
        count = keras.ops.shape(itself)[1]  # 2n.
        pairs = tf.cast(count // 2 * (count - 1), distances.dtype)
        features = tf.reduce_sum(similarities, [1, 3]) / pairs
        return tf.reshape(features, [rows, 2 * self.kernels])


@tf.custom_gradient
def _distances(rows, columns):
    """||rows_ib - columns_jb||_1, float `[n, m, kernels]`.

    The differences, of all dimensions as many times larger, are taken of one
    dimension after the other, and again for the gradient.

    Args:
        rows: float `[n, kernels, dimension]`.
        columns: float `[m, kernels, dimension]`.
    """
    dimensions = range(rows.shape[2])

    def difference(c, after):
        with tf.control_dependencies(after):  # Else a graph takes all at once.
            return rows[:, tf.newaxis, :, c] - columns[:, :, c]

    def gradient(upstream):
        sums: list[tuple[tf.Tensor, ...]] = [()]
        for c in dimensions:
            signed = upstream * tf.sign(difference(c, sums[-1]))
            sums.append((tf.reduce_sum(signed, 1), -tf.reduce_sum(signed, 0)))
        to_rows, to_columns = zip(*sums[1:], strict=True)
        return tf.stack(to_rows, 2), tf.stack(to_columns, 2)

    total = tf.abs(difference(0, ()))
    for c in dimensions[1:]:
        total += tf.abs(difference(c, [total]))
    return total, gradient
