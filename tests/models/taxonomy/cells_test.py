"""Points as bits, and back."""

import numpy as np
import tensorflow as tf

from tfgan_ref.models.taxonomy.cells import Celled, Cells


def test_a_point_is_in_the_cell_of_its_bits():
    cells = Cells(2.0, bits=3)
    points = np.float32([[-1.9, 1.9], [0.1, -0.1], [1.2, -0.7]])
    bits = cells.encode(points).numpy()
    # Places 0 and 7, 4 and 3, 6 and 2 of 8, in Gray's code.
    expected = [[0, 0, 0, 1, 0, 0], [1, 1, 0, 0, 1, 0], [1, 0, 1, 0, 1, 1]]
    np.testing.assert_array_equal(bits, expected)
    decoded = cells.decode(bits, seed=0)
    edges = np.floor(points * 2) / 2
    assert ((edges <= decoded) & (decoded <= edges + 0.5)).all()


def test_neighbours_differ_in_one_bit_and_the_edge_holds_the_rest():
    cells = Cells(3.0, bits=4)
    line = np.float32(np.linspace(-3, 3, 16, endpoint=False) + 0.1)
    bits = cells.encode(np.stack([line, -0 * line], 1)).numpy()
    np.testing.assert_array_equal(abs(np.diff(bits, axis=0)).sum(1), 1)
    beyond = cells.encode(np.float32([[-9, 9]])).numpy()
    edge = cells.encode(np.float32([[-2.99, 2.99]])).numpy()
    np.testing.assert_array_equal(beyond, edge)


class _Flat:
    """All cells alike but for the first bit, which is 1 once in four times."""

    density, evaluations, parameters = "exact", 4, 7

    def fit(self, minibatches, **how):
        self.seen = [x.numpy() for x in minibatches.take(2)], how

    def sample(self, count, seed):
        return np.float32(np.random.default_rng(seed).random([count, 4]) < 0.5)

    def log_density(self, bits):
        first = np.where(bits[:, 0] == 1, 0.25, 0.75)
        return np.log(first / 8)


def test_the_density_of_points_is_flat_in_each_cell_and_integrates_to_one():
    model = Celled(_Flat(), Cells(2.0, bits=2))
    line = np.linspace(-2, 2, 40, endpoint=False) + 0.05
    grid = np.stack(np.meshgrid(line, line), -1).reshape(-1, 2)
    density = np.exp(model.log_density(np.float32(grid)))
    np.testing.assert_allclose(density.mean() * 16, 1.0, rtol=1e-6)
    right = grid[:, 0] > 0
    np.testing.assert_allclose(density[right], 0.25 / 8, rtol=1e-6)
    data = tf.data.Dataset.from_tensors(np.float32([[1, 1], [-1, 1]])).repeat()
    model.fit(data, steps_per_epoch=2)
    seen, how = model.model.seen
    assert how == {"steps_per_epoch": 2}
    np.testing.assert_array_equal(seen[0], [[1, 0, 1, 0], [0, 1, 1, 0]])
