"""The saver of a SavedModel writes and reads files; none may call it."""

import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from tfgan_ref.errors import UserError
from tfgan_ref.serving import safe_saved_model


@pytest.fixture(scope="module")
def harmless(tmp_path_factory):
    """A SavedModel with a variable, in which a function is called."""
    module = tf.Module()
    module.variable = tf.Variable(3.0)

    @tf.function
    def inner(latents):
        return module.variable * latents

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32)])
    def generate(latents):
        return {"images": inner(latents)}

    path = tmp_path_factory.mktemp("models") / "1"
    tf.saved_model.save(module, str(path), {"generate": generate})
    return path


def saver_of(graph):
    """The saver's two nodes, and its two functions."""
    nodes = {node.name: node for node in graph.graph_def.node}
    names = (
        graph.saver_def.save_tensor_name.partition(":")[0],
        graph.saver_def.restore_op_name,
    )
    calls = [nodes[name] for name in names]
    functions = {f.signature.name: f for f in graph.graph_def.library.function}
    return calls, [functions[call.attr["f"].func.name] for call in calls]


def call_of(graph):
    """The node that calls a function, in a function."""
    return next(
        node
        for function in graph.graph_def.library.function
        for node in function.node_def
        if node.op == "StatefulPartitionedCall"
    )


def by_attribute(graph, save):
    call_of(graph).attr["f"].func.name = save.signature.name


def by_nested_attribute(graph, save):
    function = call_of(graph).attr["f"].func
    function.attr["g"].func.name = save.signature.name


def by_list(graph, save):
    node = call_of(graph)
    node.op = "StatelessCase"
    node.attr["branches"].list.func.add().name = save.signature.name


def by_operation(graph, save):
    call_of(graph).op = save.signature.name


def by_name_of_an_operation(graph, save):
    (call, _), _ = saver_of(graph)
    save.signature.name = call.attr["f"].func.name = "Square"
    call_of(graph).op = "Square"


def by_the_object_graph(graph, save):
    function = next(
        node.bare_concrete_function
        for node in graph.object_graph_def.nodes
        if node.HasField("bare_concrete_function")
    )
    function.concrete_function_name = save.signature.name


def by_restoring(graph, save):
    _, (_, restore) = saver_of(graph)
    call = restore.node_def.add(name="x", op="PartitionedCall")
    call.attr["f"].func.name = save.signature.name


def by_interface(graph, save):
    for function in graph.graph_def.library.function:
        function.attr["api_implements"].s = b"one"


def by_gradient(graph, save):
    graph.graph_def.library.registered_gradients.add(
        gradient_func=save.signature.name, registered_op_type="x"
    )


WAYS = [
    by_attribute,
    by_nested_attribute,
    by_list,
    by_operation,
    by_name_of_an_operation,
    by_the_object_graph,
    by_restoring,
    by_interface,
    by_gradient,
]


def forge(path, target, change):
    """The SavedModel with another graph."""
    model = saved_model_pb2.SavedModel.FromString(
        (path / "saved_model.pb").read_bytes()
    )
    change(model)
    target.mkdir()
    (target / "saved_model.pb").write_bytes(model.SerializeToString())
    return target


@pytest.mark.parametrize("way", WAYS)
def test_the_saver_is_called_by_none_but_the_loader(way, harmless, tmp_path):
    safe_saved_model.check(harmless)
    names = []

    def change(model):
        (graph,) = model.meta_graphs
        _, (save, _) = saver_of(graph)
        way(graph, save)
        names.append(save.signature.name)

    path = forge(harmless, tmp_path / "2", change)
    with pytest.raises(UserError, match=rf"beyond the model: .*\b{names[0]}\b"):
        safe_saved_model.check(path)


def test_a_restore_does_not_write(harmless, tmp_path):
    def change(model):
        (graph,) = model.meta_graphs
        _, (_, restore) = saver_of(graph)
        restore.node_def.add(name="x", op="SaveV2")

    path = forge(harmless, tmp_path / "2", change)
    with pytest.raises(UserError, match="beyond the model: SaveV2$"):
        safe_saved_model.check(path)


def test_a_save_is_no_restore(harmless, tmp_path):
    def change(model):
        (graph,) = model.meta_graphs
        (save, restore), _ = saver_of(graph)
        restore.attr["f"].func.name = save.attr["f"].func.name

    path = forge(harmless, tmp_path / "2", change)
    with pytest.raises(UserError, match="beyond the model: .*SaveV2"):
        safe_saved_model.check(path)


@pytest.mark.parametrize("end", ["node", "signature", "initialiser"])
def test_nothing_depends_on_the_saver(end, harmless, tmp_path):
    def change(model):
        (graph,) = model.meta_graphs
        tensor = graph.saver_def.save_tensor_name
        if end == "node":
            name = tensor.partition(":")[0]
            graph.graph_def.node.add(name="x", op="NoOp", input=[f"^{name}"])
        elif end == "signature":
            outputs = graph.signature_def["generate"].outputs
            outputs["images"].name = tensor
        else:
            initialiser = graph.collection_def["saved_model_main_op"]
            initialiser.node_list.value[:] = [tensor]

    path = forge(harmless, tmp_path / "2", change)
    with pytest.raises(UserError, match="beyond the model: Stateful.*Call"):
        safe_saved_model.check(path)


def test_the_graph_outside_of_functions_is_read_as_well(harmless, tmp_path):
    def change(model):
        model.meta_graphs[0].graph_def.node.add(name="x", op="WriteFile")

    path = forge(harmless, tmp_path / "2", change)
    with pytest.raises(UserError, match="beyond the model: WriteFile$"):
        safe_saved_model.check(path)


@pytest.mark.parametrize("graphs", [0, 1, 2])
def test_what_is_loaded_as_of_tensorflow_1_is_one_line(
    graphs, harmless, tmp_path
):
    def change(model):
        if graphs == 1:
            model.meta_graphs[0].ClearField("object_graph_def")
        else:
            del model.meta_graphs[0]
            model.meta_graphs.extend([graph] * graphs)

    content = (harmless / "saved_model.pb").read_bytes()
    graph = saved_model_pb2.SavedModel.FromString(content).meta_graphs[0]
    path = forge(harmless, tmp_path / "2", change)
    with pytest.raises(UserError, match=f"2 cannot.*Received: {graphs}$"):
        safe_saved_model.check(path)
