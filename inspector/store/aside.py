"""Sets a damaged store aside: the line goes on with a new one, and nothing is thrown away."""

import re
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from inspector.errors import StoreError
from inspector.store.connection import connect_read_only, converted_errors
from inspector.store.high_mark import SUFFIX, HighMark

# The log first: a new file beside it would take it for its own. The mark last: until it is gone the
# next start knows that something is missing, wherever this one was stopped.
_IN_ORDER = ("-wal", "-shm", "", SUFFIX)
_KEPT_NAME = re.compile(r"[0-9]{12}-.*\.png$")
MAX_PART = 10**15  # of a number that a damaged file still gives


def set_aside(store: Path, at: datetime) -> Path:
    """Give a store and what belongs to it another name; returns the file's.

    Raises:
        StoreError: It cannot be renamed.
    """
    ending = f".damaged-{at:%Y%m%dT%H%M%S}"
    number = 1
    while any(store.parent.glob(f"{store.stem}{ending}-{number}{store.suffix}*")):
        number += 1
    aside = store.with_name(f"{store.stem}{ending}-{number}{store.suffix}")
    try:
        for suffix in _IN_ORDER:
            with suppress(FileNotFoundError):
                store.with_name(store.name + suffix).rename(aside.with_name(aside.name + suffix))
    except OSError as error:
        raise StoreError(
            f"the damaged store {str(store)!r} cannot be set aside: {error.strerror}; give this "
            "user the right to rename it"
        ) from error
    return aside


def highest_part(store: Path, images: Path) -> int:
    """The highest part number that a store, those set aside, marks or pictures still tell; or 0."""
    aside = store.parent.glob(f"{store.stem}.damaged-*{store.suffix}{SUFFIX}")
    stores = [store, *(path.with_name(path.name.removesuffix(SUFFIX)) for path in aside)]
    marks = [HighMark(one).read().part_number for one in stores]
    known: list[object] = [*marks, highest_kept(images)]
    with suppress(StoreError), closing(connect_read_only(store)) as connection:
        for question in ("SELECT begun_to FROM numbers", "SELECT MAX(part_number) FROM records"):
            with suppress(StoreError), converted_errors(store):
                known += [row[0] for row in connection.execute(question)]
    return max((one for one in known if type(one) is int and 0 <= one <= MAX_PART), default=0)


def highest_kept(images: Path, at_most: int = MAX_PART) -> int:
    """The highest part number, so high at most, of which a picture was kept; or 0."""
    try:
        names = [path.name for path in images.iterdir()]
    except OSError:
        return 0
    numbers = [int(name[:12]) for name in names if _KEPT_NAME.match(name)]
    return max((number for number in numbers if number <= at_most), default=0)
