"""Writes a bundle, all of it or nothing."""

import errno
import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from inspector.bundle.files import MANIFEST_FILE
from inspector.bundle.manifest import Manifest
from inspector.errors import BundleError, StoreFull


def seal_bundle(draft: Manifest, contents: Mapping[str, bytes], out: Path) -> Manifest:
    """Write a bundle folder in one step: it is there whole, or not at all.

    Args:
        draft: The manifest; its `files` and `bundle_id` are filled in here.
        contents: The bytes of every other file, by name.
        out: The folder to make. One that is a bundle already is replaced.

    Returns:
        The manifest as written.

    Raises:
        BundleError: `out` is something else than a bundle, or cannot be written.
        StoreFull: The disk is full; nothing half-written stays.
    """
    if out.exists() and not (out / MANIFEST_FILE).is_file():
        raise BundleError(f"{str(out)!r} exists and is no bundle; choose another --out")
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()}
    manifest = replace(draft, files=digests).sealed()
    growing = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        growing.mkdir(parents=True)
        for name, data in {**contents, MANIFEST_FILE: manifest.to_json()}.items():
            _write_durably(growing / name, data)
        _put_in_place(growing, out)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreFull(f"no room to write the bundle {str(out)!r}") from error
        raise BundleError(f"bundle {str(out)!r} cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(growing, ignore_errors=True)
    return manifest


def _write_durably(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _put_in_place(growing: Path, out: Path) -> None:
    """A folder cannot be replaced by another in one step: the old one steps aside first."""
    aside = out.with_name(f".{out.name}.{os.getpid()}.old")
    if out.exists():
        out.rename(aside)
    growing.rename(out)
    shutil.rmtree(aside, ignore_errors=True)
