"""Goodfellow's NIPS 2016 GAN tutorial as a TensorFlow/Keras library.

from tfgan_ref import GAN, OfPlayer, load, priors
"""

import importlib

from tfgan_ref import moved, runtime

__version__ = "0.2.0"
__all__ = ["GAN", "OfPlayer", "load", "priors"]

# TensorFlow reads these when it is imported, and every module of ours that
# imports TensorFlow is imported after this line.
runtime.prepare_environment()
moved.install()

_MODULES = {
    "GAN": "tfgan_ref.gan",
    "OfPlayer": "tfgan_ref.training.callbacks.of_player",
    "load": "tfgan_ref.loading",
}


def __getattr__(name):
    """The names that are used most, imported when they are asked for."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return getattr(importlib.import_module(_MODULES[name]), name)
