import numpy as np
import pytest

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import diversity


def test_the_numbers_are_those_worked_out_by_hand():
    probabilities = [
        [0.7, 0.1, 0.1, 0.1],  # Class 0.
        [0.2, 0.1, 0.6, 0.1],  # Class 2.
        [0.9, 0.0, 0.1, 0.0],  # Class 0.
        [0.4, 0.3, 0.2, 0.1],  # Class 0.
    ]
    measured = diversity.measure(np.array(probabilities, np.float32))
    assert measured == {
        "classes_covered": 2,
        # -3/4 ln(3/4) - 1/4 ln(1/4).
        "class_entropy": pytest.approx(0.5623351446188083, rel=1e-12),
        "confidence": pytest.approx(0.65, rel=1e-6),
        "samples": 4,
    }


def test_one_class_has_no_entropy():
    measured = diversity.measure(np.array([[0.1, 0.9], [0.4, 0.6]]))
    assert measured["classes_covered"] == 1
    assert str(measured["class_entropy"]) == "0.0"


def test_classes_as_often_as_the_others_have_the_largest_entropy():
    measured = diversity.measure(np.eye(7)[[5, 1, 0, 6, 2, 4, 3] * 2])
    assert measured["classes_covered"] == 7
    assert measured["class_entropy"] == pytest.approx(np.log(7), rel=1e-12)
    assert measured["confidence"] == 1.0
    assert measured["samples"] == 14


def test_what_is_measured_can_be_written_as_json():
    measured = diversity.measure(np.eye(3, dtype=np.float32))
    kinds = {name: type(value) for name, value in measured.items()}
    assert kinds == {
        "classes_covered": int,
        "class_entropy": float,
        "confidence": float,
        "samples": int,
    }


@pytest.mark.parametrize("shape", [(4,), (2, 3, 4), (0, 10), (4, 0)])
def test_another_shape_is_one_line_that_names_it(shape):
    with pytest.raises(UserError) as caught:
        diversity.measure(np.zeros(shape))
    assert str(caught.value).endswith(f"Received: shape {list(shape)}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_counted_by_samples(value):
    probabilities = np.full((5, 2), 0.5)
    probabilities[1] = value
    probabilities[4, 0] = value
    with pytest.raises(UserError, match="in 2 of 5 samples"):
        diversity.measure(probabilities)
