"""The noise layers' arguments and limits; Box and Muller bit by bit."""

import numpy as np
import pytest
import tensorflow as tf

from tests.layers.registration import check_made_again
from tfgan_ref.errors import UserError
from tfgan_ref.layers import noise
from tfgan_ref.layers.philox import philox


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


def bits_of_tensorflow(key, count):
    """Its own Philox4x32-10 of the counters 0 to count - 1, `[4, count]`."""
    return (
        tf.raw_ops.StatelessRandomUniformFullIntV2(
            shape=[4 * count],
            key=[key[0] + (key[1] << 32)],
            counter=[0, 0],
            alg=1,
            dtype=tf.uint32,
        )
        .numpy()
        .reshape(count, 4)
        .T
    )


@pytest.mark.parametrize("key", [[0, 0], [3, 14], [2**31 - 1, 7]])
def test_philox_is_tensorflows(key):
    np.testing.assert_array_equal(philox(99, key), bits_of_tensorflow(key, 99))


def test_philox_of_zeros_is_as_published():
    """The known answer of the authors' Random123."""
    known = [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
    assert philox(1, [0, 0]).numpy().ravel().tolist() == known


@pytest.mark.parametrize("count", [1, 8192, 8193, 20_001])
def test_normal_is_box_and_mullers_of_the_bits_of_philox(count):
    seed = [3, 14]
    # 8192 numbers at a time, of which the second half has the sines.
    bits = bits_of_tensorflow(seed, 8192 // 8 * -(-count // 8192))
    first, second = (bits >> 16) / 65536, (bits & 0xFFFF) / 65536
    radius = np.sqrt(-2 * np.log(first + 0.5 / 65536))
    angle = 2 * np.pi * (second - 0.5)
    expected = np.concatenate([radius * np.cos(angle), radius * np.sin(angle)])
    expected = expected.ravel()
    np.testing.assert_allclose(
        noise.normal([count], seed), expected[:count], rtol=1e-5, atol=1e-5
    )
    np.testing.assert_allclose(
        noise.normal([count], seed, 0.375),
        0.375 * expected[:count],
        rtol=1e-5,
        atol=1e-5,
    )
