"""Finds the pictures that a batch was pointed at, in an order that depends on their names only.

What is a picture is told by its content, so that no part is left out because of how its file is
called; and a name that promises a picture is taken at its word, so that a damaged one is an ERROR.
"""

import fnmatch
import glob
import logging
import os
import re
import stat
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from inspector.capture.files.file_faults import readable
from inspector.capture.formats.picture_kinds import HEAD_BYTES, KINDS_READ, picture_kind
from inspector.errors import SourceUnavailable, UsageError
from inspector.files.text_file import read_text

IMAGE_SUFFIXES = frozenset(
    {
        ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".tif", ".tiff", ".webp",
        ".pgm", ".ppm", ".pnm", ".pbm",
        # Not read; each is an ERROR that says so.
        ".gif", ".heic", ".heif", ".avif", ".jp2", ".j2k", ".jxl", ".jxr", ".pfm", ".dng",
    }
)  # fmt: skip
VIDEO_SUFFIXES = frozenset(
    {
        ".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm",
        ".mpg", ".mpeg", ".wmv", ".ts", ".mts", ".m2ts", ".3gp", ".flv", ".ogv",
    }
)  # fmt: skip
MAX_LIST_BYTES = 64_000_000  # about a million paths
MAX_KINDS = 20  # of files that are not pictures; what is beyond is counted as one
HIDDEN, NO_ENDING, NO_FILE, OTHER_ENDINGS = "hidden", "no ending", "no file", "other endings"

_STORE_FILE, _IMAGES_FOLDER = "records.db", "images"  # of a batch's results

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a source holds.

    Attributes:
        images: Sorted by name.
        left_out: How many files are not pictures, by kind: their ending in small letters, or one of
            `HIDDEN`, `NO_ENDING`, `NO_FILE` (a device or pipe), `OTHER_ENDINGS`.
    """

    images: tuple[ListedImage, ...]
    left_out: Mapping[str, int]


NOTHING_LISTED = Listing(images=(), left_out={})


def is_picture(path: Path) -> bool:
    """Whether a file is a picture, by its name or else by its first bytes.

    A regular file that cannot be read counts as one: it may be a part.
    """
    if path.suffix.lower() in IMAGE_SUFFIXES:
        return True
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for without end
            return False
        with FileIO(path, "rb") as file:
            head = file.read(HEAD_BYTES)
    except (OSError, ValueError):
        return True
    return picture_kind(head or b"") is not None


def real_path(path: Path) -> Path:
    """Where it really is; a link to itself stays, on which `Path.resolve` fails until 3.13."""
    return Path(os.path.realpath(path))


def is_video(source: str) -> bool:
    """Whether the source is one video file, going by its name."""
    return Path(source).suffix.lower() in VIDEO_SUFFIXES and not _is_folder(Path(source))


def list_images(source: str, results: Path | None = None) -> Listing:
    """Every picture of a folder and its folders, a file, a glob or a `.txt` list, sorted by name.

    Names that begin with a dot are passed over: they are what copying programs leave behind.
    A linked folder is entered once, however many links lead to it; `**` in a glob enters none.

    Args:
        results: A folder of ours; what lies in it is not counted among what was left out.

    Raises:
        SourceUnavailable: There is nothing at that path, or it cannot be read.
        UsageError: No picture is there.
    """
    left_out = _LeftOut(results)
    try:
        found = _found(source, left_out)
    except OSError as error:  # such as a name that is too long, or a folder without the right
        raise SourceUnavailable(f"{source!r} cannot be looked at: {error.strerror}") from error
    if not found:
        others = ", ".join(f"{kind} {count:,}" for kind, count in left_out.counts().items())
        raise UsageError(
            f"{source!r}: no picture found there; "
            + (f"only files of other kinds ({others}); " if others else "")
            + f"what is read: {', '.join(KINDS_READ)}"
        )
    unique = {os.path.abspath(item.path): item for item in reversed(found)}  # noqa: PTH100
    if len(unique) < len(found):
        _log.warning("%d pictures are named twice and judged once", len(found) - len(unique))
    return Listing(
        images=tuple(sorted(unique.values(), key=lambda item: item.image)),
        left_out=left_out.counts(),
    )


class _LeftOut:
    """Counts what is not a picture, once for each file."""

    def __init__(self, results: Path | None) -> None:
        self._results = None if results is None else real_path(results)
        self._kinds: Counter[str] = Counter()

    def add(self, path: Path) -> None:
        if self._results is not None and real_path(path).is_relative_to(self._results):
            return
        self._kinds[_kind_of(path)] += 1

    def counts(self) -> dict[str, int]:
        """By kind, in order; beyond `MAX_KINDS` the rarest are one."""
        kinds = self._kinds.most_common()
        shown, rest = kinds[:MAX_KINDS], sum(count for _, count in kinds[MAX_KINDS:])
        return dict(sorted(shown)) | ({OTHER_ENDINGS: rest} if rest else {})


def _kind_of(path: Path) -> str:
    if any(part.startswith(".") for part in path.parts if part not in (".", "..")):
        return HIDDEN
    if not path.is_file():
        return NO_FILE
    return readable(path.suffix.lower()) or NO_ENDING


def _found(source: str, left_out: _LeftOut) -> list[ListedImage]:
    path = Path(source)
    if path.is_dir():
        return [_listed(item, path) for item in _walk(path, left_out)]
    if path.suffix.lower() == ".txt" and path.is_file():
        return _read_list(path)
    if path.exists() or path.is_symlink():
        return [_listed(path, path.parent)]
    if glob.has_magic(source):
        base, pattern = _split_at_wildcard(path)
        return [_listed(match, base) for match in _matches(base, pattern, left_out)]
    raise SourceUnavailable(
        f"{source!r}: there is no such file or folder; check the spelling, or whether the "
        "drive is connected"
    )


def _matches(base: Path, pattern: str, left_out: _LeftOut) -> Iterator[Path]:
    parts = pattern.split("/")
    if any("**" in part and part != "**" for part in parts):
        raise UsageError(f"{pattern!r}: ** stands for folders, and beside nothing else")
    found = _globbed(base, parts) if _is_folder(base) else ()
    for match in dict.fromkeys(found):
        names = match.relative_to(base).parts
        if _is_folder(match):
            continue
        if any(name.startswith(".") and name != ".." for name in names):
            left_out.add(match)
        elif is_picture(match):
            yield match
        else:
            left_out.add(match)


def _globbed(folder: Path, parts: Sequence[str]) -> Iterator[Path]:
    """What matches, sorted within each folder.

    Not glob.iglob: its `**` follows links, and two links to their own folder give 2**40 names. Not
    Path.glob: it passes over folders that it may not read, and the parts in them.
    """
    part, rest = parts[0], parts[1:]
    if part == "**":
        for below in _folders_below(folder):
            yield from _globbed(below, rest)
        return
    if glob.has_magic(part):
        wanted = re.compile(fnmatch.translate(os.path.normcase(part)))
        found = [folder / name for name in _names(folder) if wanted.match(os.path.normcase(name))]
    else:
        found = [folder / part] if _is_there(folder / part) else []
    for path in found:
        if not rest:
            yield path
        elif _is_folder(path):
            yield from _globbed(path, rest)


def _folders_below(folder: Path) -> Iterator[Path]:
    yield folder
    for name in _names(folder):
        if _is_folder(folder / name) and not (folder / name).is_symlink():
            yield from _folders_below(folder / name)


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        return bool(_refused(path.parent, error))
    return True


def _names(folder: Path) -> list[str]:
    """Of all that is in a folder, sorted."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries)
    except OSError as error:
        return _refused(folder, error)


