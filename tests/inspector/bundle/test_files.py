"""The bytes of a bundle come from its own plain files, within limits, folder or zip."""

import io
import os
import random
import warnings
import zipfile
from pathlib import Path

import pytest

from inspector.bundle.files import MAX_BYTES, bundle_reader
from inspector.errors import BundleError

CONTENTS = {name: f"the bytes of {name} ".encode() * 9 for name in MAX_BYTES}
MANIFEST = "manifest.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "brightness.bundle"
    path.mkdir()
    for name, data in CONTENTS.items():
        (path / name).write_bytes(data)
    return path


def zip_of(entries: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    memory = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(memory, "w", method) as opened:
        warnings.simplefilter("ignore")  # names that stand twice
        for name, data in entries:
            opened.writestr(zipfile.ZipInfo(name), data, method)
    return memory.getvalue()


def listed(prefix: str = "") -> list[tuple[str, bytes]]:
    return [(prefix + name, data) for name, data in CONTENTS.items()]


def put(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "bundle.zip"
    path.write_bytes(data)
    return path


def contents_of(path: Path) -> dict[str, bytes]:
    read = bundle_reader(path)
    return {name: read(name) for name in MAX_BYTES}


def refusal(path: Path, name: str = MANIFEST) -> str:
    """The message without its beginning, which names the bundle and the file."""
    with pytest.raises(BundleError) as caught:
        bundle_reader(path)(name)
    where = f"bundle {str(path)!r}: {name}"
    assert str(caught.value).startswith(where)
    return str(caught.value).removeprefix(where)


def test_files_of_a_folder_are_read_whole(folder: Path) -> None:
    assert contents_of(folder) == CONTENTS


def test_folder_reached_by_a_link_is_read(folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "current"
    link.symlink_to(folder)
    assert contents_of(link) == CONTENTS


@pytest.mark.parametrize("name", MAX_BYTES)
def test_missing_file_is_refused_by_its_name(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert refusal(folder, name) == " is missing; copy the bundle again, whole"


@pytest.mark.parametrize("name", MAX_BYTES)
def test_link_is_refused_even_to_the_same_bytes(folder: Path, name: str) -> None:
    (folder / name).rename(folder / "aside")
    (folder / name).symlink_to(folder / "aside")
    assert refusal(folder, name) == ": is a link or no plain file; a bundle holds its own files"


@pytest.mark.parametrize("kind", ["folder", "pipe", "link to nothing"])
def test_what_is_no_plain_file_is_refused_and_never_waited_for(folder: Path, kind: str) -> None:
    path = folder / MANIFEST
    path.unlink()
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("nowhere")
    assert refusal(folder) == ": is a link or no plain file; a bundle holds its own files"


@pytest.mark.parametrize("name", [MANIFEST, "report.json", "canary.png"])
def test_largest_file_is_read_and_one_byte_more_refused(folder: Path, name: str) -> None:
    os.truncate(folder / name, MAX_BYTES[name])
    assert len(bundle_reader(folder)(name)) == MAX_BYTES[name]
    os.truncate(folder / name, MAX_BYTES[name] + 1)
    assert refusal(folder, name) == f": larger than {MAX_BYTES[name]} bytes"


@pytest.mark.parametrize("name", ["nowhere", "nowhere/bundle", "brightness.bundle/manifest.json/x"])
def test_path_to_nothing_is_refused_at_once(folder: Path, name: str) -> None:
    path = folder.parent / name
    with pytest.raises(BundleError) as caught:
        bundle_reader(path)
    assert str(caught.value) == f"bundle {str(path)!r}: there is no such folder or zip file"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("prefix", ["", "brightness.bundle/", "零件/"])
def test_zip_is_read_like_its_folder(tmp_path: Path, prefix: str, method: int) -> None:
    leftovers = [("__MACOSX/._model.onnx", b""), ("brightness.bundle/", b""), ("Thumbs.db", b"")]
    path = put(tmp_path, zip_of([*leftovers, *listed(prefix)], method))
    assert contents_of(path) == CONTENTS
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["bundle.zip"]


@pytest.mark.parametrize(
    "name",
    [
        "../manifest.json",
        "a/../manifest.json",
        "/manifest.json",
        "//manifest.json",
        "..",
        "a\\manifest.json",
        "..\\..\\manifest.json",
        "C:\\manifest.json",
    ],
)
@pytest.mark.parametrize("is_alone", [True, False])
def test_zip_with_a_name_that_leads_outside_is_refused_whole(
    tmp_path: Path, name: str, is_alone: bool
) -> None:
    path = put(tmp_path, zip_of([(name, b"{}")] if is_alone else [*listed(), (name, b"{}")]))
    for wanted in MAX_BYTES:
        assert refusal(path, wanted) == ": the zip holds names that lead out of its folder"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["bundle.zip"]


@pytest.mark.parametrize(
    ("extra", "count"),
    [
        ([(MANIFEST, b"{}")], 2),
        ([("other/manifest.json", b"{}")], 2),
        ([(MANIFEST, CONTENTS[MANIFEST])] * 2, 3),
    ],
)
def test_zip_with_a_name_twice_is_refused(
    tmp_path: Path, extra: list[tuple[str, bytes]], count: int
) -> None:
    path = put(tmp_path, zip_of(listed() + extra))
    assert refusal(path) == f" stands {count} times in the zip, not once"
    assert bundle_reader(path)("model.onnx") == CONTENTS["model.onnx"]


@pytest.mark.parametrize("prefix", ["a/b/", "x"])
def test_zip_without_the_file_is_refused(tmp_path: Path, prefix: str) -> None:
    path = put(tmp_path, zip_of(listed(prefix)))
    assert refusal(path) == " stands 0 times in the zip, not once"


def test_zip_with_too_many_entries_is_refused(tmp_path: Path) -> None:
    others = [(f"photo {n}.jpg", b"") for n in range(32 - len(CONTENTS))]
    assert contents_of(put(tmp_path, zip_of(others + listed()))) == CONTENTS
    path = put(tmp_path, zip_of([*others, *listed(), ("one more", b"")]))
    assert refusal(path) == ": the zip holds 33 files; is it a bundle?"


def test_zip_that_swells_is_refused(tmp_path: Path) -> None:
    bomb = zip_of([(MANIFEST, bytes(MAX_BYTES[MANIFEST] + 1))])
    assert len(bomb) < 10_000
    assert refusal(put(tmp_path, bomb)) == ": larger than 4000000 bytes"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zip_of_a_rare_compression_is_refused(tmp_path: Path, method: int) -> None:
    path = put(tmp_path, zip_of(listed(), method))
    assert refusal(path) == ": the zip is compressed in a way that is not read"


def damaged(data: bytes, mark: bytes, offset: int, put: bytes) -> bytes:
    """The bytes with others at a place in the first header that starts with the mark."""
    at = data.index(mark) + offset
    return data[:at] + put + data[at + len(put) :]


ZIP = zip_of(listed("Größe/"))
LOCAL, CENTRAL, END = b"PK\3\4", b"PK\1\2", b"PK\5\6"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        b"no zip at all",
        ZIP[:-1],
        ZIP[: len(ZIP) // 2],
        ZIP[: ZIP.index(END)],
        damaged(ZIP, CENTRAL, 8, b"\x01"),  # says that it is encrypted
        damaged(ZIP, CENTRAL, 10, b"\x63"),  # an unknown compression
        damaged(ZIP, CENTRAL, 16, b"\0\0\0\0"),  # another checksum
        damaged(ZIP, CENTRAL, 24, b"\x05\0\0\0"),  # says that it is smaller
        damaged(ZIP, CENTRAL, 42, b"\xff\xff\xff\x7f"),  # lies beyond the end
        damaged(ZIP, CENTRAL, 46, b"\xff\xff"),  # a name that is not UTF-8
        damaged(ZIP, LOCAL, 0, b"PK\3\5"),
        damaged(ZIP, LOCAL, 30, b"other"),  # a name unlike that in the list
        damaged(ZIP, END, 12, b"\xff\xff\xff\x7f"),  # a list larger than the file
        damaged(ZIP, END, 16, b"\xff\xff\xff\x7f"),  # a list beyond the end
    ],
)
def test_damaged_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    text = refusal(put(tmp_path, data), next(iter(CONTENTS)))
    assert text.startswith((": the zip is ", ": cannot be read: ", " stands 0 times"))
    assert "None" not in text


def test_spoiled_zip_gives_the_right_bytes_or_our_error(tmp_path: Path) -> None:
    """A thousand zips with one to three other bytes, half of them in the list of contents."""
    rng = random.Random(13)
    wrong = []
    for trial in range(1000):
        data = bytearray(ZIP)
        first = ZIP.index(CENTRAL) if trial % 2 else 0
        for _ in range(rng.randint(1, 3)):
            data[rng.randrange(first, len(data))] = rng.choice([0, 1, 0x7F, 0x80, 0xFF])
        path = put(tmp_path, bytes(data))
        name = rng.choice(list(CONTENTS))
        try:
            is_right = bundle_reader(path)(name) == CONTENTS[name]
        except BundleError:
            is_right = True
        if not is_right:
            wrong.append(trial)
    assert wrong == []
