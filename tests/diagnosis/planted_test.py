"""`make conformance`: runs that go wrong are found, healthy ones left alone."""

import pytest

from tests.diagnosis import planted

pytestmark = pytest.mark.conformance


@pytest.mark.parametrize("name", planted.PLANTED)
def test_a_planted_failure_is_found(name, tmp_path):
    _, begun, _ = planted.train(tmp_path, *planted.PLANTED[name](seed=1))
    assert name.partition("/")[0] in begun


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("game", planted.GAMES)
def test_a_healthy_run_has_no_symptom(game, seed, tmp_path):
    _, _, changes = planted.train(tmp_path, *planted.healthy(game, seed))
    assert not list(map(str, changes))
