"""Environments by name, and names that are none."""

import sys

import pytest

from tfgan_ref.errors import UserError
from tfgan_ref.imitation import environments


def test_cartpole_ends_after_200_steps():
    made = environments.make("CartPole-v0", 2)
    facts = (made.name, made.size, made.actions, made.limit)
    assert facts == ("CartPole-v0", 4, 2, 200)
    assert len(made.each) == 2 and made.each[0] is not made.each[1]
    assert not made.ends_on_success
    one = made.each[0]
    one.reset(seed=1)
    one.unwrapped.theta_threshold_radians = one.unwrapped.x_threshold = 1e9
    cuts = [one.step(0)[2:4] for _ in range(200)]
    assert not any(map(any, cuts[:-1])) and cuts[-1] == (False, True)


def test_acrobot_ends_with_success():
    made = environments.make("Acrobot-v1", 1)
    assert (made.size, made.actions, made.limit) == (6, 3, 500)
    assert made.ends_on_success


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Nope-v0", "that Gymnasium knows was expected, such as CartPole-v0"),
        ("CartPole-v9", "that Gymnasium knows"),
        ("no_such_module:Env-v0", "that Gymnasium knows"),
        ("", "that Gymnasium knows"),
        ("Pendulum-v1", "of actions 0, 1, 2... and of a limit"),
        ("Blackjack-v1", "observations [numbers]"),
    ],
)
def test_others_are_refused_in_one_line(name, said):
    with pytest.raises(UserError) as caught:
        environments.make(name, 1)
    message = str(caught.value)
    assert said in message and f"Received: {name}" in message
    assert len(message.splitlines()) == 1


def test_without_gymnasium_one_line_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    with pytest.raises(UserError, match="pip install 'gymnasium>=1.0'"):
        environments.make("CartPole-v0", 1)
