"""The families as they are compared."""

import numpy as np

from tfgan_ref.models.taxonomy import zoo
from tfgan_ref.models.taxonomy.cells import Celled, Cells


def test_made_alone_has_the_released_schedule():
    model = zoo.made_alone(6, steps=200, rate=0.5, seed=3)
    rates = []
    for step in (0, 90, 91, 180, 181):
        model.optimizer.iterations.assign(step)
        rates.append(float(model.optimizer.learning_rate))
    np.testing.assert_allclose(rates, [0.5, 0.5, 0.05, 0.05, 0.005])
    assert model.decay == 1e-4
    assert model.parameters == 2 * 6 * 500 + 500 + 6


def test_families_of_bits_alone_see_points_in_cells():
    how = zoo.How(
        latent_dim=3,
        batch_size=9,
        learning_rate=0.25,
        ema_decay=0.0,
        seed=2,
        compile_gan=lambda gan: None,
    )
    cells = Cells(2.0, bits=3)
    for key in ("made", "vae", "rbm", "gsn"):
        model = zoo.build(key, 2, cells, how)
        assert isinstance(model, Celled) and model.cells is cells
        assert model.model.dimensions == 6
    assert zoo.build("rbm", 2, cells, how).model.machine.batch_size == 9
    made = zoo.build("made", 20, None, how)
    assert (made.dimensions, made.seed) == (20, 2)
    np.testing.assert_allclose(made.optimizer.learning_rate, 0.25)
