"""Which of the cameras that are there an address means."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from inspector.errors import SourceUnavailable

_Device = TypeVar("_Device")


def the_one(
    found: Sequence[_Device],
    names_of: Callable[[_Device], tuple[str, ...]],
    address: str,
    kind: str,
    behind: str = "",
) -> _Device:
    """The one camera that answers to an address.

    Args:
        names_of: What a camera answers to, its serial number first.
        address: Empty: the only one that is there.
        kind: What people call such cameras: "Basler camera".
        behind: Where was looked, for the text.

    Raises:
        SourceUnavailable: There is none, or the address does not say which.
    """
    chosen = [one for one in found if address in ("", *names_of(one))]
    if len(chosen) == 1:
        return chosen[0]
    there = ", ".join(names_of(one)[0] for one in found) or "none"
    if not chosen:
        raise SourceUnavailable(
            f"there is no {kind} {address!r}{behind}; here now: {there}. Is it plugged in, and has "
            "it power?"
        )
    raise SourceUnavailable(
        f"{len(chosen)} {kind}s answer to {address!r}; write which by its serial number: {there}"
    )
