"""Tries again what a server may do a moment later."""

from __future__ import annotations

import random
import time

from tfgan_ref.errors import UserError

_FIRST_PAUSE = 0.2  # Seconds; every later one is twice as long,
_LONGEST_PAUSE = 10.0  # up to this.


class Unavailable(UserError):
    """The server is down, or did not answer in time."""


def call(function, *arguments, retries: int):
    """Calls a function, and again while its server is unavailable.

    The pauses grow exponentially. Each is shortened by up to a half at random,
    so that many clients do not return at once.

    Args:
        function: to be called.
        *arguments: its arguments.
        retries: int >= 0, how many calls may follow the first.

    Returns:
        What the function returns.

    Raises:
        Unavailable: the last call failed too.
        UserError: of the function, at once.
    """
    for attempt in range(retries):
        try:
            return function(*arguments)
        except Unavailable:
            pause = min(_FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE)
            time.sleep(pause * random.uniform(0.5, 1.0))
    try:
        return function(*arguments)
    except Unavailable as error:
        raise Unavailable(f"{error} ({_times(retries + 1)})") from None


def _times(attempts: int) -> str:
    return "1 attempt" if attempts == 1 else f"{attempts} attempts"
