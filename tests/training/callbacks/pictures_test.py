"""Pictures of data and of samples: which images are where."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from PIL import Image

from tests import small_gan
from tfgan_ref import augmentation
from tfgan_ref.models import conditional
from tfgan_ref.pictures import to_uint8
from tfgan_ref.training.callbacks.data import WriteData
from tfgan_ref.training.callbacks.samples import WriteSamples, path_of

SHAPE = (16, 16, 1)
NAMES = ("cat", "dog", "elk")


@pytest.fixture
def writer(tmp_path):
    writer = tf.summary.create_file_writer(str(tmp_path / "events"))
    yield writer
    writer.close()


def make_gan(classifier=None):
    """Of images that are white or black."""
    z = keras.Input((1,))
    shade = layers.RepeatVector(256)(layers.Activation(tf.sign)(z))
    generator = keras.Model(z, layers.Reshape(SHAPE)(shade))
    return small_gan.around(generator, classifier)


def white_is_2():
    """A classifier of three classes; black is 0."""
    images = keras.Input(SHAPE)
    mean = layers.GlobalAveragePooling2D()(images)
    logits = layers.Dense(3, use_bias=False)
    network = keras.Model(images, logits(mean))
    logits.set_weights([np.float32([[-1.0, 0.0, 1.0]])])
    return network


def pictures_of(folder):
    """Tag -> pictures in events."""
    found = {}
    for path in sorted(folder.glob("events/*")):
        for event in tf.compat.v1.train.summary_iterator(str(path)):
            for value in event.summary.value:
                encoded = tf.make_ndarray(value.tensor)[2]
                picture = tf.io.decode_png(encoded).numpy()
                found.setdefault(value.tag, []).append(picture)
    return found


def cells(picture, rows, columns):
    """`[rows, columns, height, width]` of the table below the head, if any."""
    height, width = SHAPE[:2]
    table = picture[-rows * height :]
    assert table.shape[1] == columns * width
    return table.reshape(rows, height, columns, width).swapaxes(1, 2)


def begin(callback, gan):
    callback.set_model(gan)
    callback.on_train_begin()


def noise(count, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, *SHAPE), np.uint8)


def scaled(pixels):
    return pixels.astype(np.float32) / 127.5 - 1


def test_data_are_the_first_examples_as_they_are(tmp_path, writer):
    pixels = noise(10)
    data = tf.data.Dataset.from_tensor_slices(scaled(pixels)).batch(3)
    callback = WriteData(tmp_path, writer, lambda: data, count=4)
    begin(callback, make_gan())
    picture = np.asarray(Image.open(tmp_path / "data.png"))
    drawn = cells(picture[..., None], 2, 2).reshape(4, *SHAPE)
    np.testing.assert_array_equal(drawn, pixels[:4])
    # Of a run that goes on it stays.
    (tmp_path / "data.png").write_bytes(b"mine")
    begin(callback, make_gan())
    assert (tmp_path / "data.png").read_bytes() == b"mine"
    writer.flush()
    (shown,) = pictures_of(tmp_path)["data"]
    np.testing.assert_array_equal(shown[..., 0], picture)


def test_data_of_a_game_with_classes_have_a_column_for_each(tmp_path, writer):
    pixels, labels = noise(40), np.arange(40, dtype=np.int32) % 2 * 2
    others = scaled(noise(40, seed=1))
    data = tf.data.Dataset.from_tensor_slices(
        (scaled(pixels), labels, others, others)
    ).batch(5)
    gan = make_gan(white_is_2())
    begin(WriteData(tmp_path, writer, lambda: data, class_names=NAMES), gan)
    picture = np.asarray(Image.open(tmp_path / "data.png"))
    drawn = cells(picture, 8, 3)
    np.testing.assert_array_equal(drawn[:, 0], pixels[:16:2, ..., 0])
    np.testing.assert_array_equal(drawn[:, 2], pixels[1:16:2, ..., 0])
    assert (drawn[:, 1] == 128).all()
    assert picture.shape[0] > 8 * 16  # The names.


def test_data_are_augmented_as_for_the_discriminator(tmp_path, writer):
    gan = make_gan()
    gan.compile(
        keras.optimizers.SGD(), keras.optimizers.SGD(), diff_augment=["cutout"]
    )
    white = tf.data.Dataset.from_tensors(np.ones((4, *SHAPE), np.float32))
    begin(WriteData(tmp_path, writer, lambda: white, count=4), gan)
    drawn = cells(np.asarray(Image.open(tmp_path / "data.png")), 2, 2)
    assert set(drawn.flat) == {128, 255}
    seed = [gan.seed, 0]
    expected = augmentation.augment(np.ones((4, *SHAPE)), ["cutout"], seed)
    np.testing.assert_array_equal(
        drawn.reshape(4, 16, 16), to_uint8(expected.numpy())[..., 0]
    )


def test_other_data_are_drawn_as_samples_are(tmp_path, writer):
    points = tf.data.Dataset.from_tensors(np.float32([[1, 2], [3, 4], [5, 6]]))
    seen = []

    def draw(rows):
        seen.append(rows)
        return np.zeros((2, 3, 3), np.uint8)

    callback = WriteData(tmp_path, writer, points.repeat, draw=draw, count=4)
    begin(callback, make_gan())
    np.testing.assert_array_equal(*seen, [[1, 2], [3, 4], [5, 6], [1, 2]])
    with Image.open(tmp_path / "data.png") as picture:
        assert picture.size == (3, 2)


def test_samples_are_also_shown_by_the_class_they_are_taken_for(
    tmp_path, writer
):
    gan = make_gan(white_is_2())
    callback = WriteSamples(5, tmp_path, writer, count=9, class_names=NAMES)
    begin(callback, gan)
    writer.flush()
    found = pictures_of(tmp_path)
    (plain,), (by_class,) = found["samples"], found["samples_by_class"]
    shades = cells(plain[..., 0], 3, 3)[..., 0, 0].ravel()
    assert set(shades) == {0, 255}
    rows = max(np.sum(shades == 0), np.sum(shades == 255))
    drawn = cells(by_class[..., 0], rows, 3)[..., 0, 0]
    assert (drawn[:, 1] == 128).all()
    for column, shade in ((0, 0), (2, 255)):
        own = drawn[:, column]
        assert list(own[own != 128]) == [shade] * np.sum(shades == shade)
    png = np.asarray(Image.open(path_of(tmp_path, 0)))
    np.testing.assert_array_equal(png, plain[..., 0])


def test_samples_of_classes_that_are_asked_for_have_columns(tmp_path, writer):
    gan = conditional.build((28, 28, 1), 3, latent_dim=2, width=2)
    for variable in gan.generator.trainable_variables:
        variable.assign(20.0 * variable)
    callback = WriteSamples(5, tmp_path, writer, count=7, class_names=NAMES)
    begin(callback, gan)
    writer.flush()
    found = pictures_of(tmp_path)
    assert found.keys() == {"samples"}
    seeds = np.arange(9)  # Three of each class.
    inputs = gan.sample_inputs(seeds, label=seeds % 3)
    expected = to_uint8(gan.generator(inputs, training=False).numpy())
    table = found["samples"][0][-3 * 28 :]
    drawn = table.reshape(3, 28, 3, 28, 1).swapaxes(1, 2)
    np.testing.assert_allclose(drawn.reshape(9, 28, 28, 1), expected, atol=1)
    assert np.ptp(expected, 0).max() > 9


def test_tables_of_the_game_are_drawn_beside_its_samples(tmp_path, writer):
    pixels = noise(6).reshape(2, 3, *SHAPE)
    gan = make_gan()
    gan.tables = lambda: {"codes": scaled(pixels)}
    begin(WriteSamples(5, tmp_path, writer, count=4), gan)
    assert path_of(tmp_path, 0).exists()
    picture = np.asarray(Image.open(tmp_path / "codes_000000.png"))
    np.testing.assert_array_equal(cells(picture, 2, 3), pixels[..., 0])
    writer.flush()
    shown = pictures_of(tmp_path)
    np.testing.assert_array_equal(shown["codes"][0][..., 0], picture)
    assert len(shown["samples"]) == 1


def test_what_is_not_drawn_as_images_has_no_tables(tmp_path, writer):
    gan = make_gan()
    gan.tables = lambda: pytest.fail("They are images")
    black = np.zeros((2, 2, 1), np.uint8)
    begin(WriteSamples(5, tmp_path, writer, draw=lambda rows: black), gan)
    assert [path.name for path in tmp_path.glob("*.png")] == [
        path_of(tmp_path, 0).name
    ]


def test_texts_stand_above_their_samples(tmp_path, writer, monkeypatch):
    gan = make_gan()
    texts = ["black", "white", "white", "grey"]
    monkeypatch.setattr(
        type(gan), "titles", lambda self, seeds: [texts[k] for k in seeds]
    )
    begin(WriteSamples(1, tmp_path, writer, count=4), gan)
    with Image.open(path_of(tmp_path, 0)) as picture:
        drawn = np.asarray(picture)
    assert drawn.shape == (3 * (16 + 16), 2 * 16)
    samples = to_uint8(gan.sample(range(4)).numpy())[..., 0]
    for k, (row, column) in enumerate([(0, 0), (1, 0), (1, 1), (2, 0)]):
        y, x = 32 * row + 16, 16 * column
        np.testing.assert_array_equal(drawn[y : y + 16, x : x + 16], samples[k])
    (found,) = pictures_of(tmp_path)["samples"]
    np.testing.assert_array_equal(found[..., 0], drawn)
