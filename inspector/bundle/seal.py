"""Writes a bundle, all of it or nothing."""

import errno
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile

from inspector.bundle.files import MANIFEST_FILE, MAX_BYTES
from inspector.bundle.manifest import Manifest, parse_manifest
from inspector.errors import BundleError, StoreFull
from inspector.files.folders import replace_folder


def seal_bundle(
    draft: Manifest,
    contents: Mapping[str, bytes],
    out: Path,
    check: Callable[[Path], None] | None = None,
) -> Manifest:
    """Write a bundle folder in one step: it is there whole, or not at all.

    Args:
        draft: The manifest; its `files` and `bundle_id` are filled in here.
        contents: The bytes of every other file, by name.
        out: The folder to make. One that is a bundle, and no more, is replaced.
        check: Called with the finished folder before it takes its place: opens and judges it as
            the line will. What it raises leaves everything as it was.

    Returns:
        The manifest as written.

    Raises:
        BundleError: `out` is something else than a bundle, or cannot be written; or the manifest
            is one that `parse_manifest` refuses, or a file is too large. What is there stays as
            it is.
        StoreFull: The disk is full; nothing half-written stays.
    """
    try:
        # "." has no name to make a neighbour from, and a link is not the folder.
        return _seal(draft, contents, out.resolve(), check)
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
            f"{str(out)!r} exists and is not a bundle, or holds other files too; choose another "
            "--out"
        )


def _seal(
    draft: Manifest,
    contents: Mapping[str, bytes],
    out: Path,
    check: Callable[[Path], None] | None,
) -> Manifest:
    _refuse_foreign(out)
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()}
    manifest = replace(draft, files=digests).sealed()
    table = manifest.to_json()
    parse_manifest(table, f"bundle {str(out)!r}: {MANIFEST_FILE}")  # what no line would open
    files = {**contents, MANIFEST_FILE: table}
    for name, data in files.items():
        if len(data) > MAX_BYTES[name]:
            raise BundleError(
                f"bundle {str(out)!r}: {name} would have {len(data):,} bytes; no line opens more "
                f"than {MAX_BYTES[name]:,}"
            )
    replace_folder(out, files, check)
    return manifest


def _is_bundle(path: Path) -> bool:
    """Whether nothing but a bundle is lost when this goes; other programs have manifests too."""
    if not path.is_dir():
        return False
    names = {entry.name for entry in path.iterdir()}
    return MANIFEST_FILE in names and names <= MAX_BYTES.keys()
