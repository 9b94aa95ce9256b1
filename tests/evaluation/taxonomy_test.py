"""What is measured of a family."""

import numpy as np
import pytest

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import taxonomy
from tfgan_ref.models.taxonomy.family import BOUND


class _Model:
    density, evaluations, parameters = BOUND, 7, 11

    def __init__(self, nats=(), scale=1.0):
        self.nats, self.scale = nats, scale
        self.drawn = []

    def fit(self, minibatches, *, steps_per_epoch):
        self.seen = [x.numpy() for x in minibatches.take(steps_per_epoch)]

    def sample(self, count, seed):
        self.drawn.append((count, seed))
        return np.full([count, 2], self.scale * (seed + 3.0), np.float32)

    def log_density(self, examples):
        return np.array(self.nats) if len(self.nats) else None


TRAIN = np.arange(10, dtype=np.float32).reshape(5, 2)
TASK = taxonomy.Task(
    "some",
    TRAIN,
    TRAIN[:3] + 0.5,
    None,
    draw=lambda samples: samples,
    judge=lambda samples: {"sum": float(samples.sum())},
    count=4,
)


def test_every_example_is_shown_once_in_an_epoch_in_an_order_of_the_seed():
    model, other = _Model(), _Model()
    for one, seed in ((model, 0), (other, 1)):
        seconds = taxonomy.train(one, TASK, steps=5, batch_size=2, seed=seed)
        assert 0 < seconds < 60
        shown = np.concatenate(one.seen)
        assert shown.shape == (10, 2)
        for epoch in (shown[:5], shown[5:]):
            np.testing.assert_array_equal(np.sort(epoch, 0), TRAIN)
    assert not np.array_equal(model.seen, other.seen)


def test_a_row_has_the_mean_and_its_error():
    model = _Model(nats=[-2.0, -5.0, -2.0])
    row, samples = taxonomy.measure(model, TASK, 1.5)
    assert (row.nats, row.density, row.train_seconds) == (-3.0, BOUND, 1.5)
    np.testing.assert_allclose(row.error, np.sqrt(2 / 3))
    assert (row.evaluations, row.parameters) == (7, 11)
    assert row.judged == {"sum": 24.0}
    assert samples.shape == (4, 2)
    # Timed are others, once it is compiled.
    assert model.drawn == [(4, 0)] + [(4, 1)] * 3
    assert 0 < row.sample_seconds < 1


def test_without_a_density_there_are_no_nats():
    row, _ = taxonomy.measure(_Model(), TASK, 0.0)
    assert (row.nats, row.error, row.density) == (None, None, "none")


@pytest.mark.parametrize(
    "model", [_Model(scale=np.inf), _Model(nats=[0.0, np.nan, 0.0])]
)
def test_what_is_no_number_is_said(model):
    with pytest.raises(UserError, match="^Training on some diverged: finite"):
        taxonomy.measure(model, TASK, 0.0)
