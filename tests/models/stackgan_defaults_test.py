"""The numbers of StackGAN's released code, for birds."""

import numpy as np

from tests.models.description import defaults
from tfgan_ref.models import stackgan


def test_numbers_are_the_released_ones():
    assert defaults(stackgan.build) == {
        "latent_dim": 100,
        "text_dim": 128,  # Released texts have 1,024.
        "condition_dim": 128,
        "width": 64,
        "kl_weight": 2.0,
        "ema_decay": 0.0,
        "seed": 0,
    }
    assert defaults(stackgan.build_second) == {
        "width": 64,
        "kl_weight": 2.0,
        "ema_decay": 0.0,
        "seed": 0,
    }


def test_words_begin_as_unit_normal_vectors():
    network = stackgan.encoder(50, 3, 20)
    (vectors, *_) = network.get_weights()
    assert vectors.shape == (50, 20)
    assert np.std(vectors) > 0.9 and abs(vectors.mean()) < 0.1
