"""Peers of the benchmark: their gradients are ours, their passes as said."""

import importlib

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.models import dcgan, unrolled
from tools.dev.benchmarking import contestants

BATCH, WIDTH = 6, 3
NAMES = "generator", "discriminator"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "32.npy"
    pixels = np.random.default_rng(0).integers(0, 256, (20, 32, 32, 1), "uint8")
    np.save(path, pixels)
    return str(path)


@pytest.fixture(scope="module")
def gan():
    """Of DCGAN-32, small, with gains and biases that differ."""
    gan = dcgan.build((32, 32, 1), width=WIDTH, kernel_size=4)
    gan.compile("sgd", "sgd")
    rng = np.random.default_rng(1)
    for network in gan.networks.values():
        for weight in network.trainable_variables:
            is_kernel = len(weight.shape) > 1
            noise = rng.normal(0.5, 0.3, weight.shape)
            weight.assign(5.0 * weight if is_kernel else noise)
    return gan


@pytest.fixture(scope="module")
def real():
    noise = np.random.default_rng(2).normal(0, 0.5, (BATCH, 32, 32, 1))
    return noise.astype(np.float32)


def weights_of(gan, name):
    return [w.numpy() for w in getattr(gan, name).trainable_variables]


def latents_of(gan, real):
    """Those of the round that `assert_ours` looks at."""
    return gan.inputs(real, 0).numpy()


def assert_ours(costs, gradients, to_theirs, gan, real):
    """Holds the costs and the gradients of both players to our step's.

    Args:
        costs: the generator's and the discriminator's.
        gradients: two lists, in our order.
        to_theirs: function of one of our arrays and its network's name.
        gan: ours.
        real: images.
    """
    (turns,) = gan.schedule()
    with tf.GradientTape(persistent=True) as tape:
        round = gan.round_class(gan, tf.constant(real), 0)
        ours = {turn.name: gan.cost(turn, round) for turn in turns}
    for turn in turns:
        place = NAMES.index(turn.name)
        assert costs[place] == pytest.approx(float(ours[turn.name]), rel=1e-4)
        expected = tape.gradient(ours[turn.name], gan.variables_of(turn))
        for one, other in zip(gradients[place], expected, strict=True):
            other = to_theirs(other.numpy(), turn.name)
            scale = np.abs(other).max()
            assert scale > 1e-5
            np.testing.assert_allclose(one, other, rtol=0, atol=1e-3 * scale)


def to_torch(weight, name):
    """Channels before pixels.

    The first layer is a transposed convolution of one pixel, the last of the
    discriminator a convolution of 4x4 pixels.
    """
    if weight.ndim == 2 and name == "generator":
        return weight.reshape(len(weight), 4, 4, -1).transpose(0, 3, 1, 2)
    if weight.ndim == 2:
        return weight.reshape(4, 4, -1, 1).transpose(3, 2, 0, 1)
    return weight.transpose(3, 2, 0, 1) if weight.ndim == 4 else weight


def test_one_round_in_pytorch_has_our_gradients(gan, real):
    torch = pytest.importorskip("torch")
    from tools.dev.benchmarking import torch_example, torch_one_round

    networks = []
    for name in NAMES:
        networks.append(getattr(torch_example, name)(1, WIDTH))
        for weight, ours in zip(
            networks[-1].parameters(), weights_of(gan, name), strict=True
        ):
            assert weight.shape == to_torch(ours, name).shape
            weight.data = torch.tensor(to_torch(ours, name))
    costs, gradients = torch_one_round.one_round(
        *networks,
        torch.tensor(real.transpose(0, 3, 1, 2)),
        torch.tensor(latents_of(gan, real)[:, :, None, None]),
    )
    assert_ours([c.item() for c in costs], gradients, to_torch, gan, real)


def to_jax(weight, name):
    """Flax does not turn the kernel of a transposed convolution round."""
    if weight.ndim == 4 and name == "generator":
        return weight[::-1, ::-1].swapaxes(2, 3)
    return weight


JAX_ORDER = {
    "generator": [
        "first kernel, norms 0 scale, norms 0 bias",
        "convs 0 kernel, norms 1 scale, norms 1 bias",
        "convs 1 kernel, norms 2 scale, norms 2 bias",
        "last kernel, last bias",
    ],
    "discriminator": [
        "first kernel, first bias",
        "convs 0 kernel, norms 0 scale, norms 0 bias",
        "convs 1 kernel, norms 1 scale, norms 1 bias",
        "last kernel, last bias",
    ],
}


def jax_leaves(state, name):
    """Those of a network's weights, in our order."""
    for path in ", ".join(JAX_ORDER[name]).split(", "):
        leaf = state
        for key in path.split():
            leaf = leaf[int(key) if key.isdigit() else key]
        yield leaf


