"""Layers that Keras does not have, or not as the papers need them."""
