"""Where scripted faults reach into a run; without any, nothing happens there."""

from collections.abc import Callable
from dataclasses import dataclass


def _nothing(*_: object) -> None:
    """What a line does here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """Called from the run's threads; they may wait, and `begun` may not.

    Attributes:
        begun: A part was given this number.
        taking: A camera is about to take the picture of the part of this number.
        judging: The part of this number is about to be judged.
        writing: Something is about to be written to the disk. May raise StoreError.
    """

    begun: Callable[[int], None] = _nothing
    taking: Callable[[str, int], None] = _nothing
    judging: Callable[[int], None] = _nothing
    writing: Callable[[], None] = _nothing
