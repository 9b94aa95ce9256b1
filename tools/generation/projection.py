"""The latent of a given image, by optimisation.

Goodfellow 2016, section 5.5, lists ways to make use of the code z; this is the
one that needs no further network. The generator has no inverse, and the cost
has many minima: several starts are tried at once.
"""

from __future__ import annotations

import numpy as np


def project(
    model,
    image,
    *,
    starts: int,
    steps: int,
    rate: float,
    first_seed: int,
    label: int | None = None,
):
    """Minimises the mean squared difference of the pixels by Adam.

    Args:
        model: `tfgan_ref.inference.Model`.
        image: float32 `[height, width, channels]` in [0, 1].
        starts: int >= 1, how many latents to begin with.
        steps: int >= 0, of Adam.
        rate: float > 0, Adam's learning rate.
        first_seed: int, of the first start; those of the others follow.
        label: class of what is made, of a conditional model.

    Returns:
        float32 `[starts, latent_dim]`, the latents, the best first; and their
        root mean squared errors, float32 `[starts]`.
    """
    import keras
    import tensorflow as tf

    generate = model.signature("generate")
    asked = (
        {} if label is None else {"labels": tf.fill([starts], np.int64(label))}
    )
    low, high = model.prior.support
    seeds = np.arange(first_seed, first_seed + starts)
    z = tf.Variable(model.latents(seeds))
    adam = keras.optimizers.Adam(rate)
    adam.build([z])

    def errors():
        images = generate(latents=z, **asked)["images"]
        return tf.reduce_mean(tf.square(images - image), [1, 2, 3])

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            # The sum: the starts do not see one another.
            cost = tf.reduce_sum(errors())
        adam.apply([tape.gradient(cost, z)], [z])
        z.assign(tf.clip_by_value(z, low, high))

    for _ in range(steps):
        step()
    rmse = np.sqrt(errors().numpy())
    order = np.argsort(rmse)
    return z.numpy()[order], rmse[order]
