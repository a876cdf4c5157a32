"""Reads the tensors of an old-style PyTorch state dict without unpickling anything.

A pickle is a program, and running it is trusting its author. This walks the program's opcodes
(`pickletools`, which only names them) and understands just the few that a state dict consists of.
The layout is that of `torch.save` before PyTorch 1.6: five pickles (magic number, protocol, system
info, the dict, the storage keys), then for each storage an int64 count and its raw elements.
"""

import io
import math
import pickletools
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from inspector.errors import DataError

MAX_FILE_BYTES = 256_000_000  # ten times the networks read here; also the limit on their tensors
_MAX_OPCODES = 1_000_000  # per pickle; a network of 300 tensors takes 14,000
_MAX_AXES = 8
_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
_DTYPES: dict[str, np.dtype[np.generic]] = {
    "torch FloatStorage": np.dtype("<f4"),
    "torch LongStorage": np.dtype("<i8"),
}
_MAKE_DICT = "collections OrderedDict"
_MAKE_TENSOR = "torch._utils _rebuild_tensor_v2"
_GLOBALS = frozenset({_MAKE_DICT, _MAKE_TENSOR, *_DTYPES})
_PLAIN = frozenset({"LONG1", "BININT", "BININT1", "BININT2", "BINUNICODE"})
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}

Tensors = dict[str, NDArray[np.generic]]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Global:
    name: str


@dataclass(frozen=True, slots=True)
class _Storage:
    key: str
    dtype: np.dtype[np.generic]
    count: int


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class _Mark:
    """Where a group of arguments begins on the stack."""


