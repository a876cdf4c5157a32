"""The names that a model's file gives its classes, held against those that a person gave."""

import ast
import json
import logging
import zipfile
from collections.abc import Mapping
from pathlib import Path

from inspector.errors import ConfigurationError
from models.dataset.labels import seems_good
from models.dataset.sample import GOOD

_log = logging.getLogger(__name__)
_KEYS = ("names", "class_names", "classes", "labels", "id2label")  # as exporters write them
_MAX_LETTERS = 100_000
_MAX_LABEL_FILE_BYTES = 1_000_000


def names_in_properties(properties: Mapping[str, str]) -> tuple[str, ...]:
    """From the properties of an ONNX file; empty where they name no classes.

    Lists and tables by number, as JSON or as Python writes them (Ultralytics), and names with
    commas between them.
    """
    for key in _KEYS:
        names = _parsed(properties.get(key, "")[:_MAX_LETTERS])
        if len(names) > 1:
            return names
    return ()


def names_in_tflite(path: Path) -> tuple[str, ...]:
    """From the list of labels that a `.tflite` file with metadata carries; empty without one."""
    try:
        with zipfile.ZipFile(path) as archive:
            lists = [entry for entry in archive.infolist() if entry.filename.endswith(".txt")]
            if len(lists) != 1 or lists[0].file_size > _MAX_LABEL_FILE_BYTES:
                return ()
            text = archive.read(lists[0]).decode("utf-8-sig")
    except (zipfile.BadZipFile, OSError, UnicodeDecodeError):
        return ()
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def agreed_labels(
    said: tuple[str, ...], found: tuple[str, ...], good_label: str | None
) -> tuple[str, ...]:
    """The classes in the model's order: what was said, else what the file says.

    Args:
        said: With "good" for what means free of defects.
        good_label: How else the file may call it.

    Raises:
        ConfigurationError: Both say something, and not the same.
    """
    in_file = tuple(GOOD if name == good_label else name for name in found)
    if not said or not found:
        return said or in_file
    wanted, there = [_plain(name) for name in said], [_plain(name) for name in in_file]
    if wanted == there:
        return said
    if sorted(wanted) == sorted(there):
        raise ConfigurationError(
            f"the model's file names its classes {', '.join(in_file)}; --labels says "
            f"{', '.join(said)}: give them in the file's order, or leave --labels out"
        )
    _log.warning(
        "the model's file names its classes %s; taken are those of --labels, %s",
        ", ".join(in_file),
        ", ".join(said),
    )
    return said


def _plain(name: str) -> str:
    return GOOD if seems_good(name) else name.casefold()


def _parsed(text: str) -> tuple[str, ...]:
    for parse in (json.loads, ast.literal_eval):
        try:
            value = parse(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        return _names(value)
    return tuple(name.strip() for name in text.split(",")) if "," in text else ()


def _names(value: object) -> tuple[str, ...]:
    """Of a list, or of a table by number from 0 on."""
    if isinstance(value, Mapping):
        by_number = {str(key): name for key, name in value.items()}
        value = [by_number.get(str(number)) for number in range(len(by_number))]
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        return ()
    return tuple(value)
