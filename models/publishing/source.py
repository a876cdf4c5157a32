"""What a bundle was made from, kept beside it in the workshop, so that it can be proven again.

The line needs none of it. `NAME.bundle.source/` holds what was learnt (`parameters.npz`), how
(`source.json`), and which picture had which role (`roles.csv`).
"""

import csv
import errno
import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inspector.bundle import MODEL_FILE, Bundle
from inspector.errors import DataError, StoreFull
from inspector.files.folders import replace_folder
from inspector.files.tables import Table, canonical_json, parse_json
from models.dataset.reader import PictureList
from models.tasks.names import task_names
from models.tasks.task import TrainedParameters

SCHEMA_VERSION = 2  # 1 did not know the lists
_SOURCE_FILE, _PARAMETERS_FILE, _ROLES_FILE = "source.json", "parameters.npz", "roles.csv"
_MAX_FILE_BYTES = 512_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Source:
    """Everything that the model's TensorFlow side is rebuilt from, but the backbone's weights.

    Attributes:
        model_sha256: Of the `model.onnx` that was made from it.
        roles: SHA-256 of each picture's file that training touched, and its role there: "fit",
            "held_out" or "proof".
        lists: Where these pictures were; empty where nobody knows.
    """

    task: str
    parameters: TrainedParameters
    model_sha256: str
    roles: Mapping[str, str]
    lists: tuple[PictureList, ...] = ()

    @property
    def seen(self) -> frozenset[str]:
        """SHA-256 of the pictures that the model or its threshold were chosen on."""
        return frozenset(sha for sha, role in self.roles.items() if role != "proof")


def source_folder(bundle: Path) -> Path:
    """Where the source of a bundle lies."""
    return bundle.with_name(f"{bundle.name}.source")


def own_source(bundle_path: Path, bundle: Bundle) -> Source:
    """The source that lies beside a bundle and is its own.

    Args:
        bundle_path: Resolved: "." has no neighbour's name.

    Raises:
        DataError: There is none, it is damaged, or it is another model's.
    """
    folder = source_folder(bundle_path)
    source = open_source(folder)
    if source.model_sha256 != bundle.manifest.files[MODEL_FILE]:
        raise DataError(
            f"{str(folder)!r} is the source of another model; work with the bundle where it was "
            "trained, or train it again"
        )
    return source


def keep_source(source: Source, folder: Path) -> None:
    """Write a source, replacing one of an earlier training.

    Raises:
        DataError: It cannot be written.
        StoreFull: The disk is full. What is there stays as it is, in both cases.
    """
    arrays = io.BytesIO()
    np.savez(arrays, **source.parameters.arrays)  # type: ignore[arg-type]
    roles = io.StringIO()
    writer = csv.writer(roles, lineterminator="\n")
    writer.writerow(("sha256", "role"))
    writer.writerows(sorted(source.roles.items()))
    contents = {_PARAMETERS_FILE: arrays.getvalue(), _ROLES_FILE: roles.getvalue().encode("ascii")}
    table = {
        "schema_version": SCHEMA_VERSION,
        "task": source.task,
        "settings": source.parameters.settings,
        "model_sha256": source.model_sha256,
        "lists": [
            {"path": str(one.path.resolve())}
            | ({"good_label": one.good_label} if one.good_label is not None else {})
            for one in source.lists
        ],
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()},
    }
    try:
        replace_folder(folder.resolve(), {**contents, _SOURCE_FILE: canonical_json(table)})
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreFull(f"no room to write the source {str(folder)!r}") from error
        raise DataError(f"source {str(folder)!r} cannot be written: {error.strerror}") from error


def check_source_place(folder: Path) -> None:
    """Find out before the work of hours whether `keep_source` would replace something else.

    Raises:
        DataError: There is something, and it is not one of our sources.
    """
    known = {_SOURCE_FILE, _PARAMETERS_FILE, _ROLES_FILE}
    is_ours = folder.is_dir() and {entry.name for entry in folder.iterdir()} <= known
    if folder.exists() and not is_ours:
        raise DataError(
            f"{str(folder)!r} exists and is not the source of a bundle, or holds other files too; "
            "choose another --out"
        )


def open_source(folder: Path) -> Source:
    """Read a source.

    Raises:
        DataError: It is missing, damaged or of another version.
    """
    where = f"source {str(folder)!r}"
    try:
        contents = {
            name: _read(folder / name) for name in (_SOURCE_FILE, _PARAMETERS_FILE, _ROLES_FILE)
        }
    except OSError as error:
        raise DataError(
            f"{where} cannot be read: {error.strerror}; validate a bundle where it was trained, or "
            "train it again"
        ) from error
    table = Table(parse_json(contents[_SOURCE_FILE], where, DataError), where, DataError)
    version = table.integer("schema_version", low=1, high=SCHEMA_VERSION)
    task = table.text("task", among=task_names())
    settings = table.mapping("settings")
    files = table.table("files")
    model_sha256 = table.text("model_sha256")
    lists = tuple(map(_list_in, table.tables("lists"))) if version > 1 else ()
    table.close()
    for name in (_PARAMETERS_FILE, _ROLES_FILE):
        if hashlib.sha256(contents[name]).hexdigest() != files.text(name):
            raise DataError(f"{where}: {name} was changed; train it again")
    files.close()
    try:
        with np.load(io.BytesIO(contents[_PARAMETERS_FILE]), allow_pickle=False) as arrays:
            contained = {name: arrays[name] for name in arrays.files}
        rows = list(csv.reader(io.StringIO(contents[_ROLES_FILE].decode("ascii"))))[1:]
        roles = {sha: role for sha, role in rows}  # noqa: C416  (each row has exactly two)
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        raise DataError(f"{where}: damaged: {error}; train it again") from error
    return Source(
        task=task,
        parameters=TrainedParameters(settings=settings, arrays=contained),
        model_sha256=model_sha256,
        roles=roles,
        lists=lists,
    )


def _list_in(table: Table) -> PictureList:
    path, good_label = table.text("path"), table.optional_text("good_label")
    table.close()
    return PictureList(path=Path(path), good_label=good_label)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MAX_FILE_BYTES)


def source_beside(bundle_path: Path, bundle: Bundle) -> Source | None:
    """What a bundle was made from; None where it is not beside it.

    Raises:
        DataError: It is there, and damaged.
    """
    folder = source_folder(bundle_path)
    source = open_source(folder) if folder.is_dir() else None
    is_its_own = source and source.model_sha256 == bundle.manifest.files[MODEL_FILE]
    return source if is_its_own else None
