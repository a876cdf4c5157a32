"""Finds the pictures that a batch was pointed at, in an order that depends on their names only."""

import glob
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from inspector.capture.files.file_faults import readable
from inspector.errors import SourceUnavailable, UsageError

IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"})
VIDEO_SUFFIXES = frozenset({".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm"})
MAX_LIST_BYTES = 64_000_000  # about a million paths

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedImage:
    """One file to be judged.

    Attributes:
        image: Its name in every record: relative to the folder that was given, with `/`, as
            `readable` spells it.
        path: Where it is.
    """

    image: str
    path: Path


def is_video(source: str) -> bool:
    """Whether the source is one video file, going by its name."""
    return Path(source).suffix.lower() in VIDEO_SUFFIXES and not _is_folder(Path(source))


def list_images(source: str) -> list[ListedImage]:
    """Every picture of a folder and its folders, a file, a glob or a `.txt` list, sorted by name.

    Names that begin with a dot are passed over: they are what copying programs leave behind.
    A linked folder is entered once, however many links lead to it; `**` in a glob enters none.

    Raises:
        SourceUnavailable: There is nothing at that path, or it cannot be read.
        UsageError: No picture is there.
    """
    try:
        found = _found(source)
    except OSError as error:  # such as a name that is too long, or a folder without the right
        raise SourceUnavailable(f"{source!r} cannot be looked at: {error.strerror}") from error
    if not found:
        kinds = " ".join(sorted(IMAGE_SUFFIXES))
        raise UsageError(f"{source!r}: no picture found there; looked for names ending in {kinds}")
    unique = {os.path.abspath(item.path): item for item in reversed(found)}  # noqa: PTH100
    if len(unique) < len(found):
        _log.warning("%d pictures are named twice and judged once", len(found) - len(unique))
    return sorted(unique.values(), key=lambda item: item.image)


def _found(source: str) -> list[ListedImage]:
    path = Path(source)
    if path.is_dir():
        return [_listed(item, path) for item in _walk(path)]
    if path.suffix.lower() == ".txt" and path.is_file():
        return _read_list(path)
    if path.exists() or path.is_symlink():
        return [_listed(path, path.parent)]
    if glob.has_magic(source):
        base, pattern = _split_at_wildcard(path)
        return [_listed(match, base) for match in _matches(base, pattern)]
    raise SourceUnavailable(
        f"{source!r}: there is no such file or folder; check the spelling, or whether the "
        "drive is connected"
    )


def _matches(base: Path, pattern: str) -> Iterator[Path]:
    # Not glob.iglob: its `**` follows links, and two links to their own folder give 2**40 names.
    try:
        for match in base.glob(pattern):
            parts = match.relative_to(base).parts
            is_hidden = any(part.startswith(".") and part != ".." for part in parts)
            if not is_hidden and not _is_folder(match):
                yield match
    except ValueError as error:  # `**` beside other characters
        raise UsageError(f"{pattern!r}: {error}") from error


def _is_folder(path: Path) -> bool:
    """Whether it is one; False also where that cannot be told."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _walk(folder: Path) -> Iterator[Path]:
    entered: set[tuple[int, int]] = set()
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            status = here.stat()
            if (status.st_dev, status.st_ino) in entered:
                _log.warning("%s leads to a folder that was read already; passed over", here)
                continue
            entered.add((status.st_dev, status.st_ino))
            with os.scandir(here) as entries:
                names = sorted(entry.name for entry in entries)
        except OSError as error:
            raise SourceUnavailable(
                f"folder {str(here)!r} cannot be read: {error.strerror}; give this user the right "
                "to read it, or move it out of the source"
            ) from error
        folders = []
        for name in names:
            item = here / name
            if name.startswith("."):
                continue
            if _is_folder(item):
                folders.append(item)
            elif item.suffix.lower() in IMAGE_SUFFIXES:
                yield item
        waiting.extend(reversed(folders))


def _read_list(path: Path) -> list[ListedImage]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_LIST_BYTES + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise SourceUnavailable(f"list {str(path)!r} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"list {str(path)!r}: not UTF-8 text: {error}") from error
    if len(data) > MAX_LIST_BYTES or "\0" in text:
        raise UsageError(f"list {str(path)!r}: this is no list of pictures")
    names = (line.strip() for line in text.splitlines())
    return [
        ListedImage(
            image=readable(Path(os.path.normpath(name)).as_posix()), path=path.parent / name
        )
        for name in names
        if name and not _is_comment(name, path.parent)
    ]


def _is_comment(line: str, folder: Path) -> bool:
    """A line that begins with `#`, unless a picture is called so: no part is left out silently."""
    return line.startswith("#") and not (folder / line).exists()


def _listed(path: Path, base: Path) -> ListedImage:
    relative = path.relative_to(base).as_posix()
    return ListedImage(image=readable(relative), path=path)


def _split_at_wildcard(path: Path) -> tuple[Path, str]:
    """The folders before the first wildcard, and the pattern from there on."""
    fixed = next(index for index, part in enumerate(path.parts) if glob.has_magic(part))
    wild = path.parts[fixed:]
    if wild[-1] == "**":  # pathlib gives the folders alone
        wild = (*wild, "*")
    return Path(*path.parts[:fixed]), "/".join(wild)
