"""Learners in a small world, and what they are taught by."""

import json
import types

import numpy as np
import pytest

from tfgan_ref.errors import UserError
from tfgan_ref.imitation import training
from tfgan_ref.imitation.cloning import Cloning
from tfgan_ref.imitation.episodes import Episodes
from tfgan_ref.imitation.expert import Expert
from tfgan_ref.imitation.gail import GAIL
from tfgan_ref.imitation.networks import Standardization
from tfgan_ref.imitation.trajectories import Trajectories
from tfgan_ref.training.checkpoints import Checkpoints
from tfgan_ref.training.run import Config
from tfgan_ref.training.workdir import WorkDir

LIMIT = 6


class World:
    """Pays for the action that the observation names, six times."""

    def reset(self, seed):
        self._rng = np.random.default_rng(seed)
        self._time = 0
        return self._look(), {}

    def step(self, action):
        self._time += 1
        paid = float(action == self._wanted)
        return self._look(), paid, False, self._time == LIMIT, {}

    def _look(self):
        self._wanted = int(self._rng.integers(2))
        return np.array([5.0 + 3.0 * self._wanted, self._rng.normal()])


def world(*, ends_on_success=False):
    return types.SimpleNamespace(
        name="World",
        each=[World() for _ in range(10)],
        size=2,
        actions=2,
        limit=LIMIT,
        ends_on_success=ends_on_success,
    )


def pairs(count, seed=0):
    """Of an expert, who does what the first number says."""
    rng = np.random.default_rng(seed)
    wanted = rng.integers(2, size=count).astype(np.int32)
    seen = np.stack([5.0 + 3.0 * wanted, rng.normal(size=count)], -1)
    return Trajectories(seen.astype(np.float32), wanted, np.array([6.0]))


@pytest.fixture(scope="module")
def gail():
    return GAIL(world(), pairs(20), pairs=240, units=8, seed=1)


def some_episodes():
    experts = pairs(9, seed=3)
    lengths = np.array([4, 5])
    return Episodes(
        experts.observations, 1 - experts.actions, np.zeros(9), lengths
    )


def test_the_reward_is_minus_the_generators_cost(gail):
    last = gail.discriminator.get_layer("last")
    before = last.get_weights()
    last.set_weights([np.zeros_like(before[0]), np.float32([3.0, -2.0])])
    episodes = some_episodes()
    logits = np.where(episodes.actions == 0, 3.0, -2.0)
    sure = 1 / (1 + np.exp(-logits))
    np.testing.assert_allclose(
        gail.rewards(episodes), -np.log(1 - sure), rtol=1e-5
    )
    gail.environments.ends_on_success = True
    np.testing.assert_allclose(gail.rewards(episodes), np.log(sure), rtol=1e-5)
    gail.environments.ends_on_success = False
    last.set_weights(before)


def test_the_judge_makes_one_step_of_adam(gail):
    networks = gail.discriminator.get_weights()
    logs = gail.judge(some_episodes())
    # At first all logits are 0: 2 log 2, less a thousandth of both entropies.
    expected = 2 * np.log(2) * (1 - 0.001)
    assert logs["loss/discriminator"] == pytest.approx(expected, rel=1e-6)
    assert (logs["accuracy/real"], logs["accuracy/fake"]) == (0.0, 1.0)
    bias = gail.discriminator.get_layer("last").bias.numpy()
    # Of Adam the first step is the rate, up or down.
    np.testing.assert_allclose(abs(bias), 0.01, rtol=1e-3)
    assert int(gail.discriminator_optimizer.iterations.numpy()) == 1
    gail.discriminator.set_weights(networks)


def test_gail_learns_to_do_as_the_expert(gail):
    before = gail.evaluate(40).returns.mean()
    assert before == pytest.approx(3, abs=0.6)
    logs = [gail.iterate() for _ in range(12)]
    assert gail.evaluate(40).returns.mean() > 5
    assert int(gail.step.numpy()) == 12
    assert all(np.isfinite([*line.values()]).all() for line in logs)
    assert max(line["divergence/policy"] for line in logs) <= 0.02
    assert {line["length"] for line in logs} == {float(LIMIT)}
    # It plays other episodes at each step, the same ones if asked again.
    one, again = gail.play(pairs=60), gail.play(pairs=60)
    np.testing.assert_array_equal(one.observations, again.observations)
    gail.step.assign_add(1)
    other = gail.play(pairs=60)
    assert not np.array_equal(one.observations, other.observations)


