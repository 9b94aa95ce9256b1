"""Pictures of codes in the plane."""

import importlib.util

import numpy as np
import pytest

from tests import small_images
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import code_map

CODES = np.array([[-1.0, -1.0], [-0.9, -1.0], [1.0, 1.0], [-1.0, 1.0]])


def places(picture, colour):
    """Of all pixels of a colour but those of the legend, at the top right."""
    return np.argwhere((abs(picture.astype(int) - colour) < 12).all(-1))


def test_each_class_has_its_colour_at_its_own_place():
    picture = code_map.draw(CODES, np.array([0, 0, 1, 3]), ("a", "b"))
    assert picture.shape == (600, 600, 3) and picture.dtype == np.uint8
    blue, red = [31, 119, 180], [214, 39, 40]  # Matplotlib's C0 and C3.
    rows, columns = places(picture, blue).T
    low = rows > 400  # The legend has one, too.
    assert low.sum() > 4 and columns[low].max() < 200
    rows, columns = places(picture, red).T
    left = columns < 200
    assert left.sum() > 4 and rows[left].max() < 200


def test_without_matplotlib_is_one_line(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match="matplotlib is needed"):
        code_map.CodeMap(small_images.images(1, 4))
