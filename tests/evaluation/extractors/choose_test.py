import numpy as np
import pytest

from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import classifier
from tfgan_ref.evaluation.extractors import choose

SHAPE = (9, 8, 1)
PIXELS = np.random.default_rng(1).integers(0, 256, (5, *SHAPE)).astype(np.uint8)


def test_pixels_are_levels_from_0_to_1():
    extractor = choose.load("pixels", SHAPE)
    found = extractor(PIXELS)
    np.testing.assert_allclose(
        found.vectors, PIXELS.reshape(5, 72) / 255.0, rtol=1e-6
    )
    assert found.vectors.dtype == np.float32 and found.probabilities is None
    assert (extractor.name, extractor.sha256) == ("pixels", None)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("classifiers") / "c.keras"
    data = Images("x", PIXELS, np.zeros(5, np.int32), ("a", "b", "c", "d"))
    network = classifier.build(SHAPE, 4)
    classifier.save(network, path, data=data, test_accuracy=0.5, settings={})
    return path, network


def test_a_classifier_gives_what_its_logits_are_made_of(saved):
    path, network = saved
    extractor = choose.load(f"classifier:{path}", SHAPE)
    vectors, probabilities = extractor(PIXELS)
    assert vectors.shape == (5, 128)
    logits = network.get_layer("logits")
    exponents = np.exp(
        vectors.astype(np.float64) @ logits.kernel.numpy() + logits.bias.numpy()
    )
    np.testing.assert_allclose(
        probabilities, exponents / exponents.sum(1, keepdims=True), rtol=1e-4
    )
    expected = network(PIXELS / 127.5 - 1.0, training=False)
    np.testing.assert_allclose(probabilities, expected, rtol=1e-4)
    assert extractor.sha256 == extractor.record["sha256"]
    assert extractor.record["classes"] == 4


def test_a_classifier_of_other_images_is_one_line(saved):
    path, _ = saved
    with pytest.raises(
        UserError, match=r"c.keras .* \[9, 8, 1\]. Received: \[8, 9, 1\]$"
    ):
        choose.load(f"classifier:{path}", (8, 9, 1))
    extractor = choose.load(f"classifier:{path}", SHAPE)
    with pytest.raises(UserError, match=r"Received: \[9, 8, 3\]$"):
        extractor(np.repeat(PIXELS, 3, -1))


def test_a_classifier_that_is_not_of_its_record_is_one_line(saved, tmp_path):
    path, _ = saved
    other = tmp_path / "c.keras"
    other.write_bytes(path.read_bytes() + b"x")
    record = path.with_suffix(".json").read_text()
    other.with_suffix(".json").write_text(record)
    with pytest.raises(UserError, match="is not the file that .*sha256"):
        choose.load(f"classifier:{other}", SHAPE)


@pytest.mark.parametrize(
    "text", ["", "inception", "inception2015", "classifier:", "a.keras"]
)
def test_there_are_no_other_extractors(text):
    with pytest.raises(UserError) as caught:
        choose.load(text, SHAPE)
    assert str(caught.value) == (
        "Extractors are pixels, classifier:FILE.keras, inception2015:FILE.pb, "
        "inception_keras:FILE.h5, user:FILE_OR_FOLDER. "
        f"Received: {text!r}"
    )
