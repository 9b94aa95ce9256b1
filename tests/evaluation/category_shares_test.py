"""Shares of categories: exact of a known law, else of samples."""

import numpy as np
import pytest
from scipy import special, stats

from tfgan_ref.evaluation.category_shares import Bars, CategoryShares
from tfgan_ref.models import categorical

P = np.array([0.6, 0.3, 0.1])


def test_of_a_known_law_scores_are_exact():
    gan = categorical.build(3, "gumbel_softmax")
    gan.compile("sgd", "sgd")
    theta = np.array([0.5, 0.0, -1.0])
    gan.generator.get_layer("logits").set_weights([theta])
    q = special.softmax(theta)
    scalars = CategoryShares(P, 4, 5)(gan).scalars
    assert scalars["eval/reverse_kl"] == pytest.approx(stats.entropy(q, P))
    away = np.abs(q - P).sum() / 2
    assert scalars["eval/total_variation"] == pytest.approx(away)
    assert scalars["eval/gradient/exact"] > 0


def test_of_points_samples_are_counted():
    gan = categorical.build(3, "embedding", units=4)
    last = gan.generator.get_layer("points")
    last.set_weights([np.zeros((4, 3)), np.array([0.1, 0.9, 0.3])])
    scalars = CategoryShares(P, 4, 5)(gan).scalars
    assert scalars == {
        "eval/reverse_kl": pytest.approx(-np.log(0.3)),
        "eval/total_variation": pytest.approx(0.7),
    }


def test_a_bar_is_as_high_as_its_share():
    samples = np.eye(3)[[0, 0, 0, 2]]
    picture = Bars(P)(samples)
    assert picture.shape == (400, 400, 3) and picture.dtype == np.uint8
    blue = (picture == (36, 82, 204)).all(-1)
    heights = [
        blue[:, left : left + 120].sum(0).max() for left in (20, 140, 260)
    ]
    assert heights[0] == pytest.approx(3 * heights[2], abs=3)
    assert heights[1] <= 1 < heights[2]
