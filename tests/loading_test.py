"""GANs that come back from a file NAME.keras."""

import keras
import numpy as np
import pytest

import tfgan_ref
from tests.small_run import make
from tfgan_ref import optimizers
from tfgan_ref.errors import UserError
from tfgan_ref.losses import hinge


@pytest.mark.parametrize("kind", ["dcgan", "conditional", "bigan"])
def test_a_gan_comes_back_compiled_or_not(kind, tmp_path):
    path = tmp_path / "gan.keras"
    gan = make(kind)
    gan.save(path)
    found = tfgan_ref.load(path)
    assert not found.compiled
    np.testing.assert_array_equal(found.sample([4, 2]), gan.sample([4, 2]))
    loss = hinge.hinge_generator_loss
    gan.compile(
        optimizers.FusedAdam(optimizers.LinearDecay(3e-3, 5, 7)),
        optimizers.HistoricalAveragingAdam(2e-4, strength=0.25),
        generator_loss=loss,
        discriminator_steps=3,
        simultaneous=False,
    )
    gan.save(path)
    found = tfgan_ref.load(path)
    assert found.compiled and found.generator_loss is loss
    assert (found.discriminator_steps, found.simultaneous) == (3, False)
    assert found.discriminator_optimizer.strength == 0.25
    for name in ("generator_optimizer", "discriminator_optimizer"):
        mine, other = getattr(gan, name), getattr(found, name)
        assert type(mine) is type(other)
        assert mine.get_config() == other.get_config()


def test_what_holds_no_gan_is_one_line(tmp_path):
    path = tmp_path / "gan.keras"
    with pytest.raises(UserError, match="Cannot read .*No such file"):
        tfgan_ref.load(path)
    make("normal").generator.save(path)
    with pytest.raises(UserError, match="must hold a GAN. Received: Func"):
        tfgan_ref.load(path)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(UserError, match="Cannot load") as caught:
        tfgan_ref.load(path)
    assert len(str(caught.value).splitlines()) == 1
    keras.Sequential([keras.Input((2,)), keras.layers.Lambda(abs)]).save(path)
    with pytest.raises(UserError, match="names keras.layers.Lambda"):
        tfgan_ref.load(path)
