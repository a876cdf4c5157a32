"""Looks through an ONNX file for what a bundle may not ask for, before any runtime sees it.

The line has no ONNX library, only the runtime, and the runtime would act on what it reads. This
walks the protobuf wire format (https://protobuf.dev/programming-guides/encoding/) by the field
numbers of onnx.proto3 and reads names only, never weights.
"""

from collections.abc import Iterator

from inspector.errors import BundleError

ALLOWED_DOMAINS = frozenset({"", "ai.onnx"})  # the standard; anything else is a custom operator
MAX_NODES = 100_000
MAX_TENSOR_SIZE = 128_000_000  # half a gigabyte of floats, the largest file that is read
MAX_DEPTH = 16  # graphs nested in the attributes of If and Loop

# Bytes with this mark are read by ONNX Runtime 1.32 as a FlatBuffer of its own, never as ONNX, and
# the two can be one file: what was looked through here would not be what runs.
_ORT_FORMAT_MARK, _ORT_FORMAT_MARK_AT = b"ORTM", 4

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MODEL_GRAPH, _MODEL_OPSET, _MODEL_FUNCTIONS = 7, 8, 25
_OPSET_DOMAIN, _OPSET_VERSION = 1, 2
_GRAPH_NODE, _GRAPH_INITIALIZER, _GRAPH_SPARSE = 1, 5, 15
_NODE_ATTRIBUTE, _NODE_DOMAIN = 5, 7
_ATTRIBUTE_TENSORS, _ATTRIBUTE_GRAPHS, _ATTRIBUTE_SPARSE = (5, 10), (6, 11), (22, 23)
_TENSOR_DIMS, _TENSOR_EXTERNAL, _TENSOR_LOCATION = 1, 13, 14
_SPARSE_PARTS, _SPARSE_DIMS = (1, 2), 3
_MAX_FIELD = 2**29 - 1  # of protobuf


def scan_graph(model: bytes, where: str) -> int:
    """Refuse a model that names files, custom operators or functions, or is not an ONNX file.

    Returns:
        The opset of the standard operators that the model asks for; 0 where it names none.

    Raises:
        BundleError: With the first thing found.
    """
    if model.startswith(_ORT_FORMAT_MARK, _ORT_FORMAT_MARK_AT):
        raise BundleError(f"{where}: is in the runtime's own format; a bundle holds ONNX")
    try:
        return _Scan(where).model(memoryview(model))
    except (ValueError, UnicodeDecodeError) as error:
        raise BundleError(f"{where}: not an ONNX file: {error}") from error


class _Scan:
    def __init__(self, where: str) -> None:
        self._where = where
        self._n_nodes = 0

    def model(self, data: memoryview) -> int:
        has_graph, opset = False, 0
        for number, value in _fields(data):
            if number == _MODEL_GRAPH:
                has_graph = True
                self._graph(_message(value), depth=0)
            elif number == _MODEL_OPSET:
                opset = max(opset, self._opset(_message(value)))
            elif number == _MODEL_FUNCTIONS:
                raise BundleError(f"{self._where}: the graph brings functions of its own")
        if not has_graph:
            raise ValueError("it holds no graph")
        return opset

    def _opset(self, data: memoryview) -> int:
        version = 0
        for number, value in _fields(data):
            if number == _OPSET_DOMAIN:
                self._check_domain(value)
            elif number == _OPSET_VERSION and isinstance(value, int):
                version = value
        return version

    def _graph(self, data: memoryview, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise BundleError(f"{self._where}: graphs nested deeper than {MAX_DEPTH}")
        for number, value in _fields(data):
            if number == _GRAPH_NODE:
                self._node(_message(value), depth)
            elif number == _GRAPH_INITIALIZER:
                self._tensor(_message(value))
            elif number == _GRAPH_SPARSE:
                self._sparse_tensor(_message(value))

    def _node(self, data: memoryview, depth: int) -> None:
        self._n_nodes += 1
        if self._n_nodes > MAX_NODES:
            raise BundleError(f"{self._where}: more than {MAX_NODES} operators")
        for number, value in _fields(data):
            if number == _NODE_DOMAIN:
                self._check_domain(value)
            elif number == _NODE_ATTRIBUTE:
                self._attribute(_message(value), depth)

    def _attribute(self, data: memoryview, depth: int) -> None:
        for number, value in _fields(data):
            if number in _ATTRIBUTE_TENSORS:
                self._tensor(_message(value))
            elif number in _ATTRIBUTE_GRAPHS:
                self._graph(_message(value), depth + 1)
            elif number in _ATTRIBUTE_SPARSE:
                self._sparse_tensor(_message(value))

    def _sparse_tensor(self, data: memoryview) -> None:
        size = 1
        for number, value in _fields(data):
            if number in _SPARSE_PARTS:
                self._tensor(_message(value))
            elif number == _SPARSE_DIMS:  # the runtime makes it a whole one
                size = self._times(size, value)

    def _tensor(self, data: memoryview) -> None:
        size = 1
        for number, value in _fields(data):
            if number == _TENSOR_DIMS:
                size = self._times(size, value)
            if number == _TENSOR_EXTERNAL or (number == _TENSOR_LOCATION and value != 0):
                raise BundleError(f"{self._where}: the graph asks for weights in another file")

    def _times(self, size: int, lengths: int | memoryview) -> int:
        """How many values a tensor has with these lengths too."""
        for length in _numbers(lengths):
            size *= length
        if size > MAX_TENSOR_SIZE:
            raise BundleError(f"{self._where}: a tensor of more than {MAX_TENSOR_SIZE:,} values")
        return size

    def _check_domain(self, value: int | memoryview | bytes) -> None:
        domain = bytes(value).decode("utf-8") if not isinstance(value, int) else str(value)
        if domain not in ALLOWED_DOMAINS:
            raise BundleError(f"{self._where}: the graph asks for custom operators of {domain!r}")


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Number and value of each field of one message; ValueError where it is truncated or odd."""
    at, end = 0, len(data)
    while at < end:
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if not 0 < number <= _MAX_FIELD:  # readers cut a longer one, and see another field
            raise ValueError(f"a field has the number {number}")
        if wire == _VARINT:
            value, at = _varint(data, at)
            yield number, value
        elif wire == _BYTES:
            length, at = _varint(data, at)
            if length > end - at:
                raise ValueError("a field reaches past the end of the file")
            yield number, data[at : at + length]
            at += length
        elif wire in (_FIXED32, _FIXED64):
            at += 4 if wire == _FIXED32 else 8
            if at > end:
                raise ValueError("a field reaches past the end of the file")
        else:
            raise ValueError(f"a field has the unknown wire type {wire}")


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            raise ValueError("a number is truncated")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("a number is longer than 64 bits")


def _numbers(value: int | memoryview) -> Iterator[int]:
    """A repeated number: one of it, or all packed into one field."""
    if isinstance(value, int):
        yield value
        return
    at = 0
    while at < len(value):
        number, at = _varint(value, at)
        yield number


def _message(value: int | memoryview) -> memoryview:
    if isinstance(value, int):
        raise ValueError("a number stands where a message should be")
    return value
