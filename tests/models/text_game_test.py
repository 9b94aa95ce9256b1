"""The game of texts against linear players in NumPy."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.replicas import values_of
from tfgan_ref import priors
from tfgan_ref.errors import UserError
from tfgan_ref.layers.bag_of_words import BagOfWords
from tfgan_ref.models.text_game import TextGAN

WORDS = ("a", "dark", "heart", "red")
EXAMPLES = ("a red heart", "dark", "Red")
DRAWN = {
    "latents": np.float32([[0.3, -1.2], [0.8, 0.1], [-0.5, 0.9], [1.1, -0.4]]),
    "noise": np.float32([[0.5, -0.7], [-0.1, 1.3], [0.2, 0.4], [-1.5, 0.6]]),
}
IMAGES = np.random.default_rng(3).uniform(-0.2, 1, (4, 2, 1, 1))
IMAGES = IMAGES.astype(np.float32)
IDS = np.int32([[3, 1, 0], [2, 0, 0], [4, 4, 1], [1, 0, 0]])
OTHERS = np.int32([[2, 0, 0], [2, 0, 0], [1, 2, 3], [4, 0, 0]])
KL_WEIGHT = 0.75
STEP = {"generator": 0.5, "discriminator": 0.25}


def dense(units):
    return layers.Dense(units, use_bias=False)


def network(given, function, name):
    """Of rows of given lengths by name, or of one."""
    inputs = {key: keras.Input(shape, name=key) for key, shape in given.items()}
    first = next(iter(inputs.values()))
    if len(inputs) == 1:
        return keras.Model(first, function(first), name=name)
    return keras.Model(inputs, function(inputs), name=name)


def linear_gan(**kwargs):
    """All networks are products with a matrix; logits also of f t'."""
    ids = keras.Input((3,), dtype="int32", name="ids")
    gan = TextGAN(
        network(
            {"rows": (4,)},
            lambda x: layers.Reshape((2, 1, 1))(dense(2)(x)),
            "g",
        ),
        network(
            {"features": (2,), "texts": (2,)},
            lambda x: dense(1)(
                layers.Concatenate()(
                    [*x.values(), layers.Multiply()([*x.values()])]
                )
            ),
            "d",
        ),
        trunk=network(
            {"images": (2, 1, 1)}, lambda x: dense(2)(layers.Flatten()(x)), "t"
        ),
        encoder=keras.Model(ids, dense(2)(BagOfWords(4)(ids))),
        conditioner=network({"texts": (2,)}, dense(4), "c"),
        words=WORDS,
        examples=EXAMPLES,
        prior=priors.Product(
            **{
                name: priors.FromFunction(
                    2, lambda shape, seed, rows=rows: tf.constant(rows)
                )
                for name, rows in DRAWN.items()
            }
        ),
        kl_weight=KL_WEIGHT,
        **kwargs,
    )
    rng = np.random.default_rng(5)
    for variable in gan.trainable_variables:
        variable.assign(rng.normal(0.3, 0.5, variable.shape))
    return gan


def bags(ids):
    counts = np.stack([(ids == k + 1).sum(1) for k in range(4)], 1)
    return counts / np.sqrt(counts.sum(1, keepdims=True))


def softplus(x):
    return np.logaddexp(0, x)


def made(p):
    """Images of the texts, and the divergence of what they are made of."""
    law = bags(IDS) @ p["encoder"] @ p["conditioner"]
    mean, scale = law[:, :2], np.exp(law[:, 2:])
    condition = mean + scale * DRAWN["noise"]
    rows = np.concatenate([DRAWN["latents"], condition], 1)
    apart = 0.5 * (scale**2 + mean**2 - 1) - np.log(scale)
    return rows @ p["generator"], apart.mean()


def logits(p, images, ids):
    features = images.reshape(4, 2) @ p["trunk"]
    texts = bags(ids) @ p["encoder"]
    rows = np.concatenate([features, texts, features * texts], 1)
    return (rows @ p["discriminator"])[:, 0]


def costs(p, fake_by):
    """Of both players, of samples by the weights `fake_by`."""
    fake, _ = made(fake_by)
    real, of_fake = logits(p, IMAGES, IDS), logits(p, fake, IDS)
    wrong = logits(p, IMAGES, OTHERS)
    wrong[1] = of_fake[1]  # Its other text is its own.
    discriminator = softplus(-real).mean() + 0.5 * (
        softplus(of_fake).mean() + softplus(wrong).mean()
    )
    of_own, apart = made(p)
    generator = softplus(-logits(p, of_own, IDS)).mean()
    return {
        "discriminator": discriminator,
        "generator": generator + KL_WEIGHT * apart,
    }


MOVES = {
    "discriminator": ("discriminator", "trunk", "encoder"),
    "generator": ("generator", "conditioner"),
}


def moved(p):
    """The weights after a step, by differences of the costs."""
    after = {}
    for player, names in MOVES.items():
        for name in names:
            slope = np.zeros_like(p[name])
            for place in np.ndindex(slope.shape):
                sides = []
                for step in (1e-5, -1e-5):
                    weights = p[name].copy()
                    weights[place] += step
                    near = costs(p | {name: weights}, fake_by=p)
                    sides.append(near[player])
                slope[place] = (sides[0] - sides[1]) / 2e-5
            after[name] = p[name] - STEP[player] * slope
    return after


