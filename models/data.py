"""Reads the DATA argument: a CSV list of labelled pictures, or a folder in a known layout."""

import csv
import difflib
import hashlib
import io
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inspector.capture.listing import IMAGE_SUFFIXES
from inspector.errors import DataError

GOOD = "good"
SPLITS = ("train", "val", "test")
COLUMNS = ("image", "label", "mask", "split")
OPTIONAL_COLUMNS = ("part",)
MAX_LIST_BYTES = 64_000_000
MAX_ROWS = 1_000_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One labelled picture.

    Attributes:
        name: Its path relative to the list or folder, with `/`.
        label: "good", or what is wrong.
        mask: A picture whose bright pixels are the defect; None where nobody drew one.
        split: "train", "val" or "test".
        part: Pictures of one physical part share it; without that knowledge it is the name.
    """

    name: str
    image: Path
    label: str
    mask: Path | None
    split: str
    part: str

    @property
    def is_good(self) -> bool:
        """Whether the part is free of defects."""
        return self.label == GOOD


def load_samples(data: Path) -> tuple[Sample, ...]:
    """Read a list or a folder; rows keep their order, folders are sorted by name.

    Raises:
        DataError: With the file, the line, what is wrong with it, and what to do.
    """
    if data.is_dir():
        samples = _from_folder(data)
    elif data.is_file():
        samples = _from_list(data)
    else:
        raise DataError(f"{str(data)!r}: there is no such list or folder")
    if not samples:
        raise DataError(f"{str(data)!r}: no picture is named there")
    _refuse_repeated(samples, data)
    _warn_of_shared_parts(samples, data)
    return tuple(samples)


def data_sha256(samples: Iterable[Sample]) -> str:
    """A hash over labels, splits, parts and the bytes of every picture and mask.

    It does not depend on where the files lie, nor on the order of the samples.

    Raises:
        DataError: A file cannot be read.
    """
    lines = []
    for sample in samples:
        mask = "" if sample.mask is None else _file_sha256(sample.mask)
        fields = (sample.name, sample.label, sample.split, sample.part)
        lines.append("\t".join((*fields, _file_sha256(sample.image), mask)))
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def split_parts(
    samples: Sequence[Sample], shares: Mapping[str, float], seed: int
) -> dict[str, tuple[Sample, ...]]:
    """Divide pictures into named groups of about these shares, never tearing a part apart.

    The largest parts are dealt first, each to the group that lacks most of its share. The result
    depends on the seed, not on the order of the samples; inside a group their order stays.

    Raises:
        DataError: There are fewer parts than groups.
    """
    sizes: dict[str, int] = {}
    for sample in samples:
        sizes[sample.part] = sizes.get(sample.part, 0) + 1
    if len(sizes) < len(shares):
        raise DataError(
            f"{len(sizes)} different parts; at least {len(shares)} are needed, so that "
            f"{', '.join(shares)} each have parts of their own"
        )
    parts = sorted(sizes)
    np.random.Generator(np.random.PCG64(seed)).shuffle(parts)
    wanted = {name: share * len(samples) for name, share in shares.items()}
    taken = dict.fromkeys(shares, 0)
    group_of: dict[str, str] = {}
    for part in sorted(parts, key=lambda part: -sizes[part]):  # stable: equals stay shuffled
        # A group without any part comes first when only as many parts are left as such groups.
        empty = [name for name in shares if not taken[name]]
        choice = empty if len(sizes) - len(group_of) == len(empty) else list(shares)
        lacking = {name: (taken[name] + sizes[part] / 2) / wanted[name] for name in choice}
        group = min(lacking, key=lambda name: lacking[name])
        group_of[part] = group
        taken[group] += sizes[part]
    return {
        name: tuple(sample for sample in samples if group_of[sample.part] == name)
        for name in shares
    }


def _from_list(path: Path) -> list[Sample]:
    where = f"list {str(path)!r}"
    try:
        with path.open("rb") as file:
            data = file.read(MAX_LIST_BYTES + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise DataError(f"{where} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{where}: not UTF-8 text; is it a CSV list?") from error
    if len(data) > MAX_LIST_BYTES:
        raise DataError(f"{where}: larger than {MAX_LIST_BYTES} bytes; is it a CSV list?")
    reader = csv.DictReader(io.StringIO(text), strict=True, restkey="", restval=None)
    try:
        _check_columns(reader.fieldnames or (), where)
        samples = []
        for row in reader:
            samples.append(_from_row(row, path.parent, f"{where}, line {reader.line_num}"))
            if len(samples) > MAX_ROWS:
                raise DataError(f"{where}: more than {MAX_ROWS} rows")
    except csv.Error as error:
        raise DataError(f"{where}, line {reader.line_num}: not valid CSV: {error}") from error
    return samples


def _check_columns(columns: Sequence[str], where: str) -> None:
    known = (*COLUMNS, *OPTIONAL_COLUMNS)
    for column in columns:
        if column not in known:
            near = difflib.get_close_matches(column, known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise DataError(
                f"{where}: unknown column {column!r}{hint} The columns are {','.join(known)}"
            )
        if columns.count(column) > 1:
            raise DataError(f"{where}: the column {column!r} stands there twice")
    for column in COLUMNS:
        if column not in columns:
            raise DataError(
                f"{where}: the column {column!r} is missing; the columns are {','.join(known)}"
            )


def _from_row(row: Mapping[str, str | None], folder: Path, where: str) -> Sample:
    if None in row.values() or "" in row:
        raise DataError(f"{where}: another number of fields than there are columns")
    values = {column: (value or "").strip() for column, value in row.items()}
    for column in ("image", "label"):
        if not values[column]:
            raise DataError(f"{where}: {column} is empty")
    if values["split"] not in SPLITS:
        raise DataError(f"{where}: split is {values['split']!r}; it must be train, val or test")
    name = Path(values["image"]).as_posix()
    return Sample(
        name=name,
        image=_existing(folder / values["image"], where),
        label=values["label"],
        mask=_existing(folder / values["mask"], where) if values["mask"] else None,
        split=values["split"],
        part=values.get("part") or name,
    )


def _existing(path: Path, where: str) -> Path:
    try:
        is_there = path.is_file()
    except (OSError, ValueError):
        is_there = False
    if not is_there:
        raise DataError(f"{where}: there is no file {str(path)!r}; paths are relative to the list")
    return path


def _from_folder(folder: Path) -> list[Sample]:
    """`train/good`, `test/<class>` and, where there are any, masks below `ground_truth`."""
    samples = []
    for split in SPLITS:
        for images in sorted(path for path in (folder / split).glob("*") if path.is_dir()):
            for image in sorted(images.rglob("*")):
                if image.suffix.lower() not in IMAGE_SUFFIXES or image.name.startswith("."):
                    continue
                inside = image.relative_to(images).with_name(f"{image.stem}_mask.png")
                mask = folder / "ground_truth" / images.name / inside
                name = image.relative_to(folder).as_posix()
                samples.append(
                    Sample(
                        name=name,
                        image=image,
                        label=images.name,
                        mask=mask if split == "test" and mask.is_file() else None,
                        split=split,
                        part=name,
                    )
                )
    if not samples:
        raise DataError(
            f"folder {str(folder)!r}: no picture below train/<class> or test/<class>, such as "
            "train/good and test/scratch; or give a CSV list"
        )
    return samples


def _refuse_repeated(samples: Sequence[Sample], data: Path) -> None:
    seen: set[Path] = set()
    for sample in samples:
        path = sample.image.resolve()
        if path in seen:
            raise DataError(f"{str(data)!r}: {sample.name!r} is named twice; a picture has one row")
        seen.add(path)


def _warn_of_shared_parts(samples: Sequence[Sample], data: Path) -> None:
    parts = {split: {s.part for s in samples if s.split == split} for split in SPLITS}
    shared = parts["test"] & (parts["train"] | parts["val"])
    if shared:
        _log.warning(
            "%s: %d parts stand in test and in training too; figures on them flatter",
            data,
            len(shared),
        )


def _file_sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"{str(path)!r} cannot be read: {error.strerror}") from error
