"""The noise layers' arguments and limits; Box and Muller bit by bit."""

import numpy as np
import pytest
import tensorflow as tf

from tests.layers.registration import check_made_again
from tfgan_ref.errors import UserError
from tfgan_ref.layers import noise


def test_they_are_made_again():
    check_made_again(noise.GaussianNoise, stddev=0.375)
    check_made_again(noise.Dropout, rate=0.375)


def test_limits():
    assert noise.GaussianNoise(0.0).stddev == 0.0
    assert noise.GaussianNoise(1e-9).stddev == 1e-9
    assert noise.Dropout(0.0).rate == 0.0
    assert noise.Dropout(0.999).rate == 0.999
    for make, value in (
        (noise.GaussianNoise, -1e-9),
        (noise.Dropout, -1e-9),
        (noise.Dropout, 1.0),
    ):
        with pytest.raises(UserError, match=f"Received: {value}"):
            make(value)


@pytest.mark.parametrize("count", [1, 2, 5000, 5001])
def test_normal_is_box_and_mullers_of_the_bits_of_philox(count):
    seed = [3, 14]
    key, counter = tf.raw_ops.StatelessRandomGetKeyCounter(seed=seed)
    bits = tf.raw_ops.StatelessRandomUniformFullIntV2(
        shape=[-(-count // 2)], key=key, counter=counter, alg=1, dtype=tf.uint32
    ).numpy()
    # The low half of a number is the first in memory.
    halves = np.stack([bits & 0xFFFF, bits >> 16], 1).reshape(2, -1)
    first, second = halves.astype(np.float64) / 65536
    radius = np.sqrt(-2 * np.log(first + 0.5 / 65536))
    angle = 2 * np.pi * second
    expected = np.concatenate([radius * np.cos(angle), radius * np.sin(angle)])
    np.testing.assert_allclose(
        noise.normal([count], seed), expected[:count], rtol=1e-5, atol=1e-5
    )
    np.testing.assert_allclose(
        noise.normal([count], seed, 0.375),
        0.375 * expected[:count],
        rtol=1e-5,
        atol=1e-5,
    )
