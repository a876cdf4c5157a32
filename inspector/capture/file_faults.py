"""The words for a picture file that is refused: what is wrong, in which file, and what to do."""

from inspector.errors import CorruptFrame


def cut(name: str, what: str) -> CorruptFrame:
    """The file is shorter than it says it is."""
    return CorruptFrame(f"{name}: {what}: the file was cut; copy it again")


def broken(name: str, what: str) -> CorruptFrame:
    """The file contradicts itself."""
    return CorruptFrame(f"{name}: {what}: the file is damaged; copy it again, or save it anew")


def not_read(name: str, what: str, instead: str) -> CorruptFrame:
    """The file may be whole, but is of a kind whose pixels cannot be vouched for."""
    return CorruptFrame(f"{name}: {what} is not read; {instead}")
