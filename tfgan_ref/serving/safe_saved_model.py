"""A SavedModel from elsewhere can compute, and nothing more.

`tf.saved_model.load` makes every function of the file callable, and calls some
of them itself. Hence each operation of each function must be one that is known
to compute alone: it touches no file, socket, Python or other model.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

from tensorflow.core.framework import graph_pb2
from tensorflow.core.protobuf import meta_graph_pb2, saved_model_pb2

from tfgan_ref import inputs
from tfgan_ref.errors import UserError, reason

# What exports and Keras's layers are made of, and its like.
_ALLOWED = {
    "arithmetic": """
        Abs Acos Acosh Add AddN AddV2 Asin Asinh Atan Atan2 Atanh BitwiseAnd
        BitwiseOr BitwiseXor Ceil ClipByValue Cos Cosh Cumprod Cumsum Digamma
        Div DivNoNan Erf Erfc Erfinv Exp Expm1 Floor FloorDiv FloorMod Invert
        LeftShift Lgamma Log Log1p Maximum Minimum Mod Mul MulNoNan Ndtri Neg
        Pow RealDiv Reciprocal RightShift Rint Round Rsqrt Sign Sin Sinh Sqrt
        Square SquaredDifference Sub Tan TruncateDiv TruncateMod Xdivy Xlog1py
        Xlogy
        """,
    "comparisons": """
        ApproximateEqual Equal Greater GreaterEqual IsFinite IsInf IsNan Less
        LessEqual LogicalAnd LogicalNot LogicalOr NotEqual Select SelectV2
        Where
        """,
    "reductions": """
        All Any ArgMax ArgMin Bucketize DenseBincount EuclideanNorm L2Loss Max
        Mean Min Prod Sum TopKV2 UnsortedSegmentMax UnsortedSegmentSum
        """,
    "linear algebra": """
        BatchMatMul BatchMatMulV2 BatchMatMulV3 Einsum MatMul MatrixBandPart
        MatrixDiagPartV3 MatrixDiagV3 MatrixSetDiagV3
        """,
    "types, shapes and places": """
        BatchToSpaceND Bitcast BroadcastArgs BroadcastTo Cast Concat ConcatV2
        Const DepthToSpace EnsureShape ExpandDims Fill GatherNd GatherV2
        Identity IdentityN InvertPermutation LinSpace MirrorPad OneHot OnesLike
        Pack Pad PadV2 Placeholder PlaceholderWithDefault PreventGradient Range
        Rank Reshape ReverseSequence ReverseV2 Roll ScatterNd Shape ShapeN Size
        Slice SpaceToBatchND SpaceToDepth Split SplitV Squeeze StopGradient
        StridedSlice TensorScatterAdd TensorScatterUpdate Tile Transpose Unpack
        ZerosLike
        """,
    "layers": """
        AvgPool AvgPool3D BatchNormWithGlobalNormalization BiasAdd Conv Conv2D
        Conv2DBackpropInput Conv3D Conv3DBackpropInputV2 DepthwiseConv2dNative
        Elu ExtractImagePatches FusedBatchNorm FusedBatchNormV2
        FusedBatchNormV3 LRN LeakyRelu LogSoftmax MaxPool MaxPool3D Relu Relu6
        Selu Sigmoid Softmax Softplus Softsign Tanh
        """,
    "gradients, of samples that are looked for": """
        AvgPoolGrad BiasAddGrad BroadcastGradientArgs Conv2DBackpropFilter
        EluGrad FusedBatchNormGradV3 LeakyReluGrad MaxPoolGrad ReluGrad
        Relu6Grad RsqrtGrad SeluGrad SigmoidGrad SoftplusGrad SqrtGrad TanhGrad
        """,
    "images": """
        AdjustContrastv2 AdjustHue AdjustSaturation CropAndResize EncodePng
        HSVToRGB ImageProjectiveTransformV3 RGBToHSV ResizeArea ResizeBicubic
        ResizeBilinear ResizeNearestNeighbor ScaleAndTranslate
        """,
    "random numbers": """
        Multinomial RandomStandardNormal RandomUniform RandomUniformInt
        StatelessMultinomial StatelessRandomGetAlg StatelessRandomGetKeyCounter
        StatelessRandomNormalV2 StatelessRandomUniformFullIntV2
        StatelessRandomUniformIntV2 StatelessRandomUniformV2
        StatelessTruncatedNormalV2 TruncatedNormal
        """,
    "control": """
        Assert Case CheckNumerics If NoOp PartitionedCall
        StatefulPartitionedCall StatelessCase StatelessIf StatelessWhile While
        """,
    "lists of a loop": """
        EmptyTensorList TensorListConcatV2 TensorListElementShape
        TensorListFromTensor TensorListGather TensorListGetItem
        TensorListLength TensorListPopBack TensorListPushBack TensorListReserve
        TensorListResize TensorListScatterV2 TensorListSetItem TensorListSplit
        TensorListStack
        """,
    "variables": """
        AssignAddVariableOp AssignSubVariableOp AssignVariableOp
        DisableCopyOnRead ReadVariableOp ResourceGather VarHandleOp
        VarIsInitializedOp VariableShape
        """,
    "strings": """
        AsString StaticRegexFullMatch StaticRegexReplace StringJoin StringLower
        StringSplitV2 StringToHashBucketFast
        """,
}
OPERATIONS = frozenset(
    name for names in _ALLOWED.values() for name in names.split()
)
# Of the saver alone, which a loader has write and read the weights.
_SAVES = {"MergeV2Checkpoints", "SaveV2", "ShardedFilename"}
_RESTORES = {"RestoreV2"}


def check(path: pathlib.Path) -> None:
    """Checks that loading and calling a SavedModel does no harm.

    Args:
        path: the folder of saved_model.pb.

    Raises:
        UserError: the file is damaged or of TensorFlow 1; or it can do more
            than compute, and what is named.
    """
    graph = _read(path)
    _raise(path, {*_refused(graph)})


def check_graph(path: pathlib.Path, graph: graph_pb2.GraphDef) -> None:
    """The same of a frozen graph: no functions, no variables, no saver.

    Args:
        path: of its file, for the error.
        graph: the graph.

    Raises:
        UserError: it can do more than compute, and what is named.
    """
    functions = {f.signature.name for f in graph.library.function}
    _raise(path, functions | {node.op for node in graph.node} - OPERATIONS)


def _raise(path, refused):
    if refused:
        raise UserError(
            f"{path} has operations that reach beyond the model: "
            f"{', '.join(sorted(refused))}"
        )


def _read(path) -> meta_graph_pb2.MetaGraphDef:
    inputs.check_regular(
        *(
            file
            for folder in (path, path / "variables", path / "assets")
            for file in folder.glob("*")
            if not file.is_dir()
        )
    )
    content = inputs.read_bytes(path / "saved_model.pb")
    try:
        graphs = saved_model_pb2.SavedModel.FromString(content).meta_graphs
    except Exception as error:
        raise UserError(f"{path} cannot be loaded: {reason(error)}") from None
    # TensorFlow reads any other one in the manner of version 1.
    if len(graphs) != 1 or not graphs[0].HasField("object_graph_def"):
        raise UserError(
            f"{path} cannot be loaded: one graph with its objects was "
            f"expected, as TensorFlow 2 writes it. Received: {len(graphs)}"
        )
    return graphs[0]


def _refused(graph) -> Iterator[str]:
    """Names of what is not allowed; blanks some names in the graph."""
    nodes = graph.graph_def.node
    yield from {node.op for node in nodes} - OPERATIONS
    calls, saver = _saver(graph)
    for function in graph.graph_def.library.function:
        own = saver.get(function.signature.name, set())
        yield from {node.op for node in function.node_def} - OPERATIONS - own
        if own and "api_implements" in function.attr:
            # TensorFlow may put it in the place of another function.
            yield function.signature.name
    # Whoever can call the saver can write to a path of his own.
    yield from calls & _mentioned(graph)
    for function in graph.graph_def.library.function:
        if function.signature.name in saver:
            function.signature.name = ""
    for node in nodes:
        if node.name in calls:
            node.attr["f"].func.name = ""
    content = graph.SerializeToString()
    yield from (name for name in saver if name.encode() in content)


def _saver(graph):
    """The nodes that call the saver; its functions, to their operations."""
    definition = graph.saver_def
    calls = {
        definition.save_tensor_name.partition(":")[0]: _SAVES,
        # The last, for if both call one function.
        definition.restore_op_name: _RESTORES,
    }
    nodes = {node.name: node for node in graph.graph_def.node}
    functions = {
        nodes[name].attr["f"].func.name: operations
        for name, operations in calls.items()
        if name in nodes
    }
    functions.pop("", None)
    return calls.keys(), functions


def _mentioned(graph):
    """Nodes of the graph that others, or signatures, depend on."""
    tensors = [name for node in graph.graph_def.node for name in node.input]
    for signature in graph.signature_def.values():
        for ends in (signature.inputs, signature.outputs):
            tensors += [tensor.name for tensor in ends.values()]
    for collection in graph.collection_def.values():
        tensors += collection.node_list.value
    return {name.lstrip("^").partition(":")[0] for name in tensors}
