"""`make conformance`: every GAN in the other ways there are to train it.

Each case either does what was asked or refuses it in one line.
"""

import keras
import numpy as np
import pytest

from tests.conformance import cases
from tfgan_ref.errors import UserError

pytestmark = pytest.mark.conformance
SEED = 3


@pytest.fixture(params=cases.every())
def build(request):
    """Of a case; the initial weights are of one seed."""
    keras.utils.set_random_seed(SEED)
    return request.param


def compiled_or_refused(build, **protocol):
    """A compiled GAN, or None where the game has no such protocol."""
    try:
        return cases.compiled(build, **protocol)
    except UserError as refusal:
        assert "\n" not in str(refusal)
        assert "Received: " in str(refusal)
        return None


def check_step(gan, steps=1):
    """Networks of all turns move, and everything is finite; the metrics."""
    before = cases.state_of(gan)
    turns = [gan.variables_of(turn) for turn in gan.turns()]
    starts = [[np.array(v) for v in variables] for variables in turns]
    metrics = cases.fit(gan, steps)
    assert all(np.isfinite(value) for value in metrics.values())
    after = cases.state_of(gan)
    assert len(after) == len(before)
    assert all(np.isfinite(value).all() for value in after)
    for variables, start in zip(turns, starts, strict=True):
        pairs = zip(variables, start, strict=True)
        assert any((np.array(v) != value).any() for v, value in pairs)
    return metrics


@pytest.mark.parametrize("simultaneous", [True, False])
def test_both_protocols(build, simultaneous):
    gan = compiled_or_refused(build, simultaneous=simultaneous)
    if gan is None:
        return
    assert gan.simultaneous is simultaneous
    check_step(gan)


def test_one_of_them_is_there(build):
    assert any(
        compiled_or_refused(build, simultaneous=simultaneous)
        for simultaneous in (True, False)
    )


def test_four_steps_per_execution_are_four_steps(build):
    ends = []
    for steps_per_execution in (1, 4):
        keras.utils.set_random_seed(SEED)
        gan = cases.compiled(build, steps_per_execution=steps_per_execution)
        check_step(gan, 4)
        ends.append(cases.state_of(gan))
    for one, other in zip(*ends, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def test_bfloat16(build):
    """Losses near float32's; weights, costs and optimizers are float32."""
    expected = cases.fit(cases.compiled(build), 1)
    keras.utils.set_random_seed(SEED)
    keras.config.set_dtype_policy("mixed_bfloat16")
    gan = cases.compiled(build)
    metrics = check_step(gan)
    assert {str(v.dtype) for v in gan.trainable_variables} == {"float32"}
    for name in expected:
        if name.startswith("loss/"):
            near = pytest.approx(expected[name], rel=0.05, abs=0.05)
            assert metrics[name] == near, name


def test_replicas_with_noise_of_their_own(build, two_replicas):
    with two_replicas.scope():
        check_step(cases.compiled(build))


def test_xla(build):
    """Other latents than without, so that losses say little."""
    gan = compiled_or_refused(build, jit_compile=True)
    if gan is not None:
        check_step(gan)
