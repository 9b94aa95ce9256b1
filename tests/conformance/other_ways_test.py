"""`make conformance`: every GAN in the other ways there are to train it.

Each case either does what was asked or refuses it in one line.
"""

import keras
import numpy as np
import pytest

from tests.conformance import cases
from tests.replicas import values_of
from tfgan_ref.augmentation import POLICIES
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN

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
    """Every turn moves its networks, and all is finite; the metrics."""
    moving = {turn.name: gan.variables_of(turn) for turn in gan.turns()}
    starts = {name: values_of(moving[name]) for name in moving}
    metrics = cases.fit(gan, steps)
    assert all(np.isfinite(value) for value in metrics.values())
    assert all(np.isfinite(value).all() for value in cases.state_of(gan))
    moved = {
        name
        for name, start in starts.items()
        if any(map(np.any, map(np.not_equal, values_of(moving[name]), start)))
    }
    # A schedule of its own may leave the generator out, at first.
    own = type(gan).make_step is not GAN.make_step
    assert moved == moving.keys() or (own and moved == {"discriminator"})
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
        gan = compiled_or_refused(build, diff_augment=POLICIES)
        check_step(gan or cases.compiled(build))


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
@pytest.mark.parametrize("simultaneous", [True, False])
def test_diff_augment(build, simultaneous, policy):
    """Images alone; it changes what the discriminator sees."""
    keras.config.set_dtype_policy(policy)
    protocol = {"simultaneous": simultaneous}
    gan = compiled_or_refused(build, **protocol, diff_augment=POLICIES)
    plain = compiled_or_refused(build, **protocol)
    if gan is None:
        assert plain is None or not _sees_images(plain)
        return
    if "discriminator" not in {turn.name for turn in plain.turns()}:
        return  # It sees nothing.
    keras.utils.set_random_seed(SEED)
    plain = cases.compiled(build, **protocol)
    keras.utils.set_random_seed(SEED)
    gan = cases.compiled(build, **protocol, diff_augment=POLICIES)
    for one in (gan, plain):
        check_step(one)
    states = zip(cases.state_of(gan), cases.state_of(plain), strict=True)
    assert any((one != other).any() for one, other in states)


def _sees_images(gan):
    """Whether the discriminator does, and not points or codes."""
    given = gan.discriminator.input_shape
    shapes = given.values() if isinstance(given, dict) else [given]
    return any(len(shape) == 4 for shape in shapes)


def test_xla(build):
    """Other latents than without, so that losses say little."""
    gan = compiled_or_refused(build, jit_compile=True)
    if gan is not None:
        check_step(gan)
