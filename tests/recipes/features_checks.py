"""How minibatch features show in what is built."""

import keras
import numpy as np

from tests.recipes import expected
from tfgan_ref.layers import noise


def minibatch_features(run, first, kind="released", is_from_data=True):
    """The layer gives what the definition says, on the first minibatch."""
    network = run.gan.discriminator
    (layer,) = (x for x in network.layers if hasattr(x, "tensor"))
    with noise.seeded([run.gan.seed, -1]):
        inputs, outputs = keras.Model(
            network.input, [layer.input, layer.output]
        )(first, training=True)
    inputs = np.float64(inputs)
    weights = [np.float64(x) for x in layer.trainable_weights]
    new = outputs[:, inputs.shape[1] :]
    wanted, nearest = expected.MINIBATCH_FEATURES[kind](inputs, *weights)
    np.testing.assert_allclose(new, wanted, rtol=1e-3, atol=1e-3)
    if kind == "released" and is_from_data:
        np.testing.assert_allclose(np.mean(new, 0), 0.0, atol=1e-3)
        np.testing.assert_allclose(nearest, 2.0, rtol=1e-3)
    elif kind == "released":
        _, log_scale, bias = weights
        assert (log_scale == 0).all() and (bias == -1).all()
