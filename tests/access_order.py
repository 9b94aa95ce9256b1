"""Whether a graph's accesses to a variable keep their order when simplified.

TensorFlow takes off what orders an update after a read where another way from
one to the other leads over an `IdentityN`, and then takes that apart.
"""

import collections
import itertools

from tensorflow.core.protobuf import config_pb2, meta_graph_pb2
from tensorflow.python.grappler import tf_optimizer


def lost(graph):
    """Pairs of accesses, of which one is a write, that had an order.

    Args:
        graph: `tf.Graph` of a function, as it was traced.

    Returns:
        list of pairs of operations' names.
    """
    before = _edges(graph.as_graph_def())
    after = _edges(_simplified(graph))
    found = []
    for accesses in _accesses(graph).values():
        for one, other in itertools.permutations(accesses, 2):
            is_read = {a.type == "ReadVariableOp" for a in (one, other)}
            pair = one.name, other.name
            if is_read == {True} or not after.keys() >= set(pair):
                continue
            if _leads(before, *pair) and not _leads(after, *pair):
                found.append(pair)
    return found


def _accesses(graph):
    """Variable -> the operations that take it."""
    found = collections.defaultdict(list)
    for operation in graph.get_operations():
        for given in operation.inputs:
            if given.dtype == "resource":
                found[given.name].append(operation)
    return found


def _simplified(graph):
    meta = meta_graph_pb2.MetaGraphDef(graph_def=graph.as_graph_def())
    ends = [*graph.outputs, *graph.control_outputs]
    names = meta.collection_def["train_op"].node_list.value
    names.extend(end.name for end in ends)
    config = config_pb2.ConfigProto()
    options = config.graph_options.rewrite_options
    options.optimizers.append("dependency")
    options.min_graph_nodes = -1  # However small it is.
    return tf_optimizer.OptimizeGraph(config, meta)


def _edges(graph):
    """Operation -> those that wait for it."""
    found = {node.name: set() for node in graph.node}
    for node in graph.node:
        for given in node.input:
            found[given.removeprefix("^").split(":")[0]].add(node.name)
    return found


def _leads(edges, start, end):
    seen, left = set(), [start]
    while left:
        new = edges[left.pop()] - seen
        seen |= new
        left.extend(new)
    return end in seen
