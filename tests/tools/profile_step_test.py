"""The profile of real steps, and the rates of convolutions."""

import functools

import pytest

from tools import profile_step
from tools.benchmarking import convolutions, ours


@pytest.mark.parametrize("plain", [False, True])
def test_a_profile_finds_the_parts_of_a_step(plain, monkeypatch):
    small = functools.partial(ours.step, width=16, batch_size=4)
    monkeypatch.setattr(ours, "step", small)
    times = profile_step.profile(plain)
    assert set(times) <= set(profile_step._GROUPS)
    # Transposing is for the one alone; how long anything takes is not tested.
    layout = [] if plain else ["layout"]
    for group in ["convolutions", "gradients of kernels", "Adam", *layout]:
        assert times[group] > 0


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("gradient_tape/kernel_gradient_2:_MklNativeConv3D", 0),
        ("x:_MklNativeConv2DBackpropFilter", 0),
        ("x:_MklNativeConv3DBackpropInputV2", 1),
        ("x:_MklMatMul", 2),
        ("x:_MklNativeFusedBatchNormGradV3", 3),
        ("dcgan/batch_normalization_1/Sub:Sub", 3),
        ("x:LeakyReluGrad", 4),
        ("adam_1/Update:ResourceApplyAdam", 5),
        ("x:_MklTranspose", 6),
        ("x:Softplus", 7),
    ],
)
def test_operations_are_grouped(name, group):
    assert profile_step._group(name) == list(profile_step._GROUPS)[group]


def test_the_profile_is_drawn(tmp_path):
    rows = {"ours": {"convolutions": 1.0}, "plain": {"other": 2.0}}
    profile_step.draw(rows, tmp_path / "profile.png")
    assert (tmp_path / "profile.png").read_bytes()[:4] == b"\x89PNG"


def test_rates_of_convolutions_are_measured():
    gflops = convolutions.measure(rounds=1)
    assert len(gflops) == 1 + 2 * 2 * 3
    for rates in gflops.values():
        assert 0 < rates["median"] <= rates["best"] < 1e5
