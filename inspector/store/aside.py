"""Sets a damaged store aside: the line goes on with a new one, and nothing is thrown away."""

from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from inspector.errors import StoreError
from inspector.store.connection import connect_read_only, converted_errors
from inspector.store.high_mark import SUFFIX, HighMark

_BESIDE = ("", "-wal", "-shm", SUFFIX)
MAX_PART = 10**15  # of a number that a damaged file still gives


def set_aside(store: Path, at: datetime) -> Path:
    """Give a store and what belongs to it another name; returns the file's.

    Raises:
        StoreError: It cannot be renamed.
    """
    ending = f".damaged-{at:%Y%m%dT%H%M%S}"
    number = 1
    while (aside := store.with_name(f"{store.stem}{ending}-{number}{store.suffix}")).exists():
        number += 1
    try:
        for suffix in _BESIDE[::-1]:  # the file itself last: until then the next start tries again
            with suppress(FileNotFoundError):
                store.with_name(store.name + suffix).rename(aside.with_name(aside.name + suffix))
    except OSError as error:
        raise StoreError(
            f"the damaged store {str(store)!r} cannot be set aside: {error.strerror}; give this "
            "user the right to rename it"
        ) from error
    return aside


def highest_part(store: Path, images: Path) -> int:
    """The highest part number that a damaged store, its mark or its pictures still tell; else 0."""
    known: list[object] = [HighMark(store).read().part_number, *_of_pictures(images)]
    with suppress(StoreError), closing(connect_read_only(store)) as connection:
        for question in ("SELECT begun_to FROM numbers", "SELECT MAX(part_number) FROM records"):
            with suppress(StoreError), converted_errors(store):
                known += [row[0] for row in connection.execute(question)]
    return max((one for one in known if type(one) is int and 0 <= one <= MAX_PART), default=0)


def _of_pictures(images: Path) -> list[int]:
    try:
        names = [path.name.split("-")[0] for path in images.iterdir()]
    except OSError:
        return []
    return [int(name) for name in names if name.isascii() and name.isdigit()]
