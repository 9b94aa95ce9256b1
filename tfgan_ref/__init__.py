"""Goodfellow's NIPS 2016 GAN tutorial as a TensorFlow/Keras library."""

from tfgan_ref import runtime

__version__ = "0.1.0"

# TensorFlow reads these when it is imported, and every module of ours that
# imports TensorFlow is imported after this line.
runtime.prepare_environment()
