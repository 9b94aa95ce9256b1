"""Data-dependent initialisation (Salimans and Kingma 2016, section 3).

Within the scope a layer that supports it sets its scales and biases from the
minibatch it is called on, and passes on what it now gives:

    with initialization.from_data():
        discriminator(images, training=True)

Reference:
    Salimans, Kingma (2016), Weight Normalization: A Simple Reparameterization
    to Accelerate Training of Deep Neural Networks,
    https://arxiv.org/abs/1602.07868
"""

import contextlib
import contextvars

_active = contextvars.ContextVar("active", default=False)


@contextlib.contextmanager
def from_data():
    """Layers called eagerly within this scope initialise themselves."""
    token = _active.set(True)
    try:
        yield
    finally:
        _active.reset(token)


def is_active():
    """Whether a layer is to initialise itself now."""
    return _active.get()
