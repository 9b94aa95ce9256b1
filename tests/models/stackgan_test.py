"""StackGAN's stages, and the second one's debt to the first."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models import text_game_test
from tests.models.description import describe
from tests.replicas import values_of
from tfgan_ref import priors
from tfgan_ref.errors import UserError
from tfgan_ref.models import stackgan
from tfgan_ref.models.text_game import SecondTextGAN

WORDS = ("a", "dark", "heart", "red", "tone")
EXAMPLES = ("a red heart", "dark tone", "red")
SMALL = {"latent_dim": 3, "text_dim": 4, "condition_dim": 2, "width": 2}


def first(image_shape=(28, 28, 1), **kwargs):
    return stackgan.build(
        image_shape, WORDS, 3, EXAMPLES, ema_decay=0.5, **(SMALL | kwargs)
    )


def second(of=None):
    of = of or first((32, 32, 1))
    return stackgan.build_second((64, 64, 1), of, width=2, ema_decay=0.5)


CASES = {"linear": text_game_test.tuned, "first": first, "second": second}
SLOW = {"first", "second"}


@pytest.fixture(scope="module")
def stages():
    """Two of them, whose averages are no more their players."""
    one = grown(first(image_shape=(32, 32, 1)))
    return one, grown(second(one))


def grown(gan):
    """Its samples differ, as with weights of 0.02 few do."""
    for weight in gan.ema_generator.weights:
        if len(weight.shape) > 1:
            weight.assign(8 * weight)
    return gan


def test_the_second_is_given_what_the_first_has_averaged(stages):
    one, two = stages
    assert type(two) is SecondTextGAN
    assert two.prior == priors.Product(
        latents=priors.Normal(3),
        noise=priors.Normal(2),
        second_noise=priors.Normal(2),
    )
    drawn = two.sample_inputs([4, 1], text=["red", "dark heart"])
    coarse = one.sampler(
        {k: drawn[k] for k in ("ids", "latents", "noise")}, training=False
    )
    law = two.trained("conditioner")(two.trained("encoder")(drawn["ids"]))
    given = two.given(drawn, law)
    np.testing.assert_allclose(given["coarse"], coarse, atol=1e-6)
    mean, log_scale = np.split(law, 2, 1)
    np.testing.assert_allclose(
        given["condition"],
        mean + np.exp(log_scale) * drawn["second_noise"],
        rtol=1e-5,
    )
    np.testing.assert_allclose(
        two.sample([4, 1], text=["red", "dark heart"]),
        two.trained("generator")(given, training=False),
        atol=1e-5,
    )
    weights = (values_of(gan.encoder.weights) for gan in stages)
    for a, b in zip(*weights, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.conformance  # Its step takes long to trace.
def test_nothing_moves_the_first(stages):
    _, two = stages
    two.compile(*(keras.optimizers.SGD(0.5) for _ in "ab"), simultaneous=False)
    before = {name: values_of(x.weights) for name, x in two.networks.items()}
    ids = np.int32([[1, 4, 3], [2, 5, 0], [4, 0, 0], [3, 0, 0]])
    images = np.random.default_rng(0).uniform(-1, 1, (4, 64, 64, 1))
    data = (np.float32(images), ids, np.roll(ids, 1, 0))
    two.fit(tf.data.Dataset.from_tensors(data), shuffle=False, verbose=0)
    for name, network in two.networks.items():
        pairs = zip(before[name], values_of(network.weights), strict=True)
        are_same = all((a == b).all() for a, b in pairs)
        assert are_same == (name == "first"), name


@pytest.mark.parametrize(
    "stage", [0, pytest.param(1, marks=pytest.mark.conformance)]
)
def test_another_text_or_seed_is_another_image(stages, stage):
    gan = stages[stage]
    texts = ["red", "dark", "red heart", "Heart, red", "red"]
    images = gan.sample([7, 7, 7, 7, 8], text=texts).numpy()
    np.testing.assert_allclose(images[2], images[3], atol=1e-6)
    for a, b in ((0, 1), (0, 2), (1, 2), (0, 4)):
        assert np.abs(images[a] - images[b]).max() > 1e-4


@pytest.mark.conformance
def test_a_configuration_makes_the_same_second_stage(stages):
    _, two = stages
    config = json.dumps(two.get_config())
    again = SecondTextGAN.from_config(json.loads(config))
    assert json.dumps(again.get_config()) == config
    again.set_weights(two.get_weights())
    np.testing.assert_array_equal(again.sample([8]), two.sample([8]))


def test_the_second_stages_networks_layer_by_layer():
    network = stackgan.second_generator((32, 32, 3))
    convolution = "Conv2D N(0.0, 0.02) filters={} kernel_size=({}, {})"
    normalized = "BatchNormalization N(1.0, 0.02) momentum=0.9 epsilon=1e-05"

    def block(maps, size=3, strides="", end=("ReLU",)):
        line = convolution.format(maps, size, size) + strides
        return [
            f"{line} padding=same use_bias=False",
            normalized,
            *end,
        ]

    found = [line for line in describe(network) if "InputLayer" not in line]
    kinds = [line.split()[0] for line in found[1:]]
    assert kinds.count("Add") == 2 and kinds.count("UpSampling2D") == 3
    lines = [line for line in found if "Conv2D" in line]
    plain = " padding=same"
    assert lines == [
        convolution.format(64, 3, 3) + plain + " activation=relu",
        *(block(n, 4, " strides=(2, 2)")[0] for n in (128, 256)),
        *([block(256)[0]] * 5),
        *(block(n)[0] for n in (128, 64, 32)),
        convolution.format(3, 3, 3) + plain,
    ]
    assert found[-1] == "images: Activation activation=tanh"
    assert network.output_shape == (None, 64, 64, 3)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"text_dim": 0}, "`text_dim` must be positive. Received: 0"),
        ({"condition_dim": 0}, "`condition_dim` must be positive"),
        ({"kl_weight": -0.5}, "`kl_weight` must be at least 0.*-0.5"),
    ],
)
def test_an_argument_out_of_range_is_refused(how, said):
    with pytest.raises(UserError, match=said):
        first(**how)


@pytest.mark.parametrize("shape", [(128, 128, 1), (64, 64, 3), (32, 32, 1)])
def test_a_second_stage_is_of_twice_the_size(stages, shape):
    with pytest.raises(UserError, match=r"twice .*\(32, 32, 1\)"):
        stackgan.build_second(shape, stages[0])
