"""The one file of a backup: a zip whose every byte is named by a hash."""

import hashlib
import io
import os
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from inspector.errors import BackupError, StoreError, UsageError
from inspector.files.atomic import sync_folder, write_errors
from inspector.files.zip_file import METHODS, ZIP_FAULTS
from inspector.transfer.backup_manifest import (
    MANIFEST_FILE,
    MAX_FILES,
    BackupManifest,
    StoredFile,
    parse_backup_manifest,
)

CHUNK_BYTES = 1 << 20
_MAX_ENTRY_BYTES = 2_000  # of the description, for one file; the longest name takes 1,300


class BackupWriter:
    """Takes files into a backup that grows. For one thread.

    Attributes:
        work: A folder on the same disk, which goes with everything in it when the backup is done.
        files: What was taken so far.
    """

    def __init__(self, archive: zipfile.ZipFile, work: Path) -> None:
        self._archive = archive
        self.work = work
        self.files: dict[str, StoredFile] = {}

    def add(self, name: str, source: Path | bytes) -> None:
        """Take a file.

        Raises:
            FileNotFoundError: It went meanwhile.
            StoreError: It cannot be read.
        """
        if isinstance(source, bytes):
            self._add(name, io.BytesIO(source), "memory")
            return
        try:
            file = source.open("rb")
        except FileNotFoundError:
            raise
        except OSError as error:
            raise StoreError(f"{str(source)!r} cannot be read: {error.strerror}") from error
        with file:
            self._add(name, file, str(source))

    def seal(self, describe: Callable[[dict[str, StoredFile]], BackupManifest]) -> BackupManifest:
        """Write the description, after everything else."""
        manifest = describe(self.files).sealed()
        self._archive.writestr(_entry(MANIFEST_FILE), manifest.to_json())
        return manifest

    def _add(self, name: str, file: BinaryIO, where: str) -> None:
        digest, n_bytes = hashlib.sha256(), 0
        with self._archive.open(_entry(name), "w", force_zip64=True) as stored:
            while data := _read(file, where):
                stored.write(data)
                digest.update(data)
                n_bytes += len(data)
        self.files[name] = StoredFile(sha256=digest.hexdigest(), n_bytes=n_bytes)


@contextmanager
def new_backup(out: Path) -> Iterator[BackupWriter]:
    """A backup that is at `out`, read back and found whole, when the `with` ends.

    It may hold passwords of cameras: on systems that know rights, only its owner may read it.

    Raises:
        UsageError: There is something at `out`, or no folder for it.
        StoreFull, StoreError: It cannot be written, or the disk gives back what was not written.
    """
    _check_free(out)
    with (
        write_errors(out),
        TemporaryDirectory(prefix=".backup-", dir=out.parent, ignore_cleanup_errors=True) as work,
    ):
        growing = Path(work) / "growing.zip"
        opened = os.open(growing, os.O_RDWR | os.O_CREAT | os.O_EXCL | _O_BINARY, 0o600)
        with os.fdopen(opened, "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                yield BackupWriter(archive, Path(work))
            file.flush()
            os.fsync(file.fileno())
            if sys.platform == "linux":  # what is read back comes from the disk, not from memory
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        _check_whole(growing, out)
        _check_free(out)  # nobody else came meanwhile
        growing.rename(out)
        sync_folder(out.parent)


def _check_free(out: Path) -> None:
    if os.path.lexists(out):
        raise UsageError(f"{str(out)!r} exists already; choose another name")
    if not out.parent.is_dir():
        raise UsageError(f"{str(out)!r}: there is no folder {str(out.parent)!r}; make it first")


def _check_whole(growing: Path, out: Path) -> None:
    try:
        with open_backup(growing) as backup:
            for name in backup.manifest.files:
                backup.check(name)
    except BackupError as error:
        raise StoreError(
            f"{str(out)!r}: what was written did not come back whole; is the disk or stick "
            f"sound? ({error})"
        ) from error


class BackupReader:
    """Gives the files of a backup, each only when it is the one that was taken. For one thread."""

    def __init__(self, archive: zipfile.ZipFile, manifest: BackupManifest, where: str) -> None:
        self._archive = archive
        self._where = where
        self.manifest = manifest

    def check(self, name: str) -> None:
        """Read a file and compare its hash.

        Raises:
            BackupError: It is not what was taken.
        """
        for _ in self._chunks(name):
            pass

    def extract(self, name: str, target: Path) -> None:
        """Write a file to the disk, durably.

        Raises:
            BackupError: It is not what was taken; what is at the target then is of no use.
            StoreFull, StoreError: The target cannot be written.
        """
        with write_errors(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                for data in self._chunks(name):
                    file.write(data)
                file.flush()
                os.fsync(file.fileno())

    def _chunks(self, name: str) -> Iterator[bytes]:
        expected, digest, n_bytes = self.manifest.files[name], hashlib.sha256(), 0
        with _read_errors(f"{self._where}: {name}"), self._archive.open(name) as file:
            while data := file.read(CHUNK_BYTES):
                digest.update(data)
                n_bytes += len(data)
                if n_bytes > expected.n_bytes:
                    break
                yield data
        if n_bytes != expected.n_bytes or digest.hexdigest() != expected.sha256:
            raise BackupError(
                f"{self._where}: {name} is not the file that was taken (its SHA-256 differs); "
                "copy the backup again, or take an older one"
            )


@contextmanager
def open_backup(path: Path) -> Iterator[BackupReader]:
    """A backup whose description is whole and names exactly the files that are there.

    Raises:
        BackupError: It is not, or cannot be read. Reading a file of it may raise it too.
    """
    where = f"backup {str(path)!r}"
    if not path.is_file():
        raise BackupError(f"{where}: there is no such file")
    with _read_errors(where):
        archive = zipfile.ZipFile(path)
    with archive:
        with _read_errors(where):
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if MANIFEST_FILE not in names:
                raise BackupError(f"{where} holds no {MANIFEST_FILE}; is it a backup of a station?")
            if len(entries) > MAX_FILES or len(names) < len(entries):
                raise BackupError(f"{where} holds {len(entries):,} files, some of them twice")
            if any(entry.compress_type not in METHODS for entry in entries):
                raise BackupError(f"{where} is compressed in a way that is not read")
            with archive.open(MANIFEST_FILE) as file:
                data = file.read(_MAX_ENTRY_BYTES * (len(entries) + 2))
        manifest = parse_backup_manifest(data, f"{where}: {MANIFEST_FILE}")
        for name in sorted(names ^ {MANIFEST_FILE, *manifest.files}):
            said = "is not in it" if name in manifest.files else "is in it, and should not be"
            raise BackupError(f"{where}: {name!r} {said}")
        yield BackupReader(archive, manifest, where)


_O_BINARY = getattr(os, "O_BINARY", 0)  # Windows would change line ends


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)  # of a fixed date
    is_packed = name.endswith(".png")
    entry.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _read(file: BinaryIO, where: str) -> bytes:
    try:
        return file.read(CHUNK_BYTES)
    except OSError as error:
        raise StoreError(f"{where!r} cannot be read: {error.strerror}") from error


@contextmanager
def _read_errors(where: str) -> Iterator[None]:
    try:
        yield
    except ZIP_FAULTS as error:
        raise BackupError(f"{where} is damaged or no backup: {error}") from error
    except OSError as error:
        raise BackupError(f"{where} cannot be read: {error.strerror}") from error
