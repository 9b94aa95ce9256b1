"""What several workers tell each other before they train, without them."""

import numpy as np
import pytest

from tfgan_ref import cluster
from tfgan_ref.errors import UserError
from tfgan_ref.training import workers

TASKS = cluster.Cluster(
    {("worker", 0): "a:1", ("worker", 1): "b:2"}, ("worker", 0)
)


@pytest.fixture
def told(monkeypatch):
    """Lists of rows that the other worker gives, one for each question."""
    answers = []

    def gather(strategy, row):
        return np.stack([row, answers.pop(0)(row)])

    monkeypatch.setattr(workers, "gather", gather)
    monkeypatch.setattr(workers.cluster, "of", lambda strategy: TASKS)
    monkeypatch.setattr(workers.runtime, "is_chief", lambda strategy: True)
    return answers


def same(row):
    return row


def refused(check, *args):
    with pytest.raises(UserError) as caught:
        check(None, *args)
    return str(caught.value)


def test_workers_that_agree_may_have_paths_of_their_own(told, tmp_path):
    told += [same, same]
    workers._check_settings(None, {"seed": 1, "workdir": "a"})
    told += [same, same]
    workers._check_folder(None, tmp_path)
    assert not told and not list(tmp_path.iterdir())


@pytest.mark.parametrize("count", [1, 2])
def test_flags_that_differ_are_named(told, count):
    settings = {"batch_size": 8, "kind": "a", "seed": [1, 2], "workdir": "a"}
    named = [f"--{name}={settings[name]}" for name in ("kind", "seed")[:count]]

    def other(row):
        differs = np.arange(len(row))
        return np.where((0 < differs) & (differs <= count), row + 1, row)

    told += [same, other]
    assert refused(workers._check_settings, settings) == (
        "worker 1 (b:2) has other flags than the chief. Received here: "
        + ", ".join(named)
    )


def test_another_recipe_is_named(told):
    told.append(lambda row: row + 1)
    assert refused(workers._check_settings, {"seed": 1}) == (
        "worker 1 (b:2) runs another recipe, or another version"
    )


def test_a_folder_that_is_not_shared_is_named(told, tmp_path):
    told += [np.zeros_like, lambda row: row - 1]
    assert refused(workers._check_folder, tmp_path).startswith(
        "worker 1 (b:2) does not see the chief's folder"
    )
    assert not list(tmp_path.iterdir())


def test_the_marker_is_the_chief_s_own(tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "_SEEN_SECONDS", 0.0)
    marker = tmp_path / workers._MARKER
    assert not workers._sees(marker, 5)
    marker.write_text("4")  # Of an earlier start.
    assert not workers._sees(marker, 5)
    marker.write_text("5")
    assert workers._sees(marker, 5)


def test_settings_are_compared_as_json_has_them():
    assert workers._digest((1, 2)) == workers._digest([1, 2])
    assert workers._digest({"a": 1, "b": 2}) == workers._digest(
        {"b": 2, "a": 1}
    )
    assert workers._digest(True) != workers._digest("True")
