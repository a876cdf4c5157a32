"""Pictures waiting to be judged, from files or from a video, all asked for in the same way."""

import hashlib
import itertools
import logging
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from inspector.capture.files.file_faults import readable
from inspector.capture.files.image_file import read_picture
from inspector.capture.files.listing import (
    NOTHING_LISTED,
    ListedImage,
    is_video,
    list_images,
    real_path,
)
from inspector.capture.files.video import check_video, read_video
from inspector.clock import Clock
from inspector.errors import CaptureError
from inspector.flow import Frame

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPicture:
    """One picture that will be judged.

    Attributes:
        image: Its name in every record; unique in one source.
        frame_id: Its place in the source, from 0.
        taken_at: When it was taken, as far as the file knows (its time of modification), UTC;
            None when not even that can be read.
        load: Gives the frame, or raises CaptureError. May be called from any thread.
        content_sha256: Hash of the file's bytes as they are now; None where there is no file of
            its own, or it cannot be read.
        decoded_ms: What it took already to decode it; a video's are decoded one after the other.
    """

    image: str
    frame_id: int
    taken_at: datetime | None
    load: Callable[[], Frame]
    content_sha256: Callable[[], str | None]
    decoded_ms: float = 0.0


class PictureSource:
    """The pictures of one SOURCE argument.

    Args:
        max_sample: Full light in pictures of 16 bits, as the bundle has it; None: it has none.
        results: A folder of ours; what lies in it is not counted among `left_out`.

    Attributes:
        left_out: How many files are not pictures, by kind; see `Listing`.

    Raises:
        SourceUnavailable, UsageError: There is nothing there that can be judged.
    """

    def __init__(
        self,
        source: str,
        clock: Clock,
        max_sample: int | None = None,
        results: Path | None = None,
    ) -> None:
        self._clock = clock
        self._max_sample = max_sample
        self._video = Path(source) if is_video(source) else None
        if self._video is not None:
            check_video(self._video)
            _log.warning(
                "damage inside a video is mostly not noticed; where a part depends on it, judge "
                "single pictures"
            )
        listing = NOTHING_LISTED if self._video else list_images(source, results)
        self._listed = listing.images
        self.left_out = listing.left_out

    @property
    def count(self) -> int | None:
        """How many pictures there are; None for a video, which tells only at its end."""
        return None if self._video else len(self._listed)

    def has_any_in(self, folder: Path) -> bool:
        """Whether any of the pictures lies in that folder or below; `folder` is a real path."""
        return any(real_path(listed.path).is_relative_to(folder) for listed in self._listed)

    def __iter__(self) -> Iterator[WaitingPicture]:
        if self._video is not None:
            yield from _video_pictures(self._video, self._clock)
            return
        for frame_id, listed in enumerate(self._listed):
            yield WaitingPicture(
                image=listed.image,
                frame_id=frame_id,
                taken_at=_modified_at(listed.path),
                load=partial(_load_file, listed, frame_id, self._clock, self._max_sample),
                content_sha256=partial(_file_sha256, listed.path),
            )


def _load_file(listed: ListedImage, frame_id: int, clock: Clock, max_sample: int | None) -> Frame:
    picture = read_picture(listed.path, max_sample)
    return Frame(
        frame_id=frame_id,
        source_id=listed.image,
        captured_ns=clock.monotonic_ns(),
        captured_at=picture.modified_at,
        pixels=picture.pixels,
        content_sha256=picture.sha256,
    )


def _video_pictures(path: Path, clock: Clock) -> Iterator[WaitingPicture]:
    taken_at = _modified_at(path)
    name = readable(path.name)
    frames = read_video(path)
    for frame_id in itertools.count():
        begun_ns = clock.monotonic_ns()
        pixels = next(frames, None)
        if pixels is None:
            return
        decoded_ms = (clock.monotonic_ns() - begun_ns) / 1e6
        if isinstance(pixels, CaptureError):
            load: Callable[[], Frame] = partial(_fail, pixels)
        else:
            frame = Frame(
                frame_id=frame_id,
                source_id=name,
                captured_ns=clock.monotonic_ns(),
                captured_at=taken_at or clock.now(),
                pixels=pixels,
            )
            load = partial(_give, frame)
        image = f"{name}#{frame_id:08d}"  # fixed width, so that names sort as frames do
        yield WaitingPicture(
            image=image,
            frame_id=frame_id,
            taken_at=taken_at,
            load=load,
            content_sha256=_nothing,
            decoded_ms=decoded_ms,
        )


def _file_sha256(path: Path) -> str | None:
    """Of a plain file only: a pipe would be waited for without end."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return None
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return None


def _nothing() -> None:
    return None


def _give(frame: Frame) -> Frame:
    return frame


def _fail(error: CaptureError) -> Frame:
    raise error


def _modified_at(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, OverflowError, ValueError):
        return None
