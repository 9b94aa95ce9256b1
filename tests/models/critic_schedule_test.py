"""The schedule against the released loop, run."""

import numpy as np
import pytest

from tfgan_ref.models import critic_schedule


def released_schedule(updates, block):
    """The released loop, in blocks: whether the generator follows each."""
    for made in range(updates):
        critic_updates = 100 if made < 25 or made % 500 == 0 else 5
        blocks = -(-critic_updates // block) if critic_updates == 100 else 1
        yield from [False] * (blocks - 1) + [True]


@pytest.mark.parametrize("block", [5, 7, 100, 1])
def test_the_generator_moves_as_in_the_released_loop(block):
    expected = list(released_schedule(5200, block))
    moves = critic_schedule.generator_moves(np.arange(len(expected)), block)
    np.testing.assert_array_equal(moves, expected)
    assert np.sum(moves) == 5200


def test_the_critic_s_updates_between_the_generator_s_are_those_released():
    moves = critic_schedule.generator_moves(np.arange(2500)).numpy()
    ends = np.flatnonzero(moves)
    critic_updates = 5 * np.diff(ends, prepend=-1)
    assert set(critic_updates) == {5, 100}
    long = np.flatnonzero(critic_updates == 100)
    np.testing.assert_array_equal(long, [*range(25), 500, 1000, 1500])