def _refused(folder: Path, error: OSError) -> list[str]:
    """Nothing of a hidden folder, which is passed over anyway: sticks have one that is closed.

    Raises:
        SourceUnavailable: Of any other.
    """
    if folder.name.startswith("."):
        return []
    raise SourceUnavailable(
        f"folder {str(folder)!r} cannot be read: {error.strerror}; give this user the right to "
        "read it, or move it out of the source"
    ) from error


def _is_folder(path: Path) -> bool:
    """Whether it is one; False also where that cannot be told."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _walk(folder: Path, left_out: _LeftOut) -> Iterator[Path]:
    entered: set[tuple[int, int]] = set()
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        status = here.stat()
        if (status.st_dev, status.st_ino) in entered:
            _log.warning("%s leads to a folder that was read already; passed over", here)
            continue
        entered.add((status.st_dev, status.st_ino))
        names = _names(here)
        if {_STORE_FILE, _IMAGES_FOLDER} <= set(names):
            _log.warning(
                "%s holds results of a batch: the pictures saved there are judged as parts", here
            )
        folders = []
        for name in names:
            item = here / name
            if name.startswith("."):
                left_out.add(item)
            elif _is_folder(item):
                folders.append(item)
            elif is_picture(item):
                yield item
            else:
                left_out.add(item)
        waiting.extend(reversed(folders))


def _read_list(path: Path) -> list[ListedImage]:
    where = f"list {str(path)!r}"
    text = read_text(path, where, MAX_LIST_BYTES, UsageError)
    if "\0" in text:
        raise UsageError(f"{where}: this is not a list of pictures")
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
