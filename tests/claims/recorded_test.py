"""Claims that recorded runs are set beside."""

import pytest

from tests import small_records
from tests.claims.numbers import expected, measured
from tests.claims.runs import write_critic, write_toy
from tfgan_ref import recorded
from tfgan_ref.errors import UserError
from tools.dev import records
from tools.dev.tutorial_claims import balance, critic


def test_the_critic_s_curves_are_read_from_the_records(tmp_path):
    with pytest.raises(records.NotRecorded, match="no wgan_mnist.json"):
        critic.compute(tmp_path)
    distances = {"eval/earth_mover/exact": 0.5, "eval/earth_mover/data": 0.25}
    write_critic(tmp_path, evaluations=[{"step": 20} | distances])
    computed = critic.compute(tmp_path)
    found = measured(computed)
    assert found["wgan_ring_seed1_first"] == 20
    assert found["wgan_ring_seed1_last"] == pytest.approx((20 / 19 + 1) / 2)
    assert found["wgan_mnist_norm"] == 1.25
    assert found["wgan_ring_seed1_exact"] == 0.5
    assert expected(computed)["wgan_ring_seed1_exact"] == 0.25
    assert expected(computed)["wgan_ring_seed1_norm"] == 1
    (curve, _) = computed["curves"].values()
    assert curve["eval/earth_mover/exact"].tolist() == [[20], [0.5]]


@pytest.mark.parametrize("name", ["step", "critic/gradient_norm"])
def test_curves_that_do_not_fit_together_are_one_line(name, tmp_path):
    write_critic(tmp_path)
    path = tmp_path / "wgan_ring_seed1.json"
    record = recorded.read(path)
    record["curves"][name] = []
    recorded.write(path, record)
    with pytest.raises(UserError, match="wgan_ring_seed1.json is damaged"):
        critic.compute(tmp_path)


def test_balance_is_the_mean_over_the_seeds(tmp_path):
    for k, name in ((1, "plain_ring"), (2, "balance_ring_k2")):
        for seed in (1, 2, 3):
            write_toy(tmp_path / f"{name}_seed{seed}.json", 8 - k, seed / 10)
    with pytest.raises(records.NotRecorded, match="k5_seed1.json.*recipes.toy"):
        balance.compute(tmp_path)
    for seed in (1, 2, 3):
        path = tmp_path / f"balance_ring_k5_seed{seed}.json"
        write_toy(path, seed, 0.5)
    found = measured(balance.compute(tmp_path))
    assert (found["modes_1"], found["modes_2"], found["modes_5"]) == (7, 6, 2)
    assert found["quality_2"] == pytest.approx(0.2)
    small_records.write(path, "run", evaluations=[])
    with pytest.raises(UserError, match="k5_seed3.json is damaged"):
        balance.compute(tmp_path)
