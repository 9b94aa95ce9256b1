"""Steps that are counted against the GAN's own counter."""

import keras
import pytest

from tests.linear_game import compiled, minibatches, real_images, tiny_gan
from tfgan_ref.training.callbacks.stepwise import Stepwise


class Compare(Stepwise):
    def __init__(self):
        super().__init__()
        self.pairs = []

    def on_train_batch_end(self, batch, logs=None):
        super().on_train_batch_end(batch, logs)
        self.pairs.append((self.step, int(self.model.step.numpy())))


@pytest.mark.parametrize(
    ("protocol", "counted"),
    [
        ({}, [8, 9, 10, 11]),
        ({"discriminator_steps": 2}, [8, 9, 10, 11]),
        ({"steps_per_execution": 2}, [9, 11, 13, 15]),
    ],
)
def test_the_count_is_the_gans_after_a_resume_too(protocol, counted):
    gan = compiled(tiny_gan(), **protocol)
    gan.step.assign(7)
    seen = Compare()
    data = minibatches(real_images(16)).repeat()
    steps = 2 * gan.steps_per_execution
    gan.fit(
        data,
        steps_per_epoch=steps,
        epochs=2,
        verbose=0,
        shuffle=False,
        callbacks=[seen],
    )
    assert seen.pairs == [(step, step) for step in counted]


@pytest.mark.filterwarnings("ignore:Your input ran out of data")
def test_data_that_end_within_a_call_are_counted_at_the_end():
    gan = compiled(tiny_gan(), steps_per_execution=2)
    seen = Compare()
    data = minibatches(real_images(3 * 8)).filter(lambda _: True)
    gan.fit(data, verbose=0, shuffle=False, callbacks=[seen])
    assert gan.step.numpy() == seen.step == 3


def test_the_counter_is_not_read_between_the_ends():
    gan = compiled(tiny_gan())
    reads = []

    class Counter:
        def numpy(self):
            reads.append(True)
            return 0

    callback = Stepwise()
    callback.set_model(
        type(
            "Model",
            (),
            {"step": Counter(), "steps_per_execution": gan.steps_per_execution},
        )()
    )
    callback.on_train_begin()
    for batch in range(5):
        callback.on_train_batch_end(batch, {})
    assert len(reads) == 1 and callback.step == 5
    assert isinstance(callback, keras.callbacks.Callback)
