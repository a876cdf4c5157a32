"""Reads the DATA argument: a CSV list of labelled pictures, or a folder in a known layout."""

import csv
import difflib
import hashlib
import io
import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inspector.capture.files.file_faults import readable
from inspector.capture.files.listing import is_picture
from inspector.errors import DataError

GOOD = "good"
SPLITS = ("train", "val", "test")
COLUMNS = ("image", "label", "mask", "split")
OPTIONAL_COLUMNS = ("part",)
MAX_LIST_BYTES = 64_000_000  # about a million rows
MAX_ROWS = 1_000_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One labelled picture.

    Attributes:
        name: Its path relative to the list or folder, with `/`, as `readable` spells it.
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
    try:
        if data.is_dir():
            return tuple(_from_folder(data))
        if data.is_file():
            return tuple(_from_list(data))
    except OSError as error:  # such as a name that is too long, or a folder without the right
        raise DataError(f"{str(data)!r} cannot be looked at: {error.strerror}") from error
    raise DataError(f"{str(data)!r}: there is no such list or folder; check the spelling")


def of_split(samples: Iterable[Sample], split: str) -> tuple[Sample, ...]:
    """The pictures of one split, in their order; empty where it has none."""
    if split not in SPLITS:
        raise ValueError(f"split {split!r} is none of {', '.join(SPLITS)}")
    return tuple(sample for sample in samples if sample.split == split)


def data_sha256(samples: Iterable[Sample]) -> str:
    """A hash over labels, splits, parts and the bytes of every picture and mask.

    It does not depend on where the files lie, nor on the order of the samples.

    Raises:
        DataError: A file cannot be read.
    """
    lines = []
    for sample in samples:
        mask = "" if sample.mask is None else file_sha256(sample.mask)
        fields = (sample.name, sample.label, sample.split, sample.part)
        # `readable` leaves neither tabs nor line ends, so no two sets of samples share their lines.
        lines.append("\t".join((*map(readable, fields), file_sha256(sample.image), mask)))
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def without_copies(samples: Iterable[Sample]) -> tuple[Sample, ...]:
    """The samples whose picture has other bytes than every one before it.

    A copy under another name would let the same picture be learnt from and proven on.

    Raises:
        DataError: A file cannot be read.
    """
    first_of: dict[str, Sample] = {}
    count = 0
    for sample in samples:
        first_of.setdefault(file_sha256(sample.image), sample)
        count += 1
    if len(first_of) < count:
        _log.warning("%d pictures are copies of others; each is used once", count - len(first_of))
    return tuple(first_of.values())


def split_parts(
    samples: Sequence[Sample], shares: Mapping[str, float], seed: int
) -> dict[str, tuple[Sample, ...]]:
    """Divide pictures into named groups of about these shares, never tearing a part apart.

    Each group gets about its share of every label too. The largest parts are dealt first, each to
    the group that lacks most of its share of what the part shows. The result depends on the seed,
    not on the order of the samples; inside a group their order stays.

    Args:
        shares: Of the pictures, each above 0, by the name of the group.

    Raises:
        DataError: There are fewer parts than groups.
    """
    if not shares or not all(share > 0 for share in shares.values()):
        raise ValueError(f"shares must be above 0: {dict(shares)}")
    shown: dict[str, Counter[str]] = {}  # how many pictures of each label, by part
    for sample in samples:
        shown.setdefault(sample.part, Counter())[sample.label] += 1
    if len(shown) < len(shares):
        raise DataError(
            f"{len(shown)} different parts; at least {len(shares)} are needed, so that "
            f"{', '.join(shares)} each have parts of their own"
        )
    parts = sorted(shown)
    np.random.Generator(np.random.PCG64(seed)).shuffle(parts)
    total = Counter(sample.label for sample in samples)
    taken = {name: Counter[str]() for name in shares}
    group_of: dict[str, str] = {}

    def fullness(name: str, part: Counter[str]) -> float:
        """How much of its share a group has of what the part shows."""
        return sum(
            count * (taken[name][label] + count / 2) / (shares[name] * total[label])
            for label, count in part.items()
        )

    # The sort is stable: parts of one size stay shuffled.
    for part in sorted(parts, key=lambda part: -shown[part].total()):
        # A group without any part comes first when only as many parts are left as such groups.
        empty = [name for name in shares if not taken[name]]
        choice = empty if len(shown) - len(group_of) == len(empty) else list(shares)
        full = {name: fullness(name, shown[part]) for name in choice}
        group = min(full, key=lambda name: full[name])
        group_of[part] = group
        taken[group] += shown[part]
    return {
        name: tuple(sample for sample in samples if group_of[sample.part] == name)
        for name in shares
    }


