"""The taxonomy's table and picture."""

import dataclasses

import numpy as np
import pytest

from tfgan_ref.evaluation import taxonomy_table
from tfgan_ref.evaluation.taxonomy import Row

EXACT = Row("exact", -1.234, 0.1, 12, 3e-6, 5, 1.0, {"modes": 8})
BOUND = dataclasses.replace(EXACT, density="lower bound", judged={})
NONE = Row("none", None, None, 1, 2e-6, 5, 1.0, {"modes": 7.128})
TABLE = """\
| family | branch | log p(x) | ring: nats | evaluations of a sample | time | \
modes | digits: nats | evaluations of a sample | time |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| MADE | tractable density: fully visible belief net | exact | -1.23 | 12 | \
1.5 | 8 | >= -1.23 | 12 | 1 |
| GAN | direct: generative adversarial network | none | - | 1 | 1 | 7.13 | \
- | 1 | 1.33 |

ring: -1.50 nats of its own law.
"""


def test_the_table_has_a_line_per_family_and_columns_per_task():
    rows = {
        "made": {"ring": EXACT, "digits": BOUND},
        "gan": {
            "ring": NONE,
            "digits": dataclasses.replace(NONE, sample_seconds=4e-6, judged={}),
        },
    }
    own_nats = {"ring": -1.5, "digits": None}
    assert taxonomy_table.markdown(rows, own_nats) == TABLE


def test_a_picture_has_a_row_per_family_below_its_name():
    side = taxonomy_table.SIDE
    dark, light = (
        np.full([count, side, side, 3], level, np.uint8)
        for count, level in ((1, 3), (2, 250))
    )
    drawn = {"data": [dark, light], "MADE": [light[:1], light]}
    picture = taxonomy_table.picture(drawn)
    assert picture.shape == (2 * (side + 16), 3 * side, 3)
    assert (picture[16 : 16 + side, :side] == 3).all()
    assert (picture[16 : 16 + side, side:] == 250).all()
    assert (picture[-side:] == 250).all()


def test_mosaics_show_images_row_by_row():
    images = np.zeros([60, 8, 8], np.float32)
    images[6, 0, 7] = 1.0  # Second row, second column.
    images[25] = 0.5  # The first of the second mosaic.
    found = taxonomy_table.mosaics(images)
    assert (found.shape, found.dtype) == ((2, 200, 200, 3), np.uint8)
    cell = found[0, 34:66, 34:66]
    expected = np.zeros([8, 8])
    expected[0, 7] = 255
    expected = np.kron(expected, np.ones([4, 4]))
    np.testing.assert_array_equal(cell, np.stack([expected] * 3, -1))
    assert (found[1, :32, :32] == 128).all()
    assert (found[1, :32, 34:66] == 0).all()
    # At most as large as a mosaic.
    large = taxonomy_table.mosaics(np.ones([1, 200, 200]))
    assert (large[0] == 255).all() and (large[1] == 128).all()


@pytest.mark.parametrize("count", [8, 16, 31, 49])
def test_few_images_fill_their_mosaics(count):
    found = taxonomy_table.mosaics(np.zeros([count, 8, 8]))
    assert (found == 0).mean((1, 2, 3)).min() > 0.85


def test_a_picture_is_halved_by_means():
    image = np.uint8(np.arange(4 * 4 * 3).reshape(4, 4, 3))
    found = taxonomy_table.halved(image)
    assert found.shape == (1, 2, 2, 3)
    # Of 3, 6, 15 and 18, the upper right corner's is 9 + 6 ... of channel 0.
    assert found[0, 0, 1, 0] == np.mean([6, 9, 18, 21]).round()
