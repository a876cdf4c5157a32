"""Reads the tensors of an old-style PyTorch state dict without unpickling anything.

A pickle is a program, and running it is trusting its author. This walks the program's opcodes
(`pickletools`, which only names them) and understands just the few that a state dict consists of.
The layout is that of `torch.save` before PyTorch 1.6: five pickles (magic number, protocol, system
info, the dict, the storage keys), then for each storage an int64 count and its raw elements.
"""

import io
import pickletools
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from inspector.errors import DataError

MAX_FILE_BYTES = 1_000_000_000
_MAGIC = 0x1950A86A20F9469CFC6C
_DTYPES = {"torch FloatStorage": np.dtype("<f4"), "torch LongStorage": np.dtype("<i8")}
_MAKE_DICT = "collections OrderedDict"
_MAKE_TENSOR = "torch._utils _rebuild_tensor_v2"

Tensors = dict[str, NDArray[np.generic]]


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
        DataError: Unreadable, cut, of another layout, or asking for anything but tensors.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise DataError(f"{path.name}: larger than {MAX_FILE_BYTES} bytes")
        data = path.read_bytes()
        return _read(io.BytesIO(data))
    except OSError as error:
        raise DataError(f"{str(path)!r} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, IndexError, TypeError, struct.error) as error:
        raise DataError(f"{path.name}: not a state dict that is understood: {error}") from error


def _read(file: io.BytesIO) -> Tensors:
    if _interpret(file) != _MAGIC:
        raise ValueError("the magic number of torch.save is missing")
    _interpret(file)  # protocol version
    _interpret(file)  # sizes of C types where it was written
    tensors = cast("dict[str, _Tensor]", _interpret(file))
    keys = cast("list[str]", _interpret(file))
    wanted = {tensor.storage.key: tensor.storage for tensor in tensors.values()}
    contents = {}
    for key in keys:
        (count,) = struct.unpack("<q", file.read(8))
        storage = wanted[key]
        raw = file.read(count * storage.dtype.itemsize) if count == storage.count else b""
        if len(raw) != storage.count * storage.dtype.itemsize:
            raise ValueError(f"storage {key} is cut or of another size than announced")
        contents[key] = np.frombuffer(raw, dtype=storage.dtype)
    return {name: _slice(tensor, contents[tensor.storage.key]) for name, tensor in tensors.items()}


def _slice(tensor: _Tensor, content: NDArray[np.generic]) -> NDArray[np.generic]:
    size = content.dtype.itemsize
    byte_strides = tuple(stride * size for stride in tensor.strides)
    view = np.lib.stride_tricks.as_strided(content[tensor.offset :], tensor.shape, byte_strides)
    return np.ascontiguousarray(view)


def _interpret(file: io.BytesIO) -> object:
    """The value that one pickle describes, made of plain values and the records above only."""
    stack: list[object] = []
    memo: dict[int, object] = {}
    for opcode, argument, _ in cast(
        "Iterator[tuple[pickletools.OpcodeInfo, object, int]]", pickletools.genops(file)
    ):
        match opcode.name:
            case "PROTO":
                pass
            case "LONG1" | "BININT" | "BININT1" | "BININT2" | "BINUNICODE":
                stack.append(argument)
            case "NONE" | "NEWTRUE" | "NEWFALSE":
                stack.append({"NONE": None, "NEWTRUE": True, "NEWFALSE": False}[opcode.name])
            case "EMPTY_DICT":
                stack.append({})
            case "EMPTY_LIST":
                stack.append([])
            case "EMPTY_TUPLE":
                stack.append(())
            case "MARK":
                stack.append(_Mark())
            case "TUPLE1" | "TUPLE2" | "TUPLE3":
                size = int(opcode.name[-1])
                stack[-size:] = [tuple(stack[-size:])]
            case "TUPLE":
                stack.append(tuple(_pop_to_mark(stack)))
            case "APPENDS":
                items = _pop_to_mark(stack)
                cast("list[object]", stack[-1]).extend(items)
            case "SETITEM":
                value, key = stack.pop(), stack.pop()
                cast("dict[object, object]", stack[-1])[key] = value
            case "SETITEMS":
                items = _pop_to_mark(stack)
                pairs = zip(items[::2], items[1::2], strict=True)
                cast("dict[object, object]", stack[-1]).update(pairs)
            case "BINPUT" | "LONG_BINPUT":
                memo[cast("int", argument)] = stack[-1]
            case "BINGET" | "LONG_BINGET":
                stack.append(memo[cast("int", argument)])
            case "GLOBAL":
                stack.append(_Global(str(argument)))
            case "BINPERSID":
                stack.append(_storage(stack.pop()))
            case "REDUCE":
                arguments = cast("tuple[object, ...]", stack.pop())
                stack.append(_call(stack.pop(), arguments))
            case "BUILD":
                stack.pop()  # attributes of the dict itself (its metadata); no tensor is in them
            case "STOP":
                (result,) = stack
                return result
            case other:
                raise ValueError(f"opcode {other} has no place in a state dict")
    raise ValueError("a pickle does not end")


def _pop_to_mark(stack: list[object]) -> list[object]:
    items: list[object] = []
    while not isinstance(item := stack.pop(), _Mark):
        items.append(item)
    return items[::-1]


def _storage(identity: object) -> _Storage:
    kind, storage_type, key, _device, count, _view = cast("tuple[object, ...]", identity)
    if kind != "storage" or not isinstance(storage_type, _Global):
        raise ValueError(f"a reference to {kind!r} has no place in a state dict")
    dtype = _DTYPES.get(storage_type.name)
    if dtype is None:
        raise ValueError(f"storages of {storage_type.name!r} are not read")
    return _Storage(str(key), dtype, cast("int", count))


def _call(function: object, arguments: tuple[object, ...]) -> object:
    """What the two known functions would have made; any other name is refused, not looked up."""
    if function == _Global(_MAKE_DICT):
        return {}
    if function == _Global(_MAKE_TENSOR):
        storage, offset, shape, strides = cast(
            "tuple[_Storage, int, tuple[int, ...], tuple[int, ...]]", arguments[:4]
        )
        reach = sum((n - 1) * stride for n, stride in zip(shape, strides, strict=True))
        if min(offset, 0, *strides) < 0 or min(shape, default=1) < 1:
            raise ValueError(f"a tensor of shape {shape}, strides {strides} is not understood")
        if offset + reach >= storage.count:
            raise ValueError(f"a tensor of shape {shape} reaches past its storage")
        return _Tensor(storage, offset, shape, strides)
    raise ValueError(f"{function!r} has no place in a state dict")
