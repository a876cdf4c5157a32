"""What a bundle was made from, kept beside it in the workshop, so that it can be proven again.

The line needs none of it. `NAME.bundle.source/` holds what was learnt (`memory.npz`), how
(`source.json`), and which picture had which role (`roles.csv`).
"""

import csv
import hashlib
import io
import os
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from inspector.errors import DataError
from inspector.tables import Table, canonical_json, parse_json
from models.tasks.anomaly import AnomalySettings, Memory

SCHEMA_VERSION = 1
_SOURCE_FILE, _MEMORY_FILE, _ROLES_FILE = "source.json", "memory.npz", "roles.csv"
_MAX_MEMORY_BYTES = 512_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Source:
    """Everything that the model's TensorFlow side is rebuilt from, but the backbone's weights.

    Attributes:
        model_sha256: Of the `model.onnx` that was made from it.
        roles: SHA-256 of each picture's file that training touched, and its role there: "fit",
            "calibrate" or "proof".
    """

    settings: AnomalySettings
    memory: Memory
    model_sha256: str
    roles: Mapping[str, str]

    @property
    def seen(self) -> frozenset[str]:
        """SHA-256 of the pictures that the model or its threshold were chosen on."""
        return frozenset(sha for sha, role in self.roles.items() if role != "proof")


def source_folder(bundle: Path) -> Path:
    """Where the source of a bundle lies."""
    return bundle.with_name(f"{bundle.name}.source")


def keep_source(source: Source, folder: Path) -> None:
    """Write a source, replacing one of an earlier training.

    Raises:
        DataError: It cannot be written.
    """
    arrays = io.BytesIO()
    memory = source.memory
    np.savez(arrays, centre=memory.centre, bank=memory.bank, typical=memory.typical)
    roles = io.StringIO()
    writer = csv.writer(roles, lineterminator="\n")
    writer.writerow(("sha256", "role"))
    writer.writerows(sorted(source.roles.items()))
    contents = {_MEMORY_FILE: arrays.getvalue(), _ROLES_FILE: roles.getvalue().encode("ascii")}
    table = {
        "schema_version": SCHEMA_VERSION,
        "task": "anomaly",
        "settings": asdict(source.settings),
        "model_sha256": source.model_sha256,
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()},
    }
    growing = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        growing.mkdir(parents=True)
        for name, data in {**contents, _SOURCE_FILE: canonical_json(table)}.items():
            (growing / name).write_bytes(data)
        if folder.exists():
            shutil.rmtree(folder)
        growing.rename(folder)
    except OSError as error:
        raise DataError(f"source {str(folder)!r} cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(growing, ignore_errors=True)


def open_source(folder: Path) -> Source:
    """Read a source.

    Raises:
        DataError: It is missing, damaged or of another version.
    """
    where = f"source {str(folder)!r}"
    try:
        contents = {
            name: _read(folder / name) for name in (_SOURCE_FILE, _MEMORY_FILE, _ROLES_FILE)
        }
    except OSError as error:
        raise DataError(
            f"{where} cannot be read: {error.strerror}; validate a bundle where it was taught, or "
            "teach it again"
        ) from error
    table = Table(parse_json(contents[_SOURCE_FILE], where, DataError), where, DataError)
    table.integer("schema_version", low=SCHEMA_VERSION, high=SCHEMA_VERSION)
    table.text("task", among=("anomaly",))
    settings = table.table("settings")
    files = table.table("files")
    for name in (_MEMORY_FILE, _ROLES_FILE):
        if hashlib.sha256(contents[name]).hexdigest() != files.text(name):
            raise DataError(f"{where}: {name} was changed; teach the bundle again")
    try:
        with np.load(io.BytesIO(contents[_MEMORY_FILE]), allow_pickle=False) as arrays:
            memory = Memory(centre=arrays["centre"], bank=arrays["bank"], typical=arrays["typical"])
        rows = list(csv.reader(io.StringIO(contents[_ROLES_FILE].decode("ascii"))))[1:]
        roles = {row[0]: row[1] for row in rows}
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        raise DataError(f"{where}: damaged: {error}; teach the bundle again") from error
    return Source(
        settings=AnomalySettings(
            size_px=settings.integer("size_px", low=32, high=4096),
            taps=settings.integers("taps", low=2, high=32),
            tap_weights=settings.numbers("tap_weights", low=0.0, high=100.0),
            bank_size=settings.integer("bank_size", low=1, high=1_000_000),
        ),
        memory=memory,
        model_sha256=table.text("model_sha256"),
        roles=roles,
    )


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MAX_MEMORY_BYTES)
