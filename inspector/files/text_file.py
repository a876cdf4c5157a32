"""Reads a text file that a person made, with whatever their editor puts before the first letter."""

import codecs
from collections.abc import Callable
from pathlib import Path

from inspector.errors import InspectorError

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(
    path: Path, where: str, max_bytes: int, error: Callable[[str], InspectorError]
) -> str:
    """The whole file, UTF-8, without the byte-order mark that Windows' editors write.

    Args:
        where: What the file is, for messages: "recipe 'bolt.toml'".
        error: Our error class for this kind of file.

    Raises:
        The given error class: there is no such file, or it cannot be read, is too large, or is not
        UTF-8 text.
    """
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for without end
            raise error(f"{where}: is not a file")
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except (OSError, ValueError) as problem:  # ValueError: a null byte in the path
        reason = getattr(problem, "strerror", None) or problem
        raise error(f"{where}: cannot be read: {reason}") from problem
    if len(data) > max_bytes:
        raise error(f"{where}: larger than {max_bytes:,} bytes; is it the right file?")
    if data.startswith(_UTF_16):
        raise error(f"{where}: is UTF-16 text; save it as UTF-8 (in Excel: 'CSV UTF-8')")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise error(f"{where}, line {line}: not UTF-8 text; save the file as UTF-8") from problem
