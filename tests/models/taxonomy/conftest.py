"""What exact statements need."""

import keras
import pytest


@pytest.fixture
def float64():
    """Networks that are made compute in it, from their inputs on."""
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
