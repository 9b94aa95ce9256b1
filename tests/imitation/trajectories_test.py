"""The file of what experts did, and what is refused."""

import json
import types

import numpy as np
import pytest

from tfgan_ref.errors import UserError
from tfgan_ref.imitation import trajectories
from tfgan_ref.imitation.episodes import Episodes

CARTPOLE = types.SimpleNamespace(name="CartPole-v0", size=2, actions=3)
ROWS = np.float32(np.random.default_rng(0).normal(size=(9, 2)))
EPISODES = Episodes(
    ROWS,
    np.int32([0, 1, 2, 0, 1, 2, 1, 0, 2]),
    np.arange(9.0),
    np.array([7, 2]),
)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "experts.json"
    rng = np.random.default_rng(1)
    trajectories.write(path, "CartPole-v0", EPISODES, 3, rng)
    return path


def test_one_pair_in_so_many_comes_back(path):
    found = trajectories.read(path, CARTPOLE, 2)
    np.testing.assert_array_equal(
        found.returns, [0 + 1 + 2 + 3 + 4 + 5 + 6, 15]
    )
    first = [k for k in range(3) if np.allclose(ROWS[k], found.observations[0])]
    (offset,) = first
    kept = [*range(offset, 7, 3)]
    short = len(kept)
    np.testing.assert_allclose(
        found.observations[:short], ROWS[kept], rtol=1e-6
    )
    np.testing.assert_array_equal(found.actions[:short], EPISODES.actions[kept])
    # Of the short episode one, too.
    assert len(found.actions) == short + 1
    assert any(np.allclose(found.observations[-1], row) for row in ROWS[7:])
    alone = trajectories.read(path, CARTPOLE, 1)
    assert (len(alone.actions), len(alone.returns)) == (short, 1)
    assert alone.observations.dtype == np.float32


def refusal(path, environments=CARTPOLE, count=1):
    with pytest.raises(UserError) as caught:
        trajectories.read(path, environments, count)
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


def test_trajectories_of_another_environment_are_refused(path):
    other = types.SimpleNamespace(name="Acrobot-v1", size=2, actions=3)
    said = "trajectories of CartPole-v0; those of Acrobot-v1 were expected"
    assert said in refusal(path, other)


def test_more_trajectories_than_there_are_are_refused(path):
    assert "has 2 trajectories. Received: 3" in refusal(path, count=3)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"actions": [0, 3, 0]}, "actions below 3 were expected"),
        ({"actions": [0]}, "as many observations"),
        ({"actions": []}, "one at least"),
        ({"actions": [0, -1, 0]}, "a count was expected. Received: -1"),
        ({"observations": [[1.0], [1.0], [2.0]]}, "of 2 numbers"),
        ({"observations": [[1.0, "x"]]}, "a number was expected"),
        ({"return": None}, "return: a number was expected"),
    ],
)
def test_a_damaged_file_is_one_line(change, said, path):
    content = json.loads(path.read_text())
    content["trajectories"][0] |= change
    path.write_text(json.dumps(content))
    line = refusal(path)
    assert "damaged" in line and said in line


def test_what_is_no_file_of_trajectories_is_one_line(path, tmp_path):
    path.write_text("{")
    assert "is damaged" in refusal(path)
    assert "Cannot read" in refusal(tmp_path / "none")


@pytest.mark.parametrize(
    ("name", "size", "actions", "returns"),
    [("CartPole-v0", 4, 2, 200.0), ("Acrobot-v1", 6, 3, -100.0)],
)
def test_the_experts_that_come_with_the_project(name, size, actions, returns):
    environment = types.SimpleNamespace(name=name, size=size, actions=actions)
    found = trajectories.read(trajectories.recorded(name), environment, 10)
    assert found.returns.mean() >= returns
    assert {*found.actions} == {*range(actions)}
    first = trajectories.read(trajectories.recorded(name), environment, 1)
    if name == "CartPole-v0":
        assert len(first.actions) == 20  # As published.
