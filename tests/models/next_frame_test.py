"""The game of next frames against one of linear layers, in NumPy."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.replicas import values_of
from tfgan_ref.errors import UserError
from tfgan_ref.models import next_frame, table
from tfgan_ref.models.next_frame import NextFrameGAN

RNG = np.random.default_rng(4)
EXAMPLES = RNG.uniform(-1, 1, (5, 28, 28, 4)).astype(np.float32)
FRAMES = RNG.normal(size=(6, 2, 3, 2)).astype(np.float32)
NEXT = RNG.normal(size=(6, 2, 3, 1)).astype(np.float32)
CASES = {
    "all costs": lambda: next_frame.build(
        EXAMPLES, width=1, gradient_weight=1.0, ema_decay=0.5
    ),
}


def linear_gan(**weights):
    """The next frame is F w; the logit is of it and of the last frame, v."""
    frames = keras.Input((2, 3, 2), name="frames")
    images = keras.Input((2, 3, 1), name="images")
    made = layers.Dense(1, use_bias=False)(frames)
    pair = layers.Concatenate()([frames, images])
    logits = layers.Dense(1, use_bias=False)(layers.Flatten()(pair))
    gan = NextFrameGAN(
        keras.Model({"frames": frames}, made),
        keras.Model({"frames": frames, "images": images}, logits),
        examples=table.of(FRAMES[:4], "examples"),
        prior=table.Places(4),
        **weights,
    )
    for variable in gan.trainable_variables:
        variable.assign(RNG.normal(0.3, 0.5, variable.shape))
    gan.compile(keras.optimizers.SGD(0.5), keras.optimizers.SGD(0.25))
    return gan


def cost_of(gan, round):
    (w,), (v,) = (
        values_of(network.weights)
        for network in (gan.generator, gan.discriminator)
    )
    made = FRAMES @ w
    logits = np.concatenate([FRAMES, made], -1).reshape(6, 18) @ v
    steps = [
        abs(abs(np.diff(NEXT, axis=axis)) - abs(np.diff(made, axis=axis)))
        for axis in (1, 2)
    ]
    parts = {
        "error_weight": np.mean((made - NEXT) ** 2),
        "gradient_weight": sum(map(np.mean, steps)),
        "gan_weight": np.mean(np.logaddexp(0, -logits)),
    }
    return sum(getattr(gan, name) * part for name, part in parts.items())


@pytest.mark.parametrize(
    "weights",
    [
        {"error_weight": 1.5, "gradient_weight": 0.0, "gan_weight": 0.0},
        {"error_weight": 0.0, "gradient_weight": 0.7, "gan_weight": 0.0},
        {"error_weight": 0.5, "gradient_weight": 2.0, "gan_weight": 0.3},
    ],
)
def test_costs_are_weighted_and_of_frames_in_their_place(weights):
    gan = linear_gan(**weights)
    expected = cost_of(gan, None)
    logs = gan.play(gan.turns(), (tf.constant(NEXT), tf.constant(FRAMES)), 0)
    assert float(logs["loss/generator"]) == pytest.approx(expected, rel=1e-5)
    assert ("loss/discriminator" in logs) == (weights["gan_weight"] > 0)
    has_error = weights["error_weight"] > 0
    assert ("loss/squared_error" in logs) == has_error


def test_the_game_begins_after_the_first_steps():
    gan = linear_gan(error_weight=1.0, gan_weight=0.3, pretrain_steps=2)
    minibatch = tf.constant(NEXT), tf.constant(FRAMES)
    for step in range(4):
        gan.step.assign(step)
        whole = cost_of(gan, None)
        gan.gan_weight = 0.0
        alone = cost_of(gan, None)
        gan.gan_weight = 0.3
        logs = gan.play([gan.turns()[1]], minibatch, 0)
        expected = whole if step >= 2 else alone
        assert float(logs["loss/generator"]) == pytest.approx(expected, 1e-5)
        assert whole != pytest.approx(alone, rel=1e-3)


def test_samples_are_of_the_tables_frames_in_turn():
    gan = CASES["all costs"]()
    given = gan.sample_inputs([3, 5, 9])["frames"]
    np.testing.assert_array_equal(given, EXAMPLES[[3, 0, 4]])
    made = gan.sample([1, 6]).numpy()
    np.testing.assert_array_equal(made[0], made[1])
    assert abs(gan.sample([0]) - made[:1]).numpy().max() > 1e-4
    with pytest.raises(UserError, match="truncation in"):
        gan.sample([1], truncation=2.0)


def test_a_next_frame_is_of_what_is_far_away_as_well():
    gan = CASES["all costs"]()
    frames = EXAMPLES[:1].copy()
    before = gan.generator({"frames": frames}).numpy()
    assert before.shape == (1, 28, 28, 1)
    frames[0, 2, 2, 1] += 3.0
    reached = (gan.generator({"frames": frames}).numpy() != before)[0, ..., 0]
    # A digit of 14 pixels goes twelve in three frames.
    assert np.flatnonzero(reached.any(1)).max() > 16


def test_what_is_served_is_of_pixels_in_0_to_1():
    gan = CASES["all costs"]()
    served = gan.endpoints()
    assert {"generate", "sample", "next_frame"} <= served.keys()
    function, specs = served["next_frame"]
    assert specs["frames"].shape == (None, 28, 28, 4)
    images = function(frames=EXAMPLES[:3] / 2 + 0.5)["images"]
    made = gan.ema_generator({"frames": EXAMPLES[:3]})
    wanted = np.clip(made / 2 + 0.5, 0, 1)
    np.testing.assert_allclose(images, wanted, atol=1e-5)


def test_a_video_goes_on_frame_by_frame():
    gan = CASES["all costs"]()
    video = np.moveaxis(EXAMPLES[2], -1, 0)[..., None] / 2 + 0.5
    longer = np.concatenate([RNG.uniform(size=(3, 28, 28, 1)), video])
    made = gan.continue_video(longer, 2)
    assert made.shape == (2, 28, 28, 1)
    function, _ = gan.endpoints()["next_frame"]
    last = np.concatenate([*video[1:], made[0]], -1)[None]
    np.testing.assert_allclose(
        made[1], function(frames=last)["images"][0], atol=1e-6
    )
    for short in (video[1:], video[..., 0], video[:, :27]):
        with pytest.raises(
            UserError, match="4 frames at least of 28x28x1"
        ) as e:
            gan.continue_video(short)
        assert str(short.shape) in str(e.value)


def test_a_configuration_makes_the_same_game():
    gan = next_frame.build(EXAMPLES, width=2, gan_weight=0.25, error_weight=3.0)
    config = json.dumps(gan.get_config())
    again = NextFrameGAN.from_config(json.loads(config))
    assert json.dumps(again.get_config()) == config
    assert (again.gan_weight, again.error_weight) == (0.25, 3.0)
    again.set_weights(gan.get_weights())
    np.testing.assert_array_equal(again.sample([8, 3]), gan.sample([8, 3]))


def test_what_is_out_of_range_is_one_line():
    with pytest.raises(UserError, match="`gan_weight` must be at least 0"):
        next_frame.build(EXAMPLES, gan_weight=-0.1)
    with pytest.raises(UserError, match="above 0 was expected"):
        next_frame.build(
            EXAMPLES, error_weight=0, gradient_weight=0, gan_weight=0
        )
    with pytest.raises(UserError, match="Received: images"):
        CASES["all costs"]().inputs(NEXT, 0)