def test_a_step_is_that_of_linear_players_in_numpy():
    gan = linear_gan()
    names = sorted(gan.networks)
    before = {
        name: np.float64(values_of(getattr(gan, name).weights)[0])
        for name in names
    }
    gan.compile(
        *(keras.optimizers.SGD(STEP[k]) for k in ("generator", "discriminator"))
    )
    data = tf.data.Dataset.from_tensors((IMAGES, IDS, OTHERS))
    history = gan.fit(data, shuffle=False, verbose=0).history
    logs = {name: value for name, (value,) in history.items()}
    for player, cost in costs(before, before).items():
        assert logs[f"loss/{player}"] == pytest.approx(cost, rel=1e-5)
    _, apart = made(before)
    assert logs["divergence/condition"] == pytest.approx(apart, rel=1e-5)
    wrong = logits(before, IMAGES, OTHERS)
    assert logs["accuracy/wrong_text"] == np.mean(wrong < 0)
    after = moved(before)
    assert after.keys() == before.keys()
    for name in names:
        (weights,) = values_of(getattr(gan, name).weights)
        np.testing.assert_allclose(
            weights, after[name], rtol=1e-4, atol=1e-6, err_msg=name
        )
        assert abs(after[name] - before[name]).max() > 1e-3, name


def test_passes_are_three_of_the_discriminator_and_two_of_its_trunk():
    gan = linear_gan()
    gan.compile("sgd", "sgd")
    rounds = gan.round_class(gan, (IMAGES, IDS, OTHERS), 0)
    for turn in gan.turns():
        gan.cost(turn, rounds)
    counts = [one.name for one in rounds.passes]
    assert {name: counts.count(name) for name in {*counts}} == {
        "encoder": 2,
        "conditioner": 1,
        "generator": 1,
        "trunk": 2,
        "discriminator": 3,
    }


def test_samples_are_of_the_text_that_is_asked_for():
    gan = linear_gan(averages={"encoder": 0.5, "conditioner": 0.5})
    seeds = [0, 7, 8, 30]
    assert gan.titles(seeds) == [EXAMPLES[k] for k in (0, 0, 1, 0)]
    inputs = gan.sample_inputs(seeds)
    heart, dark = [1, 4, 3], [2, 0, 0]
    assert inputs["ids"].numpy().tolist() == [heart, heart, dark, heart]
    asked = gan.sample_inputs(seeds, text=["Heart", "dark a", "red", "a"])
    assert asked["ids"].numpy().tolist() == [
        [3, 0, 0],
        [2, 1, 0],
        [4, 0, 0],
        [1, 0, 0],
    ]


def test_what_is_averaged_makes_the_samples():
    gan = linear_gan(
        ema_decay=0.5, averages={"encoder": 0.5, "conditioner": 0.5}
    )
    expected = {
        name: np.float64(values_of(gan.trained(name).weights)[0])
        for name in ("encoder", "conditioner", "generator")
    }
    for name in expected:  # The players themselves make others.
        for weight in getattr(gan, name).weights:
            weight.assign(9 * weight)
    given = {**DRAWN, "ids": IDS}
    images, _ = made(expected)
    np.testing.assert_allclose(
        np.reshape(gan.sampler(given, training=False), (4, 2)),
        images,
        atol=1e-5,
    )


def test_a_match_is_judged_by_the_players_themselves():
    gan = linear_gan(averages={"encoder": 0.5, "conditioner": 0})
    for weight in gan.encoder.weights:
        weight.assign(2 * weight)
    p = {
        name: np.float64(values_of(getattr(gan, name).weights)[0])
        for name in gan.networks
    }
    texts = ["heart a", "dark", "red a red", "A"]
    np.testing.assert_allclose(
        gan.matches(IMAGES, texts), logits(p, IMAGES, IDS), rtol=1e-5
    )


def test_unknown_words_are_passed_over_and_named(caplog):
    gan = tuned()
    one = gan.sample([3, 5], text="dark heart")
    assert not any("nknown" in text for text in caplog.messages)
    again = gan.sample([3, 5], text=["dark blue heart", "zebra DARK, heart"])
    np.testing.assert_array_equal(one, again)
    said = [text for text in caplog.messages if "retracing" not in text]
    assert said == ["Unknown words are passed over: blue, zebra"]
    with pytest.raises(
        UserError, match="known word, such as a, .*'zebra'"
    ) as e:
        gan.sample([3], text=["zebra"])
    assert len(str(e.value).splitlines()) == 1


def tuned():
    """One whose samples are of seeds."""
    gan = linear_gan()
    gan.prior = priors.Product(latents=priors.Normal(2), noise=priors.Normal(2))
    return gan


def test_a_configuration_makes_the_same_game():
    gan = tuned()
    config = json.dumps(gan.get_config())
    again = TextGAN.from_config(json.loads(config))
    assert json.dumps(again.get_config()) == config
    assert (again.words, again.examples) == (WORDS, EXAMPLES)
    again.set_weights(gan.get_weights())
    np.testing.assert_array_equal(
        again.sample([8, 3], text="red"), gan.sample([8, 3], text="red")
    )


@pytest.mark.parametrize("examples", [(), ("zebra",), ("red", "")])
def test_examples_without_a_known_word_are_refused(examples):
    config = linear_gan().networks
    said = f"Received: {len(examples)} texts and 4 words"
    with pytest.raises(UserError, match=said):
        TextGAN(
            **config,
            words=WORDS,
            examples=examples,
            prior=priors.Product(latents=priors.Normal(2)),
        )


def test_images_without_texts_end_training():
    gan = linear_gan()
    gan.compile("sgd", "sgd")
    with pytest.raises(UserError, match="Images and texts were expected"):
        gan.fit(tf.data.Dataset.from_tensors(IMAGES), shuffle=False, verbose=0)


def test_a_word_that_does_not_exist_ends_the_call():
    gan = tuned()
    drawn = gan.sample_inputs([1, 2])
    with pytest.raises(tf.errors.InvalidArgumentError, match="0 to 4"):
        gan.checked(drawn | {"ids": tf.constant([[5, 0, 0]])})
