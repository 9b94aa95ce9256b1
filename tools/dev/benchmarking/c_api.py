"""Runs a SavedModel by TensorFlow's C API, without TensorFlow's Python.

    python tools/dev/benchmarking/c_api.py LIBRARY FOLDER REQUESTS

TF_LoadSessionFromSavedModel is the loader of TensorFlow Serving. REQUESTS is a
JSON file, a list of {"inputs": {TENSOR: [DTYPE, SHAPE, FILE]}, "outputs":
[TENSOR, ...], "files": [FILE, ...]}, where FILE has a tensor's bytes; of
strings, each is in FILE.0, FILE.1... Prints the shapes of the outputs.
"""

import ctypes
import json
import pathlib
import sys

# TF_DataType: name, bytes of one number.
DTYPES = {1: ("float32", 4), 4: ("uint8", 1), 9: ("int64", 8)}
NUMBERS = {name: number for number, (name, _) in DTYPES.items()}
STRING = 7
TSTRING_BYTES = 24


class Output(ctypes.Structure):
    """TF_Output: an output of an operation."""

    _fields_ = [("operation", ctypes.c_void_p), ("index", ctypes.c_int)]


class Library:
    """The functions of the C API, with a check of the status."""

    def __init__(self, path):
        self._library = ctypes.CDLL(path)
        self.status = self.call("TF_NewStatus")

    def call(self, name, *arguments, result=ctypes.c_void_p):
        """Calls a function of the library."""
        function = getattr(self._library, name)
        function.restype = result
        return function(*arguments)

    def checked(self, name, *arguments, result=ctypes.c_void_p):
        """The same of one that sets the status; a failure ends the program."""
        value = self.call(name, *arguments, result=result)
        status = ctypes.c_void_p(self.status)
        if self.call("TF_GetCode", status, result=ctypes.c_int):
            message = self.call("TF_Message", status, result=ctypes.c_char_p)
            sys.exit(f"{name}: {message.decode()}")
        return value

    def delete(self, tensor):
        """Frees a TF_Tensor."""
        self.call("TF_DeleteTensor", ctypes.c_void_p(tensor), result=None)


class Session:
    """A SavedModel, loaded natively."""

    def __init__(self, library, folder):
        self._library = library
        self._graph = ctypes.c_void_p(library.call("TF_NewGraph"))
        options = ctypes.c_void_p(library.call("TF_NewSessionOptions"))
        tags = (ctypes.c_char_p * 1)(b"serve")
        self._session = ctypes.c_void_p(
            library.checked(
                "TF_LoadSessionFromSavedModel",
                options,
                None,
                folder.encode(),
                tags,
                1,
                self._graph,
                None,
                ctypes.c_void_p(library.status),
            )
        )

    def run(self, inputs, outputs):
        """Tensors by name, and names -> tensors."""
        given = (ctypes.c_void_p * len(inputs))(*inputs.values())
        results = (ctypes.c_void_p * len(outputs))()
        self._library.checked(
            "TF_SessionRun",
            self._session,
            None,
            self._outputs(inputs),
            given,
            len(inputs),
            self._outputs(outputs),
            results,
            len(outputs),
            None,
            0,
            None,
            ctypes.c_void_p(self._library.status),
        )
        return list(results)

    def _outputs(self, names):
        found = (Output * len(names))()
        for place, name in zip(found, names, strict=True):
            operation, _, index = name.partition(":")
            place.operation = self._library.call(
                "TF_GraphOperationByName", self._graph, operation.encode()
            )
            place.index = int(index)
            if not place.operation:
                sys.exit(f"There is no operation {operation}")
        return found


def make_tensor(library, dtype, shape, content):
    """A TF_Tensor with these bytes."""
    dimensions = (ctypes.c_int64 * len(shape))(*shape)
    tensor = library.call(
        "TF_AllocateTensor",
        NUMBERS[dtype],
        dimensions,
        len(shape),
        ctypes.c_size_t(len(content)),
    )
    data = library.call("TF_TensorData", ctypes.c_void_p(tensor))
    ctypes.memmove(data, content, len(content))
    return tensor


def make_strings(library, files):
    """A TF_Tensor of these files' contents, `[count]`."""
    size = TSTRING_BYTES * len(files)
    shape = (ctypes.c_int64 * 1)(len(files))
    tensor = library.call(
        "TF_AllocateTensor", STRING, shape, 1, ctypes.c_size_t(size)
    )
    data = library.call("TF_TensorData", ctypes.c_void_p(tensor))
    for i, file in enumerate(files):
        text = ctypes.c_void_p(data + i * TSTRING_BYTES)
        content = pathlib.Path(file).read_bytes()
        library.call("TF_StringInit", text, result=None)
        library.call(
            "TF_StringCopy",
            text,
            content,
            ctypes.c_size_t(len(content)),
            result=None,
        )
    return tensor


def read_tensor(library, dtype, shape, file):
    """A TF_Tensor of what a request names."""
    if dtype == "string":
        return make_strings(library, [f"{file}.{i}" for i in range(*shape)])
    content = pathlib.Path(file).read_bytes()
    return make_tensor(library, dtype, shape, content)


def write_tensor(library, tensor, file):
    """Writes a tensor's bytes; returns its dtype and shape."""
    tensor = ctypes.c_void_p(tensor)
    rank = library.call("TF_NumDims", tensor, result=ctypes.c_int)
    shape = [
        library.call("TF_Dim", tensor, axis, result=ctypes.c_int64)
        for axis in range(rank)
    ]
    kind = library.call("TF_TensorType", tensor, result=ctypes.c_int)
    data = library.call("TF_TensorData", tensor)
    if kind == STRING:
        for i in range(shape[0]):
            text = ctypes.c_void_p(data + i * TSTRING_BYTES)
            start = library.call("TF_StringGetDataPointer", text)
            size = library.call(
                "TF_StringGetSize", text, result=ctypes.c_size_t
            )
            pathlib.Path(f"{file}.{i}").write_bytes(
                ctypes.string_at(start, size)
            )
        return ["string", shape]
    size = library.call("TF_TensorByteSize", tensor, result=ctypes.c_size_t)
    pathlib.Path(file).write_bytes(ctypes.string_at(data, size))
    return [DTYPES[kind][0], shape]


def main():
    """Loads, answers every request, and has not imported TensorFlow."""
    path, folder, requests = sys.argv[1:]
    library = Library(path)
    session = Session(library, folder)
    answers = []
    for request in json.loads(pathlib.Path(requests).read_text()):
        inputs = {
            name: read_tensor(library, *described)
            for name, described in request["inputs"].items()
        }
        results = session.run(inputs, request["outputs"])
        answers.append(
            [
                write_tensor(library, tensor, file)
                for tensor, file in zip(results, request["files"], strict=True)
            ]
        )
    assert "tensorflow" not in sys.modules
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
