import numpy as np
import pytest

from tfgan_ref.evaluation.sharpness import gradient_magnitude


def test_it_is_the_mean_length_of_steps_down_and_to_the_right():
    image = np.array([[0.0, 4.0, 1.0], [3.0, 4.0, 6.0], [9.0, 9.0, 9.0]])
    lengths = [np.hypot(3, 4), np.hypot(0, -3), np.hypot(6, 1), np.hypot(5, 2)]
    found = gradient_magnitude(image[None, ..., None])
    assert found == pytest.approx(np.mean(lengths))


def test_images_and_channels_count_alike():
    images = np.random.default_rng(1).normal(size=(3, 2, 5, 4, 3))
    one_by_one = [
        gradient_magnitude(image[..., k : k + 1])
        for image in images.reshape(6, 5, 4, 3)
        for k in range(3)
    ]
    assert gradient_magnitude(images) == pytest.approx(np.mean(one_by_one))
