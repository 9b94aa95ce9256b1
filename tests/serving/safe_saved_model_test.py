"""SavedModels that compute are loaded; those that do more are not."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tfgan_ref import inference
from tfgan_ref.errors import UserError
from tfgan_ref.serving import safe_saved_model

raw = tf.raw_ops
LATENTS = tf.TensorSpec([None, 2], tf.float32, name="latents")


def save_model(function, path, module=None):
    """A SavedModel of a variable and the signature `generate`."""
    module = module or tf.Module()
    module.variable = tf.Variable(3.0)
    traced = tf.function(function, input_signature=[LATENTS], autograph=False)
    signatures = {"generate": traced.get_concrete_function()}
    tf.saved_model.save(module, str(path), signatures)
    return path


def write(file):
    tf.io.write_file(file, "chosen by the model")


def write_summary(file):
    writer = raw.SummaryWriter(shared_name="w")
    raw.CreateSummaryFileWriter(
        writer=writer,
        logdir=file,
        max_queue=1,
        flush_millis=1,
        filename_suffix="",
    )
    raw.WriteScalarSummary(writer=writer, step=0, tag="x", value=1.0)
    raw.CloseSummaryWriter(writer=writer)


def read_lines(file):
    lines = tf.data.TextLineDataset(file)
    lines.reduce("", lambda text, line: text + line)


def look_up(file):
    table = raw.HashTableV2(key_dtype=tf.string, value_dtype=tf.string)
    raw.InitializeTableFromTextFileV2(
        table_handle=table, filename=file, key_index=-2, value_index=-2
    )


def save_tensors(file):
    raw.SaveV2(
        prefix=file,
        tensor_names=["x"],
        shape_and_slices=[""],
        tensors=[tf.ones(2)],
    )


def restore_tensors(file):
    raw.RestoreV2(
        prefix=file,
        tensor_names=["x"],
        shape_and_slices=[""],
        dtypes=[tf.float32],
    )


def debug(file):
    raw.DebugIdentityV2(input=tf.ones(1), debug_urls=[f"file://{file}"])


def send(file):
    raw.Send(
        tensor=tf.ones(1),
        tensor_name=file,
        send_device="",
        send_device_incarnation=0,
        recv_device="",
    )


# Each reaches beyond the model at a path; what the refusal names.
EVIL = {
    "PrintV2": lambda file: tf.print("x", output_stream=f"file://{file}"),
    "WriteFile": write,
    "ReadFile": tf.io.read_file,
    "MatchingFiles": tf.io.matching_files,
    "CreateSummaryFileWriter": write_summary,
    "TextLineDataset": read_lines,
    "InitializeTableFromTextFileV2": look_up,
    "SaveV2": save_tensors,
    "RestoreV2": restore_tensors,
    "EagerPyFunc": lambda file: tf.py_function(open, [file, "w"], []),
    "PyFunc": lambda file: tf.numpy_function(open, [file, "w"], []),
    "DebugIdentityV2": debug,
    "Send": send,
}


@pytest.mark.parametrize("operation", EVIL)
def test_an_operation_that_reaches_beyond_the_model_is_named(
    operation, tmp_path
):
    def generate(latents):
        EVIL[operation](str(tmp_path / "out"))
        return {"images": latents}

    path = save_model(generate, tmp_path / "1")
    with pytest.raises(
        UserError, match=rf"1 has .*beyond the model: .*\b{operation}\b"
    ) as caught:
        inference.load(path)
    assert len(str(caught.value).splitlines()) == 1
    assert [found.name for found in tmp_path.iterdir()] == ["1"]


def in_a_function(harm, module):
    return lambda latents: tf.function(lambda: [harm(), latents][1])()


def in_a_cond(harm, module):
    return lambda latents: tf.cond(
        tf.reduce_sum(latents) < 9,
        lambda: [harm(), latents][1],
        lambda: latents,
    )


def in_a_while(harm, module):
    return lambda latents: tf.while_loop(
        lambda i, z: i < 1, lambda i, z: [harm(), (i + 1, z)][1], [0, latents]
    )[1]


def in_a_map(harm, module):
    return lambda latents: tf.map_fn(lambda row: [harm(), row][1], latents)


def in_a_gradient(harm, module):
    @tf.custom_gradient
    def identity(x):
        return tf.identity(x), lambda dy: [harm(), dy][1]

    return identity


def in_the_object_graph(harm, module):
    module.function = tf.function(harm, input_signature=[])
    return tf.identity


def in_an_initialiser(harm, module):
    class Resource(tf.saved_model.experimental.TrackableResource):
        armed = False

        def _create_resource(self):
            return raw.VarHandleOp(dtype=tf.float32, shape=[2])

        def _initialize(self):
            if self.armed:
                harm()

    resource = module.resource = Resource()
    resource.resource_handle  # noqa: B018 (makes it)
    resource.armed = True
    return tf.identity


PLACES = [
    in_a_function,
    in_a_cond,
    in_a_while,
    in_a_map,
    in_a_gradient,
    in_the_object_graph,
    in_an_initialiser,
]


@pytest.mark.parametrize("place", PLACES)
def test_it_is_found_wherever_it_is(place, tmp_path):
    out, module = tmp_path / "out", tf.Module()

    def harm():
        write(str(out))

    function = place(harm, module)
    path = save_model(
        lambda latents: {"images": function(latents)}, tmp_path / "1", module
    )
    with pytest.raises(UserError, match="beyond the model: WriteFile$"):
        inference.load(path)
    assert not out.exists()
    # It is no false alarm: TensorFlow would have done it.
    model = tf.saved_model.load(str(path))
    z = tf.zeros([1, 2])
    with tf.GradientTape() as tape:
        tape.watch(z)
        images = model.signatures["generate"](z)["images"]
    tape.gradient(images, z)
    getattr(model, "function", lambda: None)()
    assert out.exists()


def test_every_operation_is_one():
    assert len(safe_saved_model.OPERATIONS) > 200
    for name in safe_saved_model.OPERATIONS:
        assert hasattr(raw, name), name


def images_of(z):
    """Every way that Keras has to make an image of 4x4."""
    x = layers.Dense(4 * 4 * 8, activation="silu")(z)
    x = layers.Reshape((4, 4, 8))(x)
    convolutions = [
        layers.Conv2D(4, 3, padding="same", activation="relu"),
        layers.Conv2D(4, 3, padding="same", dilation_rate=2, groups=2),
        layers.Conv2DTranspose(4, 3, padding="same", activation="selu"),
        layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2),
        layers.SeparableConv2D(4, 3, padding="same", activation="gelu"),
        layers.SpectralNormalization(layers.Conv2D(4, 1)),
        layers.MaxPooling2D(2, 1, padding="same"),
        layers.AveragePooling2D(2, 1, padding="same"),
        layers.BatchNormalization(),
        layers.LayerNormalization(axis=[1, 2]),
        layers.GroupNormalization(4),
        layers.UnitNormalization(),
        layers.RMSNormalization(),
        layers.PReLU(),
        layers.LeakyReLU(),
        layers.ELU(),
        layers.ReLU(6.0, 0.1, 0.1),
        layers.Softmax(),
        layers.Dropout(0.5),
        layers.GaussianNoise(1.0),
        layers.Rescaling(2.0, 1.0),
        layers.RandomRotation(0.5),
        layers.Permute((2, 1, 3)),
    ]
    convolutions += [
        layers.Resizing(4, 4, interpolation=name)
        for name in ("nearest", "bilinear", "bicubic", "area", "lanczos3")
    ]
    for name in ("nearest", "bilinear", "bicubic", "lanczos5"):
        up = layers.UpSampling2D(2, interpolation=name)
        convolutions.append(lambda x, up=up: layers.MaxPooling2D(2)(up(x)))
    branches = [layer(x) for layer in convolutions]
    branches.append(layers.ZeroPadding2D(1)(layers.Cropping2D(1)(x)))
    x = layers.Concatenate()(branches)
    x = layers.Conv2D(8, 1)(x)
    y = layers.Add()([layers.Average()([x, x]), layers.Multiply()([x, x])])
    return layers.Subtract()(
        [layers.Maximum()([x, y]), layers.Minimum()([x, y])]
    )


def rows_of(z):
    """Every way that Keras has with rows."""
    words = layers.Discretization([-0.5, 0.0, 0.5])(z)
    rows = layers.Embedding(4, 6)(words)
    layer = layers.MultiHeadAttention(2, 3)
    return [
        layers.LSTM(3)(rows),
        layers.Bidirectional(layers.GRU(3))(rows),
        layers.SimpleRNN(3)(rows),
        layers.GlobalAveragePooling1D()(layer(rows, rows)),
        layers.GlobalMaxPooling1D()(layers.Conv1D(3, 2)(rows)),
        layers.Flatten()(layers.TimeDistributed(layers.Dense(2))(rows)),
        layers.Dot(1)([layers.Flatten()(rows)] * 2),
        *(
            layers.Activation(name)(z)
            for name in dir(keras.activations)
            if name
            not in ("deserialize", "get", "glu", "serialize", "threshold")
            and not name.startswith("_")
        ),
    ]


def test_kerass_layers_are_loaded(tmp_path):
    z = keras.Input((2,))
    images = images_of(z)
    volume = layers.Reshape((4, 4, 4, 2))(images)
    volume = layers.Conv3DTranspose(2, 2)(layers.MaxPooling3D(2)(volume))
    rows = [*rows_of(z), layers.GlobalAveragePooling3D()(volume)]
    scale = layers.Dense(8)(layers.Concatenate()(rows))
    images = keras.ops.tanh(images + keras.ops.expand_dims(scale, (1, 2)))
    network = keras.Model(z, images)
    module = tf.Module()
    module.weights = [variable.value for variable in network.variables]
    path = save_model(
        lambda latents: {"images": network(latents, training=False)},
        tmp_path / "1",
        module,
    )
    latents = np.random.default_rng(0).normal(size=(3, 2)).astype(np.float32)
    np.testing.assert_allclose(
        inference.load(path).generate(latents),
        network(latents, training=False),
        atol=1e-5,
    )


def test_what_was_loaded_and_saved_again_is_loaded(tmp_path):
    path = save_model(lambda latents: {"images": latents}, tmp_path / "1")
    model = tf.saved_model.load(str(path))
    tf.saved_model.save(model, str(tmp_path / "2"), model.signatures)
    z = [[2.0, 3.0]]
    assert inference.load(tmp_path / "2").generate(z).tolist() == z
