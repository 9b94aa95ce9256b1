import threading
import time

import pytest

from tools.serving import deadline


def test_what_is_returned_or_raised_in_time_passes_through():
    assert deadline.within(60.0, divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        deadline.within(60.0, divmod, 7, 0)
    with pytest.raises(SystemExit):
        deadline.within(60.0, exit)


def test_what_takes_longer_is_given_up():
    end = threading.Event()
    begin = time.monotonic()
    with pytest.raises(TimeoutError):
        deadline.within(0.05, end.wait)
    assert 0.05 <= time.monotonic() - begin < 30.0
    end.set()