def values_of(learner):
    owners = [learner, *(getattr(learner, x) for x in learner.optimizer_names)]
    return [np.array(x) for owner in owners for x in owner.variables]


def test_what_is_kept_is_all_that_a_run_goes_on_from(gail, tmp_path):
    Checkpoints(gail, tmp_path).save()
    kept = values_of(gail)
    first = [gail.iterate() for _ in range(2)]
    end = values_of(gail)
    Checkpoints(gail, tmp_path).restore()
    assert [gail.iterate() for _ in range(2)] == first
    for one, other in zip(values_of(gail), end, strict=True):
        np.testing.assert_array_equal(one, other)
    new = GAIL(world(), pairs(20), pairs=240, units=8, seed=8)
    Checkpoints(new, tmp_path).restore()
    for one, other in zip(values_of(new), kept, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.conformance
def test_an_expert_is_taught_by_what_the_world_pays():
    expert = Expert(world(), pairs=240, units=4, seed=0)
    episodes = expert.play(pairs=12)
    np.testing.assert_array_equal(expert.rewards(episodes), episodes.rewards)
    returns = [expert.iterate()["return"] for _ in range(8)]
    assert returns[-1] > returns[0] + 0.5


def test_cloning_keeps_the_policy_of_the_best_look():
    experts = pairs(30)
    cloning = Cloning(world(), experts, units=8, learning_rate=0.05, seed=2)
    first = cloning.iterate()
    # A look after the first step, and then one in a hundred.
    kept = cloning.best.get_weights()
    held = first["loss/held_out"]
    assert 0.05 < held < 0.7
    assert cloning.iterate()["loss/held_out"] == held
    for one, other in zip(kept, cloning.best.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    for _ in range(99):
        last = cloning.iterate()
    assert last["loss/held_out"] < 0.05
    assert cloning.evaluate(20).returns.mean() > 5.5
    # 21 of 30 are learnt from, none of which judges.
    (seen, _), (others, _) = cloning._trained, cloning._others
    assert (len(seen), len(others)) == (21, 9)
    together = np.concatenate([seen, others])
    np.testing.assert_array_equal(
        np.sort(together[:, 1]), np.sort(experts.observations[:, 1])
    )


def test_one_pair_is_too_few_to_clone():
    with pytest.raises(UserError, match="two pairs at least.*Received: 1"):
        Cloning(world(), pairs(1), units=2)


def test_rows_are_standardised_by_all_that_were_seen():
    layer = Standardization()
    layer.build([None, 2])
    rng = np.random.default_rng(0)
    rows = rng.normal([3.0, -1.0], [2.0, 0.5], (50, 2)).astype(np.float32)
    np.testing.assert_array_equal(layer(rows), rows)
    layer.update(rows[:20])
    layer.update(rows[20:])
    expected = (rows - rows.mean(0)) / rows.std(0)
    np.testing.assert_allclose(layer(rows), expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(layer.inverse(layer(rows)), rows, rtol=1e-4)


def test_a_run_that_stopped_beyond_its_new_end_is_evaluated(tmp_path):
    workdir = WorkDir(tmp_path / "run")

    def train(steps):
        config = Config(
            str(workdir.path),
            train_steps=steps,
            log_every=1,
            checkpoint_every=1,
        )
        learner = Cloning(world(), pairs(20), units=3, batch_size=4)
        return training.train(
            learner, config, settings={}, free=frozenset()
        ).step

    assert train(3) == 3
    *lines, last = workdir.read_metrics()
    returns = {n: last.pop(n) for n in [*last] if n.startswith("eval/")}
    assert len(returns) == 2
    # As if a signal had stopped it.
    text = "".join(json.dumps(line) + "\n" for line in [*lines, last])
    workdir.metrics.write_text(text)
    for _ in range(2):
        assert train(2) == 3
        *_, added = workdir.read_metrics()
        assert added == {"step": 3, "seconds": last["seconds"]} | returns
    assert len(workdir.read_metrics()) == 4
