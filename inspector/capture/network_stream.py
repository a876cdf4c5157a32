"""A network camera: RTSP, or JPEG pictures over HTTP, through OpenCV's FFmpeg."""

import urllib.parse

from inspector.capture.newest_reader import NewestReader
from inspector.capture.registry import FoundSource, SourceKind, Wanted
from inspector.capture.source import SourceInfo
from inspector.clock import Clock
from inspector.errors import SettingsError, SourceUnavailable
from inspector.flow import Frame
from inspector.opencv import cv2

OPEN_TIMEOUT_MS = 4_000  # with the reading's below the ten seconds in which a camera must be back
READ_TIMEOUT_MS = 3_000


class NetworkStream:
    """See `FrameSource`. What comes while nobody asks is forgotten: the newest picture counts.

    Args:
        url: Of the stream; a password in it is not shown.
    """

    def __init__(self, url: str, source_id: str, clock: Clock) -> None:
        self._url = url
        self._shown = _without_password(url)
        self._source_id = source_id
        self._clock = clock
        self._reader: NewestReader | None = None
        self._size_px: tuple[int, int] | None = None

    def open(self) -> None:
        """See `FrameSource.open`."""
        self.close()
        self._reader = NewestReader(self._shown, self._open_capture, self._clock)

    def grab(self, timeout_s: float) -> Frame:
        """See `FrameSource.grab`."""
        if self._reader is None:
            raise SourceUnavailable(f"{self._shown} is not open")
        arrived = self._reader.take(timeout_s)
        self._size_px = (arrived.pixels.shape[0], arrived.pixels.shape[1])
        return Frame(
            frame_id=arrived.number,
            source_id=self._source_id,
            captured_ns=arrived.captured_ns,
            captured_at=arrived.captured_at,
            pixels=arrived.pixels,
        )

    def close(self) -> None:
        """See `FrameSource.close`."""
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()

    def info(self) -> SourceInfo:
        """See `FrameSource.info`."""
        return SourceInfo(description=self._shown, size_px=self._size_px)

    def _open_capture(self) -> cv2.VideoCapture:
        parameters = [
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_TIMEOUT_MS,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_TIMEOUT_MS,
        ]  # fmt: skip
        capture = cv2.VideoCapture(self._url, cv2.CAP_FFMPEG, parameters)
        if not capture.isOpened():
            capture.release()
            raise SourceUnavailable(
                f"{self._shown} gives no pictures; check the address, the cable and the camera's "
                "power"
            )
        height_px = int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
        width_px = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH))
        self._size_px = (height_px, width_px) if height_px and width_px else None
        return capture


def _without_password(url: str) -> str:
    parts = urllib.parse.urlsplit(url)
    if parts.password is None:
        return url
    host = parts.netloc.rpartition("@")[2]
    return urllib.parse.urlunsplit(parts._replace(netloc=f"{parts.username}:***@{host}"))


def _make(wanted: Wanted, clock: Clock) -> NetworkStream:
    wanted.options.close()
    url = f"{wanted.kind}:{wanted.address}"
    try:
        host = urllib.parse.urlsplit(url).hostname
    except ValueError:
        host = None
    if not host or not wanted.address.startswith("//"):
        raise SettingsError(
            f"{wanted.options.where}: write the whole address, such as {wanted.kind}://host/path"
        )
    return NetworkStream(url, wanted.source_id, clock)


def _find() -> tuple[FoundSource, ...]:
    return ()


def _kind(scheme: str, summary: str) -> SourceKind:
    return SourceKind(usage=f"{scheme}://HOST/PATH", summary=summary, make=_make, find=_find)


RTSP = _kind("rtsp", "a network camera")
HTTP = _kind("http", "a network camera that sends JPEG pictures")
HTTPS = _kind("https", "the same, encrypted")
