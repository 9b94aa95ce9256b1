"""Models that make images of images, as they are served."""

import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref import endpoints
from tfgan_ref.serving import served

IMAGES = np.float32([[[[0.0]], [[0.25]]], [[[1.0]], [[0.5]]]])


class Model:
    """Twice the levels in [-1, 1] and a share, side by side."""

    def __init__(self, name):
        self._name = name

    def endpoints(self):
        def make(images, share):
            more = share[:, None, None, None]
            return tf.concat([2.0 * images, images + more], 2)

        others = {"share": tf.TensorSpec([None])}
        shape = (None, 2, 1, 1)
        return endpoints.of_images(self._name, make, shape, others)


@pytest.mark.parametrize("name", ["translate", "upscale"])
def test_images_are_made_of_images(name):
    function = served.signatures(Model(name))[name]
    assert served.fits(function, name)
    share = tf.constant([0.5, -0.25])
    made = function(images=tf.constant(IMAGES), share=share)["images"]
    # Levels of 0, 1/4, 1 and 1/2 are -1, -1/2, 1 and 0.
    np.testing.assert_allclose(
        made[..., 0], [[[0.0, 0.25], [0.0, 0.5]], [[1.0, 0.875], [0.5, 0.375]]]
    )
    for wrong in ({"images": IMAGES * np.nan}, {"share": share * np.inf}):
        given = {"images": tf.constant(IMAGES), "share": share} | wrong
        with pytest.raises(tf.errors.InvalidArgumentError, match="be finite"):
            function(**{k: tf.constant(v) for k, v in given.items()})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            {"images": np.zeros((2, 2, 2, 1))},
            "images .*expected shape .*,2,1,1",
        ),
        ({"images": np.zeros((2, 1, 1))}, "images .*expected shape .*,2,1,1"),
        ({"share": np.zeros((2, 1))}, "share .*expected shape ...."),
    ],
)
def test_rows_of_another_shape_are_told_in_the_graph(wrong, said, tmp_path):
    module = tf.Module()
    signatures = served.signatures(Model("upscale"))
    tf.saved_model.save(module, str(tmp_path), signatures)
    given = {"images": IMAGES, "share": np.zeros(2)} | wrong
    given = {k: tf.constant(v, tf.float32) for k, v in given.items()}
    for function in (
        signatures["upscale"],
        tf.saved_model.load(str(tmp_path)).signatures["upscale"],
    ):
        with pytest.raises(tf.errors.InvalidArgumentError, match=said):
            function(**given)


def test_a_name_alone_is_not_enough():
    class Other:
        def endpoints(self):
            given = {"images": tf.TensorSpec([None, 4])}
            return {"translate": (lambda images: {"images": images}, given)}

    assert not served.fits(served.signatures(Other())["translate"], "translate")