def read_state_dict(path: Path) -> Tensors:
    """Every tensor of the file, by its name, in the file's layout (convolutions are O, I, H, W).

    Raises:
        DataError: Unreadable, truncated, of another layout, or asking for anything but tensors.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise DataError(f"{str(path)!r} cannot be read: {error.strerror}") from error
    if len(data) > MAX_FILE_BYTES:
        raise DataError(f"{path.name}: larger than {MAX_FILE_BYTES} bytes")
    try:
        return _read(io.BytesIO(data))
    except (ValueError, KeyError, IndexError, struct.error) as error:
        raise DataError(f"{path.name}: not a state dict that is understood: {error}") from error


def _read(file: io.BytesIO) -> Tensors:
    if _interpret(file) != _MAGIC or _interpret(file) != _PROTOCOL:
        raise ValueError("it does not begin as torch.save did")
    if _a(dict, _interpret(file)).get("little_endian") is not True:
        raise ValueError("its numbers are not little-endian")
    tensors = {_a(str, k): _a(_Tensor, v) for k, v in _a(dict, _interpret(file)).items()}
    contents = {_a(str, key): b"" for key in _a(list, _interpret(file))}
    storages: dict[str, _Storage] = {}
    for tensor in tensors.values():
        if storages.setdefault(tensor.storage.key, tensor.storage) != tensor.storage:
            raise ValueError(f"storage {tensor.storage.key!r} is announced in two ways")
    for key in contents:
        (count,) = struct.unpack("<q", file.read(8))
        if count != storages[key].count:
            raise ValueError(f"storage {key!r} holds {count} elements, not as many as announced")
        contents[key] = file.read(count * storages[key].dtype.itemsize)
    if file.read(1):
        raise ValueError("something follows the last storage")
    n_bytes = sum(math.prod(t.shape) * t.storage.dtype.itemsize for t in tensors.values())
    if n_bytes > MAX_FILE_BYTES:
        raise ValueError(f"its tensors take more than {MAX_FILE_BYTES} bytes")
    return {name: _array(tensor, contents[tensor.storage.key]) for name, tensor in tensors.items()}


def _array(tensor: _Tensor, content: bytes) -> NDArray[np.generic]:
    size = tensor.storage.dtype.itemsize
    if len(content) != tensor.storage.count * size:
        raise ValueError(f"storage {tensor.storage.key!r} is truncated")
    view: NDArray[np.generic] = np.ndarray(
        tensor.shape,
        tensor.storage.dtype,
        buffer=content,
        offset=tensor.offset * size,
        strides=tuple(stride * size for stride in tensor.strides),
    )
    return view.copy(order="C")


def _interpret(file: io.BytesIO) -> object:
    """The value that one pickle describes, made of plain values and the records above only."""
    stack: list[object] = []
    memo: dict[object, object] = {}
    opcodes = cast("Iterator[tuple[pickletools.OpcodeInfo, object, int]]", pickletools.genops(file))
    for opcode, argument, _ in islice(opcodes, _MAX_OPCODES):
        match opcode.name:
            case "PROTO":
                pass
            case name if name in _PLAIN:
                stack.append(argument)
            case name if name in _CONSTANTS:
                stack.append(_CONSTANTS[name])
            case "EMPTY_DICT":
                stack.append({})
            case "EMPTY_LIST":
                stack.append([])
            case "MARK":
                stack.append(_Mark())
            case "TUPLE1" | "TUPLE2" | "TUPLE3":
                items = [stack.pop() for _ in range(int(opcode.name[-1]))]
                stack.append(tuple(items[::-1]))
            case "TUPLE":
                stack.append(tuple(_pop_to_mark(stack)))
            case "APPENDS":
                items = _pop_to_mark(stack)
                _a(list, stack[-1]).extend(items)
            case "SETITEM":
                value, key = stack.pop(), stack.pop()
                _a(dict, stack[-1])[_a(str, key)] = value
            case "SETITEMS":
                items = _pop_to_mark(stack)
                keys = [_a(str, key) for key in items[::2]]
                _a(dict, stack[-1]).update(zip(keys, items[1::2], strict=True))
            case "BINPUT" | "LONG_BINPUT":
                memo[argument] = stack[-1]
            case "BINGET" | "LONG_BINGET":
                stack.append(memo[argument])
            case "GLOBAL":
                if argument not in _GLOBALS:
                    raise ValueError(f"{argument!r} has no place in a state dict")
                stack.append(_Global(str(argument)))
            case "BINPERSID":
                stack.append(_storage(_a(tuple, stack.pop())))
            case "REDUCE":
                arguments = _a(tuple, stack.pop())
                stack.append(_call(_a(_Global, stack.pop()), arguments))
            case "BUILD":
                stack.pop()  # attributes of the dict itself (its metadata); no tensor is in them
            case "STOP":
                (result,) = stack
                return result
            case other:
                raise ValueError(f"opcode {other} has no place in a state dict")
    raise ValueError(f"a pickle does not end within {_MAX_OPCODES} opcodes")


def _a(kind: type[_T], value: object) -> _T:
    """The value, sure to be of that very kind."""
    if type(value) is not kind:
        raise ValueError(f"{type(value).__name__} stands where {kind.__name__} should be")
    return value


def _pop_to_mark(stack: list[object]) -> list[object]:
    items: list[object] = []
    while not isinstance(item := stack.pop(), _Mark):
        items.append(item)
    return items[::-1]


def _storage(identity: tuple[object, ...]) -> _Storage:
    what, storage_type, key, _device, count, view = identity
    dtype = _DTYPES.get(_a(_Global, storage_type).name)
    if _a(str, what) != "storage" or dtype is None or view is not None:
        raise ValueError("a reference to anything but a plain storage")
    if not 0 < _a(int, count) <= MAX_FILE_BYTES:
        raise ValueError("a storage of no possible size")
    return _Storage(_a(str, key), dtype, _a(int, count))


def _call(function: _Global, arguments: tuple[object, ...]) -> object:
    """What the two known functions would have made; any other name is refused, not looked up."""
    if function.name == _MAKE_DICT and not arguments:
        return {}
    if function.name != _MAKE_TENSOR or len(arguments) < 4:
        raise ValueError(f"a call of {function.name} with {len(arguments)} arguments")
    storage, offset = _a(_Storage, arguments[0]), _a(int, arguments[1])
    shape = tuple(_a(int, n) for n in _a(tuple, arguments[2]))
    strides = tuple(_a(int, stride) for stride in _a(tuple, arguments[3]))
    if len(shape) > _MAX_AXES or min(shape, default=1) < 1:
        raise ValueError(f"a tensor with more than {_MAX_AXES} axes or no elements")
    if min((offset, *strides)) < 0 or max(strides, default=0) > storage.count:
        raise ValueError("a tensor with elements at no possible place")
    last = offset + sum((n - 1) * stride for n, stride in zip(shape, strides, strict=True))
    if max(last + 1, math.prod(shape)) > storage.count:
        raise ValueError(f"a tensor reaches past its storage of {storage.count} elements")
    return _Tensor(storage, offset, shape, strides)
