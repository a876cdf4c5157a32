"""Old-style state dicts: read to the bit, and never obeyed."""

import pickletools
import struct
from pathlib import Path

import numpy as np
import pytest

from inspector.errors import DataError
from models.backbones.torch_weights import read_state_dict

PROTO, STOP, MARK = b"\x80\x02", b".", b"("
MAGIC = PROTO + b"\x8a\x0a" + bytes.fromhex("6cfc9c46f9206aa85019") + STOP
PROTOCOL = PROTO + b"M\xe9\x03" + STOP
MAKE_DICT = b"ccollections\nOrderedDict\n"
MAKE_TENSOR = b"ctorch._utils\n_rebuild_tensor_v2\n"


def text(value: str) -> bytes:
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def number(value: int) -> bytes:
    return b"J" + struct.pack("<i", value)


def row(*values: bytes) -> bytes:
    return MARK + b"".join(values) + b"t"


SYSTEM = PROTO + b"}" + MARK + text("little_endian") + b"\x88" + b"u" + STOP


def storage(key: str, count: int, kind: str = "Float") -> bytes:
    parts = (text("storage"), f"ctorch\n{kind}Storage\n".encode(), text(key), text("cpu"))
    return row(*parts, number(count), b"N") + b"Q"


def tensor(kept: bytes, shape: tuple[int, ...], strides: tuple[int, ...], offset: int = 0) -> bytes:
    axes = (row(*map(number, shape)), row(*map(number, strides)))
    hooks = MAKE_DICT + b")R"
    return MAKE_TENSOR + row(kept, number(offset), *axes, b"\x89", hooks) + b"R"


def state(**tensors: bytes) -> bytes:
    items = b"".join(text(name) + value for name, value in tensors.items())
    return PROTO + MAKE_DICT + b")R" + MARK + items + b"u" + STOP


def names(*keys: str) -> bytes:
    return PROTO + b"]" + MARK + b"".join(map(text, keys)) + b"e" + STOP


def content(count: int, kind: str = "f") -> bytes:
    return struct.pack(f"<q{count}{kind}", count, *range(count))


HEAD = MAGIC + PROTOCOL + SYSTEM
GOOD = (
    HEAD
    + state(
        kernel=tensor(storage("a", 6), (2, 3), (3, 1)),
        turned=tensor(storage("a", 6), (3, 2), (1, 3)),
        part=tensor(storage("a", 6), (2,), (2,), offset=1),
        steps=tensor(storage("b", 1, "Long"), (), ()),
    )
    + names("b", "a")
    + struct.pack("<qq", 1, 7)
    + content(6)
)


def written(folder: Path, data: bytes) -> Path:
    path = folder / "weights.pth"
    path.write_bytes(data)
    return path


def one(kept: bytes, shape: tuple[int, ...], strides: tuple[int, ...], offset: int = 0) -> bytes:
    return HEAD + state(t=tensor(kept, shape, strides, offset)) + names("a") + content(4)


def test_tensors_come_with_their_names_shapes_strides_and_types(tmp_path: Path) -> None:
    tensors = read_state_dict(written(tmp_path, GOOD))

    assert list(tensors) == ["kernel", "turned", "part", "steps"]
    assert tensors["kernel"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert tensors["turned"].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert tensors["part"].tolist() == [1, 3]
    assert tensors["steps"].tolist() == 7
    assert [t.dtype for t in tensors.values()] == [np.float32] * 3 + [np.int64]


def test_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    for length in range(len(GOOD)):
        with pytest.raises(DataError, match=r"weights\.pth"):
            read_state_dict(written(tmp_path, GOOD[:length]))


def test_file_with_any_byte_changed_is_read_or_refused_but_nothing_else(tmp_path: Path) -> None:
    """A flipped byte may change a value or a name; it must not escape as another error."""
    for place in range(len(GOOD)):
        for flip in (0x01, 0x20, 0x80, 0xFF):
            damaged = bytearray(GOOD)
            damaged[place] ^= flip
            try:
                read_state_dict(written(tmp_path, bytes(damaged)))
            except DataError:
                continue


@pytest.mark.parametrize("place", [b"", MAGIC, MAGIC + PROTOCOL, HEAD])
def test_pickle_that_would_run_a_command_is_refused_and_not_run(
    tmp_path: Path, place: bytes
) -> None:
    mark = tmp_path / "obeyed"
    hostile = place + PROTO + b"cos\nsystem\n" + row(text(f"touch {mark}")) + b"R" + STOP

    with pytest.raises(DataError, match="'os system' has no place"):
        read_state_dict(written(tmp_path, hostile))

    assert not mark.exists()


@pytest.mark.parametrize("name", ["STACK_GLOBAL", "INST", "OBJ", "NEWOBJ", "EXT1", "PERSID"])
def test_other_ways_of_calling_are_refused(tmp_path: Path, name: str) -> None:
    code = {op.name: op.code.encode("latin-1") for op in pickletools.opcodes}[name]
    hostile = HEAD + PROTO + MARK + code + b"os\nsystem\n" + STOP

    with pytest.raises(DataError, match=f"opcode {name} has no place"):
        read_state_dict(written(tmp_path, hostile))


@pytest.mark.parametrize(
    ("shape", "strides", "offset"),
    [
        ((5,), (1,), 0),
        ((4,), (1,), 1),
        ((2, 2), (3, 1), 0),
        ((2,), (4,), 0),
        ((100_000, 100_000), (0, 0), 0),
        ((1,), (2**30,), 0),
        ((2,), (-1,), 3),
        ((1,), (1,), -1),
        ((0,), (1,), 0),
        ((1,) * 9, (1,) * 9, 0),
        ((2, 2), (1,), 0),
    ],
)
def test_tensor_that_reaches_past_its_storage_is_refused(
    tmp_path: Path, shape: tuple[int, ...], strides: tuple[int, ...], offset: int
) -> None:
    with pytest.raises(DataError, match="not a state dict"):
        read_state_dict(written(tmp_path, one(storage("a", 4), shape, strides, offset)))


def test_storage_announced_in_two_sizes_is_refused(tmp_path: Path) -> None:
    """Else a tensor checked against the larger size would read past the smaller."""
    large = tensor(storage("a", 1000), (1000,), (1,))
    small = tensor(storage("a", 4), (4,), (1,))

    with pytest.raises(DataError, match="announced in two ways"):
        read_state_dict(written(tmp_path, HEAD + state(x=large, y=small) + names("a") + content(4)))


@pytest.mark.parametrize("count", [-1, 0, 3, 5, 2**62])
def test_storage_of_another_size_than_announced_is_refused(tmp_path: Path, count: int) -> None:
    data = one(storage("a", 4), (4,), (1,))[: -len(content(4))] + struct.pack("<q", count)

    with pytest.raises(DataError, match="not as many as announced"):
        read_state_dict(written(tmp_path, data + bytes(64)))


def test_bytes_after_the_last_storage_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="something follows"):
        read_state_dict(written(tmp_path, GOOD + b"\0"))


def test_value_that_is_no_tensor_is_refused(tmp_path: Path) -> None:
    data = HEAD + state(kernel=number(1)) + names()

    with pytest.raises(DataError, match="int stands where _Tensor should be"):
        read_state_dict(written(tmp_path, data))


def test_file_over_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.backbones.torch_weights.MAX_FILE_BYTES", len(GOOD) - 1)

    with pytest.raises(DataError, match="larger than"):
        read_state_dict(written(tmp_path, GOOD))


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.pth' cannot be read: No such file"):
        read_state_dict(tmp_path / "none.pth")
