"""The bytes of a model file or folder, within limits, and their hash."""

import hashlib
from pathlib import Path

from inspector.bundle.files import MAX_BYTES
from inspector.bundle.manifest import MODEL_FILE
from inspector.errors import ConfigurationError

MAX_MODEL_BYTES = MAX_BYTES[MODEL_FILE]  # no line opens more
_MAX_FILES = 1000  # a SavedModel has five, and some assets


def read_model_file(path: Path) -> bytes:
    """All of one file.

    Raises:
        ConfigurationError: It cannot be read, is empty or larger than `MAX_MODEL_BYTES`.
    """
    try:
        if path.stat().st_size > MAX_MODEL_BYTES:
            raise _too_large(path)
        data = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"model {str(path)!r} cannot be read: {error.strerror}") from error
    if not data:
        raise ConfigurationError(f"model {str(path)!r} is empty; export it again")
    return data


def folder_sha256(folder: Path) -> str:
    """A hash over the names and bytes of every file in a folder.

    Raises:
        ConfigurationError: A file cannot be read, or they are too many or too large together.
    """
    lines: list[str] = []
    size = 0
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        try:
            size += path.stat().st_size
            if size > MAX_MODEL_BYTES or len(lines) >= _MAX_FILES:
                raise _too_large(folder)
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise ConfigurationError(f"{str(path)!r} cannot be read: {error.strerror}") from error
        lines.append(f"{digest} {path.relative_to(folder).as_posix()}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _too_large(path: Path) -> ConfigurationError:
    return ConfigurationError(
        f"model {str(path)!r} is larger than {MAX_MODEL_BYTES / 1e6:.0f} MB, which no line PC "
        "opens; take a smaller one"
    )
