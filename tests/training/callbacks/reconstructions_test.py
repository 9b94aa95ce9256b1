"""Pictures of images and their reconstructions."""

import numpy as np
import tensorflow as tf
from PIL import Image

from tests import small_gan
from tfgan_ref.models import bigan, toy
from tfgan_ref.pictures import to_uint8
from tfgan_ref.training.callbacks.reconstructions import WriteReconstructions


def begin(callback, gan):
    callback.set_model(gan)
    callback.on_train_begin()


def test_images_are_above_what_is_made_of_them(tmp_path):
    gan = bigan.build((4, 4, 1), latent_dim=3, units=5)
    for variable in gan.trainable_variables:
        variable.assign(60.0 * variable)
    rng = np.random.default_rng(3)
    pixels = rng.integers(0, 256, (10, 4, 4, 1), np.uint8)
    images = pixels.astype(np.float32) / 127.5 - 1
    writer = tf.summary.create_file_writer(str(tmp_path / "events"))
    callback = WriteReconstructions(5, tmp_path, writer, pixels, count=9)
    begin(callback, gan)
    path = tmp_path / "reconstructions_000000.png"
    picture = np.asarray(Image.open(path))
    codes = gan.encoder(images[:9], training=False)
    made = to_uint8(gan.generator(codes, training=False).numpy())
    # Eight in a row, and one.
    cells = picture.reshape(4, 4, 8, 4).swapaxes(1, 2)
    np.testing.assert_array_equal(cells[0], pixels[:8, ..., 0])
    np.testing.assert_allclose(cells[1], made[:8, ..., 0], atol=1)
    np.testing.assert_array_equal(cells[2, 0], pixels[8, ..., 0])
    np.testing.assert_allclose(cells[3, 0], made[8, ..., 0], atol=1)
    assert (cells[2:, 1:] == 128).all()
    assert np.ptp(made, 0).max() > 9
    # Of a run that goes on it stays.
    path.write_bytes(b"mine")
    begin(callback, gan)
    assert path.read_bytes() == b"mine"


def test_without_an_encoder_there_is_no_picture(tmp_path):
    pixels = np.zeros((3, 4, 4, 1), np.uint8)
    encodes = bigan.build((4, 4, 1), units=5)
    plain = small_gan.around(encodes.generator)
    points = toy.build(2, generator_units=3, discriminator_units=2)
    for gan, images in ((plain, pixels), (points, None), (encodes, None)):
        callback = WriteReconstructions(1, tmp_path, None, images)
        begin(callback, gan)
        callback.on_train_batch_end(0, {})
    assert not list(tmp_path.iterdir())
