"""Pictures of a folder, list or video as a camera: for repeating a shift, and for tests."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from inspector.capture.files.pictures import PictureSource, WaitingPicture
from inspector.capture.pace import Pace
from inspector.capture.registry import FoundSource, SourceKind, Wanted
from inspector.capture.source import SourceInfo
from inspector.clock import Clock
from inspector.errors import (
    CaptureError,
    ConfigurationError,
    CorruptFrame,
    EndOfSource,
    SettingsError,
    SourceUnavailable,
)
from inspector.flow import Frame

MAX_RATE = 1_000.0  # pictures/s
MAX_HELD_BYTES = 256_000_000  # 277 pictures of 640 x 480 px in colour, 17 of 5 Mpx


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayOptions:
    """How the pictures are given.

    Attributes:
        frames_per_s: 0: as fast as they are asked for.
        is_looped: Begin again after the last one; else end there.
        max_sample: See `Wanted`.
    """

    frames_per_s: float = 10.0
    is_looped: bool = True
    max_sample: int | None = None


class Replay:
    """See `FrameSource`. Pictures in a loop are held in memory as far as `MAX_HELD_BYTES` go.

    Args:
        source: A folder, file, glob, `.txt` list or video.
    """

    def __init__(self, source: str, options: ReplayOptions, source_id: str, clock: Clock) -> None:
        self._source = source
        self._options = options
        self._source_id = source_id
        self._clock = clock
        self._pace = Pace(options.frames_per_s, clock)
        self._pictures: Iterator[WaitingPicture] | None = None
        self._held: dict[str, tuple[datetime | None, Frame]] = {}  # with the file's time
        self._n_held_bytes = 0
        self._next: Frame | CaptureError | None = None
        self._n_given = 0
        self._size_px: tuple[int, int] | None = None

    def open(self) -> None:
        """See `FrameSource.open`."""
        self._pictures = self._listed()
        self._n_given = 0
        self._next = None
        first = self._peek()
        if isinstance(first, Frame):
            self._size_px = (first.pixels.shape[0], first.pixels.shape[1])
        self._pace.start()

    def trigger(self) -> None:
        """See `FrameSource.trigger`."""

    def grab(self, timeout_s: float) -> Frame:
        """See `FrameSource.grab`."""
        picture = self._peek()
        self._pace.wait(timeout_s)
        self._next = None
        frame_id = self._n_given
        self._n_given += 1
        if isinstance(picture, CaptureError):
            raise CorruptFrame(str(picture)) from picture
        return replace(
            picture,
            frame_id=frame_id,
            source_id=self._source_id,
            part_id=picture.source_id,
            captured_ns=self._clock.monotonic_ns(),
            captured_at=self._clock.now(),
        )

    def close(self) -> None:
        """See `FrameSource.close`."""
        self._pictures = None
        self._next = None
        self._held.clear()
        self._n_held_bytes = 0

    def info(self) -> SourceInfo:
        """See `FrameSource.info`."""
        return SourceInfo(
            description=f"pictures of {self._source}",
            size_px=self._size_px,
            frames_per_s=self._options.frames_per_s or None,
            can_wait=not self._options.frames_per_s,
            can_repeat=True,
        )

    def _listed(self) -> Iterator[WaitingPicture]:
        try:
            return iter(PictureSource(self._source, self._clock, self._options.max_sample))
        except ConfigurationError as error:  # nothing there that could be a picture
            raise SourceUnavailable(str(error)) from error

    def _peek(self) -> Frame | CaptureError:
        """The next picture, read before it is due so that reading does not delay it."""
        if self._next is None:
            self._next = self._read()
        return self._next

    def _read(self) -> Frame | CaptureError:
        if self._pictures is None:
            raise ValueError("the source is not open")
        waiting = next(self._pictures, None)
        if waiting is None:
            if not self._options.is_looped:
                raise EndOfSource(f"{self._source!r}: that was the last picture")
            self._pictures = self._listed()  # anew: pictures may have come or gone
            waiting = next(self._pictures, None)
            if waiting is None:
                raise SourceUnavailable(f"{self._source!r} holds no picture any more")
        taken_at, held = self._held.get(waiting.image, (None, None))
        return self._load(waiting) if held is None or taken_at != waiting.taken_at else held

    def _load(self, waiting: WaitingPicture) -> Frame | CaptureError:
        try:
            frame = waiting.load()
        except CaptureError as error:  # this picture only
            return error
        _, before = self._held.pop(waiting.image, (None, None))
        self._n_held_bytes -= 0 if before is None else before.pixels.nbytes
        if self._options.is_looped and self._n_held_bytes + frame.pixels.nbytes <= MAX_HELD_BYTES:
            self._held[waiting.image] = waiting.taken_at, frame
            self._n_held_bytes += frame.pixels.nbytes
        return frame


def _make(wanted: Wanted, clock: Clock) -> Replay:
    usual, table = ReplayOptions(), wanted.options
    if not wanted.address:
        raise SettingsError(
            f"{table.where}: write what to replay behind a colon: 'replay:FOLDER', or a file, "
            "glob, list or video"
        )
    rate = table.optional_number("frames_per_s", low=0.0, high=MAX_RATE)
    is_looped = table.boolean("loop") if table.has("loop") else usual.is_looped
    table.close()
    options = ReplayOptions(
        frames_per_s=usual.frames_per_s if rate is None else rate,
        is_looped=is_looped,
        max_sample=wanted.max_sample,
    )
    source = str(Path(wanted.folder) / wanted.address)
    return Replay(source, options, wanted.source_id, clock)


def _find() -> tuple[FoundSource, ...]:
    return ()


KIND = SourceKind(
    usage="replay:FOLDER",
    summary="the pictures of a folder, file, glob, .txt list or video",
    make=_make,
    find=_find,
)
