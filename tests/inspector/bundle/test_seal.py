"""A bundle is there whole or not at all, and nothing else is ever lost for it."""

import errno
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.bundle import (
    CANARY_FILE,
    MODEL_FILE,
    REPORT_FILE,
    Manifest,
    check_bundle_place,
    open_bundle,
    seal_bundle,
)
from inspector.bundle.files import MANIFEST_FILE, MAX_BYTES
from inspector.errors import BundleError, InspectorError, StoreFull
from inspector.store.images import encode_png
from tests.support.bundles import (
    INPUT,
    brightness_model,
    canary_pixels,
    draft_manifest,
    passing_proof,
)

MODEL = brightness_model()
CONTENTS = {
    MODEL_FILE: MODEL,
    REPORT_FILE: passing_proof(MODEL).to_json(),
    CANARY_FILE: encode_png(canary_pixels()),
}
N_FILES = len(CONTENTS) + 1
OLD, NEW = draft_manifest(INPUT, 0.25), draft_manifest(INPUT, 0.75)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "brightness.bundle"


def tree(folder: Path) -> dict[str, bytes]:
    """Everything under a folder; a link counts as a file of what it says."""
    return {
        str(path.relative_to(folder)): os.fsencode(path.readlink())
        if path.is_symlink()
        else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def refusal(out: Path, draft: Manifest = NEW) -> str:
    with pytest.raises(BundleError) as caught:
        seal_bundle(draft, CONTENTS, out)
    return str(caught.value)


def on_sync(monkeypatch: pytest.MonkeyPatch, number: int, act: Callable[[], None]) -> None:
    """Let something happen while the n-th file is brought to the disk."""
    sync, calls = os.fsync, []

    def fsync(handle: int) -> None:
        calls.append(handle)
        if len(calls) == number:
            act()
        sync(handle)

    monkeypatch.setattr(os, "fsync", fsync)


def failing(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def test_sealed_bundle_holds_its_files_and_no_more(out: Path) -> None:
    manifest = seal_bundle(NEW, CONTENTS, out)
    assert tree(out.parent) == {
        f"{out.name}/{name}": data
        for name, data in {**CONTENTS, MANIFEST_FILE: manifest.to_json()}.items()
    }


def test_manifest_that_is_given_back_is_the_one_that_opens(out: Path) -> None:
    manifest = seal_bundle(NEW, CONTENTS, out)
    assert open_bundle(out).manifest == manifest
    assert replace(manifest, bundle_id="", files={}) == NEW


def test_same_contents_are_sealed_to_the_same_bytes(tmp_path: Path) -> None:
    seal_bundle(NEW, CONTENTS, tmp_path / "one")
    seal_bundle(NEW, dict(reversed(CONTENTS.items())), tmp_path / "other")
    assert tree(tmp_path / "one") == tree(tmp_path / "other")


def test_folders_above_are_made(tmp_path: Path) -> None:
    out = tmp_path / "line 3" / "零件" / "b"
    seal_bundle(NEW, CONTENTS, out)
    assert open_bundle(out).manifest.threshold.value == 0.75


def test_bundle_that_is_there_is_replaced_whole(out: Path) -> None:
    with_int8 = replace(OLD, int8_canary=OLD.canary)
    seal_bundle(with_int8, {**CONTENTS, "model.int8.onnx": MODEL}, out)
    manifest = seal_bundle(NEW, CONTENTS, out)
    assert open_bundle(out).manifest == manifest
    assert sorted(path.name for path in out.parent.rglob("*")) == sorted(
        [out.name, MANIFEST_FILE, *CONTENTS]
    )


def test_damaged_bundle_is_replaced(out: Path) -> None:
    seal_bundle(OLD, CONTENTS, out)
    (out / MODEL_FILE).unlink()
    (out / MANIFEST_FILE).write_bytes(b"{")
    manifest = seal_bundle(NEW, CONTENTS, out)
    assert open_bundle(out).manifest == manifest


@pytest.mark.parametrize(
    "files",
    [
        {"notes.txt": b"mine"},
        {"model.onnx": b"a model, but no bundle"},
        {MANIFEST_FILE: b'{"name": "a web page"}', "index.html": b"<html>"},
        {MANIFEST_FILE: b"{}", "model.onnx": b"", "how it was taught.docx": b"PK"},
        {"photos/1.jpg": b"jpeg", MANIFEST_FILE: b"{}"},
    ],
)
def test_folder_with_anything_else_is_refused_and_untouched(
    out: Path, files: dict[str, bytes]
) -> None:
    for name, data in files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(data)
    assert refusal(out) == (
        f"{str(out)!r} exists and is not a bundle, or holds other files too; choose another --out"
    )
    assert tree(out) == files
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_empty_folder_and_file_are_refused_and_untouched(out: Path) -> None:
    out.mkdir()
    assert "exists and is not a bundle" in refusal(out)
    out.rmdir()
    out.write_bytes(b"a zip")
    assert "exists and is not a bundle" in refusal(out)
    assert tree(out.parent) == {out.name: b"a zip"}


@pytest.mark.parametrize(
    ("draft", "fault"),
    [
        (replace(NEW, labels=("good",)), "labels must name at least two classes, good first"),
        (replace(NEW, name="\udcff"), "not valid JSON: 'utf-8' codec can't encode"),
        (
            replace(NEW, input=replace(INPUT, height_px=8192)),
            "input: height_px 8192 outside 8..4096",
        ),
    ],
)
def test_manifest_that_no_line_would_open_is_refused_and_the_old_bundle_stands(
    out: Path, draft: Manifest, fault: str
) -> None:
    seal_bundle(OLD, CONTENTS, out)
    before = tree(out.parent)
    assert refusal(out, draft).startswith(f"bundle {str(out)!r}: manifest.json: {fault}")
    assert tree(out.parent) == before


@pytest.mark.parametrize("missing", CONTENTS)
def test_bundle_without_one_of_its_files_is_refused(out: Path, missing: str) -> None:
    contents = {name: data for name, data in CONTENTS.items() if name != missing}
    with pytest.raises(BundleError, match=f"files: {missing} is missing"):
        seal_bundle(NEW, contents, out)
    assert tree(out.parent) == {}


@pytest.mark.parametrize("number", range(1, N_FILES + 1))
@pytest.mark.parametrize(
    ("code", "kind", "text"),
    [
        (errno.ENOSPC, StoreFull, "no room to write the bundle {}"),
        (errno.EDQUOT, StoreFull, "no room to write the bundle {}"),
        (errno.EIO, BundleError, "bundle {} cannot be written: Input/output error"),
    ],
)
def test_disk_that_fails_at_any_file_leaves_the_old_bundle(
    out: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    code: int,
    kind: type[InspectorError],
    text: str,
) -> None:
    seal_bundle(OLD, CONTENTS, out)
    before = tree(out.parent)
    on_sync(monkeypatch, number, failing(OSError(code, os.strerror(code))))
    with pytest.raises(kind) as caught:
        seal_bundle(NEW, CONTENTS, out)
    assert str(caught.value) == text.format(repr(str(out)))
    assert tree(out.parent) == before
    assert [path.name for path in out.parent.iterdir()] == [out.name]


@pytest.mark.parametrize("number", range(1, N_FILES + 1))
def test_interruption_leaves_no_new_bundle(
    out: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    on_sync(monkeypatch, number, failing(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        seal_bundle(NEW, CONTENTS, out)
    assert list(out.parent.iterdir()) == []


def test_old_bundle_stands_until_the_last_file_of_the_new_one_is_on_the_disk(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal_bundle(OLD, CONTENTS, out)
    seen: list[float] = []
    on_sync(monkeypatch, N_FILES, lambda: seen.append(open_bundle(out).manifest.threshold.value))
    seal_bundle(NEW, CONTENTS, out)
    assert [*seen, open_bundle(out).manifest.threshold.value] == [0.25, 0.75]


def test_old_bundle_comes_back_when_the_new_one_cannot_take_its_place(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal_bundle(OLD, CONTENTS, out)
    before = tree(out.parent)
    growing = out.with_name(f".{out.name}.{os.getpid()}.part")
    on_sync(monkeypatch, N_FILES, lambda: shutil.rmtree(growing))  # somebody tidies up
    assert refusal(out) == f"bundle {str(out)!r} cannot be written: No such file or directory"
    assert tree(out.parent) == before


@pytest.mark.parametrize("ending", ["part", "old"])
@pytest.mark.parametrize("is_there", [True, False])
def test_what_a_killed_run_of_the_same_number_left_does_not_matter(
    out: Path, ending: str, is_there: bool
) -> None:
    if is_there:
        seal_bundle(OLD, CONTENTS, out)
    left = out.with_name(f".{out.name}.{os.getpid()}.{ending}")
    left.mkdir()
    (left / MODEL_FILE).write_bytes(b"half of it")
    manifest = seal_bundle(NEW, CONTENTS, out)
    assert open_bundle(out).manifest == manifest
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_current_folder_can_be_replaced(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seal_bundle(OLD, CONTENTS, out)
    monkeypatch.chdir(out)
    manifest = seal_bundle(NEW, CONTENTS, Path())
    assert open_bundle(out).manifest == manifest


def test_link_goes_on_to_lead_to_the_bundle(out: Path, tmp_path: Path) -> None:
    seal_bundle(OLD, CONTENTS, out)
    link = tmp_path / "current"
    link.symlink_to(out.name)
    manifest = seal_bundle(NEW, CONTENTS, link)
    assert (open_bundle(out).manifest, link.is_symlink()) == (manifest, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == [out.name, "current"]


@pytest.mark.parametrize("name", ["x" * 300, "file/below"])
def test_place_that_cannot_be_written_is_our_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert refusal(tmp_path / name).startswith(
        f"bundle {str(tmp_path / name)!r} cannot be written: "
    )
    assert tree(tmp_path) == {"file": b""}


def test_place_that_cannot_hold_a_bundle_is_told_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("mine")
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "notes", tmp_path / "file" / "x.bundle", Path("/proc/x/y.bundle")):
        with pytest.raises(BundleError):
            check_bundle_place(place)
    check_bundle_place(tmp_path / "new" / "x.bundle")
    assert list((tmp_path / "new").iterdir()) == []


def test_file_too_large_for_any_line_is_refused_and_the_old_bundle_stands(out: Path) -> None:
    old = seal_bundle(OLD, CONTENTS, out)
    large = {**CONTENTS, CANARY_FILE: bytes(MAX_BYTES[CANARY_FILE] + 1)}
    with pytest.raises(BundleError, match=r"canary\.png would have 16,000,001 bytes"):
        seal_bundle(NEW, large, out)
    assert open_bundle(out).manifest == old


def test_bundle_that_does_not_pass_its_check_leaves_the_old_one(out: Path) -> None:
    old = seal_bundle(OLD, CONTENTS, out)
    checked: list[dict[str, bytes]] = []

    def refuse(folder: Path) -> None:
        checked.append(tree(folder))
        raise BundleError("no line would judge by it")

    with pytest.raises(BundleError, match="no line would judge by it"):
        seal_bundle(NEW, CONTENTS, out, refuse)
    assert [sorted(files) for files in checked] == [sorted([*CONTENTS, MANIFEST_FILE])]
    assert open_bundle(out).manifest == old
    assert [path.name for path in out.parent.iterdir()] == [out.name]
