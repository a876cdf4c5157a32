"""What a backup says of itself, and which files may be in one."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from inspector.bundle.files import MAX_BYTES
from inspector.errors import BackupError
from inspector.files.tables import Table, canonical_json, parse_json
from inspector.files.toml_file import MAX_TOML_BYTES

SCHEMA_VERSION = 1
MANIFEST_FILE = "backup.json"
STATION_FILE = "station.toml"
RECORDS_FILE = "records.db"
RECIPES, BUNDLE, IMAGES = "recipes/", "bundle/", "images/"
MAX_FILES = 1_000_000
MAX_RECIPES = 1_000
_MAX_PICTURE_BYTES = 1_000_000_000
_MAX_RECORDS_BYTES = 1_000_000_000_000
# One name, in no folder, that every file system can hold.
_PLAIN = re.compile(
    r'[^/\\:*?"<>|.\x00-\x1f\x7f\ud800-\udfff][^/\\:*?"<>|\x00-\x1f\x7f\ud800-\udfff]{0,200}'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One file of a backup.

    Attributes:
        sha256: Of its bytes, hex.
    """

    sha256: str
    n_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupManifest:
    """A backup's own description.

    Attributes:
        backup_id: SHA-256 of all that follows, hex.
        made_at: UTC, ISO 8601.
        made_by: Version of the product.
        station: The station's name.
        bundle: The name to give to the bundle's folder; None: the station uses the one that comes
            with the product, and none is here.
        bundle_id: Of the bundle that judges.
        recipe: Which of the recipes is in force; None: the bundle's own limits.
        n_records: In the store; 0 also where there is no store.
        files: Every other file of the backup, by name.
    """

    backup_id: str
    made_at: str
    made_by: str
    station: str
    bundle: str | None
    bundle_id: str
    recipe: str | None
    n_records: int
    files: Mapping[str, StoredFile]

    def sealed(self) -> "BackupManifest":
        """With its `backup_id`."""
        return replace(self, backup_id=self._digest())

    def to_json(self) -> bytes:
        """The file."""
        return canonical_json(self._table())

    def is_sealed(self) -> bool:
        """Whether it is what was written."""
        return self.backup_id == self._digest()

    def names(self, prefix: str) -> list[str]:
        """The files of one kind: `RECIPES`, `BUNDLE` or `IMAGES`."""
        return sorted(name for name in self.files if name.startswith(prefix))

    def _digest(self) -> str:
        table = self._table()
        del table["backup_id"]
        return hashlib.sha256(canonical_json(table)).hexdigest()

    def _table(self) -> dict[str, object]:
        return {"schema_version": SCHEMA_VERSION, **asdict(self)}


def parse_backup_manifest(data: bytes, where: str) -> BackupManifest:
    """Read and check the description; no name in it leads anywhere but into the backup.

    Raises:
        BackupError: It is not what was written, of another version, or names what is in no backup.
    """
    table = Table(parse_json(data, where, BackupError), where, BackupError)
    version = table.integer("schema_version", low=1, high=10_000)
    if version != SCHEMA_VERSION:
        raise BackupError(
            f"{where}: schema_version {version}; this program reads version {SCHEMA_VERSION}"
        )
    files = table.table("files")
    manifest = BackupManifest(
        backup_id=table.text("backup_id"),
        made_at=table.text("made_at"),
        made_by=table.text("made_by"),
        station=table.text("station"),
        bundle=table.optional_text("bundle"),
        bundle_id=table.text("bundle_id"),
        recipe=table.optional_text("recipe"),
        n_records=table.integer("n_records", low=0, high=10**15),
        files={name: _stored_file(files.table(name), name, where) for name in files.as_mapping()},
    )
    table.close()
    if not manifest.is_sealed():
        raise BackupError(f"{where} is not what was written; make the copy again")
    _check_references(manifest, where)
    return manifest


def is_plain(name: str) -> bool:
    """Whether it is the name of a file in no folder, which every file system can hold."""
    return _PLAIN.fullmatch(name) is not None and not name.endswith((".", " "))


def plain_name(name: str) -> str:
    """The nearest name that is plain."""
    changed = re.sub(r'[/\\:*?"<>|\x00-\x1f\x7f\ud800-\udfff]', "-", name)[:200]
    return changed.lstrip(".").rstrip(". ") or "unnamed"


def _stored_file(table: Table, name: str, where: str) -> StoredFile:
    limit = _limit_bytes(name)
    if limit == 0:
        raise BackupError(f"{where} names {name!r}, which is no file of a backup")
    stored = StoredFile(
        sha256=table.text("sha256"), n_bytes=table.integer("n_bytes", low=0, high=limit)
    )
    table.close()
    return stored


def _limit_bytes(name: str) -> int:
    """How large a file of this name may be; 0 where a backup has none such."""
    if name == RECORDS_FILE:
        return _MAX_RECORDS_BYTES
    if name == STATION_FILE:
        return MAX_TOML_BYTES
    if name.startswith(BUNDLE):
        return MAX_BYTES.get(name.removeprefix(BUNDLE), 0)
    if name.startswith(RECIPES) and name.endswith(".toml"):
        return MAX_TOML_BYTES if is_plain(name.removeprefix(RECIPES)) else 0
    if name.startswith(IMAGES) and name.endswith(".png"):
        return _MAX_PICTURE_BYTES if is_plain(name.removeprefix(IMAGES)) else 0
    return 0


def _check_references(manifest: BackupManifest, where: str) -> None:
    if len(manifest.names(RECIPES)) > MAX_RECIPES:
        raise BackupError(f"{where} names more than {MAX_RECIPES:,} recipes")
    if STATION_FILE not in manifest.files:
        raise BackupError(f"{where} names no {STATION_FILE}")
    if manifest.recipe is not None and f"{RECIPES}{manifest.recipe}" not in manifest.files:
        raise BackupError(f"{where}: its recipe {manifest.recipe!r} is not in it")
    if (manifest.bundle is None) != (not manifest.names(BUNDLE)):
        raise BackupError(f"{where}: its bundle is not in it")
    if manifest.bundle is not None and not is_plain(manifest.bundle):
        raise BackupError(f"{where}: the bundle's name {manifest.bundle!r} is no name of a folder")