def _from_list(path: Path) -> list[Sample]:
    where = f"list {str(path)!r}"
    try:
        with path.open("rb") as file:
            data = file.read(MAX_LIST_BYTES + 1)
    except OSError as error:
        raise DataError(f"{where} cannot be read: {error.strerror}") from error
    if len(data) > MAX_LIST_BYTES:
        raise DataError(f"{where}: larger than {MAX_LIST_BYTES} bytes; is it a CSV list?")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{where}, line {line}: not UTF-8 text; save the list as CSV in UTF-8"
        ) from error
    reader = csv.DictReader(io.StringIO(text), strict=True, restkey="", restval=None)
    try:
        _check_columns(reader.fieldnames or (), where)
        samples: list[Sample] = []
        lines: list[int] = []
        for row in reader:
            samples.append(_from_row(row, path.parent, f"{where}, line {reader.line_num}"))
            lines.append(reader.line_num)
            if len(samples) > MAX_ROWS:
                raise DataError(f"{where}: more than {MAX_ROWS} rows; divide it into several lists")
    except csv.Error as error:
        raise DataError(f"{where}, line {reader.line_num}: not valid CSV: {error}") from error
    if not samples:
        raise DataError(f"{where}: has no rows; write one for each picture below the columns")
    repeated = _repeated(samples)
    if repeated is not None:
        first, second = repeated
        raise DataError(
            f"{where}, line {lines[second]}: {samples[second].name!r} stands in line "
            f"{lines[first]} already; give a picture one row"
        )
    if "part" in (reader.fieldnames or ()):
        _refuse_torn_parts(samples, lines, where)
    return samples


def _check_columns(columns: Sequence[str], where: str) -> None:
    known = (*COLUMNS, *OPTIONAL_COLUMNS)
    for column in columns:
        if column not in known:
            near = difflib.get_close_matches(column.strip().lower(), known, n=1)
            hint = f"did you mean {near[0]!r}? The" if near else "the"
            raise DataError(
                f"{where}: unknown column {column!r}; {hint} columns are {','.join(known)}"
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
        raise DataError(
            f"{where}: another number of fields than there are columns; quote a field that "
            "contains a comma"
        )
    values = {column: (value or "").strip() for column, value in row.items()}
    for column in ("image", "label"):
        if not values[column]:
            what = "the picture's path" if column == "image" else "'good' or the defect's name"
            raise DataError(f"{where}: {column} is empty; write {what}")
    if values["split"] not in SPLITS:
        raise DataError(f"{where}: split is {values['split']!r}; it must be train, val or test")
    if values["label"] != GOOD and values["label"].casefold() == GOOD:
        raise DataError(f"{where}: label is {values['label']!r}; write 'good' in small letters")
    name = readable(Path(values["image"]).as_posix())
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
    samples: list[Sample] = []
    for split in SPLITS:
        for images in sorted(path for path in (folder / split).glob("[!.]*") if path.is_dir()):
            for image in sorted(images.rglob("*")):
                inside = image.relative_to(images)
                if (
                    any(part.startswith(".") for part in inside.parts)
                    or not image.is_file()
                    or not is_picture(image)
                ):
                    continue
                mask = folder / "ground_truth" / images.name / inside
                mask = mask.with_name(f"{image.stem}_mask.png")
                name = readable(image.relative_to(folder).as_posix())
                samples.append(
                    Sample(
                        name=name,
                        image=image,
                        label=readable(images.name),
                        mask=mask if split == "test" and mask.is_file() else None,
                        split=split,
                        part=name,
                    )
                )
                if len(samples) > MAX_ROWS:
                    raise DataError(f"folder {str(folder)!r}: more than {MAX_ROWS} pictures")
    if not samples:
        raise DataError(
            f"folder {str(folder)!r}: no picture below train/<class> or test/<class>, such as "
            "train/good and test/scratch; or give a CSV list"
        )
    repeated = _repeated(samples)
    if repeated is not None:
        first, second = repeated
        raise DataError(
            f"folder {str(folder)!r}: {samples[second].name!r} and {samples[first].name!r} are "
            "links to one picture; keep one of them"
        )
    return samples


def _repeated(samples: Iterable[Sample]) -> tuple[int, int] | None:
    """Which two samples are one file, counted from 0; None if each has its own."""
    index_of: dict[Path, int] = {}
    for index, sample in enumerate(samples):
        first = index_of.setdefault(sample.image.resolve(), index)
        if first != index:
            return first, index
    return None


def _refuse_torn_parts(samples: Iterable[Sample], lines: Iterable[int], where: str) -> None:
    """Val counts as training: a threshold chosen on a part of the test split flatters it too."""
    first_of: dict[str, tuple[str, int]] = {}
    for sample, line in zip(samples, lines, strict=True):
        first_split, first_line = first_of.setdefault(sample.part, (sample.split, line))
        if (sample.split == "test") is not (first_split == "test"):
            raise DataError(
                f"{where}, line {line}: part {sample.part!r} is in {sample.split}, but in "
                f"{first_split} at line {first_line}; a part must stay on one side of test"
            )


def file_sha256(path: Path) -> str:
    """A hash of a file's bytes.

    Raises:
        DataError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"{str(path)!r} cannot be read: {error.strerror}") from error
