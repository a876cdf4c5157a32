"""What the line asks of a camera, or of what stands in for one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from inspector.flow import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceInfo:
    """What an open source says of itself.

    Attributes:
        description: Model, file or address, for people.
        size_px: (H, W) of its pictures; None where it is not known before the first.
        frames_per_s: What it gives by itself; None where it gives a picture when it is asked.
        can_wait: It loses nothing while nobody asks: the pictures of a folder, but not of a camera.
        is_triggered: It takes a picture only when `trigger` tells it, and `grab` gives that one.
        can_repeat: The same picture may come twice, and pictures of other sizes: those of files.
        settings: What was written to it and read back, by name.
    """

    description: str
    size_px: tuple[int, int] | None = None
    frames_per_s: float | None = None
    can_wait: bool = False
    is_triggered: bool = False
    can_repeat: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)


class FrameSource(Protocol):
    """A camera. All calls come from one thread; a closed one may be opened again."""

    def open(self) -> None:
        """Get ready to give pictures; begin with what the camera sees from now on.

        Raises:
            SourceUnavailable: It is not there, or is held by another program. Nothing is left open.
        """
        ...

    def trigger(self) -> None:
        """Take the picture that the next `grab` gives, where the camera waits to be told.

        Does nothing where it gives pictures by itself, and is not called there: `is_triggered` says
        which it is. A picture of an earlier trigger that comes
        late is never given for this one.

        Raises:
            FrameLost: The camera was not ready: there will be no picture.
            SourceUnavailable: As for `grab`.
        """
        ...

    def grab(self, timeout_s: float) -> Frame:
        """The next picture: one that was not given before, with pixels that nobody else changes.

        Its `frame_id` counts from 0 at every `open`; a gap means pictures that were lost. One that
        is raised as CorruptFrame has its number too: it is damaged, not lost.

        Raises:
            GrabTimeout: None came in time. The next call may give one.
            CorruptFrame: One came and was not whole. The next call gives the next.
            SourceUnavailable: The source is lost. Close it; open it again after a while.
            EndOfSource: There will be no more, as at the end of a folder.
        """
        ...

    def close(self) -> None:
        """Let go of it. Never raises for what is lost already; a second call does nothing."""
        ...

    def info(self) -> SourceInfo:
        """What the open source is."""
        ...
