"""An InfoGAN against a game of linear layers, in NumPy."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.passes import passes_of
from tests.replicas import values_of
from tfgan_ref import averaging, inference, priors
from tfgan_ref.errors import UserError
from tfgan_ref.models import infogan
from tfgan_ref.models.infogan import InfoGAN
from tfgan_ref.serving import export

GIVEN = {
    "latents": np.float32([[0.3, -1.2], [0.8, 0.1], [-0.5, 0.9], [1.1, -0.4]]),
    "category": np.eye(3, dtype=np.float32)[[2, 0, 0, 1]],
    "code": np.float32([[0.5, -0.25], [-0.75, 0.1], [0.2, 0.9], [-0.6, -1.0]]),
}
INPUTS = np.concatenate([*GIVEN.values()], 1).astype(np.float64)
IMAGES = np.random.default_rng(3).uniform(-0.2, 1, (4, 2, 1, 1))
IMAGES = IMAGES.astype(np.float32)
WEIGHT = 0.75


def small_gan():
    """Its samples differ from the beginning, as with weights of 0.02 few do."""
    gan = infogan.build(
        (4, 4, 1), categories=3, latent_dim=3, width=4, ema_decay=0.5
    )
    for kernel in gan.generator.trainable_variables:
        if len(kernel.shape) > 1:
            kernel.assign(30 * kernel)
    averaging.copy(gan.generator, gan.ema_generator)
    return gan


CASES = {"images": small_gan}


def dense(units, name=None):
    return layers.Dense(units, use_bias=False, name=name)


def always(rows):
    """The prior that gives these rows."""
    return priors.FromFunction(
        rows.shape[1], lambda shape, seed: tf.constant(rows)
    )


def linear_gan():
    """G = s W of all inputs s; a trunk x A, and of it v, Q and R."""
    given = {
        name: keras.Input(rows.shape[1:], name=name)
        for name, rows in GIVEN.items()
    }
    joint = layers.Concatenate()([*given.values()])
    images = keras.Input((2, 1, 1))
    trunk = dense(3, "trunk")(layers.Flatten()(images))
    outputs = {
        "logits": dense(1, "logits")(trunk),
        "category": dense(3, "category")(trunk),
        "code": dense(2, "code")(trunk),
    }
    gan = InfoGAN(
        keras.Model(given, layers.Reshape((2, 1, 1))(dense(2)(joint))),
        keras.Model(images, outputs),
        prior=priors.Product(**{k: always(rows) for k, rows in GIVEN.items()}),
        information=WEIGHT,
    )
    rng = np.random.default_rng(5)
    for variable in gan.trainable_variables:
        variable.assign(rng.normal(0.3, 0.5, variable.shape))
    gan.compile(
        keras.optimizers.SGD(0.5), keras.optimizers.SGD(0.25), simultaneous=True
    )
    return gan


def weights_of(gan):
    """W; A, v, Q, R."""
    network = gan.discriminator
    names = ("trunk", "logits", "category", "code")
    layers_of = [network.get_layer(name) for name in names]
    kernels = gan.generator.weights + [x.kernel for x in layers_of]
    return [np.float64(x) for x in values_of(kernels)]


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def expected_step(w, trunk, v, q, r):
    """What a step tells, and the weights after it."""
    real, fake = IMAGES.reshape(4, 2), INPUTS @ w
    seen, made = real @ trunk, fake @ trunk
    a, b = seen @ v, made @ v
    p = np.exp(made @ q)
    p /= p.sum(1, keepdims=True)
    chosen, codes = np.float64(GIVEN["category"]), np.float64(GIVEN["code"])
    apart = codes - made @ r
    told = {
        "category": np.log(3 * (p * chosen).sum(1)).mean(),
        "code": (codes**2 - apart**2).sum(1).mean() / 2,
    }
    bound = WEIGHT * sum(told.values())
    logs = {f"information/{name}": value for name, value in told.items()}
    logs["loss/discriminator"] = -bound + np.mean(
        -np.log(sigmoid(a)) - np.log(sigmoid(-b))
    )
    logs["loss/generator"] = -bound - np.mean(np.log(sigmoid(b)))
    of_a, of_b = -sigmoid(-a) / 4, sigmoid(b) / 4
    of_q, of_r = -WEIGHT * (chosen - p) / 4, -WEIGHT * apart / 4
    of_codes = of_q @ q.T + of_r @ r.T
    of_made = -sigmoid(-b) / 4 @ v.T + of_codes
    after = [
        w - 0.5 * INPUTS.T @ (of_made @ trunk.T),
        trunk
        - 0.25 * real.T @ (of_a @ v.T)
        - 0.25 * fake.T @ (of_b @ v.T + of_codes),
        v - 0.25 * (seen.T @ of_a + made.T @ of_b),
        q - 0.25 * made.T @ of_q,
        r - 0.25 * made.T @ of_r,
    ]
    return logs, after


def assert_close(values, expected):
    for value, one in zip(values, expected, strict=True):
        np.testing.assert_allclose(value, one, rtol=1e-4, atol=1e-6)


def test_a_step_is_that_of_linear_layers_in_numpy():
    gan = linear_gan()
    expected, after = expected_step(*weights_of(gan))
    data = tf.data.Dataset.from_tensors(IMAGES)
    logs = gan.fit(data, shuffle=False, verbose=0).history
    for name, value in expected.items():
        assert logs[name] == pytest.approx([value], rel=1e-5), name
    assert_close(weights_of(gan), after)


def test_q_and_the_trunk_move_in_the_discriminators_turn_alone():
    gan = linear_gan()
    before = weights_of(gan)
    discriminator, generator = gan.turns()
    gan.play([generator], tf.constant(IMAGES), draw=1)
    _, (w, *_) = expected_step(*before)
    assert_close(weights_of(gan), [w, *before[1:]])
    _, (_, *after) = expected_step(w, *before[1:])
    gan.play([discriminator], tf.constant(IMAGES), draw=0)
    assert_close(weights_of(gan), [w, *after])


def test_a_step_counts_the_passes_of_a_gan():
    gan = infogan.build((4, 4, 1), categories=3, latent_dim=3, width=1)
    gan.compile("sgd", "adam", simultaneous=False)
    # G + 6 D, and then 3 G + 2 D: Q is seen in none of its own.
    assert passes_of(gan) == {"generator": 4, "discriminator": 8}


def test_samples_are_of_the_codes_asked_for_and_of_their_seeds_else():
    gan = small_gan()
    seeds = [12, 7, -1]
    drawn = gan.sample_inputs(seeds)
    assert drawn.keys() == {"latents", "category", "code"}
    np.testing.assert_array_equal(
        drawn["code"], gan.prior.of_seeds(tf.constant(seeds, tf.int64))["code"]
    )
    assert np.ptp(drawn["latents"], 0).min() > 0
    codes = np.float32([[0.5, -1], [0.25, 0], [1, 1]])
    asked = gan.sample_inputs(seeds, 0.5, category=[2, 0, 1], code=codes)
    np.testing.assert_array_equal(asked["category"], np.eye(3)[[2, 0, 1]])
    np.testing.assert_array_equal(asked["code"], codes)  # Not truncated.
    np.testing.assert_array_equal(asked["latents"], drawn["latents"] / 2)
    one = gan.sample_inputs(seeds, category=2, code=codes[0])
    np.testing.assert_array_equal(one["category"], np.eye(3)[[2, 2, 2]])
    np.testing.assert_array_equal(one["code"], codes[[0, 0, 0]])


def test_what_is_served_takes_codes_beside_the_seed():
    gan = small_gan()
    (sample, specs), (generate, _) = (
        gan.endpoints()[name] for name in ("sample", "generate")
    )
    assert specs == {
        "seed": tf.TensorSpec([None], tf.int64),
        "truncation": tf.TensorSpec([None], tf.float32),
        "category": tf.TensorSpec([None], tf.int64),
        "code": tf.TensorSpec([None, 2], tf.float32),
    }
    asked = {
        "seed": tf.constant([6, 11], tf.int64),
        "truncation": tf.ones(2),
        "category": tf.constant([2, 0], tf.int64),
        "code": tf.constant([[0.5, -0.5], [1.0, 0.0]]),
    }
    seeds, truncation, *_ = asked.values()
    inputs = gan.sample_inputs(
        seeds, truncation, asked["category"], asked["code"]
    )
    expected = 0.5 + 0.5 * gan.sampler(inputs, training=False).numpy()
    for images in (sample(**asked), generate(**inputs)):
        np.testing.assert_allclose(images["images"], expected, atol=1e-6)
    wrong = tf.errors.InvalidArgumentError
    with pytest.raises(wrong, match="0 to 2 was expected"):
        sample(**asked | {"category": asked["category"] + 1})
    with pytest.raises(wrong, match="code must be finite"):
        sample(**asked | {"code": asked["code"] * np.float32("nan")})
    for rows in ([[0.5, 0.5, 0], [0, 0, 1]], [[0, 0, 0], [0, 1, 0]]):
        with pytest.raises(wrong, match="one-hot rows were expected"):
            generate(**inputs | {"category": tf.constant(rows, tf.float32)})


def test_codes_that_there_are_not_are_refused_in_one_line():
    gan = small_gan()
    for asked, said in (
        ({"category": [0, 3]}, "A category of 0 to 2 was expected.*3"),
        ({"category": [-1, 0]}, "A category of 0 to 2 was expected.*-1"),
        ({"code": [0.5, 0.5, 0.5]}, "A code of 2 numbers.*Received: shape .3,"),
        ({"code": np.zeros((2, 1))}, "A code of 2 numbers was expected"),
        ({"code": 0.5}, "A code of 2 numbers.*Received: shape ()"),
    ):
        with pytest.raises(UserError, match=said) as caught:
            gan.sample([4, 2], **asked)
        assert "\n" not in str(caught.value)


def test_a_table_changes_one_code_per_row():
    gan = small_gan()
    seen = []
    gan.sample = lambda seeds, **codes: (
        seen.append({"seeds": seeds, **codes}) or tf.zeros([90, 4, 4, 1])
    )
    assert gan.tables()["codes"].shape == (9, 10, 4, 4, 1)
    (asked,) = seen
    seeds, category, code = (np.reshape(x, (9, 10, -1)) for x in asked.values())
    np.testing.assert_array_equal(seeds[:, 0, 0], [0, 1, 2] * 3)
    changes = [
        [np.ptp(x[row], 0).max() > 0 for row in range(9)]
        for x in (seeds, category, code[..., :1], code[..., 1:])
    ]
    for place, of in enumerate(changes):
        assert of == [place == 1 + row // 3 for row in range(9)]
    np.testing.assert_array_equal(
        category[1, :, 0], [0, 1, 2, 0, 1, 2, 0, 1, 2, 0]
    )
    np.testing.assert_allclose(code[4, :, 0], np.linspace(-1, 1, 10), 1e-6)
    drawn = gan.sample_inputs([0, 1, 2])
    np.testing.assert_array_equal(code[1, 0], drawn["code"][1])
    assert category[8, 0, 0] == np.argmax(drawn["category"][2])


def test_an_image_is_categorised_by_q_in_inference_mode():
    gan = small_gan()
    images = tf.constant(np.random.default_rng(0).uniform(-1, 1, (5, 4, 4, 1)))
    logits = gan.categorize(images)
    assert logits.shape == (5, 3) and gan.categories == 3
    expected = gan.discriminator(images, training=False)["category"]
    np.testing.assert_array_equal(logits, expected)


def test_an_export_tells_categories_as_q_does(tmp_path):
    gan = small_gan()
    for kernel in gan.discriminator.trainable_variables:
        if len(kernel.shape) > 1:
            kernel.assign(16 * kernel)
    model = inference.load(export.export_gan(gan, tmp_path, 2))
    images = np.random.default_rng(2).uniform(0, 1, (5, 4, 4, 1))
    images = images.astype(np.float32)
    found = model.call("categorize", images=images)
    logits = np.float64(gan.categorize(2 * images - 1))
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    np.testing.assert_allclose(found["probabilities"], p, rtol=1e-5)
    np.testing.assert_array_equal(found["categories"], logits.argmax(1))
    assert np.ptp(p, 0).max() > 0.1
    with pytest.raises(UserError, match="must be finite"):
        model.call("categorize", images=images * np.float32("nan"))


def test_in_bfloat16_bright_pixels_still_learn():
    keras.config.set_dtype_policy("mixed_bfloat16")
    gan = small_gan()
    *_, kernel, bias = gan.generator.trainable_variables
    kernel.assign(0 * kernel)
    bias.assign([7.0])
    with tf.GradientTape() as tape:
        images = gan.generator(gan.sample_inputs([6, 11]), training=True)
        mean = tf.reduce_mean(images)
    assert images.dtype == "float32"
    p = sigmoid(7.0)
    assert float(mean) == pytest.approx(2 * p - 1, rel=1e-6)
    # 1.0 is next to 0.996 in bfloat16, of which the slope p (1 - p) is 0.
    slope = float(tape.gradient(mean, bias.value)[0])
    assert slope == pytest.approx(2 * p * (1 - p), rel=0.02)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"categories": 1}, "`categories` must be at least 2. Received: 1"),
        ({"codes": 0}, "`codes` must be at least 1. Received: 0"),
        ({"width": 0}, "`width` must be at least 1. Received: 0"),
        ({"information": -0.5}, "`information` must be at least 0.*-0.5"),
        ({"image_shape": (6, 8, 1)}, r"multiples of 4. Received: .*\(6, 8, 1"),
    ],
)
def test_what_it_cannot_be_built_of_is_refused(arguments, said):
    with pytest.raises(UserError, match=said):
        infogan.build(**{"image_shape": (4, 4, 1), "width": 1} | arguments)


def test_sizes_are_multiples_of_four_without_enlarging():
    sizes = [infogan.image_size_for(size) for size in (28, 31, 8, 5, 3)]
    assert sizes == [28, 28, 8, 4, 4]
