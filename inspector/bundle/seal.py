"""Writes a bundle, all of it or nothing."""

import errno
import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile

from inspector.bundle.files import MANIFEST_FILE, MAX_BYTES
from inspector.bundle.manifest import Manifest, parse_manifest
from inspector.errors import BundleError, StoreFull


def seal_bundle(draft: Manifest, contents: Mapping[str, bytes], out: Path) -> Manifest:
    """Write a bundle folder in one step: it is there whole, or not at all.

    Args:
        draft: The manifest; its `files` and `bundle_id` are filled in here.
        contents: The bytes of every other file, by name.
        out: The folder to make. One that is a bundle, and no more, is replaced.

    Returns:
        The manifest as written.

    Raises:
        BundleError: `out` is something else than a bundle, or cannot be written; or the manifest
            is one that `parse_manifest` refuses. What is there stays as it is.
        StoreFull: The disk is full; nothing half-written stays.
    """
    try:
        # "." has no name to make a neighbour from, and a link is not the folder.
        return _seal(draft, contents, out.resolve())
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreFull(f"no room to write the bundle {str(out)!r}") from error
        raise BundleError(f"bundle {str(out)!r} cannot be written: {error.strerror}") from error


def check_bundle_place(out: Path) -> None:
    """Find out before the work of hours whether `seal_bundle` could write there after it.

    Raises:
        BundleError: As `seal_bundle`.
    """
    try:
        out = out.resolve()
        _refuse_foreign(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=out.parent):
            pass
    except OSError as error:
        raise BundleError(f"bundle {str(out)!r} cannot be written: {error.strerror}") from error


def _refuse_foreign(out: Path) -> None:
    if out.exists() and not _is_bundle(out):
        raise BundleError(
            f"{str(out)!r} exists and is no bundle, or holds other files too; choose another --out"
        )


def _seal(draft: Manifest, contents: Mapping[str, bytes], out: Path) -> Manifest:
    _refuse_foreign(out)
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()}
    manifest = replace(draft, files=digests).sealed()
    table = manifest.to_json()
    parse_manifest(table, f"bundle {str(out)!r}: {MANIFEST_FILE}")  # what no line would open
    growing = out.with_name(f".{out.name}.{os.getpid()}.part")
    # In a container every run may have the same number: one that was killed left these behind.
    shutil.rmtree(growing, ignore_errors=True)
    try:
        growing.mkdir(parents=True)
        for name, data in {**contents, MANIFEST_FILE: table}.items():
            _write_durably(growing / name, data)
        _put_in_place(growing, out)
    finally:
        shutil.rmtree(growing, ignore_errors=True)
    return manifest


def _is_bundle(path: Path) -> bool:
    """Whether nothing but a bundle is lost when this goes; other programs have manifests too."""
    if not path.is_dir():
        return False
    names = {entry.name for entry in path.iterdir()}
    return MANIFEST_FILE in names and names <= MAX_BYTES.keys()


def _write_durably(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _put_in_place(growing: Path, out: Path) -> None:
    """A folder cannot be replaced by another in one step: the old one steps aside first.

    It comes back when the new one cannot take its place, as where a virus scanner holds a file.
    """
    aside = out.with_name(f".{out.name}.{os.getpid()}.old")
    if out.exists():
        shutil.rmtree(aside, ignore_errors=True)
        out.rename(aside)
    try:
        growing.rename(out)
    except OSError:
        if aside.exists():
            aside.rename(out)
        raise
    shutil.rmtree(aside, ignore_errors=True)
