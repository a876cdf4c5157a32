"""Reads a small TOML file that a person wrote: a recipe, a configuration."""

import tomllib
from collections.abc import Callable
from pathlib import Path

from inspector.errors import InspectorError
from inspector.files.tables import Table
from inspector.files.text_file import read_text

# A page of text; a larger file is something else. Python's parser takes time with the square of
# the dots in a key: 0.5 s at this size, 25 s at five times as much.
MAX_TOML_BYTES = 16_000


def read_toml(path: Path, kind: str, error: Callable[[str], InspectorError]) -> Table:
    """The whole file as one table.

    Args:
        kind: What it should be, for messages: "recipe".
        error: Our error class for this kind of file.

    Raises:
        The given error class: there is no such file, or it cannot be read, is too large, or is not
        TOML.
    """
    where = f"{kind} {str(path)!r}"
    return parse_toml(read_text(path, where, MAX_TOML_BYTES, error), where, error)


def parse_toml(text: str, where: str, error: Callable[[str], InspectorError]) -> Table:
    """The same of a text that is no file.

    Args:
        where: What it is, for messages.
    """
    try:
        return Table(tomllib.loads(text), where, error)
    except (ValueError, RecursionError) as problem:
        raise error(f"{where}: not valid TOML: {problem}") from problem
