"""A small graph with the nodes, and the old operations, of the real one."""

import hashlib

import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.extractors import choose

KERNEL = np.random.default_rng(1).normal(size=(3, 3, 3, 4))
MEAN, VARIANCE = np.array([0.1, -0.2, 0.3, 0.0]), np.array([1.0, 2.0, 0.5, 3])
BETA, GAMMA = np.array([0.2, 0.1, -0.1, 0.3]), np.array([1.0, 0.5, 2.0, 1.5])
WEIGHTS = np.random.default_rng(2).normal(size=(8, 5))
SIZE = 6  # Pixels that it resizes to.


def build():
    """Its GraphDef; of the version of the real one."""
    graph = tf.Graph()
    with graph.as_default():
        v1 = tf.compat.v1
        content = v1.placeholder(tf.string, [], "DecodeJpeg/contents")
        decoded = tf.image.decode_jpeg(content, 3, name="DecodeJpeg")
        pixels = tf.cast(decoded, tf.float32, "Cast")
        images = tf.expand_dims(pixels, 0, name="ExpandDims")
        tf.raw_ops.ResizeBilinear(
            images=images, size=[SIZE, SIZE], name="ResizeBilinear"
        )
        for name, value in (
            ("kernel", KERNEL),
            ("mean", MEAN),
            ("variance", VARIANCE),
            ("beta", BETA),
            ("gamma", GAMMA),
            ("softmax/weights", WEIGHTS),
            ("shift", 128.0),
            ("scale", 1 / 128),
        ):
            tf.constant(value, tf.float32, name=name)
        tf.constant(3, tf.int32, name="axis")
    definition = graph.as_graph_def()
    definition.versions.producer = 8

    def add(name, op, inputs, **attributes):
        node = definition.node.add(name=name, op=op, input=inputs)
        node.attr["T"].type = tf.float32.as_datatype_enum
        for key, value in attributes.items():
            node.attr[key].CopyFrom(value)

    def ints(*values):
        return tf.compat.v1.AttrValue(
            list=tf.compat.v1.AttrValue.ListValue(i=values)
        )

    value = tf.compat.v1.AttrValue
    add("Sub", "Sub", ["ResizeBilinear", "shift"])
    add("Mul", "Mul", ["Sub", "scale"])
    add(
        "conv",
        "Conv2D",
        ["Mul", "kernel"],
        strides=ints(1, 1, 1, 1),
        padding=value(s=b"VALID"),
    )
    add(
        "conv/batchnorm",
        "BatchNormWithGlobalNormalization",
        ["conv", "mean", "variance", "beta", "gamma"],
        variance_epsilon=value(f=0.001),
        scale_after_normalization=value(b=True),
    )
    add(
        "CheckNumerics",
        "CheckNumerics",
        ["conv/batchnorm"],
        message=value(s=b"x"),
    )
    add("relu", "Relu", ["CheckNumerics"])
    add("join", "Concat", ["axis", "relu", "conv/batchnorm"], N=value(i=2))
    add(
        "pool_3",
        "AvgPool",
        ["join"],
        ksize=ints(1, SIZE - 2, SIZE - 2, 1),
        strides=ints(1, 1, 1, 1),
        padding=value(s=b"VALID"),
    )
    add("softmax/logits/MatMul", "MatMul", ["pool_3", "softmax/weights"])
    return definition


def write(path, definition):
    path.write_bytes(definition.SerializeToString())
    return path


@pytest.fixture(scope="module")
def graph_file(tmp_path_factory):
    return write(tmp_path_factory.mktemp("graphs") / "graph.pb", build())


def load(path, shape=(SIZE, SIZE, 3)):
    return choose.load(f"inception2015:{path}", shape)


def images(count, *shape):
    generator = np.random.default_rng(count)
    return generator.integers(0, 256, (count, *shape)).astype(np.uint8)


def by_hand(pixels):
    """In float64, of images of the graph's own size."""
    x = (pixels.astype(np.float64) - 128.0) / 128.0
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), (1, 2))
    x = np.einsum("nyxcij,ijco->nyxo", windows, KERNEL)
    x = (x - MEAN) / np.sqrt(VARIANCE + 0.001) * GAMMA + BETA
    x = np.concatenate([np.maximum(x, 0), x], -1).mean((1, 2))
    exponents = np.exp(x @ WEIGHTS)
    return x, exponents / exponents.sum(1, keepdims=True)


