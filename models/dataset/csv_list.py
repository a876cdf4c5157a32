"""Reads a CSV list of labelled pictures."""

import csv
import difflib
import io
import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from inspector.capture.files.file_faults import readable
from inspector.errors import DataError
from inspector.files.text_file import read_text
from models.dataset.sample import MAX_SAMPLES, SPLITS, Sample

COLUMNS = ("image", "label", "mask", "split")
OPTIONAL_COLUMNS = ("part",)
MAX_LIST_BYTES = 64_000_000  # about a million rows
_log = logging.getLogger(__name__)


def samples_of_list(path: Path) -> list[Sample]:
    """The rows of a list, in their order.

    Raises:
        DataError: With the file, the line, what is wrong with it, and what to do.
    """
    where = f"list {str(path)!r}"
    text = read_text(path, where, MAX_LIST_BYTES, DataError)
    if not text.strip():
        raise DataError(
            f"{where}: is empty; write the columns {','.join(COLUMNS)} and a row for each picture"
        )
    head, _, rest = text.partition("\n")
    if head.strip().casefold() == "sep=,":  # Excel's own note
        text = rest
    text = text.replace("\r\n", "\n").replace("\r", "\n")  # old Macs end lines with \r
    reader = csv.DictReader(io.StringIO(text), strict=True, restkey="", restval=None)
    try:
        _refuse_other_separators(text, where)
        _check_columns(reader.fieldnames or (), where)
        samples: list[Sample] = []
        lines: list[int] = []
        for row in reader:
            if not any(value for value in row.values()):  # Excel ends lists with empty rows
                continue
            samples.append(_from_row(row, path.parent, f"{where}, line {reader.line_num}"))
            lines.append(reader.line_num)
            if len(samples) > MAX_SAMPLES:
                raise DataError(
                    f"{where}: more than {MAX_SAMPLES} rows; divide it into several lists"
                )
    except csv.Error as error:
        raise DataError(f"{where}, line {reader.line_num}: not valid CSV: {error}") from error
    if not samples:
        raise DataError(f"{where}: has no rows; write one for each picture below the columns")
    samples, lines = _with_all_masks(samples, lines, where)
    if "part" in (reader.fieldnames or ()):
        _refuse_torn_parts(samples, lines, where)
    return samples


def _with_all_masks(
    samples: Sequence[Sample], lines: Sequence[int], where: str
) -> tuple[list[Sample], list[int]]:
    """Each picture once: rows that name one of its defects each, with a mask, are put together."""
    first_of: dict[Path, int] = {}
    whole: list[Sample] = []
    first_lines: list[int] = []
    for sample, line in zip(samples, lines, strict=True):
        place = first_of.setdefault(sample.image.resolve(), len(whole))
        if place == len(whole):
            whole.append(sample)
            first_lines.append(line)
            continue
        first = whole[place]
        is_another_defect = (
            not (first.is_good or sample.is_good)
            and bool(first.masks and sample.masks)
            and sample.masks[0] not in first.masks
            and (sample.split, sample.part) == (first.split, first.part)
        )
        if not is_another_defect:
            raise DataError(
                f"{where}, line {line}: {sample.name!r} stands in line {first_lines[place]} "
                "already; give a picture one row, or one for each of its defects with a mask and "
                "in the same split"
            )
        labels = first.mask_labels or (first.label,)
        whole[place] = replace(
            first, masks=(*first.masks, *sample.masks), mask_labels=(*labels, sample.label)
        )
    return whole, first_lines


def _refuse_other_separators(text: str, where: str) -> None:
    """Excel writes semicolons where the comma is the decimal mark, and tabs as "Unicode text"."""
    head = text.partition("\n")[0]
    for separator, name in ((";", "semicolons"), ("\t", "tabs")):
        if separator in head and "," not in head:
            raise DataError(
                f"{where}: its columns are separated by {name}; save the list with commas (Excel: "
                "'CSV UTF-8' with a comma as the list separator, or replace them in an editor)"
            )


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
    name = readable(Path(values["image"]).as_posix())
    return Sample(
        name=name,
        image=_existing(folder / values["image"], where),
        label=values["label"],
        masks=(_existing(folder / values["mask"], where),) if values["mask"] else (),
        split=values["split"],
        part=values.get("part") or name,
    )


def _existing(path: Path, where: str) -> Path:
    try:
        is_there = path.is_file()
    except (OSError, ValueError):
        is_there = False
    if not is_there:
        hint = "paths are relative to the list"
        if os.sep == "/" and "\\" in str(path):
            hint = "write / between folders: \\ is Windows' own"
        raise DataError(f"{where}: there is no file {str(path)!r}; {hint}")
    return path


def _refuse_torn_parts(samples: Iterable[Sample], lines: Iterable[int], where: str) -> None:
    """What is measured, or chosen, on a part that was learnt from flatters the model."""
    first_of: dict[str, tuple[str, int]] = {}
    torn: dict[str, int] = {}
    for sample, line in zip(samples, lines, strict=True):
        first_split, first_line = first_of.setdefault(sample.part, (sample.split, line))
        if sample.split == first_split:
            continue
        if "test" in (sample.split, first_split):
            raise DataError(
                f"{where}, line {line}: part {sample.part!r} is in {sample.split}, but in "
                f"{first_split} at line {first_line}; all pictures of a part belong in one split"
            )
        torn.setdefault(sample.part, line)
    if torn:
        part, line = next(iter(torn.items()))
        _log.warning(
            "%s: parts are in both train and val, %d of them, such as %r in line %d: what is "
            "chosen on val flatters",
            where,
            len(torn),
            part,
            line,
        )
