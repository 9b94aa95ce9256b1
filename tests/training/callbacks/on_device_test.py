"""Losses that are read only where somebody looks."""

import keras
import pytest

from tests.linear_game import compiled, minibatches, real_images, tiny_gan
from tfgan_ref.errors import UserError
from tfgan_ref.training.callbacks.finite import StopAtNonFinite
from tfgan_ref.training.callbacks.on_device import OnDevice
from tfgan_ref.training.callbacks.progress import ProgressBar


class Keep(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.losses = []

    def on_train_batch_end(self, batch, logs=None):
        self.losses.append(logs["loss/generator"])


def losses_of(wrap):
    keras.utils.set_random_seed(1)
    gan = compiled(tiny_gan())
    keep = Keep()
    gan.fit(
        minibatches(real_images(32)),
        callbacks=wrap([keep], gan),
        verbose=0,
        shuffle=False,
    )
    return keep.losses, gan.history.history


def test_the_same_losses_as_tensors():
    floats, history = losses_of(lambda callbacks, gan: callbacks)
    tensors, same_history = losses_of(
        lambda callbacks, gan: OnDevice(callbacks, add_history=True, model=gan)
    )
    assert all(isinstance(loss, float) for loss in floats)
    assert not any(isinstance(loss, float) for loss in tensors)
    assert len(set(floats)) > 1
    assert [float(loss) for loss in tensors] == floats
    assert same_history == history


class Loss:
    """Says when it was read."""

    def __init__(self, reads, step, value=0.5):
        self._noted, self._value = (reads, step), value

    def __float__(self):
        reads, step = self._noted
        reads.append(step)
        return self._value


def begin(callback):
    callback.set_model(compiled(tiny_gan()))
    callback.on_train_begin()
    return callback


@pytest.mark.parametrize(
    "make",
    [
        lambda: StopAtNonFinite(None, every=3),
        lambda: ProgressBar(7, images_per_step=2, every=3),
    ],
)
def test_only_every_nth_loss_is_read(make):
    callback, reads = begin(make()), []
    for step in range(1, 8):
        callback.on_train_batch_end(0, {"loss/generator": Loss(reads, step)})
    assert reads == [3, 6]


def test_a_loss_that_is_no_number_is_seen_at_the_next_look():
    class Checkpoints:
        def describe_last(self):
            return "No checkpoint"

    callback = begin(StopAtNonFinite(Checkpoints(), every=2))
    callback.on_train_batch_end(0, {"loss/generator": Loss([], 1, 1e999)})
    with pytest.raises(UserError, match="loss/generator is inf at step 2"):
        callback.on_train_batch_end(0, {"loss/generator": float("inf")})
