"""Real signals, to this process."""

import os
import signal
import types

import pytest

from tfgan_ref.training.callbacks.interrupt import StopOnSignal

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Arrived(BaseException):
    """What a signal raises that nobody has taken over."""


@pytest.fixture(autouse=True)
def _before():
    def handler(number, frame):
        raise Arrived(number)

    before = {number: signal.signal(number, handler) for number in NUMBERS}
    yield
    for number, former in before.items():
        signal.signal(number, former)


@pytest.fixture
def callback():
    made = StopOnSignal()
    made.set_model(types.SimpleNamespace(stop_training=False))
    return made


def send(number):
    # To this thread: it has arrived when the call returns.
    signal.raise_signal(number)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_signal_stops_after_the_step(callback, number):
    with callback:
        callback.on_train_batch_end(0)
        assert not callback.model.stop_training
        os.kill(os.getpid(), number)
        while callback.received is None:
            pass
        callback.on_train_batch_end(1)
        assert callback.model.stop_training
    assert callback.received == number


@pytest.mark.parametrize("first", NUMBERS)
@pytest.mark.parametrize("second", NUMBERS)
def test_a_second_signal_stops_at_once_but_for_a_hang_up(
    callback, first, second
):
    with callback:
        send(first)
        if second == signal.SIGHUP:
            send(second)
        else:
            with pytest.raises(Arrived):
                send(second)
        assert callback.received == first


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("stopped", [False, True])
def test_afterwards_a_signal_is_what_it_was(callback, number, stopped):
    with callback:
        if stopped:
            send(number)
    with pytest.raises(Arrived):
        send(number)


def test_a_hang_up_that_is_ignored_stays_so(callback):
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # As by nohup.
    with callback:
        send(signal.SIGHUP)
        assert callback.received is None
        send(signal.SIGTERM)
        assert callback.received == signal.SIGTERM
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