def test_one_round_in_jax_has_our_gradients(gan, real):
    jax = pytest.importorskip("jax")
    nnx = pytest.importorskip("flax.nnx")
    from tools.dev.benchmarking import jax_one_round

    networks = []
    for name in NAMES:
        make = getattr(jax_one_round, name.title())
        # Without initial weights, which take seconds to compile.
        made = nnx.eval_shape(
            lambda make=make: make(1, WIDTH, dtype=None, rngs=nnx.Rngs(0))
        )
        state = jax.tree.map(
            lambda leaf: np.zeros(leaf.shape, leaf.dtype), nnx.state(made)
        )
        for leaf, ours in zip(
            jax_leaves(state, name), weights_of(gan, name), strict=True
        ):
            assert leaf.shape == to_jax(ours, name).shape
            leaf.set_value(np.ascontiguousarray(to_jax(ours, name)))
        nnx.update(made, state)
        networks.append(made)
    inputs = *networks, real, latents_of(gan, real)
    one_round = nnx.jit(jax_one_round.one_round)
    # Forward 3 of each pass; of kernels 3 of each pass that trains; of inputs
    # 2 where these are images that nothing made, else 3.
    written = one_round.lower(*inputs).as_text()
    assert written.count("stablehlo.convolution") == 9 + 9 + 10
    costs, gradients = one_round(*inputs)
    gradients = [
        [leaf[...] for leaf in jax_leaves(found, name)]
        for name, found in zip(NAMES, gradients, strict=True)
    ]
    assert_ours(costs, gradients, to_jax, gan, real)
    assert abs(networks[0].norms[0].mean[...]).max() > 0.0


@pytest.mark.parametrize(
    "package",
    ["torch", pytest.param("jax", marks=pytest.mark.conformance)],
)
def test_one_round_in_bfloat16_trains(package, data):
    for name in contestants.PACKAGES[package]:
        pytest.importorskip(name)
    module = importlib.import_module(
        f"tools.dev.benchmarking.{package}_one_round"
    )
    contestant = module.step(data, batch_size=4, width=4, bfloat16=True)
    costs = np.array([contestant.call() for _ in range(3)])
    assert ((0 < costs) & (costs < 5)).all()
    assert (costs[1:] != costs[0]).all()


@pytest.mark.parametrize(
    ("module", "of_discriminator"), [("one_round", 7), ("example", 9)]
)
def test_passes_of_pytorch_are_as_many_as_said(module, of_discriminator, data):
    pytest.importorskip("torch")
    from torch.utils import flop_counter

    step = importlib.import_module(
        f"tools.dev.benchmarking.torch_{module}"
    ).step
    contestant = step(data, batch_size=BATCH, width=WIDTH)
    with flop_counter.FlopCounterMode(display=False) as counter:
        contestant.call()
    # Multiplications of an image: kernels of 4x4 on the pixels of the small
    # side; the first layers, whose input has no gradient, and the others.
    wide = WIDTH * 16 * np.array([16**2, 8**2 * 2 * WIDTH, 4**2 * 8 * WIDTH])
    latents, logits = 100 * 16 * 4 * WIDTH, 16 * 4 * WIDTH
    generator = 2 * latents + 3 * wide.sum()
    # Two of its passes are of images that need no gradient.
    discriminator = of_discriminator * (wide.sum() + logits) - 2 * wide[0]
    assert counter.get_total_flops() == 2 * BATCH * (generator + discriminator)


def test_an_unrolled_step_in_pytorch_is_ours():
    torch = pytest.importorskip("torch")
    from tools.dev.benchmarking import torch_unrolled

    gan = unrolled.build(2, unroll_steps=3, latent_dim=4, seed=3)
    gan.compile(
        keras.optimizers.SGD(1.0), keras.optimizers.Adam(0.02, beta_1=0.5)
    )
    real = np.random.default_rng(4).normal(0, 1, (7, 2)).astype(np.float32)
    zeros = [torch.zeros(w.shape) for w in weights_of(gan, "discriminator")]
    adam = torch_unrolled.Adam(zeros, zeros)
    for step in range(2):  # The second with moments and other latents.
        gan.step.assign(step)
        before = [
            [torch.tensor(w, requires_grad=True) for w in weights_of(gan, name)]
            for name in NAMES
        ]
        latents = torch.tensor(latents_of(gan, real))
        cost, gradients, (moved, adam) = torch_unrolled.play(
            *before, adam, torch.tensor(real), latents, 3, 0.02
        )
        logs = gan.train_step([tf.constant(real)])
        ours = float(logs["loss/discriminator"])
        assert cost.item() == pytest.approx(ours, rel=1e-4)
        descended = [w - g for w, g in zip(before[0], gradients, strict=True)]
        assert max(g.abs().max() for g in gradients) > 0.1
        for name, found in zip(NAMES, (descended, moved), strict=True):
            for one, other in zip(found, weights_of(gan, name), strict=True):
                one = one.detach().numpy()
                np.testing.assert_allclose(one, other, rtol=0, atol=1e-3)
        moments = ([m.detach() for m in means] for means in adam[:2])
        adam = torch_unrolled.Adam(*moments, adam.steps)