def test_features_and_probabilities_are_the_graphs(graph_file):
    extractor = load(graph_file)
    pixels = images(40, SIZE, SIZE, 3)  # More than it takes at a time.
    vectors, probabilities = by_hand(pixels)
    found = extractor(pixels)
    np.testing.assert_allclose(found.vectors, vectors, atol=1e-5)
    np.testing.assert_allclose(found.probabilities, probabilities, atol=1e-5)
    assert found.vectors.dtype == found.probabilities.dtype == np.float32
    content = graph_file.read_bytes()
    assert extractor.sha256 == hashlib.sha256(content).hexdigest()
    assert extractor.name == "inception2015"
    assert extractor.resize.startswith("legacy_tensorflow")


def test_other_images_are_resized_as_in_2015(graph_file):
    """Bilinear from the corner, without antialias; grey in three channels."""
    pixels = images(3, 4, 9, 1)
    rows, columns = (np.arange(SIZE) * n / SIZE for n in (4, 9))

    def lines(x, places, axis):
        low = np.floor(places).astype(int)
        high = np.minimum(low + 1, x.shape[axis] - 1)
        share = np.expand_dims(
            places - low, (0, 2, 3) if axis == 1 else (0, 1, 3)
        )
        return x.take(low, axis) * (1 - share) + x.take(high, axis) * share

    small = lines(lines(pixels.astype(np.float64), rows, 1), columns, 2)
    vectors, _ = by_hand(np.repeat(small, 3, -1))
    found = load(graph_file, (4, 9, 1))(pixels)
    np.testing.assert_allclose(found.vectors, vectors, atol=1e-5)


def forge(tmp_path, change):
    definition = build()
    nodes = {node.name: node for node in definition.node}
    change(definition, nodes)
    return write(tmp_path / "forged.pb", definition)


@pytest.mark.parametrize("operation", ["ReadFile", "PyFunc", "WriteFile"])
def test_an_operation_that_reaches_beyond_the_model_is_named(
    operation, tmp_path
):
    def change(definition, nodes):
        definition.node.add(name="evil", op=operation, input=["DecodeJpeg"])
        nodes["Mul"].input.append("^evil")

    with pytest.raises(UserError, match=f"beyond the model: .*{operation}"):
        load(forge(tmp_path, change))


def without(name):
    def change(definition, nodes):
        definition.node.remove(nodes[name])

    return change


def other_weights(definition, nodes):
    nodes["softmax/logits/MatMul"].input[1] = "KERNEL"


def of_other_length(definition, nodes):
    nodes["softmax/logits/MatMul"].input[1] = "kernel"


@pytest.mark.parametrize(
    "change, message",
    [
        (without("pool_3"), "graph of 2015 was expected. Missing: pool_3"),
        (without("ExpandDims"), "Missing: ExpandDims"),
        (without("kernel"), "is damaged: the node kernel is missing"),
        (other_weights, "is damaged: the node KERNEL is missing"),
        (of_other_length, "features of each image"),
    ],
)
def test_another_graph_is_one_line(change, message, tmp_path):
    path = forge(tmp_path, change)
    with pytest.raises(UserError, match=message) as caught:
        load(path)(images(2, SIZE, SIZE, 3))
    assert str(path) in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_file_that_is_no_graph_is_one_line(graph_file, tmp_path):
    path = tmp_path / "half.pb"
    path.write_bytes(graph_file.read_bytes()[:500])
    with pytest.raises(UserError, match=f"{path} cannot be loaded: ") as caught:
        load(path)
    assert len(str(caught.value).splitlines()) == 1
    with pytest.raises(UserError, match="Cannot read .*none.pb"):
        load(tmp_path / "none.pb")


def test_other_channels_are_one_line(graph_file):
    with pytest.raises(UserError, match=r"1 or 3 .*Received: \[6, 6, 2\]"):
        load(graph_file, (6, 6, 2))
