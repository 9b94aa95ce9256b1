"""Priors of codes in the plane whose rows have classes.

Those of the adversarial autoencoder's figures: where a discriminator is given
the class beside the code, images of a class are encoded to its own place.

Reference:
    Makhzani, Shlens, Jaitly, Goodfellow, Frey (2016), Adversarial
    Autoencoders, https://arxiv.org/abs/1511.05644
"""

from __future__ import annotations

import math

import tensorflow as tf

from tfgan_ref.errors import UserError
from tfgan_ref.priors import Prior, registered


class LabelledPrior(Prior):
    """Rows `[2]` of classes that are drawn alike.

    Args:
        classes: int >= 1, how many there are.

    Raises:
        UserError: `classes` is not positive.
    """

    mean = None

    def __init__(self, classes: int = 10):
        super().__init__(2)
        if classes < 1:
            raise UserError(
                f"`classes` of a prior must be positive. Received: {classes}"
            )
        self.classes = classes

    def parts(self, count, seed):
        """What rows are made of, a function of the seed, int `[2]`.

        Returns:
            Classes, int32 `[count]`, and `numbers` of `place`, float32
            `[count, 2]`.
        """
        seeds = [
            tf.random.experimental.stateless_fold_in(
                tf.cast(seed, tf.int64), tf.constant(part, tf.int64)
            )
            for part in range(2)
        ]
        labels = tf.random.stateless_uniform(
            [count], seeds[0], maxval=self.classes, dtype=tf.int32
        )
        return labels, self.numbers(count, seeds[1])

    def draw(self, count, seed):
        """float32 `[count, 2]`."""
        return self.place(*self.parts(count, seed))

    def numbers(self, count, seed):
        """float32 `[count, 2]`, where in their class rows are."""
        raise NotImplementedError

    def place(self, labels, numbers):
        """The rows of these classes.

        Args:
            labels: int `[count]`.
            numbers: float32 `[count, 2]`.

        Returns:
            float32 `[count, 2]`.
        """
        raise NotImplementedError

    def get_config(self):
        """Arguments of the constructor."""
        return {"classes": self.classes}


@registered
class GaussianRing(LabelledPrior):
    """Gaussians on a circle, each long towards the middle and narrow.

    The paper's figure has ten; their sizes are a port's.

    Args:
        classes: int >= 1, Gaussians, the first at angle 0.
        radius: float, from the middle to their means.
        radial: float, standard deviation towards the middle.
        tangential: float, along the circle.
    """

    def __init__(
        self,
        classes: int = 10,
        radius: float = 1.4,
        radial: float = 0.5,
        tangential: float = 0.05,
    ):
        super().__init__(classes)
        self.radius, self.radial, self.tangential = radius, radial, tangential

    def numbers(self, count, seed):
        """N(0, I)."""
        return tf.random.stateless_normal([count, 2], seed)

    def place(self, labels, numbers):
        """The rows of these classes, see `LabelledPrior`."""
        angle = tf.cast(labels, tf.float32) * (2.0 * math.pi / self.classes)
        along = self.radius + self.radial * numbers[:, 0]
        across = self.tangential * numbers[:, 1]
        cos, sin = tf.cos(angle), tf.sin(angle)
        return tf.stack(
            [along * cos - across * sin, along * sin + across * cos], 1
        )

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {
            "radius": self.radius,
            "radial": self.radial,
            "tangential": self.tangential,
        }


@registered
class SwissRoll(LabelledPrior):
    """A spiral of two turns, which classes divide into parts of equal mass.

    At u in [0, 1] the radius is 3 sqrt(u) and the angle 4 pi sqrt(u); class k
    of n has u in [k / n, (k + 1) / n].

    Args:
        classes: int >= 1, n, from the middle outwards.
    """

    support = (-3.0, 3.0)

    def numbers(self, count, seed):
        """U(0, 1), of which the first is used."""
        return tf.random.stateless_uniform([count, 2], seed)

    def place(self, labels, numbers):
        """The rows of these classes, see `LabelledPrior`."""
        u = (tf.cast(labels, tf.float32) + numbers[:, 0]) / self.classes
        root = tf.sqrt(u)
        angle = 4.0 * math.pi * root
        return 3.0 * tf.stack([root * tf.cos(angle), root * tf.sin(angle)], 1)
