"""One deadline over a whole call, wherever in it the time goes."""

from __future__ import annotations

import concurrent.futures
import threading


def within(seconds: float, function, *arguments):
    """Calls a function in a thread, which is given up at the deadline.

    The timeout of a socket begins anew with every byte, and that of a name's
    look-up is the system's.

    Args:
        seconds: until then.
        function: to be called.
        *arguments: its arguments.

    Returns:
        What the function returns.

    Raises:
        TimeoutError: it has not returned in time.
        Exception: what the function raises.
    """
    future: concurrent.futures.Future = concurrent.futures.Future()

    def call():
        try:
            future.set_result(function(*arguments))
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=call, daemon=True).start()
    try:
        return future.result(seconds)
    except concurrent.futures.TimeoutError:  # Before Python 3.11 another one.
        raise TimeoutError from None
